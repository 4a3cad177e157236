/** The transcript as the panel shows it, and how it changes. The host owns it; the page holds a window of it. */

import type { Detail } from './detail.ts';
import type { PanelAction } from './panelAction.ts';

export type ToolState =
	/** One of several calls, whose turn has not come. */
	| 'queued'
	/** For the user's answer. */
	| 'waiting'
	| 'running'
	| 'done'
	| 'failed'
	/** Not allowed. */
	| 'denied'
	| 'interrupted';

/** One row or block. `id` never changes and is unique in a session. */
export type Item =
	| {
			readonly kind: 'user';
			readonly id: string;
			readonly text: string;
			readonly chips: readonly string[];
			/** Labels of the pictures that went with it. */
			readonly images?: readonly string[];
			/** Files and conversation can be brought back to how they were before it. */
			readonly canRestore?: true;
	  }
	| { readonly kind: 'text'; readonly id: string; readonly text: string; readonly state: TextState }
	| {
			readonly kind: 'reasoning';
			readonly id: string;
			readonly text: string;
			readonly state: TextState;
			readonly durationMs?: number;
	  }
	| {
			readonly kind: 'tool';
			/** The call's id. */
			readonly id: string;
			readonly name: string;
			readonly state: ToolState;
			/** "Read", "Editing", "Failed". */
			readonly verb: string;
			readonly subject: string;
			/** Set when the subject is a file that can be opened. */
			readonly path?: string;
			/** Right side: "84 lines", "exit 1". */
			readonly note: string;
			readonly added?: number;
			readonly removed?: number;
			readonly detail?: Detail;
			/** The change can be taken back, or was. */
			readonly undo?: 'possible' | 'done';
			/** What it printed so far, while it runs. */
			readonly live?: LiveOutput;
			/** The rules that allowed it, in words. */
			readonly allowedBy?: readonly string[];
			/** Row of the call that made this one. It stands before it. */
			readonly parentId?: string;
			/** Session of the agent that works for the call: its transcript can be opened. */
			readonly delegateId?: string;
	  }
	| {
			readonly kind: 'notice';
			readonly id: string;
			readonly icon: 'warning' | 'refresh' | 'shield' | 'switch' | 'compact' | 'discard';
			/** With `until`, `{0}` in it stands for the seconds that are left. */
			readonly text: string;
			/** Something happens then, milliseconds since 1970: the page counts down to it. Gone once it happened. */
			readonly until?: number;
			readonly actions?: readonly ItemAction[];
			/** Opens below: the summary of what was compacted. */
			readonly detail?: Detail;
	  }
	| {
			readonly kind: 'error';
			readonly id: string;
			readonly title: string;
			readonly text: string;
			readonly actions: readonly ItemAction[];
			readonly details?: string;
	  }
	| {
			readonly kind: 'receipt';
			readonly id: string;
			/** "$0.031", "cost unknown", "no cost". */
			readonly cost: string;
			readonly model: string;
			readonly provider?: string;
			/** 0..1 of the prompt's tokens. */
			readonly cachedShare?: number;
			readonly promptTokens?: number;
			readonly completionTokens?: number;
			readonly durationMs: number;
			/** In order. */
			readonly requests: readonly RequestReceipt[];
			/** Times another provider answered than the one with the warm cache. */
			readonly providerSwitches: number;
			/** What those cost more than a warm cache would have: "about $0.012, 12k tokens read anew". */
			readonly switchCost?: string;
	  };

/** One request to a model, as billed. */
export interface RequestReceipt {
	/** Model that answered; absent where none did. */
	readonly model?: string;
	readonly provider?: string;
	/** "Answer", "Compaction". */
	readonly purpose: string;
	/** How it ended where it did not simply end: "interrupted", "rate limited". */
	readonly note?: string;
	readonly promptTokens?: number;
	readonly cachedTokens?: number;
	readonly cacheWriteTokens?: number;
	readonly completionTokens?: number;
	readonly reasoningTokens?: number;
	/** "$0.0031", "cost unknown", "no cost". */
	readonly cost: string;
	readonly firstTokenMs?: number;
	readonly durationMs?: number;
}

export interface ItemAction {
	readonly action: PanelAction;
	readonly label: string;
	readonly argument?: string;
}

export type TextState = 'streaming' | 'done' | 'interrupted';

/** The end of what a running command printed. */
export interface LiveOutput {
	/** Final text; its beginning is cut off when it is long. */
	readonly text: string;
	/** Line after it that may still change. */
	readonly openLine: string;
	/** Something before `text` is not shown. */
	readonly isCut: boolean;
}

/** Characters and lines of live output that are kept. */
const MAX_LIVE_TEXT = 8_000;
const MAX_LIVE_LINES = 200;

export type TranscriptDelta =
	/** `index` is the item's place; always the present total. */
	| { readonly type: 'add'; readonly index: number; readonly item: Item }
	/** Adds to the text of a `text` or `reasoning` item. */
	| { readonly type: 'append'; readonly index: number; readonly text: string }
	/** Adds to what a running call printed. `isCut`: something before `text` was left out. */
	| {
			readonly type: 'output';
			readonly index: number;
			readonly text: string;
			readonly openLine: string;
			readonly isCut: boolean;
	  }
	| { readonly type: 'set'; readonly index: number; readonly item: Item };

/**
 * Changes the one item a delta names. `at` is its place in `items`, which may be a window of the transcript.
 * @throws Error when the item cannot take the delta: host and page disagree, and a snapshot is due.
 */
export function applyDelta(items: Item[], at: number, delta: TranscriptDelta): void {
	switch (delta.type) {
		case 'add':
		case 'set':
			items[at] = delta.item;
			return;
		case 'append': {
			const item = items[at];
			if (item === undefined || (item.kind !== 'text' && item.kind !== 'reasoning')) {
				throw new Error(`Item ${delta.index} takes no text.`);
			}
			items[at] = { ...item, text: item.text + delta.text };
			return;
		}
		case 'output': {
			const item = items[at];
			if (item?.kind !== 'tool') {
				throw new Error(`Item ${delta.index} takes no output.`);
			}
			items[at] = { ...item, live: addOutput(item.live, delta) };
			return;
		}
		default:
			delta satisfies never;
	}
}

/** What is shown of an output after more of it came: its end, so that endless output costs no more than a little. */
export function addOutput(
	before: LiveOutput | undefined,
	{ text, openLine, isCut }: Pick<LiveOutput, 'text' | 'openLine' | 'isCut'>,
): LiveOutput {
	const whole = isCut ? text : (before?.text ?? '') + text;
	const kept = lastLines(whole);
	return {
		text: kept,
		openLine: openLine.slice(-MAX_LIVE_TEXT),
		isCut: isCut || before?.isCut === true || kept.length < whole.length,
	};
}

function lastLines(text: string): string {
	const short = text.slice(-MAX_LIVE_TEXT);
	let from = short.length;
	for (let line = 0; line <= MAX_LIVE_LINES && from >= 0; line++) {
		from = from === 0 ? -1 : short.lastIndexOf('\n', from - 1);
	}
	return from < 0 ? short : short.slice(from + 1);
}
