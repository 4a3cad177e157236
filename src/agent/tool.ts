/** The contract of a tool: one object, whose schema is the only description of its input. */
import type * as z from 'zod';
import type { Location, Workspace } from './workspace.ts';

/** What running a tool does to the world; decides whether the user is asked. */
export type Effect = 'read' | 'write';

/** One run of lines that changed. Line numbers are 1-based; a count of 0 places the change before that line. */
export interface DiffHunk {
	readonly oldStart: number;
	readonly newStart: number;
	/** Unified-diff lines: each begins with ' ', '-' or '+'. No line ends. */
	readonly lines: readonly string[];
}

/** What the panel shows of a result. Never parsed back from the model's text, nor the other way round. */
export type ToolView =
	| { readonly kind: 'note'; readonly note: string }
	| { readonly kind: 'paths'; readonly note: string; readonly paths: readonly string[] }
	| { readonly kind: 'matches'; readonly note: string; readonly matches: readonly MatchView[] }
	| {
			readonly kind: 'diff';
			readonly path: string;
			readonly hunks: readonly DiffHunk[];
			readonly added: number;
			readonly removed: number;
			readonly isNew: boolean;
	  };

export interface MatchView {
	readonly path: string;
	/** 1-based. */
	readonly line: number;
	readonly text: string;
}

/** How a call ended. Exactly one for each call in the history. */
export interface ToolResult {
	readonly outcome: 'ok' | 'error' | 'denied' | 'interrupted';
	/** For the model. */
	readonly text: string;
	readonly view?: ToolView;
	readonly durationMs: number;
}

export interface ToolOutput {
	readonly text: string;
	readonly view?: ToolView;
}

/** A file about to be changed. Absent text means there is no file on that side. */
export interface PendingChange {
	readonly location: Location;
	readonly before?: string;
	readonly after?: string;
}

export interface ToolContext {
	readonly workspace: Workspace;
	readonly signal: AbortSignal;
	/**
	 * Records a change, with both texts, right before it is made. Resolves once the record is durable. When the tool fails
	 * after this, its newest change counts as not made.
	 */
	recordChange(change: PendingChange): Promise<void>;
}

export interface Tool<Input = unknown> {
	readonly name: string;
	readonly description: string;
	readonly effect: Effect;
	readonly input: z.ZodType<Input>;
	/** Paths the call touches, as the model gave them: approval policy looks at each. */
	paths(input: Input): readonly string[];
	/** One short line for the row, such as the path or the pattern. */
	subject(input: Input): string;
	/** What the user is shown before they approve. A `ToolError` here is the call's result; nobody is asked. */
	preview?(input: Input, context: Pick<ToolContext, 'workspace' | 'signal'>): Promise<ToolView>;
	/** @throws ToolError with advice for the model. */
	run(input: Input, context: ToolContext): Promise<ToolOutput>;
}

/** Keeps the input type inside the object while lists hold tools of any input. */
export function defineTool<Input>(tool: Tool<Input>): Tool {
	// Safe: `run`, `preview`, `subject` and `paths` are only ever called with what `input` parsed.
	return tool as unknown as Tool;
}

/** Why the user is asked, so that the card can say it. */
export type ApprovalReason = 'write' | 'protected' | 'outside';

export interface ApprovalRequest {
	readonly callId: string;
	readonly name: string;
	readonly subject: string;
	readonly reason: ApprovalReason;
	/** Whether *Allow in this session* is offered; never for protected or outside paths. */
	readonly canAllowSession: boolean;
	readonly view?: ToolView;
}

export type ApprovalAnswer =
	| { readonly allow: 'once' | 'session' }
	/** `instead` is what the user typed as reason; it becomes part of the result. */
	| { readonly allow: 'no'; readonly instead?: string };
