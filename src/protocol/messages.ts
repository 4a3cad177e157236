/**
 * The messages between page and host. The page is an untrusted sender: the host parses with `pageMessage.ts`.
 * The page trusts the host, so it needs these types only, and zod stays out of its bundle.
 */

import type { Detail } from './detail.ts';
import type { PanelAction } from './panelAction.ts';
import type { Item, TranscriptDelta } from './transcript.ts';

export interface ModelView {
	readonly id: string;
	readonly name: string;
	readonly isBuiltIn: boolean;
	/** "$3/$15" in dollars per million tokens in and out; absent when unknown. */
	readonly price?: string;
	/** How long it thinks: absent for models that offer no choice. The label is the value in force, "Medium". */
	readonly effort?: { readonly value: string; readonly label: string };
	/** Images can go with a message. */
	readonly takesImages?: boolean;
}

/** The form for what can be set of a model. The page shows it in place of the conversation. */
export interface SettingsForm {
	/** Model id or pattern the settings are kept under. */
	readonly target: string;
	/** What may be chosen as target: the model, its family, all models. */
	readonly targets: readonly { readonly value: string; readonly label: string }[];
	readonly groups: readonly FormGroup[];
	/** The settings as stored under the target, in the words of the settings file. */
	readonly settings: Readonly<Record<string, unknown>>;
	/** What holds where they say nothing, because it is set for more models than these. */
	readonly inherited?: Readonly<Record<string, unknown>>;
	/** What was wrong with what was sent last; nothing was stored then. By path, such as `routing.maxPrice.prompt`; empty for what no field shows. */
	readonly faults: Readonly<Record<string, string>>;
}

export interface FormGroup {
	readonly title: string;
	/** Closed at first. */
	readonly isFolded?: boolean;
	readonly fields: readonly FormField[];
}

/** `path` is where the value stands in the settings, parts joined by dots. */
export type FormField = {
	readonly path: string;
	readonly label: string;
	readonly help: string;
} /** `isOn` holds where nothing is set. */ & (
	| { readonly kind: 'flag'; readonly isOn: boolean }
	| {
			readonly kind: 'number';
			readonly min?: number;
			readonly max?: number;
			readonly step: number;
			readonly unit?: string;
	  }
	| { readonly kind: 'text' }
	| { readonly kind: 'choice'; readonly choices: readonly FormChoice[] }
	/** Several of them. */
	| { readonly kind: 'choices'; readonly choices: readonly FormChoice[] }
	/** Names in an order that counts; `suggestions` are offered, others may be typed. */
	| { readonly kind: 'names'; readonly suggestions: readonly FormChoice[] }
);

export interface FormChoice {
	readonly value: string;
	readonly label: string;
}

/** What an approval is about: the question with the object in it, why it is asked, and all that would happen. */
export interface ApprovalSubject {
	/** "Edit parse.ts?" */
	readonly title: string;
	/** Folder of the file, muted behind the title. */
	readonly folder?: string;
	/** Why it is asked and what is to be thought of, a sentence each. */
	readonly reasons: readonly string[];
	readonly detail?: Detail;
}

export interface ApprovalView extends ApprovalSubject {
	readonly callId: string;
	/** Single use: an answer without the nonce that was shown is ignored. */
	readonly nonce: string;
	/** Title of the task whose agent asks, when it is not the session's own. */
	readonly agent?: string;
	/** What *Allow* may be remembered for. */
	readonly offer?: {
		/** In words, whole: "npm test …". */
		readonly rule: string;
		/** The narrowest first. */
		readonly scopes: readonly RuleScope[];
	};
	/** Several calls at once. */
	readonly items?: readonly (ApprovalSubject & { readonly id: string })[];
	/** 1-based place in the line of waiting approvals. */
	readonly position: number;
	readonly total: number;
}

/** How long an allowance holds: in this session; in every session of this workspace; everywhere. */
export type RuleScope = 'session' | 'workspace' | 'always';

/** `ask` reads only. */
export type AgentMode = 'ask' | 'agent';

/** What needs no question: nothing that changes anything; edits of unprotected files; all that is not protected. */
export type ApprovalLevel = 'ask' | 'edits' | 'everything';

export interface PlanItemView {
	readonly text: string;
	readonly status: 'open' | 'active' | 'done';
}

export interface SessionView {
	readonly id: string;
	readonly title: string;
	/** Milliseconds since 1970. */
	readonly updatedAt: number;
	readonly state: 'idle' | 'running' | 'waiting';
	/** Second line: "Waiting for your approval", or model and cost. */
	readonly note: string;
}

/** Everything on the page that is not transcript. Small, so it is sent whole. */
export interface PanelState {
	readonly session?: { readonly id: string; readonly title: string };
	readonly model: ModelView;
	readonly hasKey: boolean;
	readonly isTrusted: boolean;
	/** Another window writes this session: reading only. */
	readonly isReadOnly: boolean;
	readonly activity: 'idle' | 'running' | 'waiting' | 'interrupted';
	readonly approval?: ApprovalView;
	readonly queue: readonly { readonly id: string; readonly text: string }[];
	/** "$0.184 this session", "Offline, no cost", or "cost unknown". */
	readonly cost: string;
	/** What the editor offers to attach; `isOn` chips go with the next message. */
	readonly chips: readonly ChipView[];
	readonly images: readonly ImageView[];
	/** Edits of the session that the user has neither kept nor undone. */
	readonly changes: ChangesView;
	readonly mode: AgentMode;
	readonly level: ApprovalLevel;
	/** Mode and level can be set. */
	readonly canSetMode: boolean;
	/** What the agent plans to do. Absent when there is no plan, or all of it is done and the turn is over. */
	readonly plan?: readonly PlanItemView[];
}

