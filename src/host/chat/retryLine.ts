import type { TurnEvent } from '../../agent/events.ts';
import type { Item, TranscriptDelta } from '../../protocol/transcript.ts';
import type { Translate } from '../translate.ts';
import { givenUpNotice, type RetryNotice, retryCause, triedNotice, waitingNotice } from './turnNotices.ts';

type Emit = (delta: TranscriptDelta) => void;

/**
 * The line of a request that failed and is made again: a countdown first, then what became of it. Attempts that follow
 * each other with nothing between share one line.
 */
export class RetryLine {
	readonly #items: readonly Item[];
	readonly #translate: Translate;
	#shown: (RetryNotice & { readonly index: number; readonly isWaiting: boolean }) | undefined;

	/** @param items of the transcript, as they change. */
	constructor(items: readonly Item[], translate: Translate) {
		this.#items = items;
		this.#translate = translate;
	}

	/** @param at when the wait begins, milliseconds since 1970. */
	begin(event: Extract<TurnEvent, { type: 'retry' }>, id: string, at: number, emit: Emit): void {
		const lastIndex = this.#items.length - 1;
		const last = this.#items[lastIndex];
		const before = this.#shown?.index === lastIndex ? this.#shown : undefined;
		const words = last?.kind === 'text' && last.state === 'interrupted' ? countWords(last.text) : 0;
		const shown = {
			cause: retryCause(event, words, this.#translate),
			failures: (before?.failures ?? 0) + 1,
			index: before?.index ?? this.#items.length,
			isWaiting: true,
		};
		this.#shown = shown;
		const item = waitingNotice(this.#items[shown.index]?.id ?? id, shown, at + event.delayMs, this.#translate);
		emit({ type: before === undefined ? 'add' : 'set', index: shown.index, item });
	}

	/** The line stays; its countdown and its buttons go. Does nothing when nothing is waited for. */
	end(how: 'tried' | 'givenUp', emit: Emit): void {
		const shown = this.#shown;
		const id = shown === undefined ? undefined : this.#items[shown.index]?.id;
		if (shown === undefined || id === undefined || !shown.isWaiting) {
			return;
		}
		this.#shown = { ...shown, isWaiting: false };
		const item = how === 'tried' ? triedNotice(id, shown, this.#translate) : givenUpNotice(id, shown);
		emit({ type: 'set', index: shown.index, item });
	}
}

function countWords(text: string): number {
	return text.match(/\S+/g)?.length ?? 0;
}
