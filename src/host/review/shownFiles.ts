/** The agent's hunks as they stand in the texts of the editor, of all sessions together. */
import { hasMixedLineEnds, splitLines, toLf } from '../../editing/lineEnds.ts';
import { type LineSpan, type PendingEdit, pendingHunks, settle } from '../../editing/pendingEdit.ts';
import type { ReviewHub, SessionFile } from './reviewHub.ts';

/** One hunk, drawn and decided about. */
export interface ShownHunk {
	readonly key: string;
	readonly uri: string;
	readonly sessionId: string;
	readonly revision: number;
	/** Where it starts in the base: its name, see `ReviewRequest`. */
	readonly start: number;
	/** Where it is in the text now. Lines from 0, end exclusive. */
	readonly span: LineSpan;
	/** The lines that stood there, with their ends. */
	readonly removed: readonly string[];
	readonly isTouched: boolean;
	/** It was not only the user who did: an edit of another session under review stands in it as well. */
	readonly isSharedWithOther: boolean;
	/** The agent still writes it. */
	readonly isOpen: boolean;
}

/** A file with all that is under review of it. */
export interface ShownFile {
	readonly key: string;
	readonly uri: string;
	readonly path: string;
	/** The parts of the sessions, oldest first. */
	readonly parts: readonly SessionFile[];
	/** In the order of the text. */
	readonly hunks: readonly ShownHunk[];
	readonly added: number;
	readonly removed: number;
	/** Hunks with lines that the user changed since. */
	readonly touched: number;
	/** What the agents made of the file. */
	readonly kind: 'created' | 'deleted' | 'changed';
	readonly isOpen: boolean;
}

/** A text that an editor holds. */
export interface OpenText {
	/** Another number with every other text of this object. */
	readonly version: number;
	getText(): string;
}

interface Cached {
	readonly text: OpenText | undefined;
	readonly version: number;
	readonly file: ShownFile;
}

/**
 * The files under review with their hunks, worked out when asked for and kept until text or review change. Where no
 * editor holds the file, its text is taken to be as the agent left it.
 */
export class ShownFiles {
	readonly #hub: ReviewHub;
	readonly #openText: (key: string) => OpenText | undefined;
	readonly #cache = new Map<string, Cached>();

	constructor(hub: ReviewHub, openText: (key: string) => OpenText | undefined) {
		this.#hub = hub;
		this.#openText = openText;
	}

	/** Those with hunks left, in the order of the review: a hunk that was undone in the editor is not shown. */
	get files(): readonly ShownFile[] {
		const byKey = new Map<string, SessionFile[]>();
		for (const part of this.#hub.files) {
			const parts = byKey.get(part.key);
			if (parts === undefined) {
				byKey.set(part.key, [part]);
			} else {
				parts.push(part);
			}
		}
		for (const key of this.#cache.keys()) {
			if (!byKey.has(key)) {
				this.#cache.delete(key);
			}
		}
		return [...byKey].map(([key, parts]) => this.#shown(key, parts)).filter(({ hunks }) => hunks.length > 0);
	}

	/** Whether there may be something of it: quick, also while the user types. */
	has(key: string): boolean {
		return this.#hub.files.some(part => part.key === key);
	}

	/** Hunks it had when they were last asked for. */
	lastCount(key: string): number {
		return this.#cache.get(key)?.file.hunks.length ?? 0;
	}

	/** Undefined when nothing of it is under review. */
	at(key: string): ShownFile | undefined {
		const parts = this.#hub.files.filter(part => part.key === key);
		if (parts.length === 0) {
			return undefined;
		}
		const file = this.#shown(key, parts);
		return file.hunks.length > 0 ? file : undefined;
	}

	/** The text of a file without what is under review of it; undefined when nothing is. */
	baseText(key: string): string | undefined {
		const parts = this.#hub.files.filter(part => part.key === key);
		if (parts.length === 0) {
			return undefined;
		}
		const text = this.#openText(key)?.getText() ?? parts.at(-1)?.pending.text;
		return withoutEdits(
			parts.map(({ pending }) => pending),
			text,
		);
	}

	#shown(key: string, parts: readonly SessionFile[]): ShownFile {
		const text = this.#openText(key);
		const version = text?.version ?? 0;
		const cached = this.#cache.get(key);
		if (
			cached !== undefined &&
			cached.text === text &&
			cached.version === version &&
			isSame(cached.file.parts, parts)
		) {
			return cached.file;
		}
		const file = shownFile(key, parts, text?.getText());
		this.#cache.set(key, { text, version, file });
		return file;
	}
}

