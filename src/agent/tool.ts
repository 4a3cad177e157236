/** The contract of a tool: one object, whose schema is the only description of its input. */
import type * as z from 'zod';
import type { ApprovalRule, RuleScope } from './approval/approvalRules.ts';
import type { DefinedTool } from './approval/serverApprovals.ts';
import type { ImageRef } from './model.ts';
import type { CommandContext } from './shell/commandDecision.ts';
import type { CommandReason } from './shell/commandReason.ts';
import type { OutputUpdate } from './shellPort.ts';
import type { UrlJudgement } from './urlPolicy.ts';
import type { Location, Workspace } from './workspace.ts';

/** What running a tool does to the world; decides whether the user is asked, and what may run side by side. */
export type Effect =
	/** Looks at files. */
	| 'read'
	/** Changes files. */
	| 'write'
	/** Runs programs. */
	| 'execute'
	/** Sends something over the network and brings back what others wrote. */
	| 'network'
	/** Unknown: the tool is not ours. */
	| 'foreign'
	/** Touches nothing but the session: its plan, or calls that are decided one by one. */
	| 'session';

/** What one call would do, worked out before it. It is all that the policy decides on. */
export type Demand =
	/** Reads or writes these, by the tool's effect; as the model gave them or as the workspace shows them. */
	| {
			readonly kind: 'paths';
			readonly paths: readonly string[];
			/** Addresses of schemas that a write adds to a file: an editor would fetch them. */
			readonly remoteSchemas?: readonly string[];
	  }
	| { readonly kind: 'command'; readonly command: string; readonly place: CommandPlace }
	| { readonly kind: 'fetch'; readonly judgement: Extract<UrlJudgement, { kind: 'ask' }> }
	/** Asks a search engine. */
	| { readonly kind: 'search' }
	/** `siblings` are all tools of its server, itself included. */
	| { readonly kind: 'foreign'; readonly tool: DefinedTool; readonly siblings: readonly DefinedTool[] }
	/** Has another agent work. */
	| { readonly kind: 'delegate'; readonly isReadOnly: boolean }
	| { readonly kind: 'nothing' };

/** What is known of the place where a command would run. */
export type CommandPlace = Omit<CommandContext, 'rules' | 'isHeld'> & { /** Absolute path. */ readonly cwd: string };

/** Why a call may run. */
export type Allowed =
	/** It needs nobody's word. */
	| { readonly why: 'free' }
	/** A command that only reads, as long as it runs with the variables of `readOnlyEnvironment`. */
	| { readonly why: 'readOnly' }
	/** `rules` are in words. */
	| { readonly why: 'rule'; readonly rules: readonly string[] }
	/** The session's level of approvals. */
	| { readonly why: 'level' }
	/** The user was asked. */
	| { readonly why: 'user' };

/** One run of lines that changed. Line numbers are 1-based; a count of 0 places the change before that line. */
export interface DiffHunk {
	readonly oldStart: number;
	readonly newStart: number;
	/** Unified-diff lines: each begins with ' ', '-' or '+'. No line ends. */
	readonly lines: readonly string[];
}

/** What becomes of one file. */
export interface FileDiff {
	readonly path: string;
	readonly hunks: readonly DiffHunk[];
	readonly added: number;
	readonly removed: number;
	readonly isNew: boolean;
	/** The file goes. */
	readonly isRemoved?: boolean;
	/** Its path before. */
	readonly movedFrom?: string;
}

