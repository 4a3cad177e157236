/** What the user decided about the agent's edits, as the model is told of it with the next message. */
import type { SessionEvent } from '../events.ts';
import type { DiffHunk } from '../tool.ts';

type Reviewed = Extract<SessionEvent, { type: 'reviewed' }>;

/** Lines of all hunks in one note. */
const MAX_LINES = 60;
const MAX_LINE_LENGTH = 200;

interface FileDecisions {
	readonly rejected: DiffHunk[];
	readonly edited: DiffHunk[];
	isSomeKept: boolean;
}

/** Decisions that were not told yet, by file. */
export class ReviewNotes {
	readonly #files = new Map<string, FileDecisions>();

	add({ path, decision, hunks, edited = [] }: Reviewed): void {
		const decisions = this.#files.get(path) ?? { rejected: [], edited: [], isSomeKept: false };
		this.#files.set(path, decisions);
		if (decision === 'accept') {
			decisions.isSomeKept ||= hunks.length > 0;
			decisions.edited.push(...edited);
		} else {
			decisions.rejected.push(...hunks);
		}
	}

	/** Hands the notes over and forgets them. What was only accepted is as the model knows it, and needs none. */
	take(): readonly string[] {
		const notes: string[] = [];
		for (const [path, { rejected, edited, isSomeKept }] of this.#files) {
			if (rejected.length > 0) {
				const others = isSomeKept ? ' They kept your other edits there.' : '';
				notes.push(noteOf(`The user took back these edits of yours in ${path}.${others}`, rejected));
			}
			if (edited.length > 0) {
				notes.push(noteOf(`The user kept edits of yours in ${path} and changed their lines:`, edited));
			}
		}
		this.#files.clear();
		return notes;
	}
}

function noteOf(said: string, hunks: readonly DiffHunk[]): string {
	const shown: string[] = [];
	let left = MAX_LINES;
	for (const { newStart, lines } of hunks) {
		if (left <= 0) {
			shown.push('…');
			break;
		}
		const fitting = lines.slice(0, left).map(shorten);
		left -= fitting.length;
		shown.push(`@@ line ${newStart}`, ...fitting);
	}
	return `[${said} Read the file again before you edit it.\n${shown.join('\n')}]`;
}

function shorten(line: string): string {
	return line.length > MAX_LINE_LENGTH ? `${line.slice(0, MAX_LINE_LENGTH)}…` : line;
}
