import type { Review, ReviewedFile, ReviewOutcome, ReviewRequest } from '../../../../src/agent/review/review.ts';
import { ToolError } from '../../../../src/agent/toolError.ts';
import { followEdit, type PendingEdit, settle } from '../../../../src/editing/pendingEdit.ts';

/** Files in memory, and what the user has open of them. */
export type Texts = Map<string, string | undefined>;

/** A session's review that behaves as the real one does, over texts in memory. */
export class MemoryReview implements Review {
	readonly #texts: Texts;
	readonly #edits = new Map<string, { pending: PendingEdit; revision: number; isOpen: boolean }>();
	readonly #listeners = new Set<() => void>();
	#revision = 0;
	/** What the next decision fails with. */
	problem: string | undefined;
	/** Keeps decisions waiting until it settles. */
	gate: Promise<void> = Promise.resolve();

	constructor(texts: Texts) {
		this.#texts = texts;
	}

	get files(): readonly ReviewedFile[] {
		return [...this.#edits].map(([uri, edit]) => ({ uri, path: uri.replace(/^file:\/\/\/w\//, ''), ...edit }));
	}

	onDidChange(listener: () => void) {
		this.#listeners.add(listener);
		return { dispose: () => this.#listeners.delete(listener) };
	}

	async whenReady(): Promise<void> {
		await this.gate;
	}

	/** The agent makes a text of a file. */
	edit(uri: string, after: string | undefined, { isOpen = false } = {}): void {
		const before = this.#texts.get(uri);
		const pending = followEdit(this.#edits.get(uri)?.pending, before, after);
		this.#edits.set(uri, { pending, revision: ++this.#revision, isOpen });
		this.#texts.set(uri, after);
		this.#tell();
	}

	async decide({ uri, decision, hunks, revision }: ReviewRequest): Promise<ReviewOutcome> {
		await this.gate;
		const edit = this.#edits.get(uri);
		if (this.problem !== undefined || edit === undefined || (hunks !== undefined && revision !== edit.revision)) {
			throw new ToolError(this.problem ?? 'The edits have changed meanwhile.');
		}
		let asked = 0;
		const { conflicts, now, ...pending } = settle(edit.pending, this.#texts.get(uri), hunk => {
			if (hunks !== undefined && !hunks.includes(hunk.base.start)) {
				return 'pending';
			}
			asked++;
			return decision;
		});
		this.#texts.set(uri, now);
		if (pending.base === pending.text) {
			this.#edits.delete(uri);
		} else {
			this.#edits.set(uri, { pending, revision: ++this.#revision, isOpen: false });
		}
		this.#tell();
		return { settled: asked - conflicts.length, conflicts: conflicts.map(hunk => hunk.now.start + 1) };
	}

	#tell(): void {
		for (const listener of this.#listeners) {
			listener();
		}
	}
}
