import type { TurnEvent } from '../../agent/events.ts';
import type { StoredEvent } from '../../agent/log.ts';
import type { ToolResult, ToolView } from '../../agent/tool.ts';
import type { Detail } from '../../protocol/detail.ts';
import {
	applyDelta,
	type Item,
	type TextState,
	type ToolState,
	type TranscriptDelta,
} from '../../protocol/transcript.ts';

import type { Translate } from '../translate.ts';
import { turnEnding } from './turnEnding.ts';
import { TurnTotals } from './turnTotals.ts';

type ChangeEvent = Extract<TurnEvent, { type: 'change' }>;
type ToolItem = Extract<Item, { kind: 'tool' }>;
type StreamItem = Extract<Item, { kind: 'text' | 'reasoning' }>;

/** Entries of a list that a row shows before it says how many more there are. */
const MAX_DETAIL_ENTRIES = 200;

/**
 * The transcript as a fold over the session's events: `add` returns what changed, so that a page is told no more than
 * that. Each event costs the same however long the session is.
 */
export class TranscriptView {
	readonly items: Item[] = [];
	readonly #translate: Translate;
	#turn: TurnTotals | undefined;
	/** Somebody began to answer the open request. */
	#isServed = false;
	#stream: { readonly index: number; readonly kind: StreamItem['kind']; readonly startedAt: number } | undefined;
	/** Place of the row of each call of the newest response. */
	readonly #rows = new Map<string, number>();
	/** Tool of each call of the newest response, for those that end before they begin. */
	readonly #callNames = new Map<string, string>();
	/** Place of the card whose buttons lead on from the newest turn. */
	#card: number | undefined;
	readonly #changeRows = new Map<string, number>();
	/** The changes each row made, oldest first. */
	readonly #rowChanges = new Map<number, ChangeEvent[]>();

	constructor(translate: Translate) {
		this.#translate = translate;
	}

	/** The changes made by the call of a row, oldest first. */
	changesOf(itemId: string): readonly ChangeEvent[] {
		const index = this.items.findIndex(item => item.id === itemId);
		return this.#rowChanges.get(index) ?? [];
	}

	/** Lines added and removed by the rows that made these changes. */
	lineCounts(changeIds: readonly string[]): { added: number; removed: number } {
		const rows = new Set(changeIds.map(id => this.#changeRows.get(id)));
		const counts = { added: 0, removed: 0 };
		for (const index of rows) {
			const row = index === undefined ? undefined : this.items[index];
			if (row?.kind === 'tool') {
				counts.added += row.added ?? 0;
				counts.removed += row.removed ?? 0;
			}
		}
		return counts;
	}

	add(stored: StoredEvent): TranscriptDelta[] {
		const deltas: TranscriptDelta[] = [];
		this.#fold(stored, delta => {
			applyDelta(this.items, delta.index, delta);
			deltas.push(delta);
		});
		return deltas;
	}

