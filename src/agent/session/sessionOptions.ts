import type { Clock } from '../clock.ts';
import type { ToolDefinition } from '../model.ts';
import type { Tool } from '../tool.ts';
import type { ResolvedModel } from '../turn/resolvedModel.ts';
import type { RetryPolicy } from '../turn/retryPolicy.ts';
import type { Workspace } from '../workspace.ts';
import type { SessionStore } from './log.ts';

export interface SessionOptions {
	readonly store: SessionStore;
	readonly workspace: Workspace;
	/** What the model may call, and how it is told of them, in the same order. */
	readonly tools: readonly Tool[];
	readonly definitions: readonly ToolDefinition[];
	/**
	 * Asked at the start of each turn, and for a fallback model by its id. Should not fail for reasons of the account: the
	 * client tells those. When it rejects, so does `send`, and nothing was recorded.
	 */
	resolveModel(id?: string): Promise<ResolvedModel>;
	/** Whether the user trusts the workspace, asked at the start of each turn. */
	isTrusted(): boolean;
	/** Requests to the model in one turn, asked at the start of each turn. */
	maxRequests(): number;
	/** The rules of the workspace as they are now, see `readRules`; empty when there are none. */
	currentRules(signal: AbortSignal): Promise<string>;
	readonly clock: Clock;
	readonly retry?: RetryPolicy;
	/** From 0 up to 1, for the spread of waiting times. */
	readonly random?: () => number;
	/** A new id, unique for good. */
	newId(): string;
	/** Takes errors that are bugs of ours, for the log. Must not throw. */
	onBug(error: unknown): void;
}

/** What never changes while a session lives. */
export interface NewSession {
	/** The system prompt, see `buildSystemPrompt`. */
	readonly system: string;
	/** Root names and URIs, to find the session again. */
	readonly workspace: readonly string[];
}

export interface Subscription {
	dispose(): void;
}
