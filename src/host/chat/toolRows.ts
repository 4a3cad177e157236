import type { SessionEvent, TurnEvent } from '../../agent/events.ts';
import type { CallOutput } from '../../agent/session/session.ts';
import type { ToolResult, ToolView } from '../../agent/tool.ts';
import type { PlanItemView } from '../../protocol/messages.ts';
import type { Item, ToolState, TranscriptDelta } from '../../protocol/transcript.ts';
import { visibleText } from '../../tools/visibleText.ts';
import type { Translate } from '../translate.ts';
import { detailOf, diffFields, shownLine, textDetail } from './toolDetail.ts';
import { delegateNote, noteOf, PLAN_TOOL, subjectFields, toolStates, toolVerb } from './toolWords.ts';

type Emit = (delta: TranscriptDelta) => void;
type EventOf<Type extends TurnEvent['type']> = Extract<TurnEvent, { type: Type }>;
type ChangeEvent = EventOf<'change'>;
type ReviewedEvent = Extract<SessionEvent, { type: 'reviewed' }>;
type ToolItem = Extract<Item, { kind: 'tool' }>;

/** What an agent that works for a call took so far. */
interface DelegateCosts {
	readonly index: number;
	/** US dollars by request; undefined while unknown. */
	readonly costs: Map<string, number | undefined>;
}

/** Characters of a result that a row shows, where only its text tells why. */
const MAX_TEXT = 20_000;

/** The rows of calls: one for each, and one for each call that a call makes. What sets the plan has no row. */
export class ToolRows {
	readonly #items: readonly Item[];
	readonly #translate: Translate;
	/** Place of the row of each call of the newest response. */
	readonly #rows = new Map<string, number>();
	/** Tool of each call of the newest response, for those that end before they begin. */
	readonly #callNames = new Map<string, string>();
	/** Rows that went on to wait for the user, and what they were before. */
	readonly #asked = new Map<string, readonly { readonly index: number; readonly state: ToolState }[]>();
	readonly #delegates = new Map<string, DelegateCosts>();
	/** Rows of whose inner calls one failed or was denied. */
	readonly #failedInside = new Set<string>();
	readonly #changeRows = new Map<string, number>();
	/** The changes each row made, oldest first. */
	readonly #rowChanges = new Map<number, ChangeEvent[]>();
	#plan: readonly PlanItemView[] | undefined;

	/** @param items of the transcript, as they change. */
	constructor(items: readonly Item[], translate: Translate) {
		this.#items = items;
		this.#translate = translate;
	}

	/** What the agent plans to do, as it said last. */
	get plan(): readonly PlanItemView[] | undefined {
		return this.#plan;
	}

	/** The changes made by the call of a row, oldest first. */
	changesOf(itemId: string): readonly ChangeEvent[] {
		const index = this.#items.findIndex(item => item.id === itemId);
		return this.#rowChanges.get(index) ?? [];
	}

	beginRequest(): void {
		this.#rows.clear();
		this.#callNames.clear();
		this.#asked.clear();
		this.#failedInside.clear();
	}

	announced(calls: EventOf<'response'>['toolCalls']): void {
		for (const call of calls) {
			this.#callNames.set(call.id, call.name);
		}
	}

	asked({ request }: EventOf<'approvalAsked'>, id: string, emit: Emit): void {
		const { callId, name, subject, view, items = [] } = request;
		const waiting = [callId, ...items.map(item => item.callId)].flatMap(asked => {
			const index = this.#rows.get(asked);
			const row = this.#row(index);
			return index === undefined || row === undefined ? [] : [{ index, state: row.state }];
		});
		this.#asked.set(callId, waiting);
		if (this.#rows.has(callId)) {
			for (const { index } of waiting) {
				this.#setState(index, 'waiting', emit);
			}
		} else {
			this.#add(callId, { ...this.#newRow(id, name, subject, 'waiting', view), ...(view && diffFields(view)) }, emit);
		}
	}

	/** What had begun before it waited goes on. */
	answered({ callId }: EventOf<'approvalAnswered'>, emit: Emit): void {
		for (const { index, state } of this.#asked.get(callId) ?? []) {
			this.#setState(index, state, emit);
		}
		this.#asked.delete(callId);
	}

