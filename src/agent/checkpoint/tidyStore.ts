import type { Clock } from '../clock.ts';
import type { SessionStore } from '../session/log.ts';
import type { CollectingStore } from './collectTexts.ts';

/** A window that was just opened has other things to do. */
const FIRST_MS = 60_000;
/** After a deletion others may follow. */
const DELETED_MS = 10_000;
/** Characters of new texts after which it is looked again whether the cap is passed. */
const MANY_CHARACTERS = 100_000_000;

export interface TidyOptions {
	readonly clock: Pick<Clock, 'schedule'>;
	/** Takes what kept texts from being collected; it is tried again another time. Must not throw. */
	onProblem(error: unknown): void;
}

/**
 * The store, whose texts are collected in the background: a while after it is opened, when sessions were deleted, and when
 * much was added. Nobody waits for that.
 */
export function tidyStore(store: CollectingStore, { clock, onProblem }: TidyOptions): SessionStore {
	let cancel: (() => void) | undefined;
	let collecting: Promise<void> | undefined;
	let characters = 0;

	const collect = async () => {
		try {
			await store.collectTexts();
		} catch (error) {
			onProblem(error);
		}
	};
	const collectIn = (ms: number) => {
		cancel?.();
		cancel = clock.schedule(ms, () => {
			cancel = undefined;
			characters = 0;
			// One after the other: a deletion while one runs may concern what it had passed already.
			collecting = (collecting ?? Promise.resolve()).then(collect);
		});
	};
	collectIn(FIRST_MS);
	return {
		list: () => store.list(),
		create: sessionId => store.create(sessionId),
		open: (sessionId, options) => store.open(sessionId, options),
		async delete(sessionId) {
			await store.delete(sessionId);
			collectIn(DELETED_MS);
		},
		putBlob(text) {
			characters += text.length;
			if (characters > MANY_CHARACTERS && cancel === undefined) {
				collectIn(DELETED_MS);
			}
			return store.putBlob(text);
		},
		getBlob: hash => store.getBlob(hash),
	};
}
