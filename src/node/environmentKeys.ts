/**
 * OpenRouter keys that the user has on this machine for other tools. Read only when the user asks for it. Where
 * opencode keeps its files is described in its documentation of configuration and providers; it follows the XDG rules
 * on every system.
 */
import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import * as z from 'zod';
import { parseJsonFile } from './jsonFile.ts';

const VARIABLE = 'OPENROUTER_API_KEY';
/** Anything else in these places is a secret that is not ours to send. */
const KEY_FORM = /^sk-or-[\w-]{8,}$/;
/** Bytes; a configuration has a few thousand. */
const MAX_FILE = 1_000_000;

export interface EnvironmentKey {
	readonly key: string;
	/** The variable's name, or the path of the file. */
	readonly source: string;
}

export interface EnvironmentKeys {
	/** Each key once, by the first place that has it. */
	readonly keys: readonly EnvironmentKey[];
	/** Names and paths that were looked at. */
	readonly lookedAt: readonly string[];
	/** Files that are there and could not be read, with the reason. */
	readonly unreadable: readonly string[];
}

/** The machine as far as it matters here. */
export interface KeySurroundings {
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly home: string;
	readonly platform: string;
	/** Folders of the workspace, where a project's `opencode.json` may be. Only those the user trusts. */
	readonly folders: readonly string[];
}

export function readEnvironmentKeys(folders: readonly string[]): Promise<EnvironmentKeys> {
	return findKeys({ environment: process.env, home: homedir(), platform: process.platform, folders });
}

export async function findKeys(surroundings: KeySurroundings): Promise<EnvironmentKeys> {
	const places: { readonly source: string; read(): Promise<string | undefined> }[] = [
		{ source: VARIABLE, read: async () => surroundings.environment[VARIABLE] },
		...configFiles(surroundings).map(path => ({ source: path, read: () => keyOfConfig(path, surroundings) })),
		...authFiles(surroundings).map(path => ({ source: path, read: () => keyOfAuth(path) })),
	];
	const keys = new Map<string, string>();
	const unreadable: string[] = [];
	for (const { source, read } of places) {
		try {
			const key = (await read())?.trim() ?? '';
			if (KEY_FORM.test(key) && !keys.has(key)) {
				keys.set(key, source);
			}
		} catch (error) {
			if (!isMissing(error)) {
				unreadable.push(`${source} (${reasonOf(error)})`);
			}
		}
	}
	return {
		keys: [...keys].map(([key, source]) => ({ key, source })),
		lookedAt: places.map(({ source }) => source),
		unreadable,
	};
}

function configFiles(surroundings: KeySurroundings): string[] {
	const { environment, home, platform, folders } = surroundings;
	const configFolders = [
		environment['XDG_CONFIG_HOME'] || join(home, '.config'),
		...(platform === 'win32' && environment['APPDATA'] ? [environment['APPDATA']] : []),
	];
	const named = environment['OPENCODE_CONFIG'];
	return [
		...(named ? [resolve(named)] : []),
		...folders.flatMap(folder => ['opencode.json', 'opencode.jsonc'].map(name => join(folder, name))),
		...configFolders.flatMap(folder =>
			['opencode.json', 'opencode.jsonc', 'config.json'].map(name => join(folder, 'opencode', name)),
		),
	];
}

function authFiles({ environment, home, platform }: KeySurroundings): string[] {
	const dataFolders = [
		environment['XDG_DATA_HOME'] || join(home, '.local', 'share'),
		...(platform === 'win32' && environment['LOCALAPPDATA'] ? [environment['LOCALAPPDATA']] : []),
		...(platform === 'darwin' ? [join(home, 'Library', 'Application Support')] : []),
	];
	return dataFolders.map(folder => join(folder, 'opencode', 'auth.json'));
}

const config = z.object({
	provider: z.object({ openrouter: z.object({ options: z.object({ apiKey: z.string() }) }) }),
});
const auth = z.object({ openrouter: z.object({ type: z.literal('api'), key: z.string() }) });

async function keyOfConfig(path: string, surroundings: KeySurroundings): Promise<string | undefined> {
	const parsed = config.safeParse(await readJson(path));
	return parsed.success
		? await resolved(parsed.data.provider.openrouter.options.apiKey, path, surroundings)
		: undefined;
}

/** The value itself, `{env:NAME}` or `{file:path}`. */
async function resolved(value: string, path: string, surroundings: KeySurroundings): Promise<string | undefined> {
	const [, kind, name = ''] = /^\{(env|file):(.+)\}$/.exec(value.trim()) ?? [];
	switch (kind) {
		case 'env':
			return surroundings.environment[name];
		case 'file': {
			const file = name.startsWith('~/') ? join(surroundings.home, name.slice(2)) : name;
			return readText(isAbsolute(file) ? file : join(dirname(path), file));
		}
		default:
			return value;
	}
}

async function keyOfAuth(path: string): Promise<string | undefined> {
	const parsed = auth.safeParse(await readJson(path));
	return parsed.success ? parsed.data.openrouter.key : undefined;
}

/** @throws Error as `readText` does, and for what is no JSON. */
async function readJson(path: string): Promise<unknown> {
	const parsed = parseJsonFile(await readText(path));
	if (!parsed.ok) {
		throw new NotReadError(`line ${parsed.place.line}: ${parsed.problem}`);
	}
	return parsed.value;
}

/** @throws Error for what is no plain file of a sane size: a device would be read for ever. */
async function readText(path: string): Promise<string> {
	const found = await stat(path);
	if (!found.isFile() || found.size > MAX_FILE) {
		throw new NotReadError('no file of a sane size');
	}
	return readFile(path, 'utf8');
}

/** Its message may be shown. */
class NotReadError extends Error {
	override readonly name = 'NotReadError';
}

function isMissing(error: unknown): boolean {
	return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** Without the message of a parser: it quotes the file, and with it maybe the key. */
function reasonOf(error: unknown): string {
	if (error instanceof NotReadError) {
		return error.message;
	}
	return error instanceof Error && 'code' in error ? String(error.code) : 'cannot be read';
}
