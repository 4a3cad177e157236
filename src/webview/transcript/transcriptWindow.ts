import { type Signal, signal } from '@preact/signals';
import { addOutput, type Item, type TranscriptDelta } from '../../protocol/transcript.ts';
import { GrowingText } from '../growingText.ts';

/** Items held at most, so that a page costs the same in the longest session. */
export const WINDOW_SIZE = 200;
/** Items asked for at once. */
export const RANGE_SIZE = 60;

/** One item of the transcript on the page. A delta changes the signal or the text of its entry and nothing else. */
export interface Entry {
	readonly id: string;
	readonly item: Signal<Item>;
	/** For `text` and `reasoning`: what is shown instead of the item's own text, which is not kept up to date. */
	readonly text?: GrowingText;
}

/** Host and page disagree about the transcript. The page asks for a snapshot. */
export class OutOfStepError extends Error {
	override readonly name = 'OutOfStepError';
}

/**
 * The part of the transcript that the page holds: entries `from`..`to - 1` of `total`. It follows the end while the user
 * does, and otherwise stays where it is.
 */
export class TranscriptWindow {
	/** A new array when entries come or go, never for a change within one. */
	readonly entries = signal<readonly Entry[]>([]);
	readonly total = signal(0);
	/** Counts the changes of an item that may change how items are grouped. */
	readonly revision = signal(0);
	#from = 0;

	get from(): number {
		return this.#from;
	}

	get to(): number {
		return this.#from + this.entries.peek().length;
	}

	get hasEarlier(): boolean {
		return this.#from > 0;
	}

	get hasLater(): boolean {
		return this.to < this.total.peek();
	}

	/** Starts anew. */
	reset(total: number, from: number, items: readonly Item[]): void {
		this.#from = from;
		this.total.value = total;
		this.entries.value = items.map(newEntry);
	}

	/**
	 * @param isFollowing whether the user looks at the end: the window then moves on with it.
	 * @throws OutOfStepError when the delta does not fit the transcript known here.
	 */
	apply(delta: TranscriptDelta, isFollowing: boolean): void {
		switch (delta.type) {
			case 'add':
				return this.#add(delta.index, delta.item, isFollowing);
			case 'append':
				return this.#append(delta.index, delta.text);
			case 'output':
				return this.#output(delta);
			case 'set':
				return this.#set(delta.index, delta.item);
			default:
				delta satisfies never;
		}
	}

	/**
	 * Takes the answer to a `range` message. Neighbours of the window are joined to it, and what is too much falls off
	 * at the other side; anything else replaces it.
	 */
	insert(from: number, items: readonly Item[]): void {
		const added = items.map(newEntry);
		const entries = this.entries.peek();
		if (from + items.length === this.#from) {
			this.#from = from;
			this.entries.value = [...added, ...entries].slice(0, WINDOW_SIZE);
		} else if (from === this.to) {
			const joined = [...entries, ...added];
			const surplus = Math.max(0, joined.length - WINDOW_SIZE);
			this.#from += surplus;
			this.entries.value = joined.slice(surplus);
		} else {
			this.#from = from;
			this.entries.value = added;
		}
		this.total.value = Math.max(this.total.peek(), from + items.length);
	}

	#add(index: number, item: Item, isFollowing: boolean): void {
		if (index !== this.total.peek()) {
			throw new OutOfStepError(`Item ${index} was added to a transcript of ${this.total.peek()}.`);
		}
		const isNext = index === this.to;
		this.total.value = index + 1;
		const entries = this.entries.peek();
		if (!isNext || (entries.length >= WINDOW_SIZE && !isFollowing)) {
			return;
		}
		// Several fall off at once, so that the list's start does not change with each addition.
		const surplus = entries.length >= WINDOW_SIZE ? RANGE_SIZE : 0;
		this.#from += surplus;
		this.entries.value = [...entries.slice(surplus), newEntry(item)];
	}

	#append(index: number, text: string): void {
		const entry = this.#entryAt(index);
		if (entry === undefined) {
			return;
		}
		if (entry.text === undefined) {
			throw new OutOfStepError(`Item ${index} takes no text.`);
		}
		entry.text.append(text);
	}

	#output(delta: Extract<TranscriptDelta, { type: 'output' }>): void {
		const entry = this.#entryAt(delta.index);
		const item = entry?.item.peek();
		if (entry === undefined || item === undefined) {
			return;
		}
		if (item.kind !== 'tool') {
			throw new OutOfStepError(`Item ${delta.index} takes no output.`);
		}
		entry.item.value = { ...item, live: addOutput(item.live, delta) };
	}

	#set(index: number, item: Item): void {
		const entry = this.#entryAt(index);
		if (entry === undefined) {
			return;
		}
		if (canTake(entry, item)) {
			entry.item.value = item;
		} else {
			this.entries.value = this.entries.peek().map(old => (old === entry ? newEntry(item) : old));
		}
		this.revision.value++;
	}

	/** Undefined outside the window. */
	#entryAt(index: number): Entry | undefined {
		if (index >= this.total.peek()) {
			throw new OutOfStepError(`Item ${index} was changed in a transcript of ${this.total.peek()}.`);
		}
		return this.entries.peek()[index - this.#from];
	}
}

function newEntry(item: Item): Entry {
	const entry = { id: item.id, item: signal(item) };
	return item.kind === 'text' || item.kind === 'reasoning' ? { ...entry, text: new GrowingText(item.text) } : entry;
}

/** Whether an entry can become the item without being shown anew: a text only changes its state or grows. */
function canTake(entry: Entry, item: Item): boolean {
	if (item.id !== entry.id || item.kind !== entry.item.peek().kind) {
		return false;
	}
	if (entry.text === undefined || !('text' in item)) {
		return true;
	}
	if (item.text.length === entry.text.length) {
		return true;
	}
	const shown = entry.text.toString();
	if (!item.text.startsWith(shown)) {
		return false;
	}
	entry.text.append(item.text.slice(shown.length));
	return true;
}
