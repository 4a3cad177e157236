/** What of a change can be recorded as texts, which is all that a record holds. */
import type { DiskState } from './diskState.ts';

/** Absent means no file. */
export interface RestorableTexts {
	readonly before?: string;
	readonly after?: string;
}

const BYTE_ORDER_MARK = '\uFEFF';

/** Undefined where going back to texts would not take the change back, not even in part. */
export function textsOf(before: DiskState, after: DiskState): RestorableTexts | undefined {
	if (before.kind === 'unkept' || after.kind === 'unkept') {
		return undefined;
	}
	if (before.kind === 'text' && after.kind === 'text' && before.text === after.text) {
		// Only its encoding is another.
		return undefined;
	}
	return {
		...(before.kind === 'text' && { before: after.kind === 'absent' ? wholeText(before) : before.text }),
		...(after.kind === 'text' && { after: after.text }),
	};
}

/** Whether every byte comes back. A file that is there is written in the form that it has, a new one in UTF-8. */
export function isExact(before: DiskState, after: DiskState): boolean {
	if (before.kind !== 'text') {
		return true;
	}
	return after.kind === 'text' ? before.form === after.form : before.form === 'utf8' || before.form === 'marked';
}

/** Of a file that is gone nothing else tells that it had a mark. */
function wholeText({ text, form }: Extract<DiskState, { kind: 'text' }>): string {
	return form === 'marked' ? BYTE_ORDER_MARK + text : text;
}
