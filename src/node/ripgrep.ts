/** Search with ripgrep: the editor's own, or one on PATH. Arguments are passed as a list, never through a shell. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { fileURLToPath } from 'node:url';
import {
	type FileHits,
	type Found,
	invalidPattern,
	type SearchEngine,
	type SearchScope,
	type TextPattern,
} from '../agent/search.ts';
import { ToolError } from '../agent/toolError.ts';
import type { MatchLine } from '../agent/workspace.ts';
import { lineExcerpt } from '../tools/lineExcerpt.ts';
import { findRipgrep } from './findRipgrep.ts';

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
	const run = async (
		args: readonly string[],
		{ root }: SearchScope,
		onText: (text: string) => boolean,
		signal: AbortSignal,
	) => {
		const command = await find();
		if (command === undefined) {
			throw new Error('There is no ripgrep: ask canSearch first.');
		}
		return runRipgrep(command, args, fileURLToPath(root), onText, signal);
	};
	return {
		async canSearch(root) {
			return root.startsWith('file:') && (await find()) !== undefined;
		},
		async findFiles(scope, limit, signal) {
			const parser = new PathParser(scope, limit);
			await run(['--files', '--null', ...scopeArguments(scope)], scope, text => parser.push(text), signal);
			return parser.found();
		},
		async findText(scope, pattern, limit, signal) {
			const parser = new HitParser(scope, limit);
			const args = [...patternArguments(pattern), ...scopeArguments(scope)];
			await run(args, scope, text => parser.push(text), signal);
			return parser.found();
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

function patternArguments({ pattern, isRegex, isCaseSensitive, contextLines }: TextPattern): string[] {
	return [
		...['--null', '--no-heading', '--with-filename', '--line-number', '--column', '--color=never'],
		...[`--max-columns=${MAX_COLUMNS}`, '--max-columns-preview', '--no-context-separator'],
		isCaseSensitive ? '--case-sensitive' : '--ignore-case',
		...(isRegex ? [] : ['--fixed-strings']),
		...(contextLines > 0 ? [`--context=${contextLines}`] : []),
		`--regexp=${pattern}`,
	];
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

/** Paths end in NUL and begin with './'. */
class PathParser {
	private readonly items: string[] = [];
	private isPartial = false;
	private rest = '';
	private readonly scope: SearchScope;
	private readonly limit: number;

	constructor(scope: SearchScope, limit: number) {
		this.scope = scope;
		this.limit = limit;
	}

	/** @returns false when nothing more is wanted. */
	push(text: string): boolean {
		const parts = (this.rest + text).split('\0');
		this.rest = parts.pop() ?? '';
		for (const part of parts) {
			const path = toRelative(part);
			if (!this.scope.accepts(path)) {
				continue;
			}
			if (this.items.length === this.limit) {
				this.isPartial = true;
				return false;
			}
			this.items.push(path);
		}
		return true;
	}

	found(): Found<string> {
		return { items: this.items, isPartial: this.isPartial };
	}
}

/** Lines are `path NUL line:column:text` for a match and `path NUL line-text` for context, grouped by file. */
class HitParser {
	private readonly items: { path: string; lines: MatchLine[] }[] = [];
	private isPartial = false;
	private matches = 0;
	private rest = '';
	/** `prefix` is the path with its NUL; no lines where the file is not wanted. */
	private current: { readonly prefix: string; readonly lines: MatchLine[] | undefined } = {
		prefix: '',
		lines: undefined,
	};
	private readonly scope: SearchScope;
	private readonly limit: number;

	constructor(scope: SearchScope, limit: number) {
		this.scope = scope;
		this.limit = limit;
	}

	/** @returns false when nothing more is wanted. */
	push(text: string): boolean {
		const lines = (this.rest + text).split('\n');
		this.rest = lines.pop() ?? '';
		return lines.every(line => this.line(line));
	}

	found(): Found<FileHits> {
		const items = this.items.filter(({ lines }) => lines.some(({ isMatch }) => isMatch));
		return { items, isPartial: this.isPartial };
	}

	private line(line: string): boolean {
		// Called for every line of output: the path is compared, not cut out, while it stays the same.
		if (!line.startsWith(this.current.prefix) || this.current.prefix === '') {
			const nul = line.indexOf('\0');
			if (nul < 0) {
				// "binary file matches": nothing to show of it.
				return true;
			}
			this.current = { prefix: line.slice(0, nul + 1), lines: this.linesOf(toRelative(line.slice(0, nul))) };
		}
		const { prefix, lines } = this.current;
		if (lines === undefined) {
			return true;
		}
		const number = digitsAt(line, prefix.length);
		if (line[number.end] === '-') {
			lines.push({ line: number.value, text: excerpt(line.slice(number.end + 1), 0), isMatch: false });
			return true;
		}
		if (this.matches === this.limit) {
			this.isPartial = true;
			return false;
		}
		this.matches++;
		const column = digitsAt(line, number.end + 1);
		// A column counts bytes: near enough to choose the part of a long line.
		lines.push({
			line: number.value,
			text: excerpt(line.slice(column.end + 1), column.value - 1),
			isMatch: true,
		});
		return true;
	}

	private linesOf(path: string): MatchLine[] | undefined {
		if (!this.scope.accepts(path)) {
			return undefined;
		}
		const lines: MatchLine[] = [];
		this.items.push({ path, lines });
		return lines;
	}
}

function digitsAt(line: string, start: number): { readonly value: number; readonly end: number } {
	let value = 0;
	let end = start;
	for (let code = line.charCodeAt(end); code >= 48 && code <= 57; code = line.charCodeAt(++end)) {
		value = value * 10 + code - 48;
	}
	return { value, end };
}

function excerpt(line: string, at: number): string {
	return lineExcerpt(line.endsWith('\r') ? line.slice(0, -1) : line, at);
}

function toRelative(path: string): string {
	return path.startsWith('./') ? path.slice(2) : path;
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
		child.on('error', reject);
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
