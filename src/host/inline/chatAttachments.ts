import * as vscode from 'vscode';
import type { Attachment } from '../../agent/events.ts';
import { diffTexts } from '../../editing/index.ts';
import type { InlineEdit } from './inlineEdit.ts';

/** What the chat is told of an inline edit: the lines, what was asked for, and what came of it. */
export function chatAttachments({
	document,
	region,
	location: { path },
	instructions,
	pending,
}: InlineEdit): readonly Attachment[] {
	const { start, end } = region.range;
	const lines = `${start.line + 1}-${end.line + 1}`;
	const attachments = [
		{
			label: `${path}:${lines}`,
			text: `Lines ${lines} of ${path} as they are now:\n${document.getText(region.range)}`,
		},
		{
			label: vscode.l10n.t('Instruction'),
			text: `An inline edit of these lines was asked for:\n${instructions.join('\n')}`,
		},
	];
	if (pending === undefined) {
		return attachments;
	}
	const { hunks } = diffTexts(pending.pending.base ?? '', pending.pending.text ?? '');
	const diff = hunks.map(({ oldStart, newStart, lines: changed }) =>
		[`@@ -${oldStart} +${newStart} @@`, ...changed].join('\n'),
	);
	const text = `What it changed, which waits for the user's word:\n${diff.join('\n')}`;
	return [...attachments, { label: vscode.l10n.t('Edit'), text }];
}
