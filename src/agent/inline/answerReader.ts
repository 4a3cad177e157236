/** Reads the one fenced block out of an answer that arrives in pieces. */

/** What the answer turned out to be. */
export type AnswerShape =
	/** One block, closed. */
	| 'block'
	/** One block without its end. */
	| 'open'
	/** No block at all. */
	| 'none'
	| 'several'
	/** A block of a diff, in place of the text. */
	| 'diff';

interface Fence {
	readonly mark: string;
	readonly length: number;
	readonly info: string;
}

export class AnswerReader {
	#rest = '';
	#fence: Fence | undefined;
	/** Blocks that were opened within the block, in a text that has such. */
	#inner: Fence[] = [];
	#blocks = 0;
	#isDiff = false;
	readonly #prose: string[] = [];
	readonly #language: string;

	/** @param language the editor's name for that of the file: in a diff a block of a diff is what it should be. */
	constructor(language = '') {
		this.#language = language;
	}

	/** What stands outside of the block, such as the reason for a refusal. */
	get prose(): string {
		return this.#prose.join('\n').trim();
	}

	/** @returns the lines of the block that are whole now, without their ends. */
	push(delta: string): readonly string[] {
		const lines = (this.#rest + delta).split('\n');
		this.#rest = lines.pop() ?? '';
		return lines.flatMap(line => this.#line(line.endsWith('\r') ? line.slice(0, -1) : line));
	}

	/** The answer is over. @returns the last lines of the block. */
	end(): { readonly lines: readonly string[]; readonly shape: AnswerShape } {
		const last = this.#rest;
		this.#rest = '';
		const lines = last === '' ? [] : this.#line(last);
		return { lines, shape: this.#shape() };
	}

	#shape(): AnswerShape {
		if (this.#isDiff) {
			return 'diff';
		}
		if (this.#blocks === 0) {
			return 'none';
		}
		if (this.#blocks > 1) {
			return 'several';
		}
		return this.#fence === undefined ? 'block' : 'open';
	}

	/** @returns the line when it belongs to the first block. */
	#line(line: string): readonly string[] {
		const mark = fenceOf(line);
		if (this.#fence === undefined) {
			if (mark === undefined) {
				this.#prose.push(line);
				return [];
			}
			this.#fence = mark;
			this.#blocks++;
			this.#isDiff ||= /^(?:diff|patch)\b/i.test(mark.info) && this.#language !== 'diff';
			return [];
		}
		const open = this.#inner.at(-1) ?? this.#fence;
		if (mark !== undefined && mark.mark === open.mark && mark.length >= open.length) {
			if (mark.info !== '') {
				this.#inner.push(mark);
			} else if (this.#inner.length > 0) {
				this.#inner.pop();
			} else {
				this.#fence = undefined;
				return [];
			}
		}
		return this.#blocks === 1 && !this.#isDiff ? [line] : [];
	}
}

function fenceOf(line: string): Fence | undefined {
	const found = /^ {0,3}(`{3,}|~{3,})[ \t]*([^`]*)$/.exec(line);
	const [, run = '', info = ''] = found ?? [];
	return found === null ? undefined : { mark: run.charAt(0), length: run.length, info: info.trim() };
}

/** A fence that no line of the text can close. */
export function fenceFor(text: string, language: string): string {
	let longest = language === 'markdown' ? 3 : 2;
	for (const [run] of text.matchAll(/`+/g)) {
		longest = Math.max(longest, run.length);
	}
	return '`'.repeat(longest + 1);
}