	#fold({ event, sequence, at }: StoredEvent, emit: (delta: TranscriptDelta) => void): void {
		const id = `e${sequence}`;
		const add = (item: Item) => emit({ type: 'add', index: this.items.length, item });
		switch (event.type) {
			case 'created':
			case 'titled':
			case 'kept':
			case 'queued':
			case 'unqueued':
			case 'modelSwitched':
			case 'leftOut':
			case 'trimmed':
			case 'compacted':
			case 'billed':
			case 'budgetSet':
				return;
			case 'user':
				return add({ kind: 'user', id, text: event.text, chips: event.attachments.map(({ label }) => label) });
			case 'steer':
				return add({ kind: 'user', id, text: event.text, chips: event.attachments?.map(({ label }) => label) ?? [] });
			case 'turnStart':
				this.#turn = new TurnTotals(event.model, at);
				return this.#retireCard(emit);
			case 'requestStart':
				this.#isServed = false;
				this.#rows.clear();
				this.#callNames.clear();
				return;
			case 'text':
			case 'reasoning':
				this.#isServed = true;
				return this.#addText(event.type, event.delta, id, at, emit);
			case 'retry':
				return add({ kind: 'notice', id, icon: 'refresh', text: this.#retryText(event) });
			case 'served':
				this.#isServed = true;
				if (this.#turn !== undefined) {
					this.#turn.served = event;
				}
				return;
			case 'response':
				this.#closeStream('done', at, emit);
				for (const call of event.toolCalls) {
					this.#callNames.set(call.id, call.name);
				}
				return this.#turn?.count(event.usage);
			case 'requestFailed':
				this.#closeStream('interrupted', at, emit);
				// What was refused before it began costs nothing; what broke later may have cost something.
				return this.#isServed || event.usage !== undefined ? this.#turn?.count(event.usage) : undefined;
			case 'approvalAsked': {
				const { callId, name, subject, view } = event.request;
				return this.#row(callId, emit, id, { name, subject, state: 'waiting', view });
			}
			case 'approvalAnswered':
				return;
			case 'toolStart':
				return this.#row(event.callId, emit, id, { name: event.name, subject: event.subject, state: 'running' });
			case 'change':
				return this.#change(event);
			case 'toolEnd':
				return this.#toolEnd(event.callId, event.result, id, emit);
			case 'undone':
				return this.#undone(event.changeId, event.conflicts, id, emit);
			case 'turnEnd':
				this.#closeStream(event.reason === 'done' ? 'done' : 'interrupted', at, emit);
				return this.#turnEnd(event, id, at, add);
			default:
				event satisfies never;
		}
	}

	/** The buttons of a card are for the turn before; once the next one runs they would start a third. */
	#retireCard(emit: (delta: TranscriptDelta) => void): void {
		const card = this.#card === undefined ? undefined : this.items[this.#card];
		if (this.#card !== undefined && card?.kind === 'error') {
			emit({ type: 'set', index: this.#card, item: { ...card, actions: [] } });
		}
		this.#card = undefined;
	}

	#addText(
		kind: StreamItem['kind'],
		text: string,
		id: string,
		at: number,
		emit: (delta: TranscriptDelta) => void,
	): void {
		if (this.#stream?.kind === kind) {
			return emit({ type: 'append', index: this.#stream.index, text });
		}
		this.#closeStream('done', at, emit);
		this.#stream = { index: this.items.length, kind, startedAt: at };
		emit({ type: 'add', index: this.items.length, item: { kind, id, text, state: 'streaming' } });
	}

	#closeStream(state: TextState, at: number, emit: (delta: TranscriptDelta) => void): void {
		const stream = this.#stream;
		if (stream === undefined) {
			return;
		}
		this.#stream = undefined;
		const item = this.items[stream.index];
		if (item?.kind === 'text') {
			emit({ type: 'set', index: stream.index, item: { ...item, state } });
		} else if (item?.kind === 'reasoning') {
			emit({ type: 'set', index: stream.index, item: { ...item, state, durationMs: at - stream.startedAt } });
		}
	}

	#row(
		callId: string,
		emit: (delta: TranscriptDelta) => void,
		id: string,
		row: { name: string; subject: string; state: ToolState; view?: ToolView | undefined },
	): void {
		const { name, subject, state, view } = row;
		const index = this.#rows.get(callId);
		const before = index === undefined ? undefined : this.items[index];
		const item: ToolItem = {
			kind: 'tool',
			id: before?.id ?? id,
			name,
			state,
			verb: this.#verb(name, state),
			subject,
			...(hasFileSubject(name) && { path: subject }),
			note: '',
			...(view && diffFields(view)),
		};
		this.#stream = undefined;
		if (index !== undefined) {
			return emit({ type: 'set', index, item });
		}
		this.#rows.set(callId, this.items.length);
		emit({ type: 'add', index: this.items.length, item });
	}

	#change(event: ChangeEvent): void {
		const index = this.#rows.get(event.callId);
		if (index !== undefined) {
			this.#changeRows.set(event.changeId, index);
			this.#rowChanges.set(index, [...(this.#rowChanges.get(index) ?? []), event]);
		}
	}

