import type { ApprovalRule, RuleScope, RuleStore } from '../approval/approvalRules.ts';
import type { ApprovalLevel, Permissions } from '../approval/policy.ts';
import type { Clock } from '../clock.ts';
import type { RequestPurpose, ToolDefinition } from '../model.ts';
import type { ApprovalAnswer, ApprovalRequest, Tool } from '../tool.ts';
import type { ResolvedModel } from '../turn/resolvedModel.ts';
import type { RetryPolicy } from '../turn/retryPolicy.ts';
import type { Workspace } from '../workspace.ts';
import type { SessionStore } from './log.ts';

export interface SessionOptions {
	readonly store: SessionStore;
	readonly workspace: Workspace;
	/** The tools of one agent, with what they keep for it, such as a shell. */
	openTools(agent: AgentKind, spender: Spender): Promise<SessionTools>;
	/** What the user allowed for longer than a session. */
	readonly rules: RuleStore;
	/** Absolute paths of folders that are ours or the editor's: touching them is always asked for. */
	readonly ownFolders: readonly string[];
	/** The level that sessions begin with. */
	initialLevel(): Exclude<ApprovalLevel, 'everything'>;
	/** The system prompt of an agent that works for a call. Absent where none may. */
	delegateSystem?(agent: AgentKind): Promise<string>;
	/**
	 * Asked at the start of each turn, and for a fallback model by its id. Should not fail for reasons of the account: the
	 * client tells those. When it rejects, so does `send`, and nothing was recorded.
	 */
	resolveModel(id?: string): Promise<ResolvedModel>;
	/** Whether the user trusts the workspace, asked at every call. */
	isTrusted(): boolean;
	/** Requests to the model in one turn, asked at the start of each turn. */
	maxRequests(): number;
	/** The rules of the workspace as they are now, see `readRules`; empty when there are none. */
	currentRules(signal: AbortSignal): Promise<string>;
	/** What its requests are for, in the ledger. A turn of a conversation when absent. */
	readonly purpose?: Extract<RequestPurpose, 'inline'>;
	readonly clock: Clock;
	readonly retry?: RetryPolicy;
	/** From 0 up to 1, for the spread of waiting times. */
	readonly random?: () => number;
	/** A new id, unique for good. */
	newId(): string;
	/** Takes errors that are bugs of ours, for the log. Must not throw. */
	onBug(error: unknown): void;
}

/** Whose tools they are. */
export interface AgentKind {
	/** It works for a call of another. */
	readonly isDelegate: boolean;
	/** It only reads: nothing else need be offered. */
	readonly isReadOnly: boolean;
}

/** Whose money tools spend that ask the service themselves. */
export interface Spender {
	readonly sessionId: string;
	/** The session whose budget counts: `sessionId` itself, but for an agent that works for another. */
	readonly account: string;
	/** What the user set for that session alone, in US dollars. */
	sessionBudget(): number | undefined;
}

/** What the model may call, and how it is told of them, in the same order. */
export interface SessionTools {
	readonly tools: readonly Tool[];
	readonly definitions: readonly ToolDefinition[];
	/** Ends what still runs for them. */
	dispose(): Promise<void>;
}

/** What an agent that works for another gets from it. */
export interface Authority {
	/** The session whose budget its requests count against, and the call it works for. */
	readonly parent: { readonly sessionId: string; readonly callId: string };
	/** Of its task. */
	readonly title: string;
	permissions(): Promise<Permissions>;
	/** Asks the user in the parent's place. */
	ask(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalAnswer>;
	remember(rule: ApprovalRule, scope: RuleScope): Promise<void>;
	/** What the user set for the parent's session alone, in US dollars. */
	sessionBudget(): number | undefined;
	readonly kind: AgentKind;
}

/** What never changes while a session lives. */
export interface NewSession {
	/** The system prompt, see `buildSystemPrompt`. */
	readonly system: string;
	/** Root names and URIs, to find the session again. */
	readonly workspace: readonly string[];
	/** An inline edit: not among the conversations that the user sees. */
	readonly kind?: 'inline';
}

/** An edit that is made outside of a call, bit by bit, by whoever shows the answer as it comes. */
export interface EditRecord {
	readonly changeId: string;
	readonly callId: string;
	/** As the tools show it. */
	readonly path: string;
	readonly uri: string;
	/** The whole text without the edit, and with it. */
	readonly before: string;
	readonly after: string;
	/** It begins. A second record of the same call ends it. */
	readonly isOpen?: true;
	/** Lines, of the record that ends it. */
	readonly made?: { readonly added: number; readonly removed: number };
}

export interface Subscription {
	dispose(): void;
}
