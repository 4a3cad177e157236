import type { ApplyInput } from '../../../src/editing/index.ts';
import type { Corpus } from './corpus.ts';
import type { Random } from './random.ts';

export type Required = 'apply' | 'refuse' | 'either';

export type Group =
	| 'literal'
	| 'whitespace'
	| 'line ends'
	| 'characters'
	| 'wrappers'
	| 'inexact'
	| 'safety'
	| 'batches'
	| 'shapes';

/** One kind of imperfect edit. */
export interface EditClass {
	readonly name: string;
	readonly group: Group;
	readonly required: Required;
	/**
	 * How the first quote must stand in the file for a case to belong here: exactly once, or not at all. What comes out
	 * otherwise is drawn again.
	 */
	readonly quote: 'once' | 'absent' | 'any';
	/** A case, or `undefined` where the dice fell on lines that do not suit. */
	readonly draw: (random: Random, corpus: Corpus) => Draft | undefined;
}

/** What the engine is given, and the texts that are right; none where it must refuse. */
export interface Draft extends ApplyInput {
	readonly expected: readonly string[];
}

export interface EditCase extends Draft {
	readonly editClass: EditClass;
	readonly at: number;
}

export type Engine = (
	input: ApplyInput,
) => { readonly ok: true; readonly content: string } | { readonly ok: false; readonly reason: string };
