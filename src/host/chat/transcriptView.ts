import type { Attachment, TurnEvent } from '../../agent/events.ts';
import type { Usage } from '../../agent/model.ts';
import { CachePin } from '../../agent/session/cachePin.ts';
import type { StoredEvent } from '../../agent/session/log.ts';
import type { ToolResult, ToolView } from '../../agent/tool.ts';
import {
	applyDelta,
	type Item,
	type TextState,
	type ToolState,
	type TranscriptDelta,
} from '../../protocol/transcript.ts';

import type { Translate } from '../translate.ts';
import { RetryLine } from './retryLine.ts';
import { detailOf, diffFields, hasFileSubject, toolStates, toolVerb } from './toolWords.ts';
import { turnEnding } from './turnEnding.ts';
import { budgetNotice, compactedNotice, leftOutNotice, switchNotice, trimmedNotice } from './turnNotices.ts';
import { type KnownModels, TurnTotals } from './turnTotals.ts';

type Emit = (delta: TranscriptDelta) => void;
type ChangeEvent = Extract<TurnEvent, { type: 'change' }>;
type ToolItem = Extract<Item, { kind: 'tool' }>;
type StreamItem = Extract<Item, { kind: 'text' | 'reasoning' }>;

/**
 * The transcript as a fold over the session's events: `add` returns what changed, so that a page is told no more than
 * that. Each event costs the same however long the session is.
 */
export class TranscriptView {
	readonly items: Item[] = [];
	readonly #translate: Translate;
	readonly #known: KnownModels;
	/** Finds the answers that did not come from the provider with the warm cache. */
	readonly #pin = new CachePin();
	#turn: TurnTotals | undefined;
	/** Turns with requests whose bill may still come, by request; and the place of their receipt once they ended. */
	readonly #unbilled = new Map<string, TurnTotals>();
	readonly #receipts = new WeakMap<TurnTotals, number>();
	readonly #retry: RetryLine;
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

