/**
 * Applies a model's edits to a text: finds the one place that each quote means, changes only what the edit changes, and
 * refuses the rest with a reason that lets the next attempt succeed.
 */

import { applyEdit } from './applyEdit.ts';
import { Batch } from './batch.ts';
import { changedLines } from './changedLines.ts';
import type { LineRange } from './lineDiff.ts';
import { toLf } from './lineEnds.ts';
import type { How } from './locate.ts';
import { OwnText } from './ownText.ts';
import type { RefusalKind } from './refusals.ts';

export interface Edit {
	readonly oldText: string;
	readonly newText: string;
	readonly replaceAll?: boolean | undefined;
	/** 1-based line near which the text is meant, where it stands in several places. */
	readonly nearLine?: number | undefined;
}

export interface ApplyInput {
	/** The file's text now, byte-order mark and carriage returns kept; '' when absent or empty. */
	readonly content: string;
	readonly edits: readonly Edit[];
	/** For the language only. */
	readonly path: string;
	/** Tells an absent file from an empty one, where known. */
	readonly exists?: boolean | undefined;
	/** The text that the model was last shown, where it differs from `content`. */
	readonly base?: string | undefined;
}

export interface Applied {
	readonly ok: true;
	readonly content: string;
	/** 1-based line of the result at which the first change is. */
	readonly firstChangedLine: number;
	/** The lines that differ. */
	readonly hunks: readonly LineRange[];
	/** How each edit was found. */
	readonly matched: readonly How[];
}

interface Refused {
	readonly ok: false;
	/** For the model: why in one line, then the lines concerned as they are. */
	readonly reason: string;
	readonly kind: RefusalKind;
}

export type ApplyResult = Applied | Refused;

const BYTE_ORDER_MARK = '\uFEFF';
/** Of all edits of a call together, in characters searched; some 1.5 s. */
const MAX_WORK = 200_000_000;
/** What an edit costs whatever the file's size. */
const WORK_OF_EDIT = 20_000;
/** How many searches an edit costs that is not found as it stands. */
const SEARCHES_OF_RELAXING = 3;

/** All edits or none, in order, each on the result of those before. Never throws, never slow. */
export function apply({ content, edits, path, exists, base }: ApplyInput): ApplyResult {
	if (edits.length === 0) {
		return { ok: false, kind: 'noChange', reason: 'There is no edit.' };
	}
	const mark = content.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
	const bare = content.slice(mark.length);
	const isCrlf = hasCrlfAlone(bare);
	const own = (text: string) => (isCrlf ? toLf(text) : text);
	const original = new OwnText(own(bare));
	const shown = base === undefined || base === content ? undefined : new OwnText(own(withoutMark(base)));
	let batch = new Batch(original);
	const matched: How[] = [];
	let work = 0;
	for (const [index, edit] of edits.entries()) {
		if (work > MAX_WORK) {
			const reason = `Too many edits for a file of this size; send the first ${index} by themselves.`;
			return { ok: false, kind: 'tooLarge', reason };
		}
		const quote = { ...edit, path, oldText: withoutMark(edit.oldText), newText: withoutMark(edit.newText) };
		const step = applyEdit(batch, quote, { original, shown, exists });
		if ('kind' in step) {
			const reason = edits.length > 1 ? `Edit ${index + 1} of ${edits.length}: ${step.reason}` : step.reason;
			return { ok: false, kind: step.kind, reason };
		}
		batch = step.batch;
		matched.push(step.how);
		work += batch.now.text.length * (step.how === 'exact' ? 1 : SEARCHES_OF_RELAXING) + WORK_OF_EDIT;
	}
	const text = batch.now.text;
	if (text === original.text) {
		return { ok: false, kind: 'noChange', reason: 'The edits together change nothing.' };
	}
	const result = mark + (isCrlf ? text.replaceAll('\n', '\r\n') : text);
	const hunks = changedLines(original.text, text, batch.untouched);
	return { ok: true, content: result, firstChangedLine: (hunks[0]?.newStart ?? 0) + 1, hunks, matched };
}

/** Every line end is CRLF. Then LF can stand for it until the end. */
function hasCrlfAlone(text: string): boolean {
	if (!text.includes('\r\n')) {
		return false;
	}
	for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
		if (at === 0 || text.charCodeAt(at - 1) !== 13) {
			return false;
		}
	}
	return !text.includes('\r\r\n');
}

function withoutMark(text: string): string {
	return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}
