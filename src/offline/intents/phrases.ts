/** How the phrase rules are written: patterns over one masked clause, anchored at both ends, in any case. */
import type { Intent } from './intent.ts';
import { WORD } from './maskedText.ts';
import type { Clause } from './references.ts';

/** Understands one kind of request; undefined leaves the clause to the rules behind. */
export type Rule = (clause: Clause) => Intent | undefined;

/** Each source is a regular expression in which `<word>` captures one word or quotation, and `<text>` any text. */
export function phrases(...sources: readonly string[]): readonly RegExp[] {
	return sources.map(source => {
		const pattern = source.replaceAll('<word>', `(${WORD})`).replaceAll('<text>', '(.+?)');
		return new RegExp(`^(?:${pattern})$`, 'i');
	});
}

/** What the first fitting phrase captured. */
export function captured(patterns: readonly RegExp[], text: string): string | undefined {
	return capturedAll(patterns, text)?.[0];
}

/** All that the first fitting phrase captured, in order. */
export function capturedAll(patterns: readonly RegExp[], text: string): readonly string[] | undefined {
	for (const pattern of patterns) {
		const match = pattern.exec(text);
		if (match !== null) {
			return match.slice(1).filter(group => group !== undefined);
		}
	}
	return undefined;
}

export function fits(patterns: readonly RegExp[], text: string): boolean {
	return patterns.some(pattern => pattern.test(text));
}
