import type { ApprovalReason, ApprovalRequest } from '../../agent/tool.ts';
import type { ApprovalView } from '../../protocol/messages.ts';
import { baseName, folderName } from '../format.ts';
import type { Translate } from '../translate.ts';
import { detailOf } from './toolWords.ts';

/** The approval card: the question with the object in it, the whole truth below, and why it is asked. */
export function approvalView(
	request: ApprovalRequest,
	place: { readonly nonce: string; readonly position: number; readonly total: number },
	t: Translate,
): ApprovalView {
	const folder = folderName(request.subject);
	const detail = request.view && detailOf(request.view);
	return {
		callId: request.callId,
		...place,
		title: title(request, t),
		...(folder !== '' && { folder }),
		reason: reasonText(request.reason, t),
		canAllowSession: request.canAllowSession,
		...(detail && { detail }),
	};
}

function title({ name, subject, view }: ApprovalRequest, t: Translate): string {
	const file = baseName(subject);
	if (view?.kind === 'diff') {
		return view.isNew ? t('Create {0}?', file) : t('Edit {0}?', file);
	}
	switch (name) {
		case 'read':
			return t('Read {0}?', file);
		case 'list':
			return t('List {0}?', file);
		default:
			return t('Run {0} on {1}?', name, subject);
	}
}

function reasonText(reason: ApprovalReason, t: Translate): string {
	switch (reason) {
		case 'write':
			return t('Edits are asked for until you allow them in this session.');
		case 'protected':
			return t('This file can change what the editor or your tools run, so it is always asked for.');
		case 'outside':
			return t('This path is outside the workspace, so it is always asked for.');
	}
}
