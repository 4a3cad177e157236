import type { SessionEvent } from '../events.ts';
import type { FileDiff, ToolResult } from '../tool.ts';

/** A change of a file that the session made. Hashes name texts of the blob store; absent means there was no file. */
export interface RecordedChange {
	readonly changeId: string;
	readonly callId: string;
	/** As the tools show it. */
	readonly path: string;
	readonly uri: string;
	readonly before?: string;
	readonly after?: string;
	/** Lines, once the call told them. */
	readonly added: number;
	readonly removed: number;
	/** Who made it, when it was no edit of the agent. */
	readonly origin?: 'command' | 'restore';
	/** It is being written bit by bit. */
	readonly isOpen?: true;
}

/** Both sides of what a decision left pending, as hashes of texts; absent means no file. */
export interface PendingSides {
	readonly base?: string;
	readonly text?: string;
}

/** What of a file is under review. */
export interface FileReview {
	readonly uri: string;
	readonly path: string;
	/** Another number whenever any of this may be another. */
	readonly version: number;
	/** What the newest decision left pending. */
	readonly start: PendingSides | undefined;
	/** The edits since that, oldest first, without those that were taken back or kept. */
	readonly steps: readonly RecordedChange[];
}

interface FileEntry {
	path: string;
	version: number;
	start: PendingSides | undefined;
	/** Edits of agents, made or not, oldest first. */
	readonly changeIds: string[];
	/** How many of them came before `start`. */
	startAt: number;
}

/** The changes of a session's files, as a fold over its events: which were made, and which are settled. */
export class ChangeLog {
	readonly #changes = new Map<string, RecordedChange>();
	/** Taken back or kept. */
	readonly #settled = new Set<string>();
	readonly #undone = new Set<string>();
	/** The newest change of each running call. */
	readonly #newest = new Map<string, string>();
	/** By URI, in the order of their first edits. */
	readonly #files = new Map<string, FileEntry>();

	/** Neither taken back nor kept, oldest first. */
	get changes(): readonly RecordedChange[] {
		return [...this.#changes.values()].filter(({ changeId }) => !this.#settled.has(changeId));
	}
	/** The same with those that were taken back or kept. */
	get allChanges(): readonly RecordedChange[] {
		return [...this.#changes.values()];
	}
	/** Every file that an agent edited, in the order of the first edits. */
	get reviews(): readonly FileReview[] {
		return [...this.#files].map(([uri, entry]) => this.#reviewOf(uri, entry));
	}

	/** A change that was neither taken back nor kept. */
	change(changeId: string): RecordedChange | undefined {
		return this.#settled.has(changeId) ? undefined : this.#changes.get(changeId);
	}

	isUndone(changeId: string): boolean {
		return this.#undone.has(changeId);
	}

	review(uri: string): FileReview | undefined {
		const entry = this.#files.get(uri);
		return entry && this.#reviewOf(uri, entry);
	}

	/** The newest change of the call, as long as the call runs: it was recorded, and is perhaps not made yet. */
	newestOf(callId: string): RecordedChange | undefined {
		return this.#changes.get(this.#newest.get(callId) ?? '');
	}

	apply(event: SessionEvent): void {
		switch (event.type) {
			case 'change':
				this.#take(event);
				return;
			case 'toolEnd':
				this.#endCall(event.callId, event.result);
				return;
			case 'turnEnd':
				for (const [callId, changeId] of this.#newest) {
					// What is written bit by bit is ended by a change of its own, which comes after the turn's end.
					if (this.#changes.get(changeId)?.isOpen !== true) {
						this.#newest.delete(callId);
					}
				}
				return;
			case 'undone':
				if (event.conflicts === 0) {
					this.#undone.add(event.changeId);
					this.#settle([event.changeId]);
				}
				return;
			case 'kept':
				this.#settle(event.changeIds);
				return;
			case 'reviewed':
				this.#decide(event);
				return;
			default:
		}
	}

	#take({ type: _, made, ...change }: Extract<SessionEvent, { type: 'change' }>): void {
		const { callId, uri } = change;
		const newest = this.newestOf(callId);
		const previous = newest?.uri === uri ? newest : undefined;
		const isContinued = previous?.isOpen === true && previous.after === change.before;
		const isAnew = made === undefined && previous?.after !== change.before;
		if (previous !== undefined && (previous.isOpen === true || isAnew)) {
			// It is written on, or the tool began anew from another text: then the change before this was never made.
			this.#drop(previous);
		}
		const { before: _before, ...rest } = change;
		const before = isContinued ? previous.before : change.before;
		this.#put({ ...rest, ...(before !== undefined && { before }), ...(made ?? { added: 0, removed: 0 }) });
		if (made === undefined) {
			this.#newest.set(callId, change.changeId);
		}
	}

	/** A tool records a change right before it makes it; so when it fails, its newest change was not made. */
	#endCall(callId: string, { outcome, view }: ToolResult): void {
		const change = this.newestOf(callId);
		this.#newest.delete(callId);
		if (change === undefined) {
			return;
		}
		if (outcome === 'error') {
			this.#drop(change);
		} else if (view?.kind === 'diff') {
			this.#changes.set(change.changeId, { ...change, added: view.added, removed: view.removed });
		} else if (view?.kind === 'diffs') {
			this.#count(callId, view.files);
		}
	}

	#count(callId: string, files: readonly FileDiff[]): void {
		for (const change of this.#changes.values()) {
			const file = change.callId === callId ? files.find(({ path }) => path === change.path) : undefined;
			if (file !== undefined) {
				this.#changes.set(change.changeId, { ...change, added: file.added, removed: file.removed });
			}
		}
	}