export interface ChangesView {
	readonly added: number;
	readonly removed: number;
	/** At most 200. */
	readonly files: readonly ChangedFileView[];
	/** Files in all. */
	readonly total: number;
}

export interface ChangedFileView {
	/** As the tools show it. */
	readonly path: string;
	readonly added: number;
	readonly removed: number;
	/** What the numbers do not tell. */
	readonly mark?: 'new' | 'deleted';
}

export interface ChipView {
	readonly id: string;
	readonly label: string;
	readonly icon: 'file-code' | 'selection';
	readonly isOn: boolean;
}

/** A picture that goes with the next message. */
export interface ImageView {
	readonly id: string;
	/** "Image 1 (PNG, 84 kB)". */
	readonly label: string;
	/** `data:` URL, small. Absent where none could be made. */
	readonly thumbnail?: string;
}

export type HostMessage =
	/** Answer to `ready` and to a change of session: the page starts anew from this. */
	| {
			readonly type: 'snapshot';
			readonly state: PanelState;
			/** Items in all; `items` are those from `from` on. */
			readonly total: number;
			readonly from: number;
			readonly items: readonly Item[];
			/** Open the sessions list or the settings form instead of the conversation. */
			readonly view: 'chat' | 'sessions' | 'form';
	  }
	| { readonly type: 'state'; readonly state: PanelState }
	/** At most one a frame. */
	| { readonly type: 'deltas'; readonly deltas: readonly TranscriptDelta[] }
	/** Answer to `range`. */
	| { readonly type: 'items'; readonly from: number; readonly items: readonly Item[] }
	| { readonly type: 'sessions'; readonly sessions: readonly SessionView[] }
	/** Shows the form, or brings it up to date. */
	| { readonly type: 'form'; readonly form: SettingsForm }
	| { readonly type: 'announce'; readonly text: string; readonly isUrgent: boolean }
	| { readonly type: 'focus' }
	/** Puts text into the composer, for example after a failed send. */
	| { readonly type: 'draft'; readonly text: string };

export type ImageType = 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif';

export type PageMessage =
	| { readonly type: 'ready' }
	| { readonly type: 'send'; readonly text: string }
	| { readonly type: 'stop' }
	| {
			readonly type: 'answer';
			readonly callId: string;
			readonly nonce: string;
			readonly allow: 'once' | RuleScope | 'no';
			readonly instead?: string;
	  }
	| { readonly type: 'setMode'; readonly mode: AgentMode }
	/** For `everything` the host asks the user itself, before. */
	| { readonly type: 'setLevel'; readonly level: ApprovalLevel }
	/** Shows the transcript of an agent that worked for a call. */
	| { readonly type: 'openDelegate'; readonly sessionId: string }
	| { readonly type: 'newSession' }
	| { readonly type: 'showSessions' }
	| { readonly type: 'openSession'; readonly sessionId: string }
	| { readonly type: 'deleteSession'; readonly sessionId: string }
	/** Asks for up to `count` items that end before index `before`. */
	| { readonly type: 'range'; readonly before: number; readonly count: number }
	| { readonly type: 'toggleChip'; readonly id: string }
	| { readonly type: 'removeQueued'; readonly id: string }
	| { readonly type: 'action'; readonly action: PanelAction; readonly argument?: string }
	/** A path as the tools show it. */
	| { readonly type: 'openFile'; readonly path: string; readonly line?: number }
	| { readonly type: 'openLink'; readonly url: string }
	/** Diff of the file before and after the call. */
	| { readonly type: 'openDiff'; readonly callId: string }
	| { readonly type: 'undo'; readonly callId: string }
	/** All that the session changed. */
	| { readonly type: 'openChanges' }
	| { readonly type: 'undoAll' }
	| { readonly type: 'keepAll' }
	/** One file of `ChangesView`: shows its first change, compares it with what it was, or settles all that is pending in it. */
	| { readonly type: 'changedFile'; readonly path: string; readonly do: 'show' | 'compare' | 'keep' | 'undo' }
	/** Brings back how it was before the message of the user with this item id. The host asks what of it. */
	| { readonly type: 'restore'; readonly id: string }
	| { readonly type: 'copy'; readonly text: string }
	| { readonly type: 'insert'; readonly text: string }
	/** A pasted picture, Base64. The thumbnail is a small `data:` URL that comes back with the `ImageView`. */
	| {
			readonly type: 'attachImage';
			readonly mediaType: ImageType;
			readonly data: string;
			readonly thumbnail?: string;
	  }
	| { readonly type: 'removeImage'; readonly id: string }
	/** Answered by `form`. Without a target: the model in use. */
	| { readonly type: 'openSettingsForm'; readonly target?: string }
	/** Answered by `form` with faults, or once stored by a snapshot of the conversation. */
	| {
			readonly type: 'saveSettings';
			readonly target: string;
			readonly settings: Readonly<Record<string, unknown>>;
	  }
	| { readonly type: 'closeForm' }
	/** Something threw in the page. */
	| { readonly type: 'pageError'; readonly message: string };
