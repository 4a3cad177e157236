/**
 * What the agent asks of a language model, and what comes back. Implemented by `openrouter/` (the network),
 * `offline/` (rules) and the tests' scripted model; nothing here knows a wire format.
 */
import type { ModelParameters, Routing } from './settings/modelSettings.ts';

/** One item of a vendor's reasoning trace. Opaque: it goes back to the same model family exactly as it came. */
export type ReasoningDetail = Readonly<Record<string, unknown>>;

/** A call the model made, joined from its stream fragments. */
export interface ToolCall {
	/** Unique within its response; invented by the client where the provider sent none. */
	readonly id: string;
	readonly name: string;
	/** The arguments' JSON text as received: replaying other bytes would break the provider's prompt cache. */
	readonly arguments: string;
}

export interface SystemMessage {
	readonly role: 'system';
	readonly text: string;
}

/** A picture that goes with a user message. Its bytes are a blob of the session's store: Base64 text under this hash. */
export interface ImageRef {
	/** `image/png`, `image/jpeg`, `image/webp` or `image/gif`. */
	readonly mediaType: string;
	readonly hash: string;
}

export interface UserMessage {
	readonly role: 'user';
	readonly text: string;
	readonly images?: readonly ImageRef[];
}

export interface AssistantMessage {
	readonly role: 'assistant';
	readonly text: string;
	readonly toolCalls: readonly ToolCall[];
	/** Model that produced it, so that reasoning is not replayed to another family. */
	readonly model: string;
	/** Plain reasoning text, replayed only where a model sends no details. */
	readonly reasoning?: string;
	/** Absent: the model sent none. Empty: it sent an empty list, which some models want back. */
	readonly reasoningDetails?: readonly ReasoningDetail[];
}

export interface ToolMessage {
	readonly role: 'tool';
	readonly callId: string;
	readonly text: string;
}

export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

/** A tool as the model is told of it. */
export interface ToolDefinition {
	readonly name: string;
	readonly description: string;
	/** JSON Schema (draft 7 subset that every provider takes) of the arguments object. */
	readonly parameters: Readonly<Record<string, unknown>>;
}

/** What a request is for: the ledger tells them apart. */
export type RequestPurpose =
	| 'turn'
	| 'compaction'
	| 'structured'
	| 'inline'
	| 'completion'
	| 'title'
	| 'task'
	| 'search';

/** The form an answer must have. */
export interface OutputFormat {
	/** At most 64 of `[A-Za-z0-9_-]`. */
	readonly name: string;
	/** JSON Schema of an object. */
	readonly schema: Readonly<Record<string, unknown>>;
}

export interface ModelRequest {
	readonly model: string;
	/** Fixed prefix first, then only ever appended to within a session: that keeps the provider's cache warm. */
	readonly messages: readonly Message[];
	readonly tools: readonly ToolDefinition[];
	/** Groups a conversation for sticky provider routing; at most 256 characters. */
	readonly sessionId: string;
	/** The session whose budget it counts against, where that is not its own: of an agent that works for another. */
	readonly account?: string;
	/** Upper bound of the answer in tokens; the client chooses when absent. */
	readonly maxOutputTokens?: number;
	/** `turn` when absent. */
	readonly purpose?: RequestPurpose;
	/** Base64 text of the images that the messages name, by hash. One that is missing is told as missing. */
	readonly images?: Readonly<Record<string, string>>;
	readonly parameters?: ModelParameters;
	readonly routing?: Routing;
	/** Models that may answer in the place of `model`, in this order. */
	readonly fallbacks?: readonly string[];
	/** Who holds the conversation's warm prompt cache, as `served` named it: asked first, others stay allowed. */
	readonly pinnedProvider?: string;
	readonly output?: OutputFormat;
	/** Name of a preset of the account; what the request says itself comes first. */
	readonly preset?: string;
	/** US dollars: the user's word for this conversation, in place of the budget of the settings. */
	readonly sessionBudget?: number;
}

/** Tokens are the serving model's own. Cost in US dollars; absent means unknown, which is never shown as 0. */
export interface Usage {
	readonly promptTokens: number;
	readonly completionTokens: number;
	readonly cachedTokens: number;
	readonly cacheWriteTokens: number;
	readonly reasoningTokens: number;
	readonly cost?: number;
}

export type FinishReason = 'stop' | 'toolCalls' | 'length' | 'contentFilter';

export interface Citation {
	readonly url: string;
	readonly title?: string;
}

