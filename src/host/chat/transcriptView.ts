import type { Attachment, TurnEvent } from '../../agent/events.ts';
import type { Usage } from '../../agent/model.ts';
import { CachePin } from '../../agent/session/cachePin.ts';
import type { StoredEvent } from '../../agent/session/log.ts';
import type { CallOutput } from '../../agent/session/session.ts';
import type { PlanItemView } from '../../protocol/messages.ts';
import { applyDelta, type Item, type TextState, type TranscriptDelta } from '../../protocol/transcript.ts';
import type { Translate } from '../translate.ts';
import { RetryLine } from './retryLine.ts';
import type { Rewind } from './sessionTranscript.ts';
import { ToolRows } from './toolRows.ts';
import { turnEnding } from './turnEnding.ts';
import {
	budgetNotice,
	compactedNotice,
	leftOutNotice,
	restoredNotice,
	rewindNotice,
	switchNotice,
	trimmedNotice,
} from './turnNotices.ts';
import { type KnownModels, TurnTotals } from './turnTotals.ts';

type Emit = (delta: TranscriptDelta) => void;
type ChangeEvent = Extract<TurnEvent, { type: 'change' }>;
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
	readonly #rows: ToolRows;
	#restore:
		| { readonly callId: string; readonly start: number; readonly index: number; readonly uris: Set<string> }
		| undefined;
	/** Place of the card whose buttons lead on from the newest turn. */
	#card: number | undefined;

	/** @param known without it models that nobody chose stand there by their id, and lost caches without their price. */
	constructor(translate: Translate, known: KnownModels = { nameOf: () => undefined, priceOf: () => undefined }) {
		this.#translate = translate;
		this.#known = known;
		this.#retry = new RetryLine(this.items, translate);
		this.#rows = new ToolRows(this.items, translate);
	}

	/** What the agent plans to do, as it said last. */
	get plan(): readonly PlanItemView[] | undefined {
		return this.#rows.plan;
	}

	/** The changes made by the call of a row, oldest first. */
	changesOf(itemId: string): readonly ChangeEvent[] {
		return this.#rows.changesOf(itemId);
	}

	add(stored: StoredEvent): TranscriptDelta[] {
		const cache = this.#pin.apply(stored);
		if (cache !== undefined) {
			this.#turn?.cached(cache);
		}
		return this.#collect(emit => this.#fold(stored, emit));
	}

	/** What a tool prints while it runs. It is no event: the end of it comes with the call's result. */
	output(output: CallOutput): TranscriptDelta[] {
		return this.#collect(emit => this.#rows.output(output, emit));
	}

	/** The conversation went back, and goes on from here. */
	addRewind(sequence: number, rewind: Rewind): void {
		this.#collect(emit => {
			const item = rewindNotice(`e${sequence}`, rewind, this.#translate);
			emit({ type: 'add', index: this.items.length, item });
		});
	}

	#collect(run: (emit: Emit) => void): TranscriptDelta[] {
		const deltas: TranscriptDelta[] = [];
		run(delta => {
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
			case 'modeSet':
			case 'levelSet':
			case 'ruleAdded':
				return;
			case 'user':
				return add({ kind: 'user', id, text: event.text, ...attached(event.attachments), canRestore: true });
			case 'steer':
				return add({ kind: 'user', id, text: event.text, ...attached(event.attachments ?? []) });
			case 'turnStart':
				this.#turn = new TurnTotals(event.model, at, this.#known);
				return this.#retireCard(emit);
			case 'requestStart':
				this.#rows.beginRequest();
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
				this.#rows.announced(event.toolCalls);
				return this.#keepIfUnbilled(event.requestId, this.#turn?.response(event) ?? false);
			case 'requestFailed':
				this.#closeStream('interrupted', at, emit);
				return this.#keepIfUnbilled(event.requestId, this.#turn?.failed(event, at, t) ?? false);
			case 'billed':
				return this.#billed(event.requestId, event.usage, at, emit);
			case 'approvalAsked':
				this.#stream = undefined;
				return this.#rows.asked(event, id, emit);
			case 'approvalAnswered':
				return this.#rows.answered(event, emit);
			case 'toolStart':
				this.#stream = undefined;
				this.#turn?.started(event, at);
				return this.#rows.started(event, id, emit);
			case 'innerCalls':
				return this.#rows.inner(event, id, emit);
			case 'delegated':
				this.#turn?.delegated(event, at);
				return this.#rows.delegated(event, emit);
			case 'delegateSpent':
				this.#delegateSpent(event, at, emit);
				return this.#rows.delegateSpent(event, emit);
			case 'change':
				return event.origin === 'restore' ? this.#restored(event, sequence, emit) : this.#rows.changed(event, emit);
			case 'toolEnd':
				return this.#rows.ended(event, id, emit);
			case 'undone': {
				const text = this.#rows.undone(event, emit);
				return text === undefined ? undefined : add({ kind: 'notice', id, icon: 'warning', text });
			}
			case 'reviewed':
				return this.#rows.reviewed(event, emit);
			case 'rewound':
				return undefined;
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

	/** One notice for all files of a restore. */
	#restored({ callId, uri }: ChangeEvent, sequence: number, emit: Emit): void {
		const running = this.#restore?.callId === callId ? this.#restore : undefined;
		const { start, index, uris } = running ?? { start: sequence, index: this.items.length, uris: new Set<string>() };
		uris.add(uri);
		this.#restore = { callId, start, index, uris };
		const item = restoredNotice(`e${start}`, { files: uris.size, start }, this.#translate);
		emit({ type: running === undefined ? 'add' : 'set', index, item });
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

	/** What an agent spent that works for a call of this turn, or worked for one of a turn that is over. */
	#delegateSpent(event: Extract<TurnEvent, { type: 'delegateSpent' }>, at: number, emit: Emit): void {
		const turn = this.#unbilled.get(event.requestId) ?? this.#turn;
		turn?.delegateSpent(event, at);
		if (turn !== undefined && event.cost === undefined) {
			this.#unbilled.set(event.requestId, turn);
		} else if (this.#unbilled.delete(event.requestId)) {
			this.#renewReceipt(turn, at, emit);
		}
	}

	#billed(requestId: string, usage: Usage, at: number, emit: Emit): void {
		const turn = this.#unbilled.get(requestId);
		this.#unbilled.delete(requestId);
		turn?.settle(requestId, usage);
		this.#renewReceipt(turn, at, emit);
	}

	/** After a bill that came late: the receipt of its turn is written anew where it stands already. */
	#renewReceipt(turn: TurnTotals | undefined, at: number, emit: Emit): void {
		const index = turn === undefined ? undefined : this.#receipts.get(turn);
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
