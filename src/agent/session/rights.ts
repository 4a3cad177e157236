import type { ApprovalRule, RuleScope } from '../approval/approvalRules.ts';
import type { Permissions } from '../approval/policy.ts';
import type { SessionEvent } from '../events.ts';
import type { ApprovalAnswer, ApprovalRequest, DelegatedTask } from '../tool.ts';
import type { PendingApprovals } from './pendingApprovals.ts';
import type { AgentKind, Authority } from './sessionOptions.ts';
import type { SessionPermissions } from './sessionPermissions.ts';
import { titleFrom } from './title.ts';

export interface RightsOptions {
	readonly sessionId: string;
	readonly permissions: SessionPermissions;
	readonly approvals: PendingApprovals;
	/** For an agent that works for another: the rights it has from that one. */
	readonly authority: Authority | undefined;
	/** What the user set for this session alone, in US dollars. */
	ownBudget(): number | undefined;
	record(event: SessionEvent): Promise<void>;
}

/** What the session's agent may do, by its own user or by the agent it works for, and what it passes on. */
export class Rights {
	readonly #options: RightsOptions;

	constructor(options: RightsOptions) {
		this.#options = options;
	}

	/** Those of the agent it works for, or fewer. */
	async current(): Promise<Permissions> {
		const { permissions, authority } = this.#options;
		const own = await permissions.current();
		if (authority === undefined) {
			return own;
		}
		const lent = await authority.permissions();
		return {
			...lent,
			mode: authority.kind.isReadOnly ? 'ask' : lent.mode,
			isTrusted: own.isTrusted && lent.isTrusted,
			isHeld: own.isHeld || lent.isHeld,
		};
	}

	/** Of the session whose budget counts. */
	budget(): number | undefined {
		const { authority, ownBudget } = this.#options;
		return authority === undefined ? ownBudget() : authority.sessionBudget();
	}

	/** @throws AbortError when the signal fires before the answer. */
	ask(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalAnswer> {
		return (this.#options.authority ?? this.#options.approvals).ask(request, signal);
	}

	async remember(rule: ApprovalRule, scope: RuleScope): Promise<void> {
		const { authority, permissions, record } = this.#options;
		if (authority !== undefined) {
			return authority.remember(rule, scope);
		}
		return scope === 'session' ? record({ type: 'ruleAdded', rule }) : permissions.store(rule, scope);
	}

	/** For an agent that works for a call of this one. */
	lend(callId: string, { title, isReadOnly }: DelegatedTask): Authority {
		const { sessionId, permissions } = this.#options;
		const kind: AgentKind = { isDelegate: true, isReadOnly: isReadOnly || permissions.mode === 'ask' };
		return {
			parent: { sessionId, callId },
			title: titleFrom(title),
			kind,
			sessionBudget: () => this.budget(),
			permissions: () => this.current(),
			remember: (rule, scope) => this.remember(rule, scope),
			// Ids of calls are the models' own: two agents may use the same, and any characters.
			ask: (request, signal) =>
				this.ask({ ...request, callId: JSON.stringify([callId, request.callId]), agent: title }, signal),
		};
	}
}