	/** @param known without it models that nobody chose stand there by their id, and lost caches without their price. */
	constructor(translate: Translate, known: KnownModels = { nameOf: () => undefined, priceOf: () => undefined }) {
		this.#translate = translate;
		this.#known = known;
		this.#retry = new RetryLine(this.items, translate);
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
		const cache = this.#pin.apply(stored);
		if (cache !== undefined) {
			this.#turn?.cached(cache);
		}
		this.#fold(stored, delta => {
			applyDelta(this.items, delta.index, delta);
			deltas.push(delta);
		});
		return deltas;
	}

	#fold({ event, sequence, at }: StoredEvent, emit: Emit): void {
		const id = `e${sequence}`;
		const t = this.#translate;
		const add = (item: Item) => emit({ type: 'add', index: this.items.length, item });
		switch (event.type) {
			case 'created':
			case 'titled':
			case 'kept':
			case 'queued':
			case 'unqueued':
			case 'approvalAnswered':
				return;
			case 'user':
			case 'steer':
				return add({ kind: 'user', id, text: event.text, ...attached(event.attachments ?? []) });
			case 'turnStart':
				this.#turn = new TurnTotals(event.model, at, this.#known);
				return this.#retireCard(emit);
			case 'requestStart':
				this.#rows.clear();
				this.#callNames.clear();
				this.#startRequest(event, at);
				return this.#retry.end('tried', emit);
			case 'text':
			case 'reasoning':
				this.#turn?.answered();
				return this.#addText(event.type, event.delta, id, at, emit);
			case 'retry':
				return this.#retry.begin(event, id, at, emit);
			case 'modelSwitched':
				this.#retry.end('givenUp', emit);
				this.#turn?.switchTo(event.to);
				return add(switchNotice(id, event, model => this.#nameOf(model), t));
			case 'leftOut':
				return add(leftOutNotice(id, event.parameters, this.#nameOf(event.model), t));
			case 'trimmed':
				return add(trimmedNotice(id, event, t));
			case 'compacted':
				return add(compactedNotice(id, event, t));
			case 'budgetSet':
				return add(budgetNotice(id, event.limit, t));
			case 'served':
				return this.#turn?.served(event);
			case 'response':
				this.#closeStream('done', at, emit);
				for (const call of event.toolCalls) {
					this.#callNames.set(call.id, call.name);
				}
				return this.#keepIfUnbilled(event.requestId, this.#turn?.response(event) ?? false);
			case 'requestFailed':
				this.#closeStream('interrupted', at, emit);
				return this.#keepIfUnbilled(event.requestId, this.#turn?.failed(event, at, t) ?? false);
			case 'billed':
				return this.#billed(event.requestId, event.usage, at, emit);
			case 'approvalAsked': {
				const { callId, name, subject, view } = event.request;
				return this.#row(callId, emit, id, { name, subject, state: 'waiting', view });
			}
			case 'toolStart':
				return this.#row(event.callId, emit, id, { name: event.name, subject: event.subject, state: 'running' });
			case 'change':
				return this.#change(event);
			case 'toolEnd':
				return this.#toolEnd(event.callId, event.result, id, emit);
			case 'undone':
				return this.#undone(event.changeId, event.conflicts, id, emit);
			case 'turnEnd':
				this.#retry.end('givenUp', emit);
				this.#closeStream(event.reason === 'done' ? 'done' : 'interrupted', at, emit);
				return this.#turnEnd(event, id, at, add);
			default:
				event satisfies never;
		}
	}

	/** The name of a model that an event has by its id or, where nobody knew better, by its name. */
	#nameOf(model: string): string {
		return this.#turn?.nameOf(model) ?? this.#known.nameOf(model) ?? model;
	}

	#startRequest(event: Extract<TurnEvent, { type: 'requestStart' }>, at: number): void {
		if (this.#turn !== undefined) {
			this.#turn.start(event, at);
			this.#unbilled.set(event.requestId, this.#turn);
		}
	}

	#keepIfUnbilled(requestId: string, isUnbilled: boolean): void {
		if (!isUnbilled) {
			this.#unbilled.delete(requestId);
		}
	}

	/** A bill that came late: the receipt of its turn is written anew where it stands already. */
	#billed(requestId: string, usage: Usage, at: number, emit: Emit): void {
		const turn = this.#unbilled.get(requestId);
		const index = turn === undefined ? undefined : this.#receipts.get(turn);
		this.#unbilled.delete(requestId);
		turn?.settle(requestId, usage);
		const id = index === undefined ? undefined : this.items[index]?.id;
		const receipt = id === undefined ? undefined : turn?.receipt(id, at, this.#translate);
		if (index !== undefined && receipt !== undefined) {
			emit({ type: 'set', index, item: receipt });
		}
	}

	/** The buttons of a card are for the turn before; once the next one runs they would start a third. */
	#retireCard(emit: Emit): void {
		const card = this.#card === undefined ? undefined : this.items[this.#card];
		if (this.#card !== undefined && card?.kind === 'error') {
			emit({ type: 'set', index: this.#card, item: { ...card, actions: [] } });
		}
		this.#card = undefined;
	}

	#addText(kind: StreamItem['kind'], text: string, id: string, at: number, emit: Emit): void {
		if (this.#stream?.kind === kind) {
			return emit({ type: 'append', index: this.#stream.index, text });
		}
		this.#closeStream('done', at, emit);
		this.#stream = { index: this.items.length, kind, startedAt: at };
		emit({ type: 'add', index: this.items.length, item: { kind, id, text, state: 'streaming' } });
	}

	#closeStream(state: TextState, at: number, emit: Emit): void {
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
		emit: Emit,
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
			verb: toolVerb(name, state, this.#translate),
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

	#toolEnd(callId: string, result: ToolResult, id: string, emit: Emit): void {
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
			verb: toolVerb(row.name, state, this.#translate),
			note: view !== undefined && 'note' in view ? view.note : '',
			...(outcome === 'ok' && view !== undefined && diffFields(view)),
			...(shown && { detail: shown }),
		};
	}

	#undone(changeId: string, conflicts: number, id: string, emit: Emit): void {
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
		const receipt = turn?.receipt(`${id}-receipt`, at, this.#translate);
		if (turn !== undefined && receipt !== undefined) {
			this.#receipts.set(turn, this.items.length);
			add(receipt);
		}
	}
}

function attached(attachments: readonly Attachment[]): { chips: readonly string[]; images?: readonly string[] } {
	const images = attachments.filter(({ image }) => image !== undefined).map(({ label }) => label);
	const chips = attachments.filter(({ image }) => image === undefined).map(({ label }) => label);
	return images.length === 0 ? { chips } : { chips, images };
}