	started(event: EventOf<'toolStart'>, id: string, emit: Emit): void {
		const { callId, name, subject, allowedBy } = event;
		if (name === PLAN_TOOL) {
			return;
		}
		const index = this.#rows.get(callId);
		const before = this.#row(index);
		const rules = allowedBy && allowedBy.length > 0 ? { allowedBy: allowedBy.map(shownLine) } : {};
		if (index !== undefined && before !== undefined) {
			const verb = toolVerb(name, 'running', this.#translate);
			return emit({ type: 'set', index, item: { ...before, state: 'running', verb, ...rules } });
		}
		this.#add(callId, { ...this.#newRow(id, name, subject, 'running'), ...rules }, emit);
	}

	inner({ parentId, calls }: EventOf<'innerCalls'>, id: string, emit: Emit): void {
		const parent = this.#row(this.#rows.get(parentId));
		for (const [at, { callId, name, subject }] of calls.entries()) {
			const row = this.#newRow(`${id}-${at + 1}`, name, subject, 'queued');
			this.#add(callId, parent === undefined ? row : { ...row, parentId: parent.id }, emit);
		}
	}

	/** More of what a call prints while it runs. */
	output({ callId, update }: CallOutput, emit: Emit): void {
		const index = this.#rows.get(callId);
		if (index === undefined || this.#row(index)?.state !== 'running') {
			return;
		}
		const { text, openLine, skipped } = update;
		emit({
			type: 'output',
			index,
			text: visibleText(text).text,
			openLine: visibleText(openLine).text,
			isCut: skipped > 0,
		});
	}

	delegated({ callId, sessionId, title }: EventOf<'delegated'>, emit: Emit): void {
		const index = this.#rows.get(callId);
		const row = this.#row(index);
		if (index !== undefined && row !== undefined) {
			this.#delegates.set(callId, { index, costs: new Map() });
			emit({ type: 'set', index, item: { ...row, subject: shownLine(title), delegateId: sessionId } });
		}
	}

	/** Also after the call ended, when a bill comes late. */
	delegateSpent({ callId, requestId, cost }: EventOf<'delegateSpent'>, emit: Emit): void {
		const delegate = this.#delegates.get(callId);
		const row = this.#row(delegate?.index);
		if (delegate !== undefined && row !== undefined) {
			delegate.costs.set(requestId, cost);
			emit({ type: 'set', index: delegate.index, item: { ...row, note: this.#delegateNote(delegate) } });
		}
	}

	changed(event: ChangeEvent, emit: Emit): void {
		const index = this.#rows.get(event.callId);
		if (index === undefined) {
			return;
		}
		this.#changeRows.set(event.changeId, index);
		this.#rowChanges.set(index, [...(this.#rowChanges.get(index) ?? []), event]);
		const row = this.#row(index);
		if (event.made !== undefined && row !== undefined) {
			// Of an agent that works for this call: its rows are in another session.
			const added = (row.added ?? 0) + event.made.added;
			const removed = (row.removed ?? 0) + event.made.removed;
			emit({ type: 'set', index, item: { ...row, added, removed } });
		}
	}

	ended({ callId, result }: EventOf<'toolEnd'>, id: string, emit: Emit): void {
		if (result.outcome === 'ok' && result.view?.kind === 'plan') {
			this.#plan = result.view.items.map(({ text, status }) => ({ text: shownLine(text), status }));
		}
		const index = this.#rows.get(callId);
		const row = this.#row(index);
		if (index !== undefined && row !== undefined) {
			const ended = this.#endedRow(row, callId, result);
			if (row.parentId !== undefined && (ended.state === 'failed' || ended.state === 'denied')) {
				this.#failedInside.add(row.parentId);
			}
			const canUndo = ended.state === 'done' && this.#rowChanges.has(index);
			return emit({ type: 'set', index, item: canUndo ? { ...ended, undo: 'possible' } : ended });
		}
		const name = this.#callNames.get(callId) ?? '';
		if (result.outcome === 'ok' && result.view?.kind === 'plan') {
			return;
		}
		// A call that ended before it began: refused, or of a turn that was stopped.
		const subject = name === PLAN_TOOL ? '' : shownLine(name);
		this.#add(callId, this.#endedRow({ ...this.#newRow(id, name, '', 'running'), subject }, callId, result), emit);
	}

	/** @returns the notice for a change that was not taken back; undefined when it was. */
	undone({ changeId, conflicts }: { readonly changeId: string; readonly conflicts: number }, emit: Emit) {
		const index = this.#changeRows.get(changeId);
		const row = this.#row(index);
		if (index === undefined || row === undefined) {
			return undefined;
		}
		if (conflicts > 0) {
			return this.#translate(
				'{0} was changed at the same place since, so the edit was not undone. Open the diff to decide.',
				row.subject,
			);
		}
		emit({ type: 'set', index, item: { ...row, undo: 'done' } });
		return undefined;
	}

	/** A file about which all is decided: its rows have nothing left to undo. */
	reviewed({ uri, base, text, decision }: ReviewedEvent, emit: Emit): void {
		if (base !== text) {
			return;
		}
		for (const [index, changes] of this.#rowChanges) {
			const row = this.#row(index);
			if (row?.undo === 'possible' && changes.every(change => change.uri === uri)) {
				const { undo: _, ...settled } = row;
				emit({ type: 'set', index, item: decision === 'accept' ? settled : { ...settled, undo: 'done' } });
			}
		}
	}

	#row(index: number | undefined): ToolItem | undefined {
		const item = index === undefined ? undefined : this.#items[index];
		return item?.kind === 'tool' ? item : undefined;
	}

	#newRow(id: string, name: string, subject: string, state: ToolState, view?: ToolView): ToolItem {
		const verb = toolVerb(name, state, this.#translate);
		return { kind: 'tool', id, name, state, verb, ...subjectFields(name, subject, view), note: '' };
	}

	#add(callId: string, item: ToolItem, emit: Emit): void {
		this.#rows.set(callId, this.#items.length);
		emit({ type: 'add', index: this.#items.length, item });
	}

	#setState(index: number, state: ToolState, emit: Emit): void {
		const row = this.#row(index);
		if (row !== undefined && row.state !== state) {
			emit({ type: 'set', index, item: { ...row, state, verb: toolVerb(row.name, state, this.#translate) } });
		}
	}

	#endedRow(row: ToolItem, callId: string, { outcome, view, text }: ToolResult): ToolItem {
		const state = toolStates[outcome];
		const { detail: _preview, live: _live, ...rest } = row;
		const detail = this.#endedDetail(row, { outcome, view, text });
		return {
			...rest,
			...(view?.kind === 'foreign' && subjectFields(row.name, '', view)),
			state,
			verb: toolVerb(row.name, state, this.#translate),
			note: this.#endedNote(view, this.#delegates.get(callId)),
			...(outcome === 'ok' && view !== undefined && diffFields(view)),
			...(detail && { detail }),
		};
	}

	/** What went wrong is in the text alone; that of a call inside another is in the text of the outer one. */
	#endedDetail(
		row: ToolItem,
		{ outcome, view, text }: Pick<ToolResult, 'outcome' | 'text'> & { view: ToolView | undefined },
	) {
		if (outcome === 'ok' && !this.#failedInside.has(row.id)) {
			return view && detailOf(view);
		}
		return text === '' ? undefined : textDetail(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);
	}

	/** What a task says of its costs is not the bill while a part of them is unknown. */
	#endedNote(view: ToolView | undefined, delegate: DelegateCosts | undefined): string {
		const note = noteOf(view);
		if (delegate === undefined || delegate.costs.size === 0) {
			return note;
		}
		const isKnown = [...delegate.costs.values()].every(cost => cost !== undefined);
		return isKnown && note !== '' ? note : this.#delegateNote(delegate);
	}

	#delegateNote({ costs }: DelegateCosts): string {
		const known = [...costs.values()].filter(cost => cost !== undefined);
		return delegateNote(
			{ steps: costs.size, cost: known.reduce((sum, cost) => sum + cost, 0), hasUnknown: known.length < costs.size },
			this.#translate,
		);
	}
}
