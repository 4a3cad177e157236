/**
 * The session's events. A session is the append-only list of these; transcript, cost, history for the model and
 * resume are all folded from it. Add a variant rather than a second store.
 */
import type { ApprovalRule } from './approval/approvalRules.ts';
import type { AgentMode, ApprovalLevel } from './approval/policy.ts';
import type {
	FinishReason,
	ImageRef,
	ModelErrorFields,
	ModelErrorKind,
	ReasoningDetail,
	RequestPurpose,
	ToolCall,
	Usage,
} from './model.ts';
import type { ApprovalAnswer, ApprovalRequest, DiffHunk, ToolResult } from './tool.ts';

/** The model a turn runs on. */
export interface ModelRef {
	readonly id: string;
	readonly name: string;
	/** True for the built-in assistant, which follows rules and calls no model. */
	readonly isBuiltIn: boolean;
}

/** A failure as it is stored: the `ModelError`, or for a bug of ours kind `internal`. */
export interface FailureRecord {
	readonly kind: ModelErrorKind | 'internal';
	readonly message: string;
	readonly fields: ModelErrorFields;
}

export type TurnEndReason =
	/** The model had nothing more to do. */
	| 'done'
	/** The answer reached its output limit. */
	| 'length'
	/** The turn reached its limit of requests. */
	| 'limit'
	| 'stopped'
	/** The user said no three times in a row, without saying what to do instead. */
	| 'denied'
	/** The model kept making a call that brought nothing new. */
	| 'loop'
	| 'failed'
	/** The editor closed or the host died; noticed on the next opening. */
	| 'interrupted';

export type CompactionReason = 'auto' | 'manual' | 'overflow';

/** What one turn produces. `runTurn` yields these and nothing else. */
export type TurnEvent =
	| { readonly type: 'turnStart'; readonly turnId: string; readonly model: ModelRef }
	| {
			readonly type: 'requestStart';
			readonly requestId: string;
			/** Absent for the turn's own requests. The text of others is no part of the conversation and has no `text` events. */
			readonly purpose?: RequestPurpose;
			/** The provider that was asked first, for its warm cache. */
			readonly pinnedProvider?: string;
	  }
	| { readonly type: 'text'; readonly delta: string }
	| { readonly type: 'reasoning'; readonly delta: string }
	/** The request before it failed, and is made again after `delayMs`. */
	| {
			readonly type: 'retry';
			/** Number of the attempt that failed, from 1. */
			readonly attempt: number;
			readonly delayMs: number;
			readonly kind: FailureRecord['kind'];
			readonly message: string;
			/** Who failed, where the service said so. */
			readonly provider?: string;
	  }
	/** The turn goes on with another model, because the one before could not answer. */
	| {
			readonly type: 'modelSwitched';
			readonly from: string;
			readonly to: ModelRef;
			readonly kind: FailureRecord['kind'];
			readonly message: string;
	  }
	/** Settings of the user that the model does not take: left out, and told once a session and model. */
	| { readonly type: 'leftOut' /** Its id. */; readonly model: string; readonly parameters: readonly string[] }
	/** Retrieved context was dropped from what the model is sent; the log keeps it. Counts are estimates of tokens. */
	| {
			readonly type: 'trimmed';
			/** Calls whose results are left out from now on. */
			readonly callIds: readonly string[];
			/** User messages whose attachments are left out from now on. */
			readonly messageIds: readonly string[];
			readonly tokensBefore: number;
			readonly tokensAfter: number;
	  }
	/** Earlier messages were replaced, for the model, by a summary; the log keeps them. */
	| {
			readonly type: 'compacted';
			readonly reason: CompactionReason;
			/** What the model reads in place of the messages, rules of the workspace included where they changed. */
			readonly summary: string;
			/** Messages at the end of the conversation that stay as they are. */
			readonly keptMessages: number;
			readonly tokensBefore: number;
			readonly tokensAfter: number;
	  }
	| { readonly type: 'served'; readonly model: string; readonly provider?: string; readonly generationId?: string }
	/** Closes a request. The text is that of the `text` events since its `requestStart`. */
	| {
			readonly type: 'response';
			readonly requestId: string;
			readonly finish: FinishReason;
			readonly toolCalls: readonly ToolCall[];
			readonly reasoningDetails?: readonly ReasoningDetail[];
			readonly usage?: Usage;
			/** Milliseconds from the request to its end. */
			readonly durationMs: number;
			/** Milliseconds from the request to its first text, reasoning or call. */
			readonly firstTokenMs?: number;
	  }
	/** Closes a request that gave no whole answer. Its partial text is shown as interrupted and not sent again. */
	| {
			readonly type: 'requestFailed';
			readonly requestId: string;
			readonly failure: FailureRecord;
			readonly usage?: Usage;
	  }
	| { readonly type: 'approvalAsked'; readonly request: ApprovalRequest }
	| { readonly type: 'approvalAnswered'; readonly callId: string; readonly answer: ApprovalAnswer }
	/** Durable before the tool runs. */
	| {
			readonly type: 'toolStart';
			readonly callId: string;
			readonly name: string;
			/** What it works on, for the row: a path, a pattern. */
			readonly subject: string;
			/** For a call inside another. */
			readonly parentId?: string;
			/** The rules that allowed it, in words. */
			readonly allowedBy?: readonly string[];
	  }
	/** The calls that a call makes, before any of them runs. */
	| {
			readonly type: 'innerCalls';
			readonly parentId: string;
			readonly calls: readonly { readonly callId: string; readonly name: string; readonly subject: string }[];
	  }
	/** Another agent works for this call, in a session of its own. */
	| { readonly type: 'delegated'; readonly callId: string; readonly sessionId: string; readonly title: string }
	/** What a request of such an agent, or of the call itself, costs: said when its answer begins, when it is over, and when its bill comes. */
	| {
			readonly type: 'delegateSpent';
			readonly callId: string;
			readonly requestId: string;
			/** It is under way. */
			readonly isOpen?: true;
			/** US dollars; unknown when absent. */
			readonly cost?: number;
			/** Under this id its bill is found. */
			readonly generationId?: string;
	  }
	/** Durable before the file is touched. Hashes name texts of the blob store; absent means there is no file. */
	| {
			readonly type: 'change';
			readonly changeId: string;
			readonly callId: string;
			/** As the tools show it. */
			readonly path: string;
			readonly uri: string;
			readonly before?: string;
			readonly after?: string;
			/** Lines, of a change that is made already: by a command, or by an agent that works for this call. */
			readonly made?: { readonly added: number; readonly removed: number };
			/** Who made it, when it was no edit of the agent: such a change can be taken back and is not under review. */
			readonly origin?: 'command' | 'restore';
			/** It is written bit by bit, and `after` is not yet all of it. The last change of the call has no such mark. */
			readonly isOpen?: true;
	  }
	| {
			readonly type: 'toolEnd';
			readonly callId: string;
			/** For a call inside another. */
			readonly parentId?: string;
			readonly result: ToolResult;
	  }
	/** A queued message of the user enters here, between two requests. */
	| {
			readonly type: 'steer';
			readonly messageId: string;
			readonly text: string;
			readonly attachments?: readonly Attachment[];
	  }
	| { readonly type: 'turnEnd'; readonly reason: TurnEndReason; readonly failure?: FailureRecord };