/** What the panel shows of a result. Never parsed back from the model's text, nor the other way round. */
export type ToolView =
	| { readonly kind: 'note'; readonly note: string }
	| { readonly kind: 'paths'; readonly note: string; readonly paths: readonly string[] }
	| { readonly kind: 'matches'; readonly note: string; readonly matches: readonly MatchView[] }
	| ({ readonly kind: 'diff' } & FileDiff)
	/** More than one file. */
	| { readonly kind: 'diffs'; readonly files: readonly FileDiff[] }
	/** A command line, in full and with invisible characters made visible. */
	| {
			readonly kind: 'command';
			readonly command: string;
			/** Where it runs, when that is not the workspace's folder. */
			readonly directory?: string;
			/** How it stands, once it ran: "exit code 1, 2.3 s". Before: how it would be run, where that is not as usual. */
			readonly note?: string;
			/** The end of what it printed, cleaned. */
			readonly output?: string;
	  }
	/** An address, whole. */
	| {
			readonly kind: 'url';
			readonly url: string;
			readonly longParts: readonly ('host' | 'path' | 'query')[];
			readonly port?: number;
	  }
	/** `input` is indented JSON, with invisible characters made visible. */
	| { readonly kind: 'foreign'; readonly server: string; readonly tool: string; readonly input: string }
	| { readonly kind: 'plan'; readonly items: readonly PlanItem[] }
	/** What another agent did, in a session of its own. */
	| { readonly kind: 'agent'; readonly sessionId: string; readonly title: string; readonly note: string };

export interface PlanItem {
	readonly text: string;
	readonly status: 'open' | 'active' | 'done';
}

export interface MatchView {
	readonly path: string;
	/** 1-based. */
	readonly line: number;
	readonly text: string;
}

/** How a call ended. Exactly one for each call in the history. */
export interface ToolResult {
	readonly outcome: 'ok' | 'error' | 'denied' | 'interrupted';
	/** For the model. Empty for a call inside another, whose result holds it. */
	readonly text: string;
	/** For the model, where it sees images. */
	readonly images?: readonly ImageRef[];
	readonly view?: ToolView;
	/** It brought text that neither the user nor their workspace wrote. */
	readonly isFromOutside?: boolean;
	readonly durationMs: number;
}

export interface ToolOutput {
	readonly text: string;
	readonly images?: readonly ToolImage[];
	readonly view?: ToolView;
	/** As in `ToolResult`; for tools whose effect does not tell. */
	readonly isFromOutside?: boolean;
	/** US dollars that the call cost by itself, beside the model's requests. */
	readonly cost?: number | 'unknown';
}

export interface ToolImage {
	/** `image/png`, `image/jpeg`, `image/webp` or `image/gif`. */
	readonly mimeType: string;
	readonly data: Uint8Array;
}

/** A file about to be changed. Absent text means there is no file on that side. */
export interface PendingChange {
	readonly location: Location;
	readonly before?: string;
	readonly after?: string;
}

/** A change that is made already, and not by a tool itself. */
export interface MadeChange extends PendingChange {
	readonly origin: 'command';
	/** Whose work it is: a call that may be over. */
	readonly callId: string;
}

export interface ToolContext {
	/** Of the call. */
	readonly callId: string;
	readonly workspace: Workspace;
	readonly signal: AbortSignal;
	/**
	 * Records a change, with both texts, right before it is made. Resolves once the record is durable. When the tool fails
	 * after this, its newest change counts as not made.
	 */
	recordChange(change: PendingChange): Promise<void>;
	/**
	 * Records a change that is made already. Resolves once the record is durable; Stop does not keep it from being made.
	 * @throws ToolError when it cannot be, such as on a full disk.
	 */
	recordMade(change: MadeChange): Promise<void>;
	/** Why this call may run. */
	readonly allowed: Allowed;
	/** The model that reads the result sees images. */
	readonly seesImages: boolean;
	/** Shows what the tool prints while it runs. Must not be relied on for the result. */
	onOutput(update: OutputUpdate): void;
	/** Runs other calls, each by its own right; in the order given, neighbouring reads together. */
	call(calls: readonly InnerCall[]): Promise<readonly InnerResult[]>;
	/** Has another agent work, in a session of its own. Absent where none may be had. */
	delegate?(task: DelegatedTask): Promise<DelegatedResult>;
}

/** A call that another call makes. */
export interface InnerCall {
	readonly name: string;
	/** JSON text. */
	readonly arguments: string;
}

export interface InnerResult {
	readonly outcome: ToolResult['outcome'];
	readonly text: string;
}

