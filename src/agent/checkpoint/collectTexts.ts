/** Which texts of a store of sessions can go. */
import { ChangeLog } from '../session/changeLog.ts';
import type { SessionStore, StoredEvent } from '../session/log.ts';

/**
 * Bytes of texts that a workspace may keep, as they lie on disk. Compressed, that is some 200,000 versions of source
 * files; more than that nobody goes back to, and it is little beside what one folder of dependencies takes.
 */
const MAX_STORED_BYTES = 500_000_000;
/** When the cap is passed, so much is left of it, so that it is not passed again at once. */
const LEFT_SHARE = 0.9;
/**
 * A text is put first and named by a session's log after that, so one that was put a short while ago may be named soon.
 * Stores refresh the age of a text that is put again.
 */
export const GRACE_MS = 3_600_000;
/** An age up to which a text that is put again needs no refreshing. */
export const FRESH_MS = GRACE_MS / 2;

export interface CollectOptions {
	readonly maxBytes?: number;
	/** Ends it: what was removed by then is removed. */
	readonly signal?: AbortSignal;
}

export interface CollectedTexts {
	readonly removed: number;
	/** On disk. */
	readonly removedBytes: number;
	readonly leftBytes: number;
}

export interface CollectingStore extends SessionStore {
	/**
	 * Removes the texts that no session names and, above the cap, those of the oldest sessions; never those of edits under
	 * review, and none of a session that is open in any window. Safe at any moment, also beside other windows that write.
	 */
	collectTexts(options?: CollectOptions): Promise<CollectedTexts>;
}

export interface StoredText {
	readonly hash: string;
	/** On disk. */
	readonly bytes: number;
	/** Milliseconds since 1970 of when it was put last. */
	readonly at: number;
}

export interface NamingSession {
	/** Milliseconds since 1970 of its last change. */
	readonly updatedAt: number;
	/** All that may be a hash in its log. Too many do no harm. */
	names(): Promise<ReadonlySet<string>>;
	/** Some window has it open. */
	isOpen(): Promise<boolean>;
	events(): Promise<readonly StoredEvent[]>;
}

/** A store as its collector sees it. */
export interface TextShelf {
	texts(): Promise<readonly StoredText[]>;
	sessions(): Promise<readonly NamingSession[]>;
	/** @returns false when it was put anew within the grace time, and stays. */
	remove(hash: string): Promise<boolean>;
}

/** @param now milliseconds since 1970. */
export async function collectTexts(
	shelf: TextShelf,
	now: number,
	{ maxBytes = MAX_STORED_BYTES, signal }: CollectOptions = {},
): Promise<CollectedTexts> {
	// Before the sessions are read: what is put from here on is not looked at.
	const texts = new Map((await shelf.texts()).map(text => [text.hash, text]));
	const collector = new Collector(shelf, texts, signal);
	if (texts.size > 0) {
		const sessions = [...(await shelf.sessions())].sort((a, b) => a.updatedAt - b.updatedAt);
		const named = await collector.count(sessions);
		await collector.removeUnnamed(named, now);
		if (collector.leftBytes > maxBytes) {
			await collector.removeOldest(sessions, named, maxBytes * LEFT_SHARE);
		}
	}
	const { removed, removedBytes, leftBytes } = collector;
	return { removed, removedBytes, leftBytes };
}

class Collector {
	readonly #shelf: TextShelf;
	readonly #texts: Map<string, StoredText>;
	readonly #signal: AbortSignal | undefined;
	removed = 0;
	removedBytes = 0;
	leftBytes = 0;

	constructor(shelf: TextShelf, texts: Map<string, StoredText>, signal: AbortSignal | undefined) {
		this.#shelf = shelf;
		this.#texts = texts;
		this.#signal = signal;
		for (const { bytes } of texts.values()) {
			this.leftBytes += bytes;
		}
	}

	/** How many sessions name each text. */
	async count(sessions: readonly NamingSession[]): Promise<Map<string, number>> {
		const named = new Map<string, number>();
		for (const session of sessions) {
			this.#signal?.throwIfAborted();
			for (const hash of await session.names()) {
				if (this.#texts.has(hash)) {
					named.set(hash, (named.get(hash) ?? 0) + 1);
				}
			}
		}
		return named;
	}

	async removeUnnamed(named: ReadonlyMap<string, number>, now: number): Promise<void> {
		for (const { hash, at } of [...this.#texts.values()]) {
			if (!named.has(hash) && now - at > GRACE_MS) {
				await this.#remove(hash);
			}
		}
	}

	/** Until no more than so many bytes are left, or nothing that may go. */
	async removeOldest(sessions: readonly NamingSession[], named: Map<string, number>, maxBytes: number): Promise<void> {
		for (const session of sessions) {
			if (this.leftBytes <= maxBytes) {
				return;
			}
			if (await session.isOpen()) {
				continue;
			}
			const pending = pendingTexts(await session.events());
			for (const hash of await session.names()) {
				const others = (named.get(hash) ?? 0) - 1;
				if (pending.has(hash) || others < 0) {
					continue;
				}
				named.set(hash, others);
				if (others === 0 && this.leftBytes > maxBytes) {
					await this.#remove(hash);
				}
			}
		}
	}

	async #remove(hash: string): Promise<void> {
		this.#signal?.throwIfAborted();
		const text = this.#texts.get(hash);
		if (text !== undefined && (await this.#shelf.remove(hash))) {
			this.#texts.delete(hash);
			this.removed++;
			this.removedBytes += text.bytes;
			this.leftBytes -= text.bytes;
		}
	}
}

/** Texts without which a decision about an edit under review could not be carried out. */
function pendingTexts(events: readonly StoredEvent[]): ReadonlySet<string> {
	const changes = new ChangeLog();
	for (const { event } of events) {
		changes.apply(event);
	}
	const hashes = new Set<string>();
	for (const { start, steps } of changes.reviews) {
		for (const hash of [start?.base, start?.text, ...steps.flatMap(({ before, after }) => [before, after])]) {
			if (hash !== undefined) {
				hashes.add(hash);
			}
		}
	}
	return hashes;
}

const HASH = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

/** All in a log's text that may be the hash of a text. By its look alone: so nothing is missed that a newer version wrote. */
export function hashesIn(text: string, found = new Set<string>()): Set<string> {
	for (const [hash] of text.matchAll(HASH)) {
		found.add(hash);
	}
	return found;
}
