/** Indentation of a file, and of an answer that has another. */

const MAX_LINES = 2000;

/** What most indented lines of the file begin with. @param fallback where none is indented. */
export function indentUnitOf(lines: readonly string[], fallback: string): string {
	let tabs = 0;
	const steps = new Map<number, number>();
	let previous = 0;
	for (const line of lines.slice(0, MAX_LINES)) {
		if (line.trim() === '') {
			continue;
		}
		const indent = indentOf(line);
		if (indent.startsWith('\t')) {
			tabs++;
			continue;
		}
		const step = Math.abs(indent.length - previous);
		// One space is the continuation of a comment.
		if (step > 1 && step <= 8) {
			steps.set(step, (steps.get(step) ?? 0) + 1);
		}
		previous = indent.length;
	}
	const [width, count] = [...steps].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0] ?? [0, 0];
	if (tabs === 0 && count === 0) {
		return fallback;
	}
	return tabs >= count ? '\t' : ' '.repeat(width);
}

export function indentOf(line: string): string {
	return /^[ \t]*/.exec(line)?.[0] ?? '';
}

export interface IndentPlace {
	/** The region's lines as they are. */
	readonly region: readonly string[];
	/** One level in this file. */
	readonly unit: string;
	/** Where the region has no line of its own to go by: the indentation of what is put there. */
	readonly indent: string;
}

/** Gives the lines of an answer, in order, the indentation that they have in the file. */
export class IndentMender {
	readonly #own: ReadonlySet<string>;
	readonly #unit: string;
	readonly #base: string;
	/** Put before each line; undefined until the first line with a text. */
	#shift: string | undefined;
	/** Spaces of one level in the answer, once seen. */
	#width: number | undefined;

	constructor({ region, unit, indent }: IndentPlace) {
		this.#own = new Set(region);
		this.#unit = unit;
		const first = region.find(line => line.trim() !== '');
		this.#base = first === undefined ? indent : indentOf(first);
	}

	mend(line: string): string {
		if (line.trim() === '') {
			return this.#own.has(line) ? line : '';
		}
		if (this.#shift === undefined) {
			// Only an answer that begins at the margin was moved there as a whole.
			this.#shift = indentOf(line) === '' && !this.#own.has(line) ? this.#base : '';
		}
		if (this.#shift === '' && this.#own.has(line)) {
			return line;
		}
		const indent = indentOf(line);
		return this.#shift + this.#converted(indent) + line.slice(indent.length);
	}

	#converted(indent: string): string {
		if (this.#unit === '\t') {
			return indent.startsWith(' ') ? this.#tabs(indent) : indent;
		}
		return indent.replaceAll('\t', this.#unit);
	}

	#tabs(indent: string): string {
		const spaces = indent.length;
		if (spaces > 1) {
			this.#width ??= Math.min(spaces, 8) === 6 ? 2 : Math.min(spaces, 8);
		}
		const width = this.#width ?? 4;
		return '\t'.repeat(Math.floor(spaces / width)) + ' '.repeat(spaces % width);
	}
}
