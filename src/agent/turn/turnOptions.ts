import type { ApprovalRule, RuleScope } from '../approval/approvalRules.ts';
import type { Permissions } from '../approval/policy.ts';
import type { Clock } from '../clock.ts';
import type { ContextMeter } from '../context/contextUse.ts';
import type { Conversation } from '../context/conversation.ts';
import type { Attachment } from '../events.ts';
import type { RequestPurpose, ToolDefinition } from '../model.ts';
import type { ModelParameters } from '../settings/modelSettings.ts';
import type { OutputUpdate } from '../shellPort.ts';
import type { ApprovalAnswer, ApprovalRequest, DelegatedResult, DelegatedTask, Tool } from '../tool.ts';
import type { Workspace } from '../workspace.ts';
import type { ResolvedModel } from './resolvedModel.ts';
import type { RetryPolicy } from './retryPolicy.ts';
import type { RetryWait } from './retryWait.ts';

/** A message sent while a turn runs. */
export interface QueuedMessage {
	readonly messageId: string;
	readonly text: string;
	readonly attachments: readonly Attachment[];
}

/** What asking a model needs. The functions read what the consumer folded from the events taken so far. */
export interface AskOptions {
	/** Groups the requests of a conversation for the provider's routing. */
	readonly sessionId: string;
	/** How the model is told of the tools, in a fixed order. */
	readonly definitions: readonly ToolDefinition[];
	/** The conversation so far, system prompt first. */
	readonly conversation: Conversation;
	/** One for each conversation. */
	readonly meter: ContextMeter;
	readonly clock: Clock;
	readonly retry: RetryPolicy;
	readonly retryWait: RetryWait;
	/** From 0 up to 1, for the spread of waiting times. */
	random(): number;
	/** A fallback model. @throws ModelError when it cannot be had. */
	resolveModel(id: string): Promise<ResolvedModel>;
	/** Who holds the warm prompt cache for a model. @param lifetime of the cache, where it was chosen. */
	pinnedProvider(model: string, lifetime: ModelParameters['cacheLifetime'] | undefined): string | undefined;
	/** Base64 text of an image of the conversation; undefined when it is gone. */
	loadImage(hash: string): Promise<string | undefined>;
	/** The session whose budget the requests count against; `sessionId` itself, but for an agent that works for another. */
	readonly account: string;
	/** What the turn's own requests are for, in the ledger, where they are no turn of a conversation. */
	readonly purpose?: Extract<RequestPurpose, 'inline'>;
	/** The user's own budget for this conversation, in US dollars. */
	sessionBudget(): number | undefined;
	/** Whether the user was told what of their settings this model does not take. */
	isLeftOutTold(model: string): boolean;
	/** The rules of the workspace as they are now; empty when there are none. */
	currentRules(signal: AbortSignal): Promise<string>;
	/** Whether an earlier call of the session has this id. */
	isCallIdTaken(callId: string): boolean;
	/** A new id, unique for good. */
	newId(): string;
	/** Takes errors that are bugs of ours, for the log. Must not throw. */
	onBug(error: unknown): void;
}

/** What a turn needs. */
export interface TurnOptions extends AskOptions {
	readonly turnId: string;
	readonly resolved: ResolvedModel;
	/** What may be called. */
	readonly tools: readonly Tool[];
	readonly workspace: Workspace;
	/** Stops the turn at any point. */
	readonly signal: AbortSignal;
	/** Requests to the model before the turn ends with `limit`. */
	readonly maxRequests: number;
	/** What the user allows, asked at every call. */
	permissions(): Promise<Permissions>;
	/** Keeps a rule that the user gave with an answer. */
	remember(rule: ApprovalRule, scope: RuleScope): Promise<void>;
	/** The model takes images. */
	readonly seesImages: boolean;
	/** Takes what a tool prints while it runs. Must not throw. */
	onOutput(callId: string, update: OutputUpdate): void;
	/** Has another agent work for a call, until it is done or the signal fires. Absent for an agent that is such a one. */
	readonly delegate?: (callId: string, task: DelegatedTask, signal: AbortSignal) => Promise<DelegatedResult>;
	/** Asks the user. May reject once the signal fired; an answer that comes later is not used. */
	ask(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalAnswer>;
	/** Hands over what the user sent meanwhile, oldest first, and forgets it. */
	takeQueued(): readonly QueuedMessage[];
	/** Keeps a text and gives its hash. Durable when it resolves. */
	putBlob(text: string): Promise<string>;
}