/** @param openText what an editor holds; undefined when none does. */
function shownFile(key: string, parts: readonly SessionFile[], openText: string | undefined): ShownFile {
	const hunks = withShared(parts.flatMap(part => hunksOf(part, openText))).sort((a, b) => a.span.start - b.span.start);
	const newest = parts.at(-1);
	const isNew = parts.every(({ pending }) => pending.base === undefined);
	return {
		key,
		uri: newest?.uri ?? key,
		path: newest?.path ?? key,
		parts,
		hunks,
		added: sum(hunks, ({ span }) => span.end - span.start),
		removed: sum(hunks, ({ removed }) => removed.length),
		touched: hunks.filter(({ isTouched }) => isTouched).length,
		kind: newest?.pending.text === undefined ? 'deleted' : isNew ? 'created' : 'changed',
		isOpen: parts.some(({ isOpen }) => isOpen),
	};
}

function hunksOf(part: SessionFile, openText: string | undefined): ShownHunk[] {
	const { key, uri, sessionId, revision, isOpen } = part;
	const { pending, now } = comparable(part.pending, openText);
	const base = splitLines(pending.base ?? '');
	return pendingHunks(pending, now).map(hunk => ({
		key,
		uri,
		sessionId,
		revision,
		start: hunk.base.start,
		span: hunk.now,
		removed: base.slice(hunk.base.start, hunk.base.end),
		isTouched: hunk.isTouched,
		isSharedWithOther: false,
		isOpen,
	}));
}

function withShared(hunks: readonly ShownHunk[]): ShownHunk[] {
	return hunks.map(hunk => {
		const isShared = ({ sessionId, span }: ShownHunk) =>
			sessionId !== hunk.sessionId && span.start < hunk.span.end && hunk.span.start < span.end;
		return hunk.isTouched && hunks.some(isShared) ? { ...hunk, isSharedWithOther: true } : hunk;
	});
}

/** An editor has one kind of line end for a whole text: where the file has both, no line would be as the agent left it. */
function comparable(pending: PendingEdit, openText: string | undefined) {
	const { base, text } = pending;
	if (openText === undefined) {
		return { pending, now: text };
	}
	if (!hasMixedLineEnds(text ?? '') && !hasMixedLineEnds(base ?? '')) {
		return { pending, now: openText };
	}
	const uniform = (side: string | undefined) => (side === undefined ? undefined : toLf(side));
	return { pending: { base: uniform(base), text: uniform(text) }, now: toLf(openText) };
}

/** The newest first: an edit of a later session stands on those before. */
function withoutEdits(edits: readonly PendingEdit[], now: string | undefined): string {
	let text = now;
	for (const edit of edits.toReversed()) {
		const side = comparable(edit, text);
		text = settle(side.pending, side.now, () => 'restore').now;
	}
	return text ?? '';
}

function isSame(one: readonly SessionFile[], other: readonly SessionFile[]): boolean {
	return (
		one.length === other.length &&
		one.every((part, index) => {
			const against = other[index];
			return (
				against !== undefined &&
				part.sessionId === against.sessionId &&
				part.revision === against.revision &&
				part.isOpen === against.isOpen &&
				part.pending.base === against.pending.base &&
				part.pending.text === against.pending.text
			);
		})
	);
}

function sum(hunks: readonly ShownHunk[], of: (hunk: ShownHunk) => number): number {
	return hunks.reduce((total, hunk) => total + of(hunk), 0);
}
