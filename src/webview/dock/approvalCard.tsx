import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { ApprovalSubject, ApprovalView, RuleScope } from '../../protocol/messages.ts';
import { usePage } from '../pageContext.ts';
import { DetailView } from '../parts/detailView.tsx';
import { ChangeCounts, countChanges } from '../parts/diff.tsx';
import { Icon } from '../parts/icon.tsx';
import { MenuButton } from '../parts/menu.tsx';
import { keyName } from '../shortcuts.ts';

/**
 * The question that waits for an answer, with all that would happen. It never takes the focus: the user may be typing.
 */
export function ApprovalCard({ approval }: { approval: ApprovalView }) {
	const titleId = useId();
	const { title, folder, reasons, detail, items, agent, position, total } = approval;
	return (
		// biome-ignore lint/a11y/useSemanticElements: a fieldset groups form controls, this is a question.
		<div class="approval" role="group" aria-labelledby={titleId}>
			<div class="approval-question">
				<div class="approval-header">
					<Icon name="shield" className="tone-warn" />
					<h2 class="approval-title" id={titleId}>
						<span class="sr-only">Approval needed: </span>
						{title} {folder !== undefined && <span class="approval-folder">{folder}</span>}
					</h2>
					{total > 1 && <span class="approval-position">{`${position} of ${total}`}</span>}
					{detail?.kind === 'diff' && <ChangeCounts {...countChanges(detail.hunks)} />}
				</div>
				{agent !== undefined && (
					<p class="approval-agent">
						<Icon name="agent" /> <span class="sr-only">Sub-agent: </span>
						{agent}
					</p>
				)}
				{(detail !== undefined || items !== undefined) && (
					<div class="approval-body">
						{detail && <DetailView detail={detail} />}
						{items && (
							<ol class="approval-items" aria-label="Calls">
								{items.map(item => (
									<ApprovalItem item={item} key={item.id} />
								))}
							</ol>
						)}
					</div>
				)}
				<Reasons reasons={reasons} />
			</div>
			<Buttons approval={approval} />
		</div>
	);
}

/** One of several calls. A change folds, since its file and size say most of it; what would run is in sight. */
function ApprovalItem({ item }: { item: ApprovalSubject }) {
	const { title, folder, reasons, detail } = item;
	const isOpen = useSignal(detail?.kind !== 'diff');
	const detailId = useId();
	const label = (
		<>
			<span class="approval-item-title">{title}</span>
			{folder !== undefined && <span class="approval-folder">{folder}</span>}
			{detail?.kind === 'diff' && <ChangeCounts {...countChanges(detail.hunks)} />}
		</>
	);
	return (
		<li class="approval-item">
			{detail === undefined ? (
				<span class="approval-item-label">{label}</span>
			) : (
				<button
					type="button"
					class="approval-item-label"
					aria-expanded={isOpen.value}
					aria-controls={isOpen.value ? detailId : undefined}
					onClick={() => {
						isOpen.value = !isOpen.value;
					}}
				>
					<Icon name={isOpen.value ? 'chevron-down' : 'chevron-right'} />
					{label}
				</button>
			)}
			{detail !== undefined && isOpen.value && (
				<div class="approval-item-detail" id={detailId}>
					<DetailView detail={detail} />
				</div>
			)}
			<Reasons reasons={reasons} />
		</li>
	);
}

/** Why it is asked; always in sight, however long the rest is. */
function Reasons({ reasons }: { reasons: readonly string[] }) {
	const [only, ...more] = reasons;
	if (only === undefined) {
		return null;
	}
	return more.length === 0 ? (
		<p class="approval-reason">{only}</p>
	) : (
		<ul class="approval-reason listed" aria-label="To think of">
			{reasons.map(reason => (
				<li key={reason}>{reason}</li>
			))}
		</ul>
	);
}

const scopeLabels: Readonly<Record<RuleScope, string>> = {
	session: 'Allow in this session',
	workspace: 'Allow in this workspace',
	always: 'Always allow',
};

function Buttons({ approval: { offer } }: { approval: ApprovalView }) {
	const page = usePage();
	return (
		<div class="approval-buttons">
			<div class="split">
				<button type="button" class="button primary" onClick={ifSingle(() => page.answer('once'))}>
					Allow once
				</button>
				{offer !== undefined && (
					<MenuButton
						label="More ways to allow"
						className="button primary split-more"
						placement="above-start"
						header={
							<p class="menu-header">
								Without asking again: <span class="menu-rule">{offer.rule}</span>
							</p>
						}
						items={offer.scopes.map(scope => ({ label: scopeLabels[scope], run: () => page.answer(scope) }))}
					>
						<Icon name="chevron-down" />
					</MenuButton>
				)}
			</div>
			<button type="button" class="button secondary" onClick={ifSingle(() => page.answer('no'))}>
				Deny
			</button>
			<button
				type="button"
				class="button quiet"
				title="Deny, and say what to do instead"
				onClick={() => page.focusRequests.value++}
			>
				Say why…
			</button>
			<span class="approval-key" aria-hidden="true">
				{keyName('Enter')}
			</span>
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
