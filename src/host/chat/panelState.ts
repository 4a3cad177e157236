import type { Session } from '../../agent/session/session.ts';
import type { ChipView, ImageView, ModelView, PanelState, PlanItemView } from '../../protocol/messages.ts';
import { formatCost } from '../format.ts';
import type { Translate } from '../translate.ts';
import { approvalView } from './approvalView.ts';

export interface PanelSources {
	/** On screen; undefined before the first message of a new one. */
	readonly session: Session | undefined;
	readonly changes: PanelState['changes'];
	readonly models: { readonly view: ModelView; readonly hasKey: boolean };
	readonly chips: readonly ChipView[];
	/** Pictures that go with the next message. */
	readonly images?: readonly ImageView[];
	readonly isTrusted: boolean;
	/** Of the session, or for the one that begins with the next message. */
	readonly permissions: Pick<PanelState, 'mode' | 'level'>;
	/** What the agent plans to do, see `TranscriptView.plan`. */
	readonly plan: readonly PlanItemView[] | undefined;
	/** Of the approval that is on screen. */
	readonly approvalNonce: string | undefined;
	readonly translate: Translate;
}

/** Everything on the page that is not transcript, from what the host knows. */
export function panelState(sources: PanelSources): PanelState {
	const { session, models, translate } = sources;
	const pending = session?.pendingApprovals ?? [];
	const first = pending[0];
	const nonce = sources.approvalNonce;
	const isReadOnly = session?.isReadOnly ?? false;
	const { mode, level } = sources.permissions;
	const plan = shownPlan(sources);
	return {
		...(session && { session: { id: session.id, title: session.state.title } }),
		model: models.view,
		hasKey: models.hasKey,
		isTrusted: sources.isTrusted,
		isReadOnly,
		activity: activityOf(session),
		...(first && nonce && { approval: approvalView(first, { nonce, position: 1, total: pending.length }, translate) }),
		queue: session?.state.queue.map(({ messageId, text }) => ({ id: messageId, text })) ?? [],
		cost: costText(sources),
		chips: sources.chips,
		images: sources.images ?? [],
		changes: sources.changes,
		mode,
		level,
		canSetMode: !isReadOnly && sources.isTrusted,
		...(plan && { plan }),
	};
}

export function changeIds(changes: readonly { readonly changeId: string }[] | undefined): string[] {
	return changes?.map(({ changeId }) => changeId) ?? [];
}

/** A plan that is done is no longer of interest once its turn is over. */
function shownPlan({ plan = [], session }: PanelSources): readonly PlanItemView[] | undefined {
	const isOver = session?.isRunning !== true && plan.every(({ status }) => status === 'done');
	return plan.length === 0 || isOver ? undefined : plan;
}

function activityOf(session: Session | undefined): PanelState['activity'] {
	if (session?.isRunning) {
		return session.pendingApprovals.length > 0 ? 'waiting' : 'running';
	}
	return session?.state.lastEnd?.reason === 'interrupted' ? 'interrupted' : 'idle';
}

function costText({ session, models, translate }: PanelSources): string {
	const { known, unknownRequests } = session?.state.cost ?? { known: 0, unknownRequests: 0 };
	if (models.view.isBuiltIn && known === 0 && unknownRequests === 0) {
		return translate('Offline, no cost');
	}
	if (known === 0 && unknownRequests > 0) {
		return translate('Cost unknown');
	}
	const text = translate('{0} this session', formatCost(known));
	return unknownRequests > 0 ? translate('{0} + {1} unknown', text, unknownRequests) : text;
}
