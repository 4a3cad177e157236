/** The buttons above hunks, as they are to be drawn. */
import type { LineSpan } from '../../editing/pendingEdit.ts';
import type { Translate } from '../translate.ts';
import { hunkSummary } from './hunkWords.ts';
import type { HunkRef } from './reviewArguments.ts';
import type { ShownHunk } from './shownFiles.ts';

/** Lines above and below the screen in which buttons are ready. More cost time with every key pressed. */
export const LENS_MARGIN = 100;

export type LensAction = 'accept' | 'reject' | 'show' | 'none';

export interface HunkLens {
	/** Above this line, from 0. */
	readonly line: number;
	readonly title: string;
	readonly tooltip: string;
	readonly action: LensAction;
	readonly hunk: HunkRef;
}

/** The hunks that are on screen or near it. */
export function hunksNear(hunks: readonly ShownHunk[], visible: readonly LineSpan[]): readonly ShownHunk[] {
	return hunks.filter(({ span }) =>
		visible.some(range => span.start <= range.end + LENS_MARGIN && span.end >= range.start - LENS_MARGIN),
	);
}

/**
 * The buttons of hunks that are on screen or near it. A hunk that the agent still writes has none.
 * @param lineCount of the text: nothing is drawn below its last line.
 */
export function hunkLenses(
	hunks: readonly ShownHunk[],
	visible: readonly LineSpan[],
	lineCount: number,
	t: Translate,
): readonly HunkLens[] {
	const near = new Set(hunksNear(hunks, visible));
	return hunks.flatMap((hunk, index) => {
		if (!near.has(hunk) || hunk.isOpen) {
			return [];
		}
		const line = Math.min(hunk.span.start, Math.max(0, lineCount - 1));
		const ref = refOf(hunk);
		const lens = (action: LensAction, title: string, tooltip: string): HunkLens => ({
			...{ line, title, tooltip, action },
			hunk: action === 'reject' && hunk.isTouched ? { ...ref, decision: 'restore' } : ref,
		});
		const place = lens(
			'show',
			`${t('{0} of {1}', index + 1, hunks.length)} · ${hunkSummary(hunk, t)}`,
			t('Change {0} of {1} in this file: show it with the lines that stood there', index + 1, hunks.length),
		);
		return hunk.isTouched
			? [
					lens('none', hunk.isSharedWithOther ? t('Edited again since:') : t('You changed these lines:'), ''),
					lens('accept', hunk.isSharedWithOther ? t('Keep') : t('Keep mine'), t('Keep the lines as they are now')),
					lens(
						'reject',
						t('Restore the original'),
						t('Bring back what stood there; what was changed in these lines since is gone then'),
					),
					place,
				]
			: [
					lens('accept', t('Accept'), t('Keep this change of the agent')),
					lens('reject', t('Reject'), t('Bring back what stood there')),
					place,
				];
	});
}

/** How commands name the hunk. */
export function refOf({ key, sessionId, revision, start }: ShownHunk): HunkRef {
	return { uri: key, sessionId, revision, start };
}
