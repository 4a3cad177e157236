import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { PlaceFacts } from '../../agent/shell/commandPlace.ts';
import { readOnlyEnvironment } from '../../agent/shell/readOnlyEnvironment.ts';
import { isCode } from '../fileLock.ts';
import { createLocalFiles } from '../localFiles.ts';
import { commandEnvironment } from './environment.ts';
import { hasPlainGitSettings } from './gitSettings.ts';
import { findProgram, leadsInto, safeSearchPath } from './searchPath.ts';

/** Paths looked at below a folder before the user is asked instead: they wait for the answer. */
const MAX_WALKED = 20_000;
const MAX_SEARCHED = 500_000;

export interface PlaceFactsOptions {
	/** The workspace's folders as they are now. */
	workspaceFolders(): readonly string[];
	/** Of the shell that would run the commands. */
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly allowedVariables: readonly string[];
	/** Paths looked at below a folder. */
	readonly maxWalked?: number;
}

/** What this machine's disk tells of the place where a command would run: for POSIX systems. */
export function createPlaceFacts({
	workspaceFolders,
	environment,
	allowedVariables,
	maxWalked = MAX_WALKED,
}: PlaceFactsOptions): PlaceFacts {
	const { realPath } = createLocalFiles();
	const { variables } = commandEnvironment({ environment, allowed: allowedVariables });
	const searchPath = () => safeSearchPath(environment['PATH'] ?? '', workspaceFolders());
	const kindOf = async (path: string) => {
		try {
			const facts = await stat(path);
			return facts.isFile() ? 'file' : facts.isDirectory() ? 'folder' : 'other';
		} catch (error) {
			// What cannot be looked at cannot be read either, but for its name.
			return isAbsent(error) ? 'missing' : 'other';
		}
	};
	return {
		kindOf,
		async findProgram(name) {
			const path = await findProgram(await searchPath(), name);
			if (path === undefined) {
				return 'missing';
			}
			return (await leadsInto(workspaceFolders(), path)) ? 'inside' : 'outside';
		},
		async isGitPlain(folder) {
			const real = await orUndefined(realPath(folder));
			return real !== undefined && hasPlainGitSettings(real);
		},
		realPath: path => orUndefined(realPath(path)),
		names: async folder => (await orUndefined(readdir(folder))) ?? [],
		someBelow: (folder, test, signal) => someBelow(folder, test, maxWalked, signal),
		async someSearched({ path, filters, cwd }, test, signal) {
			signal.throwIfAborted();
			const folders = await searchPath();
			const program = await findProgram(folders, 'rg');
			if (program === undefined) {
				return undefined;
			}
			const env = { ...variables, PATH: folders, ...readOnlyEnvironment };
			const args = ['--files', '--null', ...filters, '--', path];
			return someListed({ program, args, cwd, env }, test, signal);
		},
	};
}

async function someBelow(
	folder: string,
	test: (path: string) => boolean,
	most: number,
	signal: AbortSignal,
): Promise<boolean | undefined> {
	const open = [folder];
	let count = 0;
	for (let next = open.pop(); next !== undefined; next = open.pop()) {
		signal.throwIfAborted();
		// A folder that cannot be read by us cannot be read by the command.
		const entries = (await orUndefined(readdir(next, { withFileTypes: true }))) ?? [];
		count += entries.length;
		if (count > most) {
			return undefined;
		}
		for (const entry of entries) {
			const path = join(next, entry.name);
			if (test(path)) {
				return true;
			}
			if (entry.isDirectory()) {
				open.push(path);
			}
		}
	}
	return false;
}

interface Listing {
	readonly program: string;
	readonly args: readonly string[];
	readonly cwd: string;
	readonly env: Readonly<Record<string, string>>;
}

/** Whether the test holds for any of the paths that a program lists, each ended by a NUL. */
async function someListed(
	{ program, args, cwd, env }: Listing,
	test: (path: string) => boolean,
	signal: AbortSignal,
): Promise<boolean | undefined> {
	signal.throwIfAborted();
	const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'ignore'], signal });
	const exit = once(child, 'close');
	// Told by the await below; the list may fail before.
	exit.catch(() => undefined);
	const decoder = new StringDecoder('utf8');
	let count = 0;
	let rest = '';
	try {
		for await (const chunk of child.stdout) {
			const paths = `${rest}${decoder.write(chunk)}`.split('\0');
			rest = paths.pop() ?? '';
			count += paths.length;
			if (paths.some(test)) {
				return true;
			}
			if (count > MAX_SEARCHED) {
				return undefined;
			}
		}
		const [code] = await exit;
		// 1: nothing is to be searched. What it could not go into, the search cannot either; but it may be a wrong flag.
		return code === 0 || code === 1 ? false : undefined;
	} catch {
		signal.throwIfAborted();
		// It could not be started.
		return undefined;
	} finally {
		child.kill('SIGKILL');
	}
}

function isAbsent(error: unknown): boolean {
	return isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR');
}

/** Undefined where the system refuses. */
async function orUndefined<Value>(value: Promise<Value>): Promise<Value | undefined> {
	try {
		return await value;
	} catch (error) {
		if (error instanceof Error && 'code' in error) {
			return undefined;
		}
		throw error;
	}
}