/** What happens to a session outside a turn. */
export type LifecycleEvent =
	/** First record of every session: the parts of the request that never change while it lives. */
	| {
			readonly type: 'created';
			readonly sessionId: string;
			/** Root names and URIs, to find the session again. */
			readonly workspace: readonly string[];
			/** The system prompt as sent, rules included, so that a new version of ours keeps the cached prefix. */
			readonly system: string;
			/** The call of another session that this one works for. */
			readonly parent?: { readonly sessionId: string; readonly callId: string };
			/** An inline edit: not among the conversations that the user sees. */
			readonly kind?: 'inline';
	  }
	/** What the user lets the agent do from here on. */
	| { readonly type: 'modeSet'; readonly mode: AgentMode }
	/** For the record: another window, or the next start, begins with the usual level. */
	| { readonly type: 'levelSet'; readonly level: ApprovalLevel }
	/** The user allowed this for the rest of the session. */
	| { readonly type: 'ruleAdded'; readonly rule: ApprovalRule }
	| { readonly type: 'titled'; readonly title: string }
	/** The bill of a request that ended without one, which came later. */
	| { readonly type: 'billed'; readonly requestId: string; readonly usage: Usage }
	/** The user raised (or set) the budget of this session, in US dollars. */
	| { readonly type: 'budgetSet'; readonly limit: number }
	| {
			readonly type: 'user';
			readonly messageId: string;
			readonly text: string;
			/** Context the user attached; sent behind the text in the same message. */
			readonly attachments: readonly Attachment[];
	  }
	/** Sent while a turn runs. It waits until a `steer` or `user` event with its id brings it in, also over a crash. */
	| {
			readonly type: 'queued';
			readonly messageId: string;
			readonly text: string;
			readonly attachments: readonly Attachment[];
	  }
	| { readonly type: 'unqueued'; readonly messageId: string }
	/** The user accepted these changes: they are no longer offered for undo. */
	| { readonly type: 'kept'; readonly changeIds: readonly string[] }
	/** A recorded change was taken back; `conflicts` of its places needed the user. */
	| { readonly type: 'undone'; readonly changeId: string; readonly conflicts: number }
	/** The user decided about hunks of a file, and the file is as decided. Hashes name both sides of what is pending from then on. */
	| {
			readonly type: 'reviewed';
			readonly uri: string;
			readonly path: string;
			readonly decision: ReviewDecision;
			readonly base?: string;
			readonly text?: string;
			/** What it was about, as the agent had written it; long ones cut. The model is told with the next message. */
			readonly hunks: readonly DiffHunk[];
			/** What the user had made of accepted ones before. */
			readonly edited?: readonly DiffHunk[];
			/** The file's whole text before and after, where the decision changed it; absent means no file. */
			readonly made?: { readonly before?: string; readonly after?: string };
	  }
	/** The conversation goes on as it was before the event with this sequence number. The log keeps what came since. */
	| {
			readonly type: 'rewound';
			readonly before: number;
			/** Under which files were restored to what they were then, right before. */
			readonly callId?: string;
	  };

/** `restore` takes back also what the user changed within the agent's lines since. */
export type ReviewDecision = 'accept' | 'reject' | 'restore';

/** What goes with a user message, such as the selection or a picture. */
export interface Attachment {
	/** For the chip: "parse.ts:40-46". */
	readonly label: string;
	/** Empty for a picture. */
	readonly text: string;
	readonly image?: ImageRef;
}

export type SessionEvent = LifecycleEvent | TurnEvent;
