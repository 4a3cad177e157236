import type { Engine } from './editCase.ts';

/** The plainest engine: a text that stands once is replaced, anything else is refused. What others are measured by. */
export const applyExactly: Engine = ({ content, edits }) => {
	let text = content;
	for (const { oldText, newText, replaceAll = false } of edits) {
		const at = text.indexOf(oldText);
		if (oldText === '' ? text !== '' : at === -1) {
			return { ok: false, reason: 'Not found.' };
		}
		if (replaceAll) {
			text = text.split(oldText).join(newText);
		} else if (oldText !== '' && text.indexOf(oldText, at + 1) !== -1) {
			return { ok: false, reason: 'Not unique.' };
		} else {
			text = text.slice(0, at) + newText + text.slice(at + oldText.length);
		}
	}
	return text === content ? { ok: false, reason: 'No change.' } : { ok: true, content: text };
};
