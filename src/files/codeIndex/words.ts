/** Words of code and of questions about it, in the form in which they are compared. */

const NAME = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
/** `HTTPServer` is `HTTP` and `Server`, `max_size2` is `max` and `size`. */
const PART = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}]+/gu;
/** Longer lines are generated or data. */
const MAX_LINE = 500;
const MAX_WORD = 40;

/** Words that stand nearly everywhere and tell nothing. */
const COMMON = new Set(
	'the an of to in is it be by as at on or and if for this that const let var return from import else new not with are'.split(
		' ',
	),
);

/** Splits texts into words. Keep one for texts that share names: it remembers what each name is made of. */
export class WordSplitter {
	readonly #known = new Map<string, readonly string[]>();

	/** Adds `weight` to each word of the line, as often as it stands there. */
	weigh(line: string, weight: number, weights: Map<string, number>): void {
		if (line.length > MAX_LINE) {
			return;
		}
		for (const name of line.match(NAME) ?? []) {
			for (const word of this.#partsOf(name)) {
				weights.set(word, (weights.get(word) ?? 0) + weight);
			}
		}
	}

	/** The different words of a text. */
	words(text: string): readonly string[] {
		const weights = new Map<string, number>();
		for (const line of text.split('\n')) {
			this.weigh(line, 1, weights);
		}
		return [...weights.keys()];
	}

	#partsOf(name: string): readonly string[] {
		let parts = this.#known.get(name);
		if (parts === undefined) {
			parts = (name.match(PART) ?? [])
				.map(part => part.toLowerCase())
				.filter(isTelling)
				.map(stem);
			this.#known.set(name, parts);
		}
		return parts;
	}
}

function isTelling(word: string): boolean {
	return word.length > 1 && word.length <= MAX_WORD && !COMMON.has(word);
}

/** Brings forms of an English word together: `retries`, `retry`; `caching`, `cached`, `caches`, `cache`. No dictionary word. */
function stem(word: string): string {
	if (word.length < 4) {
		return word;
	}
	const singular = word
		.replace(/ies$/, 'y')
		.replace(/(sh|ch|ss|x|z)es$/, '$1')
		.replace(/([^sui])s$/, '$1');
	const bare = singular.length > 5 ? singular.replace(/(?:ing|ed)$/, '') : singular.replace(/ed$/, 'e');
	return bare.length > 3 ? bare.replace(/([bdgklmnprt])\1$/, '$1').replace(/e$/, '') : bare;
}
