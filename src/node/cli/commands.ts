/** What a command line can ask for. */
import type { AgentMode } from '../../agent/approval/policy.ts';
import type { ReasoningEffort } from '../../agent/settings/modelSettings.ts';

export type OutputFormat = 'text' | 'json' | 'stream';
/** `none`: the model only reads. `edits`: it changes unprotected files of the folder. `all`: whatever it asks for. */
export type ApprovalMode = 'none' | 'edits' | 'all';

export interface RunOptions {
	/** Empty: what standard input says, or, when a session is resumed, to go on with what is left. */
	readonly prompt: string;
	/** A dash was given: standard input goes along with the prompt. */
	readonly readsInput: boolean;
	readonly model?: string;
	readonly cwd?: string;
	readonly approve: ApprovalMode;
	/** Absent: that of the session, which begins in Agent mode. */
	readonly mode?: AgentMode;
	/** US dollars, for the whole session. */
	readonly budget?: number;
	/** Id of a session, the beginning of one, or `last`. */
	readonly resume?: string;
	/** Paths, relative to where the command was started. */
	readonly images: readonly string[];
	readonly effort?: ReasoningEffort;
	readonly maxRequests?: number;
	readonly systemAppend?: string;
	readonly output: OutputFormat;
	/** JSON in the form that Claude Code gives it. */
	readonly isClaudeForm: boolean;
	readonly isQuiet: boolean;
}

export interface LoginOptions {
	/** A key, or `-` for standard input. Absent: through the browser. */
	readonly key?: string;
	/** Take the key that another tool on this machine has. */
	readonly imports: boolean;
	readonly opensBrowser: boolean;
}

export interface ModelsOptions {
	readonly search: string;
	/** Only models that can call tools. */
	readonly tools: boolean;
	readonly json: boolean;
}

export type Command =
	| { readonly kind: 'help' }
	| { readonly kind: 'version' }
	| { readonly kind: 'run'; readonly options: RunOptions }
	| { readonly kind: 'login'; readonly options: LoginOptions }
	| { readonly kind: 'listKeys'; readonly json: boolean }
	| { readonly kind: 'logout' }
	| { readonly kind: 'models'; readonly options: ModelsOptions }
	| { readonly kind: 'sessions'; readonly cwd?: string; readonly json: boolean };
