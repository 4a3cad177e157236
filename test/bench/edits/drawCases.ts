import { countExact } from './change.ts';
import type { Corpus } from './corpus.ts';
import type { Draft, EditCase, EditClass } from './editCase.ts';
import { createRandom, seedOf } from './random.ts';

const MAX_TRIES = 20_000;

/** The case of a class by its number: the same for the same seed and corpus. Throws where the corpus has none. */
export function drawCase(editClass: EditClass, at: number, seed: number, corpus: Corpus): EditCase {
	const random = createRandom(seedOf(seed, editClass.name, at));
	for (let tries = 0; tries < MAX_TRIES; tries++) {
		const draft = editClass.draw(random, corpus);
		if (draft !== undefined && belongs(draft, editClass)) {
			return { ...draft, editClass, at };
		}
	}
	throw new Error(`No case of ${editClass.name} in ${MAX_TRIES} tries.`);
}

/** Whether a case is what its class says, and not by accident another. */
function belongs({ content, edits, expected }: Draft, { name, required, quote }: EditClass): boolean {
	const [first] = edits;
	if (first === undefined || (expected.length === 0) !== (required === 'refuse')) {
		return false;
	}
	if (expected.includes(content) && name !== 'no-change') {
		return false;
	}
	const places = first.oldText === '' ? 0 : countExact(content, first.oldText);
	return quote === 'any' || places === (quote === 'once' ? 1 : 0);
}
