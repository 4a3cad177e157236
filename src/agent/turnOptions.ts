import type { Clock } from './clock.ts';
import type { Attachment, ModelRef } from './events.ts';
import type { Message, ModelClient, ToolDefinition } from './model.ts';
import type { ApprovalAnswer, ApprovalRequest, Tool } from './tool.ts';
import type { Workspace } from './workspace.ts';

/** A message sent while a turn runs. */
export interface QueuedMessage {
	readonly messageId: string;
	readonly text: string;
	readonly attachments: readonly Attachment[];
}

/** What a turn needs. The functions read what the consumer folded from the events taken so far. */
export interface TurnOptions {
	readonly turnId: string;
	/** Groups the requests of a conversation for the provider's routing. */
	readonly sessionId: string;
	readonly model: ModelRef;
	readonly client: ModelClient;
	/** What may be called; the model is told of them by `definitions`, in the same fixed order. */
	readonly tools: readonly Tool[];
	readonly definitions: readonly ToolDefinition[];
	readonly workspace: Workspace;
	/** Stops the turn at any point. */
	readonly signal: AbortSignal;
	readonly clock: Clock;
	/** Requests to the model before the turn ends with `limit`. */
	readonly maxRequests: number;
	readonly isTrusted: boolean;
	/** The conversation so far, system prompt first. */
	messages(): readonly Message[];
	/** Whether the user allowed unprotected edits for this session. */
	areEditsAllowed(): boolean;
	/** Whether an earlier call of the session has this id. */
	isCallIdTaken(callId: string): boolean;
	/** Asks the user. May reject once the signal fired; an answer that comes later is not used. */
	ask(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalAnswer>;
	/** Hands over what the user sent meanwhile, oldest first, and forgets it. */
	takeQueued(): readonly QueuedMessage[];
	/** Keeps a text and gives its hash. Durable when it resolves. */
	putBlob(text: string): Promise<string>;
	/** A new id, unique for good. */
	newId(): string;
	/** Takes errors that are bugs of ours, for the log. Must not throw. */
	onBug(error: unknown): void;
}
