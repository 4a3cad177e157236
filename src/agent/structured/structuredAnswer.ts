import type * as z from 'zod';

/** The model gave no answer of the wanted form, also when told what was wrong. */
export class StructuredError extends Error {
	override readonly name = 'StructuredError';
	/** What is wrong, one sentence each, with the place. */
	readonly faults: readonly string[];
	/** The part of the answer that came nearest, for the details view; the whole answer where no part did. */
	readonly nearest: string;

	constructor(faults: readonly string[], nearest: string) {
		super(`The answer does not have the wanted form: ${faults[0] ?? 'it is empty'}.`);
		this.faults = faults;
		this.nearest = nearest;
	}
}

export interface ReadOptions {
	/** The answer ended at its length limit, or may have. */
	readonly isCut: boolean;
	/** Takes what there is of an answer that was cut. */
	readonly allowCut: boolean;
	/** Whether a value has the wanted form: of several in one answer the first that has is meant. */
	readonly fits: (value: unknown) => boolean;
}

/** What a reader made of an answer. A value may still not fit. */
export type ReadAnswer = { readonly value: unknown } | { readonly faults: readonly string[]; readonly nearest: string };

/** "pages[2].title: Invalid input: expected string, received number". */
export function describeIssue({ path, message }: z.core.$ZodIssue): string {
	const place = path.reduce<string>(
		(before, key) => (typeof key === 'number' ? `${before}[${key}]` : `${before}${before && '.'}${String(key)}`),
		'',
	);
	return `${place === '' ? 'the whole' : place}: ${message}`;
}
