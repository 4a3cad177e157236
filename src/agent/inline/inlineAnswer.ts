/** From the pieces of a model's answer to the lines of the region: all that can be wrong with an answer is settled here. */
import { findNewElision } from '../../editing/elision.ts';
import { AnswerReader } from './answerReader.ts';
import { AnswerScope, type FileAround } from './answerScope.ts';
import { IndentMender } from './indentation.ts';
import { StreamEdits } from './streamEdits.ts';

/** Why an answer is not taken. */
export type AnswerRefusal =
	/** Words, and no block. */
	| 'prose'
	| 'several'
	/** The text of more than the region. */
	| 'wholeFile'
	/** A placeholder stands for code that was left out. */
	| 'elision'
	/** A diff, or marks of one. */
	| 'diff'
	/** It came to no end. */
	| 'cut';

export interface AnswerPlace {
	readonly file: FileAround;
	/** The editor's name for the language of the file. */
	readonly language: string;
	/** One level of indentation in this file. */
	readonly unit: string;
	/** Of what is put where the region has no text of its own. */
	readonly indent: string;
}

export type AnswerEnd =
	/** The new text of the region, by lines. */
	{ readonly lines: readonly string[] } | { readonly refusal: AnswerRefusal };

const MARK = /^(?:<{7} |={7}$|>{7} |@@ -\d|\*\*\* (?:Begin|Update|End) )/;

export class InlineAnswer {
	readonly #reader: AnswerReader;
	readonly #scope: AnswerScope;
	readonly #mender: IndentMender;
	readonly #stream: StreamEdits;
	readonly #known: ReadonlySet<string>;
	readonly #region: string;
	#refusal: AnswerRefusal | undefined;

	constructor({ file, language, unit, indent }: AnswerPlace) {
		const { before, region, after } = file;
		this.#reader = new AnswerReader(language);
		this.#scope = new AnswerScope(file);
		this.#mender = new IndentMender({ region, unit, indent });
		this.#stream = new StreamEdits(region);
		this.#known = new Set([...before, ...region, ...after]);
		this.#region = region.join('\n');
	}

	/** The region as it is to be shown now: what came, and what the answer has not reached. */
	get lines(): readonly string[] {
		return this.#stream.lines;
	}

	/** What the model said besides the text. */
	get prose(): string {
		return this.#reader.prose;
	}

	/** @returns why the answer cannot be taken, where that shows before its end: no more of it is needed then. */
	push(delta: string): AnswerRefusal | undefined {
		this.#take(this.#scope.push(this.#reader.push(delta)));
		return this.#refusal;
	}

	/** @param isWhole whether the answer came to its proper end. */
	end(isWhole: boolean): AnswerEnd {
		const { lines, shape } = this.#reader.end();
		this.#take(this.#scope.push(lines));
		const { lines: last, surplus, isMisfit } = this.#scope.end();
		this.#take(last);
		if (!isWhole) {
			this.#refusal ??= 'cut';
		} else if (shape === 'none') {
			this.#refusal ??= 'prose';
		} else if (shape === 'several' || shape === 'diff') {
			this.#refusal ??= shape;
		} else if (isMisfit) {
			this.#refusal ??= 'wholeFile';
		}
		if (this.#refusal !== undefined) {
			return { refusal: this.#refusal };
		}
		const { came } = this.#stream;
		return { lines: came.slice(0, came.length - surplus) };
	}

	#take(lines: readonly string[]): void {
		if (this.#refusal !== undefined || lines.length === 0) {
			return;
		}
		const mended = lines.map(line => this.#mender.mend(line));
		this.#refusal = this.#faultOf(mended);
		if (this.#refusal === undefined) {
			this.#stream.push(mended);
		}
	}

	#faultOf(lines: readonly string[]): AnswerRefusal | undefined {
		if (lines.some(line => MARK.test(line) && !this.#known.has(line))) {
			return 'diff';
		}
		return findNewElision(this.#region, lines.join('\n')) === undefined ? undefined : 'elision';
	}
}
