import { describeRule } from '../../agent/approval/approvalRules.ts';
import type { ApprovalItem, ApprovalRequest, FileDiff, ToolView } from '../../agent/tool.ts';
import type { Detail } from '../../protocol/detail.ts';
import type { ApprovalSubject, ApprovalView } from '../../protocol/messages.ts';
import { baseName, folderName } from '../format.ts';
import type { Translate } from '../translate.ts';
import { approvalReasons } from './approvalReasons.ts';
import { commandDetail, detailOf, shownLine, textDetail } from './toolDetail.ts';

/** The approval card: the question with the object in it, the whole truth below, and why it is asked. */
export function approvalView(
	request: ApprovalRequest,
	place: { readonly nonce: string; readonly position: number; readonly total: number },
	t: Translate,
): ApprovalView {
	const { callId, agent, offer, items } = request;
	return {
		callId,
		...place,
		...approvalSubject(request, t),
		...(items && {
			title: items.length === 1 ? t('Allow 1 call?') : t('Allow {0} calls?', items.length),
			items: items.map(item => ({ id: item.callId, ...approvalSubject(item, t) })),
		}),
		...(agent !== undefined && { agent: shownLine(agent) }),
		...(offer && { offer: { rule: shownLine(describeRule(offer.rule)), scopes: offer.scopes } }),
	};
}

function approvalSubject(item: ApprovalItem, t: Translate): ApprovalSubject {
	const { object, folder } = objectOf(item);
	const detail = detailOfItem(item);
	return {
		title: title(item, object, t),
		...(folder !== '' && { folder }),
		reasons: approvalReasons(item, t),
		...(detail && { detail }),
	};
}

/** Tools whose subject is a path. */
const PATH_TOOLS: ReadonlySet<string> = new Set(['read', 'write', 'edit', 'list']);

function objectOf({ name, subject, view }: ApprovalItem): { readonly object: string; readonly folder: string } {
	// A move is named by both paths; the file is where it will be.
	const shown = shownLine(view?.kind === 'diff' && view.movedFrom !== undefined ? view.path : subject);
	return PATH_TOOLS.has(name) || view?.kind === 'diff'
		? { object: baseName(shown), folder: folderName(shown) }
		: { object: shown, folder: '' };
}

function title(item: ApprovalItem, object: string, t: Translate): string {
	const { name, view } = item;
	if (item.reason === 'command' || view?.kind === 'command') {
		return t('Run this command?');
	}
	switch (view?.kind) {
		case 'url':
			return t('Fetch from {0}?', hostOf(view));
		case 'foreign':
			return t('Use {0} of {1}?', shownLine(view.tool), shownLine(view.server));
		case 'diff':
			return name === 'rename' ? t('Rename {0}?', object) : diffTitle(view, object, t);
		case 'diffs':
			return t('Change {0} files?', view.files.length);
		default:
	}
	switch (name) {
		case 'read':
			return t('Read {0}?', object);
		case 'list':
			return t('List {0}?', object);
		case 'write':
			return t('Write {0}?', object);
		case 'edit':
			return t('Edit {0}?', object);
		case 'rename':
			return t('Rename {0}?', object);
		case 'websearch':
			return t('Search the web?');
		case 'webfetch':
			return t('Fetch this page?');
		default:
			return object === '' ? t('Run {0}?', shownLine(name)) : t('Run {0} on {1}?', shownLine(name), object);
	}
}

function diffTitle({ isNew, isRemoved, movedFrom }: FileDiff, object: string, t: Translate): string {
	if (isRemoved) {
		return t('Delete {0}?', object);
	}
	if (movedFrom !== undefined) {
		return t('Move {0} here from {1}?', object, shownLine(movedFrom));
	}
	return isNew ? t('Create {0}?', object) : t('Edit {0}?', object);
}

function hostOf(view: Extract<ToolView, { kind: 'url' }>): string {
	return URL.canParse(view.url) ? new URL(view.url).host : shownLine(view.url);
}

/** Nothing that would happen stays out of sight, also where the tool made no view. */
function detailOfItem({ reason, subject, view }: ApprovalItem): Detail | undefined {
	const detail = view && detailOf(view);
	if (detail !== undefined || reason === 'several') {
		return detail;
	}
	if (reason === 'command') {
		return commandDetail(subject);
	}
	const text = view?.kind === 'note' ? view.note : subject;
	return text === '' ? undefined : textDetail(text);
}
