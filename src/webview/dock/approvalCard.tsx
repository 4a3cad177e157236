import { useId } from 'preact/hooks';
import type { ApprovalView } from '../../protocol/messages.ts';
import { usePage } from '../pageContext.ts';
import { DetailView } from '../parts/detailView.tsx';
import { ChangeCounts, countChanges } from '../parts/diff.tsx';
import { Icon, IconButton } from '../parts/icon.tsx';
import { MenuButton, type MenuItem } from '../parts/menu.tsx';

/**
 * The question that waits for an answer, with all that would happen. It never takes the focus: the user may be typing.
 */
export function ApprovalCard({ approval }: { approval: ApprovalView }) {
	const page = usePage();
	const titleId = useId();
	const { callId, title, folder, reason, detail, position, total, canAllowSession } = approval;
	const isDiff = detail?.kind === 'diff';
	const openDiff = () => page.post({ type: 'openDiff', callId });
	const menu: MenuItem[] = [
		...(canAllowSession ? [{ label: 'Allow in this session', run: () => page.answer('session') }] : []),
		...(isDiff ? [{ label: 'Open diff', run: openDiff }] : []),
	];
	return (
		// biome-ignore lint/a11y/useSemanticElements: a fieldset groups form controls, this is a question.
		<div class="approval" role="group" aria-labelledby={titleId}>
			<div class="approval-header">
				<Icon name="shield" className="tone-warn" />
				<h2 class="approval-title" id={titleId}>
					<span class="sr-only">Approval needed: </span>
					{title}
				</h2>
				{folder !== undefined && <span class="approval-folder">{folder}</span>}
				{total > 1 && <span class="approval-position">{`${position} of ${total}`}</span>}
				{isDiff && <ChangeCounts {...countChanges(detail.hunks)} />}
				{isDiff && <IconButton icon="diff-single" label="Open diff" onClick={openDiff} />}
			</div>
			<div class="approval-body">
				{detail && <DetailView detail={detail} />}
				{reason !== '' && <p class="approval-reason">{reason}</p>}
			</div>
			<div class="approval-buttons">
				<div class="split">
					<button type="button" class="button primary" onClick={ifSingle(() => page.answer('once'))}>
						Allow
					</button>
					{menu.length > 0 && (
						<MenuButton
							label="More ways to allow"
							className="button primary split-more"
							items={menu}
							placement="above-start"
						>
							<Icon name="chevron-down" />
						</MenuButton>
					)}
				</div>
				<button type="button" class="button secondary" onClick={ifSingle(() => page.answer('no'))}>
					Skip
				</button>
				<span class="approval-key" aria-hidden="true">
					{isMac() ? '⌘⏎' : 'Ctrl+Enter'}
				</span>
			</div>
		</div>
	);
}

/** Leaves out the second click of a double click: it would answer the next question, which nobody has read. */
function ifSingle(run: () => void): (event: MouseEvent) => void {
	return event => {
		if (event.detail <= 1) {
			run();
		}
	};
}

function isMac(): boolean {
	return navigator.userAgent.includes('Mac');
}