export type ModelEvent =
	| { readonly type: 'text'; readonly delta: string }
	| { readonly type: 'reasoning'; readonly delta: string }
	/** The whole merged list, once, before `finish`. */
	| { readonly type: 'reasoningDetails'; readonly details: readonly ReasoningDetail[] }
	/** Whole and in order, before `finish`; never for a call that was cut. */
	| { readonly type: 'toolCall'; readonly call: ToolCall }
	| { readonly type: 'citation'; readonly citation: Citation }
	/** The request was refused for something the client could mend, and is sent again, changed, at once. */
	| { readonly type: 'repaired'; readonly kind: ModelErrorKind; readonly message: string }
	/** Who answers, once known. `generationId` finds the bill of a stream that was cut. */
	| { readonly type: 'served'; readonly model: string; readonly provider?: string; readonly generationId?: string }
	| { readonly type: 'usage'; readonly usage: Usage }
	/** Last event of every complete stream. Anything else ends by throwing a `ModelError`. */
	| { readonly type: 'finish'; readonly reason: FinishReason };

export interface ModelClient {
	/**
	 * Asks once and streams the answer. Waiting and asking again is the caller's: see `askModel.ts`.
	 * @throws ModelError for every other end than `finish`, with kind `aborted` when the signal fired.
	 */
	stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
	/**
	 * The bill of an answer that ended without one: stopped, or cut. Waits some seconds for it.
	 * @param generationId as `served` or the error named it.
	 * @returns undefined when there is none: the cost stays unknown.
	 * @throws ModelError when it cannot be asked for.
	 */
	bill?(generationId: string, signal: AbortSignal): Promise<Usage | undefined>;
}

/** Why a request failed. One kind, one advice: see `advice.ts`. */
export type ModelErrorKind =
	/** No key, or one that the service refuses. */
	| 'auth'
	/** The account's credit does not cover the request. */
	| 'credits'
	/** The key's own spending limit is reached. */
	| 'keyLimit'
	/** A budget the user set here does not cover the request's worst case. */
	| 'budget'
	/** Too many requests; passes by itself. */
	| 'rateLimit'
	/** Today's free requests are used up. */
	| 'freeQuota'
	| 'contextLength'
	/** The model id is unknown, withdrawn or not for chat. */
	| 'modelNotFound'
	/** No provider meets the routing, privacy or parameter rules. */
	| 'noRoute'
	/** The model cannot call tools (or take images); another one can. */
	| 'unsupported'
	/** Refused for its content. */
	| 'moderation'
	/** Not permitted for this key or region. */
	| 'forbidden'
	/** The request itself is wrong: ours to mend. */
	| 'badRequest'
	/** Provider or service trouble that a later attempt may not meet. */
	| 'unavailable'
	/** No connection, or it broke before an answer. */
	| 'network'
	/** The stream ended in the middle. */
	| 'cut'
	/** Nothing came for longer than the limit. */
	| 'silent'
	/** Something other than an answer came with status 200, such as a captive portal's page. */
	| 'notAnAnswer'
	/** The answer broke its own format. */
	| 'malformed'
	| 'aborted';

export type BudgetScope = 'request' | 'session' | 'day' | 'month';

/** A request that a budget does not cover. All in US dollars. */
export interface BudgetShortfall {
	/** `task`: the share of a session's budget that one agent may use that works for it. */
	readonly scope: BudgetScope | 'task';
	readonly limit: number;
	/** What is spent or reserved already in this scope. */
	readonly spent: number;
	/** Worst case of the request. */
	readonly needed: number;
}

export interface ModelErrorFields {
	readonly status?: number;
	readonly provider?: string;
	/** Whether the same request may succeed later without any change. */
	readonly isRetryable?: boolean;
	/** How long the service asks to wait. */
	readonly retryAfterMs?: number;
	/** Largest answer in tokens the remaining credit pays for, where the service said so. */
	readonly affordableTokens?: number;
	/** Models the service offers instead. */
	readonly alternatives?: readonly string[];
	readonly generationId?: string;
	/** With kind `budget`: which one, and by how much the request would pass it. */
	readonly budget?: BudgetShortfall;
	/** What came over the wire, shortened, for the details view. Never holds a key. */
	readonly details?: string;
}

export class ModelError extends Error {
	override readonly name = 'ModelError';
	readonly kind: ModelErrorKind;
	readonly fields: ModelErrorFields;

	/** @param message One sentence for the user: what happened, without advice. */
	constructor(kind: ModelErrorKind, message: string, fields: ModelErrorFields = {}, options?: ErrorOptions) {
		super(message, options);
		this.kind = kind;
		this.fields = fields;
	}
}
