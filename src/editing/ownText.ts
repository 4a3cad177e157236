/** A file's text with its own line ends, searched with LF alone. */
import { keepLineEnds, lineEndNear } from './lineEnds.ts';
import { type Replacement, Source } from './locate.ts';
import { type LfView, lfView } from './places.ts';

export class OwnText {
	/** As the file has it. Where all its line ends are the same it may be given with LF. */
	readonly text: string;
	#view: LfView | undefined;
	#source: Source | undefined;

	/** @param source the same with LF line ends, where it is known. */
	constructor(text: string, source?: Source) {
		this.text = text;
		this.#source = source;
	}

	/** The same with LF line ends. */
	get source(): Source {
		this.#source ??= new Source(this.#lf().text);
		return this.#source;
	}

	/** Replacements found in `source`, for `text`. */
	toOwn(replacements: readonly Replacement[]): readonly Replacement[] {
		return this.#isLf() ? replacements : replacements.map(replacement => this.#toOwn(replacement));
	}

	/** @param replacements of `text`, in order and apart. */
	replace(replacements: readonly Replacement[]): OwnText {
		const parts: string[] = [];
		let from = 0;
		for (const { start, end, text } of replacements) {
			parts.push(this.text.slice(from, start), text);
			from = end;
		}
		parts.push(this.text.slice(from));
		const text = parts.join('');
		const [only] = replacements;
		const isSimple = replacements.length === 1 && only !== undefined && this.#isLf() && !only.text.includes('\r\n');
		return isSimple ? new OwnText(text, this.source.replaced(only, text)) : new OwnText(text);
	}

	#isLf(): boolean {
		return this.source.text.length === this.text.length;
	}

	#toOwn(replacement: Replacement): Replacement {
		const { start, end } = this.#lf().toOriginal(replacement);
		const before = this.text.slice(start, end);
		return { start, end, text: keepLineEnds(before, replacement.text, lineEndNear(this.text, end)) };
	}

	#lf(): LfView {
		this.#view ??= lfView(this.text);
		return this.#view;
	}
}
