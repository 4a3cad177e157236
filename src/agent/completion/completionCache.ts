import { fitToAfter } from './cleanCompletion.ts';
import type { CompletionPlace } from './completionPlace.ts';

interface Suggestion {
	/** Without what the model was told besides the text around the cursor. */
	readonly place: CompletionPlace;
	/** Empty where the model had nothing to suggest. */
	readonly text: string;
}

/** UTF-16 units around the cursor by which a place is known again. */
const KNOWN_BY = 400;
/** Of a suggestion that the user types by hand. */
const MOST_TYPED = 300;

/**
 * The newest suggestions: for a user who comes back to a place, who types along, and who takes a part. Of a place where
 * nothing was suggested that is remembered too.
 */
export class CompletionCache {
	readonly #size: number;
	/** The newest last. */
	#suggestions: readonly Suggestion[] = [];

	constructor(size = 60) {
		this.#size = size;
	}

	add(place: CompletionPlace, text: string): void {
		this.#suggestions = [...this.#suggestions.slice(1 - this.#size), { place, text }];
	}

	/** What is left of a suggestion at a place: empty where none was made, undefined where nothing is known. */
	find(place: CompletionPlace): string | undefined {
		const index = this.#suggestions.findLastIndex(suggestion => restOf(suggestion, place) !== undefined);
		const found = this.#suggestions[index];
		if (found === undefined) {
			return undefined;
		}
		this.#suggestions = [...this.#suggestions.toSpliced(index, 1), found];
		return restOf(found, place);
	}

	clear(): void {
		this.#suggestions = [];
	}
}

/** The part of a suggestion that is not typed yet; undefined where the place is another, or all of it is there. */
function restOf({ place: from, text }: Suggestion, place: CompletionPlace): string | undefined {
	if (from.document !== place.document || !continues(place.after, from.after)) {
		return undefined;
	}
	for (let length = Math.min(text.length, place.before.length, MOST_TYPED); length >= 0; length--) {
		const isTyped = place.before.endsWith(text.slice(0, length));
		if (isTyped && tail(place.before.slice(0, place.before.length - length)) === tail(from.before)) {
			const isKnown = text === '' || length < text.length;
			return isKnown ? fitToAfter(text.slice(length), place) : undefined;
		}
	}
	return undefined;
}

/** Whether the text behind the cursor is the same, but for closing brackets that the editor put in front. */
function continues(after: string, before: string): boolean {
	const closers = /^[)\]}>'"`]{1,4}/.exec(after)?.[0] ?? '';
	return [after, ...Array.from(closers, (_, index) => after.slice(index + 1))].some(
		candidate => candidate.slice(0, KNOWN_BY) === before.slice(0, KNOWN_BY),
	);
}

function tail(text: string): string {
	return text.slice(-KNOWN_BY);
}
