/** What is said about hunks: in the editor, the status bar and to a screen reader. */
import type { Translate } from '../translate.ts';
import type { ShownHunk } from './shownFiles.ts';

/** Removed lines that a hover shows at most. */
const MAX_SHOWN_LINES = 60;
/** Characters of one of them. */
const MAX_LINE_LENGTH = 400;
/** Characters of a removed line at the end of another line. */
const MAX_HINT_LENGTH = 40;

/** For the end of a line behind which lines were only removed: what the first of them said, and how many they were. */
export function removedHint(removed: readonly string[], t: Translate): string {
	const count = removed.length;
	const line = removed.find(text => text.trim() !== '')?.trim();
	if (line === undefined) {
		return count === 1 ? t('− 1 empty line') : t('− {0} empty lines', count);
	}
	const start = line.length > MAX_HINT_LENGTH ? `${line.slice(0, MAX_HINT_LENGTH)}…` : line;
	return count === 1 ? `− ${start}` : t('− {0} ({1} lines)', start, count);
}

/** What a hunk does, in words: "3 lines added, 1 removed". */
export function hunkSummary({ span, removed }: ShownHunk, t: Translate): string {
	const added = span.end - span.start;
	if (added === 0 && removed.length === 0) {
		return t('no lines');
	}
	if (removed.length === 0) {
		return added === 1 ? t('1 line added') : t('{0} lines added', added);
	}
	if (added === 0) {
		return removed.length === 1 ? t('1 line removed') : t('{0} lines removed', removed.length);
	}
	return t('{0} added, {1} removed', added, removed.length);
}

/** Said when the cursor comes to a hunk: "Change 3 of 12 · 2 lines removed". */
export function arrivalWords(
	hunk: ShownHunk,
	{ number, total }: { readonly number: number; readonly total: number },
	t: Translate,
): string {
	const parts = [t('Change {0} of {1}', number, total), hunkSummary(hunk, t)];
	if (hunk.isTouched) {
		parts.push(hunk.isSharedWithOther ? t('edited again since') : t('you changed these lines'));
	}
	return parts.join(' · ');
}

/** The removed lines for a hover, without line ends; long ones and many are cut, and `more` says how many lines. */
export function shownRemoval(removed: readonly string[]): { readonly text: string; readonly more: number } {
	const lines = removed.slice(0, MAX_SHOWN_LINES).map(line => {
		const text = line.replace(/\r?\n$/, '');
		return text.length > MAX_LINE_LENGTH ? `${text.slice(0, MAX_LINE_LENGTH)}…` : text;
	});
	return { text: lines.join('\n'), more: removed.length - lines.length };
}

/** How many changes are left elsewhere, once a file has none: for the status bar. */
export function leftWords(changes: number, files: number, t: Translate): string {
	if (changes === 0) {
		return t('All changes of the agent are decided');
	}
	return files === 1
		? t('No changes left in this file · {0} in another', changes)
		: t('No changes left in this file · {0} in {1} others', changes, files);
}