	#toolEnd(callId: string, result: ToolResult, id: string, emit: (delta: TranscriptDelta) => void): void {
		const index = this.#rows.get(callId);
		const row = index === undefined ? undefined : this.items[index];
		if (index === undefined || row?.kind !== 'tool') {
			// A call that ended before it began: refused, or of a turn that was stopped.
			const name = this.#callNames.get(callId) ?? '';
			const item = this.#endedRow(
				{ kind: 'tool', id, name, state: 'running', verb: '', subject: name, note: '' },
				result,
			);
			return emit({ type: 'add', index: this.items.length, item });
		}
		const ended = this.#endedRow(row, result);
		const canUndo = ended.state === 'done' && this.#rowChanges.has(index);
		emit({ type: 'set', index, item: canUndo ? { ...ended, undo: 'possible' } : ended });
	}

	#endedRow(row: ToolItem, { outcome, view, text }: ToolResult): ToolItem {
		const state = toolStates[outcome];
		const detail = view === undefined ? undefined : detailOf(view);
		const { detail: _preview, ...rest } = row;
		const shown = outcome === 'ok' ? detail : ({ kind: 'text', text } as const);
		return {
			...rest,
			state,
			verb: this.#verb(row.name, state),
			note: view !== undefined && 'note' in view ? view.note : '',
			...(outcome === 'ok' && view !== undefined && diffFields(view)),
			...(shown && { detail: shown }),
		};
	}

	#undone(changeId: string, conflicts: number, id: string, emit: (delta: TranscriptDelta) => void): void {
		const index = this.#changeRows.get(changeId);
		const row = index === undefined ? undefined : this.items[index];
		if (index === undefined || row?.kind !== 'tool') {
			return;
		}
		if (conflicts === 0) {
			return emit({ type: 'set', index, item: { ...row, undo: 'done' } });
		}
		const text = this.#translate(
			'{0} was changed at the same place since, so the edit was not undone. Open the diff to decide.',
			row.subject,
		);
		emit({ type: 'add', index: this.items.length, item: { kind: 'notice', id, icon: 'warning', text } });
	}

	#turnEnd(event: Extract<TurnEvent, { type: 'turnEnd' }>, id: string, at: number, add: (item: Item) => void): void {
		const turn = this.#turn;
		this.#turn = undefined;
		const ending = turnEnding(event, `${id}-end`, this.#translate);
		if (ending !== undefined) {
			this.#card = this.items.length;
			add(ending);
		}
		if (turn !== undefined && turn.requests > 0) {
			add(turn.receipt(`${id}-receipt`, at, this.#translate));
		}
	}

	#retryText({ delayMs, message, attempt }: Extract<TurnEvent, { type: 'retry' }>): string {
		return this.#translate('{0} Trying again in {1} s (attempt {2}).', message, Math.ceil(delayMs / 1000), attempt + 1);
	}

	#verb(name: string, state: ToolState): string {
		const t = this.#translate;
		switch (state) {
			case 'waiting':
				return t('Waiting');
			case 'failed':
				return t('Failed');
			case 'skipped':
				return t('Skipped');
			case 'interrupted':
				return t('Interrupted');
			case 'running':
			case 'done': {
				const verbs = toolVerbs[name];
				return verbs === undefined ? name : t(verbs[state]);
			}
		}
	}
}

const toolStates: Readonly<Record<ToolResult['outcome'], ToolState>> = {
	ok: 'done',
	error: 'failed',
	denied: 'skipped',
	interrupted: 'interrupted',
};

const toolVerbs: Readonly<Record<string, { readonly running: string; readonly done: string }>> = {
	read: { running: 'Reading', done: 'Read' },
	write: { running: 'Writing', done: 'Wrote' },
	edit: { running: 'Editing', done: 'Edited' },
	list: { running: 'Listing', done: 'Listed' },
	glob: { running: 'Finding', done: 'Found' },
	grep: { running: 'Searching', done: 'Searched' },
};

function hasFileSubject(tool: string): boolean {
	return tool === 'read' || tool === 'write' || tool === 'edit';
}

function diffFields(view: ToolView): { added?: number; removed?: number } {
	return view.kind === 'diff' ? { added: view.added, removed: view.removed } : {};
}

/** What opens below a row; a note has nothing to open. */
export function detailOf(view: ToolView): Detail | undefined {
	switch (view.kind) {
		case 'note':
			return undefined;
		case 'diff':
			return { kind: 'diff', path: view.path, hunks: view.hunks };
		case 'paths':
			return { kind: 'paths', ...capped(view.paths, 'paths') };
		case 'matches':
			return { kind: 'matches', ...capped(view.matches, 'matches') };
	}
}

function capped<Entry, Name extends string>(entries: readonly Entry[], name: Name) {
	const shown = entries.slice(0, MAX_DETAIL_ENTRIES);
	// The computed key widens to string, so the shape is named here.
	return { [name]: shown, more: entries.length - shown.length } as { readonly [K in Name]: readonly Entry[] } & {
		readonly more: number;
	};
}
