/** How a line of a quote may differ from the file's own and still be that line. */
import { toPlainest } from './characters.ts';

/** From the least forgiving to the most. All but the last few keep every letter, digit and case. */
export const RELAXATIONS = [
	'exact',
	'trailingSpace',
	'indent',
	'blankLines',
	'spacing',
	'characters',
	'typo',
	'missingLine',
] as const;

export type Relaxation = (typeof RELAXATIONS)[number];

export type LineLikeness = 'exact' | 'trailingSpace' | 'indent' | 'spacing' | 'characters';

/** The least forgiving rule by which two lines, without line ends, are the same; undefined when none makes them so. */
export function likenessOf(quoted: string, own: string): LineLikeness | undefined {
	if (quoted === own) {
		return 'exact';
	}
	if (quoted.trimEnd() === own.trimEnd()) {
		return 'trailingSpace';
	}
	if (quoted.trim() === own.trim()) {
		return 'indent';
	}
	if (collapse(quoted) === collapse(own) && hasFancySpace(quoted) === hasFancySpace(own)) {
		return 'spacing';
	}
	return collapse(toPlainest(quoted)) === collapse(toPlainest(own)) ? 'characters' : undefined;
}

/** A no-break space or its like. */
function hasFancySpace(line: string): boolean {
	return /[^\S\t\n\r ]/.test(line);
}

/** Any white space as one space. */
function collapse(line: string): string {
	return line.trim().replace(/\s+/g, ' ');
}

export function looser<One extends Relaxation, Other extends Relaxation>(one: One, other: Other): One | Other {
	return RELAXATIONS.indexOf(one) < RELAXATIONS.indexOf(other) ? other : one;
}

/** Spaces, tabs and their kin before the first character. */
export function indentOf(line: string): string {
	return line.slice(0, line.length - line.trimStart().length);
}
