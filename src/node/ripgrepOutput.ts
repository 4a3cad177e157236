/** Readers of what ripgrep prints, fed piece by piece. Names end in NUL, so they may hold any other character. */
import type { FileHits, Found, FoundPaths, SearchScope } from '../agent/search.ts';
import type { MatchLine } from '../agent/workspace.ts';
import { FirstPaths } from '../files/firstPaths.ts';
import { lineExcerpt } from '../tools/lineExcerpt.ts';

/** Takes output as it comes. */
export interface OutputReader<Result> {
	/** @returns false when nothing more is wanted. */
	push(text: string): boolean;
	result(): Result;
}

/** `path NUL`, again and again. */
export class PathReader implements OutputReader<FoundPaths> {
	readonly #scope: SearchScope;
	readonly #counted: number;
	readonly #first: FirstPaths;
	#rest = '';
	#isPartial = false;

	/** @param limits as of `SearchEngine.findFiles`. */
	constructor(scope: SearchScope, limits: { readonly paths: number; readonly counted: number }) {
		this.#scope = scope;
		this.#counted = limits.counted;
		this.#first = new FirstPaths(limits.paths);
	}

	push(text: string): boolean {
		const all = this.#rest + text;
		let start = 0;
		for (let end = all.indexOf('\0'); end >= 0; end = all.indexOf('\0', start)) {
			const path = all.slice(pathStart(all, start), end);
			start = end + 1;
			if (!this.#scope.accepts(path)) {
				continue;
			}
			if (this.#first.total === this.#counted) {
				this.#isPartial = true;
				return false;
			}
			this.#first.add(path);
		}
		this.#rest = all.slice(start);
		return true;
	}

	result(): FoundPaths {
		const { paths, ...rest } = this.#first.found(this.#isPartial);
		return { paths: paths.map(detached), ...rest };
	}
}

/** `path NUL line:column:text` for a match and `path NUL line-text` for context, grouped by file. */
export class LineReader implements OutputReader<Found<FileHits>> {
	readonly #scope: SearchScope;
	readonly #limit: number;
	readonly #items: { path: string; lines: MatchLine[]; count: number }[] = [];
	#isPartial = false;
	#matches = 0;
	#rest = '';
	/** Path with its NUL, as it stands before each line of the file. */
	#prefix = '';
	/** The file of the prefix; undefined where it is not wanted. */
	#file: { lines: MatchLine[]; count: number } | undefined;

	/** @param limit matching lines at most. */
	constructor(scope: SearchScope, limit: number) {
		this.#scope = scope;
		this.#limit = limit;
	}

	push(text: string): boolean {
		const all = this.#rest + text;
		let start = 0;
		for (;;) {
			const isSameFile = this.#prefix !== '' && all.startsWith(this.#prefix, start);
			const nul = isSameFile ? start + this.#prefix.length - 1 : all.indexOf('\0', start);
			const end = nul < 0 ? -1 : all.indexOf('\n', nul);
			if (end < 0) {
				this.#rest = all.slice(start);
				return true;
			}
			if (!isSameFile) {
				this.#enter(all.slice(start, nul + 1));
			}
			if (this.#file !== undefined && !this.#take(this.#file, all, nul + 1, end)) {
				return false;
			}
			start = end + 1;
		}
	}

	result(): Found<FileHits> {
		return { items: this.#items.filter(({ count }) => count > 0), isPartial: this.#isPartial };
	}

	#enter(prefix: string): void {
		const path = pathOf(prefix.slice(0, -1));
		this.#prefix = prefix;
		this.#file = undefined;
		if (this.#scope.accepts(path)) {
			const file = { path, lines: [], count: 0 };
			this.#items.push(file);
			this.#file = file;
		}
	}

	#take(file: { lines: MatchLine[]; count: number }, all: string, start: number, end: number): boolean {
		const number = digitsAt(all, start);
		if (all[number.end] === '-') {
			file.lines.push({ line: number.value, text: excerpt(all, number.end + 1, end, 0), isMatch: false });
			return true;
		}
		if (this.#matches === this.#limit) {
			this.#isPartial = true;
			return false;
		}
		this.#matches++;
		file.count++;
		const column = digitsAt(all, number.end + 1);
		// A column counts bytes: near enough to choose the part of a long line.
		const text = excerpt(all, column.end + 1, end, column.value - 1);
		file.lines.push({ line: number.value, text, isMatch: true });
		return true;
	}
}

/** `path NUL count`, one line a file. */
export class CountReader implements OutputReader<Found<FileHits>> {
	readonly #scope: SearchScope;
	readonly #items: FileHits[] = [];
	#rest = '';

	constructor(scope: SearchScope) {
		this.#scope = scope;
	}

	push(text: string): boolean {
		const all = this.#rest + text;
		let start = 0;
		for (;;) {
			const nul = all.indexOf('\0', start);
			const end = nul < 0 ? -1 : all.indexOf('\n', nul);
			if (end < 0) {
				this.#rest = all.slice(start);
				return true;
			}
			const path = pathOf(all.slice(start, nul));
			if (this.#scope.accepts(path)) {
				this.#items.push({ path, lines: [], count: digitsAt(all, nul + 1).value });
			}
			start = end + 1;
		}
	}

	result(): Found<FileHits> {
		return { items: this.#items, isPartial: false };
	}
}

/** ripgrep's word on a file whose NUL it met behind a match. It has no NUL of its own, so it stands before the next path. */
const BINARY_WARNING =
	/^[^\0]*: WARNING: stopped searching binary file after match \(found "\\0" byte around offset \d+\)\n/;

function pathOf(given: string): string {
	const path = given.includes('\n') ? given.replace(BINARY_WARNING, '') : given;
	return detached(path.slice(pathStart(path, 0)));
}

/** Paths begin with './'. */
function pathStart(text: string, start: number): number {
	return text.startsWith('./', start) ? start + 2 : start;
}

function excerpt(all: string, start: number, end: number, at: number): string {
	const isCrlf = end > start && all.charCodeAt(end - 1) === 13;
	return detached(lineExcerpt(all.slice(start, isCrlf ? end - 1 : end), at));
}

/** A copy: a slice would keep the whole piece of output in memory for as long as a result is kept. */
function detached(text: string): string {
	return Buffer.from(text).toString();
}

function digitsAt(line: string, start: number): { readonly value: number; readonly end: number } {
	let value = 0;
	let end = start;
	for (let code = line.charCodeAt(end); code >= 48 && code <= 57; code = line.charCodeAt(++end)) {
		value = value * 10 + code - 48;
	}
	return { value, end };
}