export interface DelegatedTask {
	/** A few words for the row. */
	readonly title: string;
	readonly prompt: string;
	/** Its agent may only read. */
	readonly isReadOnly: boolean;
}

export interface DelegatedResult {
	readonly sessionId: string;
	/** What it answered last. */
	readonly text: string;
	/** Absent when it came to its own end; else why it did not, in words for the model. */
	readonly problem?: string;
	readonly isFromOutside: boolean;
	/** US dollars, as far as known. */
	readonly cost: number;
	readonly calls: number;
}

export interface Tool<Input = unknown> {
	readonly name: string;
	readonly description: string;
	readonly effect: Effect;
	readonly input: z.ZodType<Input>;
	/** Paths the call touches, as the model gave them: approval policy looks at each. */
	paths(input: Input): readonly string[];
	/**
	 * What the call would do, where its paths do not tell. Changes nothing, asks nobody. Made again right before the run,
	 * to see that nothing changed since. A `ToolError` here is the call's result.
	 */
	demand?(input: Input, context: Pick<ToolContext, 'workspace' | 'signal'>): Promise<Demand>;
	/** One short line for the row, such as the path or the pattern. */
	subject(input: Input): string;
	/** May run together with neighbours that may as well. By its effect when absent: what only looks may. */
	runsBeside?(input: Input): boolean;
	/** What the user is shown before they approve. A `ToolError` here is the call's result; nobody is asked. */
	preview?(input: Input, context: Pick<ToolContext, 'workspace' | 'signal'>): Promise<ToolView>;
	/** @throws ToolError with advice for the model. */
	run(input: Input, context: ToolContext): Promise<ToolOutput>;
	/** A turn ends in which it may have run: the last moment to record what came of it. */
	turnEnds?(context: Pick<ToolContext, 'recordMade'>): Promise<void>;
}

/** Keeps the input type inside the object while lists hold tools of any input. */
export function defineTool<Input>(tool: Tool<Input>): Tool {
	// Safe: `run`, `preview`, `subject` and `paths` are only ever called with what `input` parsed.
	return tool as unknown as Tool;
}

/** Why the user is asked, so that the card can say it. */
export type ApprovalReason =
	/** An edit of an unprotected file. */
	| 'write'
	/** A file that can change what the editor or other tools run. */
	| 'protected'
	/** A file that holds keys or passwords by custom. */
	| 'secret'
	/** Outside the workspace. */
	| 'outside'
	/** A folder of the system, or settings of the user's account. */
	| 'system'
	/** The write adds the address of a schema, which an editor would fetch. */
	| 'schema'
	| 'command'
	| 'fetch'
	| 'search'
	| 'foreign'
	/** Several calls at once, each for its own reason. */
	| 'several'
	/** It could not be found out what the call would do. */
	| 'unclear';

/** What *Allow* may be remembered for, beyond this once. */
export interface RuleOffer {
	readonly rule: ApprovalRule;
	/** The narrowest first. */
	readonly scopes: readonly RuleScope[];
}

export interface ApprovalItem {
	readonly callId: string;
	readonly name: string;
	readonly subject: string;
	readonly reason: ApprovalReason;
	/** What is to be thought of at this command. */
	readonly commandReasons?: readonly CommandReason[];
	/** Addresses that the write adds. */
	readonly remoteSchemas?: readonly string[];
	readonly view?: ToolView;
}

export interface ApprovalRequest extends ApprovalItem {
	readonly offer?: RuleOffer;
	/** With the reason `several`: all that is asked for. */
	readonly items?: readonly ApprovalItem[];
	/** Who wants it, when it is not the session's own agent: the title of its task. */
	readonly agent?: string;
}

export type ApprovalAnswer =
	/** A scope that was not offered counts as `once`. */
	| { readonly allow: 'once' | RuleScope }
	/** `instead` is what the user typed as reason; it becomes part of the result. */
	| { readonly allow: 'no'; readonly instead?: string };
