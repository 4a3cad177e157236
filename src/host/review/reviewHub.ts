import type { Review, ReviewedFile, ReviewOutcome, ReviewRequest } from '../../agent/review/review.ts';
import type { Subscription } from '../../agent/session/sessionOptions.ts';

/** A file under review in one of the sessions. */
export interface SessionFile extends ReviewedFile {
	readonly sessionId: string;
	/** The URI as the editor writes it: the same for the same file, whoever wrote it down. */
	readonly key: string;
}

interface Entry {
	readonly review: Review;
	/** Decisions under way: until they are over, the session is needed. */
	deciding: number;
}

/** What all living sessions have under review. Two sessions may have edited one file; each has its own part of it. */
export class ReviewHub {
	readonly #keyOf: (uri: string) => string;
	readonly #entries = new Map<string, Entry>();
	readonly #listeners = new Set<() => void>();
	#files: readonly SessionFile[] | undefined;

	/** @param keyOf writes a URI as the editor does. */
	constructor(keyOf: (uri: string) => string = uri => uri) {
		this.#keyOf = keyOf;
	}

	/** Session by session, each in the order of its first edits. */
	get files(): readonly SessionFile[] {
		this.#files ??= [...this.#entries].flatMap(([sessionId, { review }]) =>
			review.files.map(file => ({ ...file, sessionId, key: this.#keyOf(file.uri) })),
		);
		return this.#files;
	}

	/** Sessions with something under review, or with a decision under way. */
	get pendingSessions(): readonly string[] {
		return [...this.#entries.keys()].filter(id => this.isPending(id));
	}

	isPending(sessionId: string): boolean {
		const entry = this.#entries.get(sessionId);
		return entry !== undefined && (entry.deciding > 0 || entry.review.files.length > 0);
	}

	/** Takes a session's edits in, until the subscription is disposed. */
	add(sessionId: string, review: Review): Subscription {
		const entry: Entry = { review, deciding: 0 };
		this.#entries.set(sessionId, entry);
		const subscription = review.onDidChange(() => this.#changed());
		this.#changed();
		return {
			dispose: () => {
				subscription.dispose();
				if (this.#entries.get(sessionId) === entry) {
					this.#entries.delete(sessionId);
					this.#changed();
				}
			},
		};
	}

	/** Calls back when anything may be another. */
	onDidChange(listener: () => void): Subscription {
		this.#listeners.add(listener);
		return { dispose: () => this.#listeners.delete(listener) };
	}

	/** See `Review.decide`. Resolves with nothing settled when the session is gone. */
	async decide(sessionId: string, request: ReviewRequest): Promise<ReviewOutcome> {
		const entry = this.#entries.get(sessionId);
		if (entry === undefined) {
			return { settled: 0, conflicts: [] };
		}
		entry.deciding++;
		try {
			return await entry.review.decide(request);
		} finally {
			entry.deciding--;
			this.#changed();
		}
	}

	#changed(): void {
		this.#files = undefined;
		for (const listener of [...this.#listeners]) {
			listener();
		}
	}
}
