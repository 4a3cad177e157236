/** Search with ripgrep: the editor's own, or one on PATH. Arguments are passed as a list, never through a shell. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { fileURLToPath } from 'node:url';
import { invalidPattern, type SearchEngine, type SearchScope, type TextPattern } from '../agent/search.ts';
import { ToolError } from '../agent/toolError.ts';
import { findRipgrep } from './findRipgrep.ts';
import { CountReader, LineReader, type OutputReader, PathReader } from './ripgrepOutput.ts';

/** Longer lines come cut from ripgrep, so that minified files do not fill the pipe. */
const MAX_COLUMNS = 20_000;
const MAX_ERROR_TEXT = 4000;

/**
 * @param appRoot folder of the editor's installation, which brings a ripgrep; '' without one. A function is called at the
 * first search.
 */
export function createRipgrep(appRoot: string | (() => Promise<string>)): SearchEngine {
	let binary: Promise<string | undefined> | undefined;
	const find = () => {
		binary ??= findBinary(appRoot);
		return binary;
	};
	const run = async <Result>(
		args: readonly string[],
		scope: SearchScope,
		reader: OutputReader<Result>,
		signal: AbortSignal,
	): Promise<Result> => {
		const command = await find();
		if (command === undefined) {
			throw new Error('There is no ripgrep: ask canSearch first.');
		}
		const all = [...args, ...scopeArguments(scope)];
		await runRipgrep(command, all, fileURLToPath(scope.root), text => reader.push(text), signal);
		return reader.result();
	};
	return {
		async canSearch(root) {
			return root.startsWith('file:') && (await find()) !== undefined;
		},
		findFiles(scope, limits, signal) {
			return run(['--files', '--null'], scope, new PathReader(scope, limits), signal);
		},
		findText(scope, pattern, limit, signal) {
			return pattern.isCountOnly
				? run([...patternArguments(pattern), '--count'], scope, new CountReader(scope), signal)
				: run(
						[...patternArguments(pattern), ...LINES, ...contextArguments(pattern)],
						scope,
						new LineReader(scope, limit),
						signal,
					);
		},
	};
}

async function findBinary(appRoot: string | (() => Promise<string>)): Promise<string | undefined> {
	return findRipgrep({
		appRoot: typeof appRoot === 'string' ? appRoot : await appRoot(),
		searchPath: process.env['PATH'] ?? '',
		platform: process.platform,
		architecture: process.arch,
	});
}

/** What to print of each match. */
const LINES = ['--line-number', '--column', `--max-columns=${MAX_COLUMNS}`, '--max-columns-preview'];

function patternArguments({ pattern, isRegex, isCaseSensitive, isMultiline }: TextPattern): string[] {
	return [
		...['--null', '--no-heading', '--with-filename', '--color=never'],
		isCaseSensitive ? '--case-sensitive' : '--ignore-case',
		// With `--crlf` a `$` stands before either kind of line end.
		...(isRegex ? ['--crlf'] : ['--fixed-strings']),
		...(isMultiline ? ['--multiline'] : []),
		`--regexp=${pattern}`,
	];
}

function contextArguments({ contextLines }: TextPattern): string[] {
	return contextLines > 0 ? [`--context=${contextLines}`, '--no-context-separator'] : [];
}

function scopeArguments({ below, excludes, includeIgnored, nameGlob }: SearchScope): string[] {
	return [
		...['--no-config', '--no-messages', '--hidden', '--no-require-git', '--path-separator=/', '--glob=!.git'],
		...(includeIgnored ? ['--no-ignore'] : []),
		// Unlike `--glob`, which would bring back what ignore files hide, a type only narrows.
		...(nameGlob === undefined ? [] : [`--type-add=wanted:${nameGlob}`, '--type=wanted']),
		...excludes.map(glob => `--glob=!${glob.startsWith('**/') ? glob : `/${glob}`}`),
		...['--', below === '' ? './' : `./${below}`],
	];
}

/** Resolves when ripgrep ended, or at once when `onText` wants no more. @throws ToolError for a pattern it refuses. */
function runRipgrep(
	command: string,
	args: readonly string[],
	folder: string,
	onText: (text: string) => boolean,
	signal: AbortSignal,
): Promise<void> {
	signal.throwIfAborted();
	return new Promise((resolve, reject) => {
		const child: ChildProcessByStdio<null, Readable, Readable> = spawn(command, args, {
			cwd: folder,
			stdio: ['ignore', 'pipe', 'pipe'],
			env: childEnvironment(),
			windowsHide: true,
		});
		const decoder = new StringDecoder('utf8');
		let errorText = '';
		let isEnough = false;
		const stop = () => child.kill('SIGKILL');
		const abort = () => {
			stop();
			reject(signal.reason);
		};
		signal.addEventListener('abort', abort, { once: true });
		child.stdout.on('data', (chunk: Buffer) => {
			if (!isEnough && !onText(decoder.write(chunk))) {
				isEnough = true;
				stop();
				resolve();
			}
		});
		child.stderr.on('data', (chunk: Buffer) => {
			errorText = (errorText + chunk.toString()).slice(0, MAX_ERROR_TEXT);
		});
		child.on('error', error => {
			signal.removeEventListener('abort', abort);
			reject(error);
		});
		child.on('close', code => {
			signal.removeEventListener('abort', abort);
			if (code === 2 && errorText !== '') {
				reject(toError(errorText));
				return;
			}
			onText(decoder.end());
			resolve();
		});
	});
}

/** Only what ripgrep needs to find the user's global ignore file and to run on Windows. */
function childEnvironment(): NodeJS.ProcessEnv {
	const names = ['HOME', 'USERPROFILE', 'XDG_CONFIG_HOME', 'PATH', 'SystemRoot', 'LANG'];
	return Object.fromEntries(names.map(name => [name, process.env[name]]));
}

function toError(errorText: string): ToolError {
	const cause = /^error: (.*)$/m.exec(errorText)?.[1];
	return cause === undefined
		? new ToolError(`The search failed: ${errorText.replace(/^rg: /, '').split('\n')[0]}`)
		: invalidPattern(`${cause}.`);
}