	#put(change: RecordedChange): void {
		const { changeId, uri, path, origin } = change;
		this.#changes.set(changeId, change);
		if (origin !== undefined) {
			return;
		}
		const entry = this.#files.get(uri) ?? { path, version: 0, start: undefined, changeIds: [], startAt: 0 };
		entry.path = path;
		entry.version++;
		entry.changeIds.push(changeId);
		this.#files.set(uri, entry);
	}

	#drop({ changeId, uri }: RecordedChange): void {
		this.#changes.delete(changeId);
		const entry = this.#files.get(uri);
		if (entry !== undefined) {
			entry.version++;
		}
	}

	#settle(changeIds: readonly string[]): void {
		const entries = new Set<FileEntry>();
		for (const changeId of changeIds) {
			this.#settled.add(changeId);
			const change = this.#changes.get(changeId);
			const entry = change?.origin === undefined ? this.#files.get(change?.uri ?? '') : undefined;
			if (entry !== undefined) {
				entries.add(entry);
			}
		}
		for (const entry of entries) {
			entry.version++;
			if (!entry.changeIds.some(id => this.#changes.has(id) && !this.#settled.has(id))) {
				entry.start = undefined;
			}
		}
	}

	#decide({ uri, path, base, text }: Extract<SessionEvent, { type: 'reviewed' }>): void {
		const entry = this.#files.get(uri) ?? { path, version: 0, start: undefined, changeIds: [], startAt: 0 };
		this.#files.set(uri, entry);
		entry.version++;
		entry.startAt = entry.changeIds.length;
		if (base !== text) {
			entry.start = { ...(base !== undefined && { base }), ...(text !== undefined && { text }) };
			return;
		}
		entry.start = undefined;
		for (const changeId of entry.changeIds) {
			this.#settled.add(changeId);
		}
	}

	#reviewOf(uri: string, { path, version, start, changeIds, startAt }: FileEntry): FileReview {
		const steps: RecordedChange[] = [];
		for (const changeId of changeIds.slice(startAt)) {
			const change = this.change(changeId);
			if (change !== undefined) {
				steps.push(change);
			}
		}
		return { uri, path, version, start, steps };
	}
}
