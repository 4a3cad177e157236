import type { LedgerHome, LedgerStore } from '../agent/ledger/ledger.ts';
import { type LedgerRecord, parseLedgerLine } from '../agent/ledger/ledgerRecords.ts';
import { dayOf, monthOf } from '../agent/ledger/ledgerState.ts';
import type { JournalFiles } from './webJournalFiles.ts';
import type { Locks } from './webLock.ts';

export interface WebLedgerOptions {
	readonly files: JournalFiles;
	/** `navigator.locks`. Without it nothing can be kept: two tabs would write over each other's costs. */
	readonly locks: Locks | undefined;
	/** Tells ledgers of different places apart among the browser's locks: the folder's URI. */
	readonly name: string;
	/** Milliseconds since 1970. */
	readonly now?: () => number;
}

/** Bytes of a file, about: beyond, a new one begins. Each exchange writes one such file. */
const SEGMENT_BYTES = 65_536;
/** A tab cannot see whether another one lives; no request takes an hour but in theory. */
const LONGEST_REQUEST_MS = 3_600_000;

/**
 * The ledger through the editor's file system, which cannot append: a tab reads what is new, and writes the newest file
 * with its records added, while it holds a lock of the browser. Files are `<month>-<segment>-<revision>.jsonl`; each
 * writing of a segment is a revision of its own, so that a crash leaves the one before.
 */
export function openWebLedger({ files, locks, name, now = Date.now }: WebLedgerOptions): LedgerHome {
	const owner = crypto.randomUUID();
	return {
		store: new WebLedger(files, locks, `ledger ${name}`, now),
		owner,
		isOwnerAlive: (other, since) => other === owner || now() - since < LONGEST_REQUEST_MS,
	};
}

/** The files of one segment. */
interface Segment {
	/** `2026-11`. */
	readonly month: string;
	readonly number: number;
	/** Ascending; none for one that is not written yet. */
	readonly revisions: readonly number[];
}

/** A segment with the whole lines of its fullest revision. */
interface ReadSegment extends Segment {
	readonly lines: readonly string[];
}

class WebLedger implements LedgerStore {
	readonly #files: JournalFiles;
	readonly #locks: Locks | undefined;
	readonly #lockName: string;
	readonly #now: () => number;
	/** The newest segment as it was last read or written here; all of it was handed out. */
	#last: ReadSegment | undefined;
	#damagedLines = 0;

	constructor(files: JournalFiles, locks: Locks | undefined, lockName: string, now: () => number) {
		this.#files = files;
		this.#locks = locks;
		this.#lockName = lockName;
		this.#now = now;
	}

	get damagedLines(): number {
		return this.#damagedLines;
	}

	async exchange(records: readonly LedgerRecord[]): Promise<readonly LedgerRecord[]> {
		if (this.#locks === undefined) {
			throw new Error('This browser has no locks, so costs cannot be kept safely.');
		}
		// The editor's promises are awaited within the lock; it is freed by itself when the tab dies.
		return this.#locks.request(this.#lockName, () => this.#exchangeLocked(records));
	}

	async #exchangeLocked(records: readonly LedgerRecord[]): Promise<readonly LedgerRecord[]> {
		const lines: string[] = [];
		let last = this.#last;
		for (const segment of this.#newSegments(segmentsOf(await this.#files.names('')))) {
			const read = { ...segment, lines: await this.#read(segment) };
			lines.push(...read.lines.slice(isSame(read, last) ? last?.lines.length : 0));
			last = read;
		}
		if (records.length > 0) {
			const added = records.map(record => JSON.stringify(record));
			last = await this.#append(last, added);
			lines.push(...added);
		}
		// Not before: after a failure the next exchange hands out the same again.
		this.#last = last;
		return lines.flatMap(line => this.#parse(line));
	}

	/** At first those of the last two months; then what is newer than what was read. */
	#newSegments(segments: readonly Segment[]): readonly Segment[] {
		const last = this.#last;
		if (last === undefined) {
			const months = [...new Set(segments.map(({ month }) => month))];
			const first = months.at(-2) ?? months.at(-1) ?? '';
			return segments.filter(({ month }) => month >= first);
		}
		return segments.filter(segment =>
			isSame(segment, last) ? segment.revisions.at(-1) !== last.revisions.at(-1) : compare(segment, last) > 0,
		);
	}

	/** The whole lines of the newest revision, unless its writing was cut and an older one holds more. */
	async #read(segment: Segment): Promise<readonly string[]> {
		let fullest: readonly string[] = [];
		for (const revision of segment.revisions) {
			const text = new TextDecoder().decode(await this.#files.read(fileOf(segment, revision)));
			const lines = text
				.slice(0, text.lastIndexOf('\n') + 1)
				.split('\n')
				.slice(0, -1);
			fullest = lines.length >= fullest.length ? lines : fullest;
		}
		return fullest;
	}

	async #append(last: ReadSegment | undefined, added: readonly string[]): Promise<ReadSegment> {
		const segment = this.#segmentToFill(last);
		const lines = [...segment.lines, ...added];
		const revision = (segment.revisions.at(-1) ?? 0) + 1;
		await this.#files.write(fileOf(segment, revision), new TextEncoder().encode(`${lines.join('\n')}\n`));
		for (const older of segment.revisions) {
			// One that stays does no harm: it holds nothing that the newer does not.
			await this.#files.remove(fileOf(segment, older)).catch(() => undefined);
		}
		return { ...segment, revisions: [revision], lines };
	}

	#segmentToFill(last: ReadSegment | undefined): ReadSegment {
		const thisMonth = monthOf(dayOf(this.#now()));
		// A clock that was set back does not open an earlier month again.
		if (last === undefined || last.month < thisMonth) {
			return { month: thisMonth, number: 0, revisions: [], lines: [] };
		}
		const length = last.lines.reduce((sum, line) => sum + line.length + 1, 0);
		return length < SEGMENT_BYTES ? last : { month: last.month, number: last.number + 1, revisions: [], lines: [] };
	}

	#parse(line: string): readonly LedgerRecord[] {
		const record = parseLedgerLine(line);
		if (record !== undefined) {
			return [record];
		}
		this.#damagedLines++;
		return [];
	}
}

/** In the order of their lines. */
function segmentsOf(names: readonly string[]): readonly Segment[] {
	const segments = new Map<string, { month: string; number: number; revisions: number[] }>();
	for (const name of names) {
		const match = /^(\d{4}-\d{2})-(\d+)-(\d+)\.jsonl$/.exec(name);
		const [, month, number, revision] = match ?? [];
		if (month !== undefined) {
			const key = `${month}-${number}`;
			const segment = segments.get(key) ?? { month, number: Number(number), revisions: [] };
			segment.revisions.push(Number(revision));
			segment.revisions.sort((a, b) => a - b);
			segments.set(key, segment);
		}
	}
	return [...segments.values()].sort(compare);
}

function fileOf({ month, number }: Segment, revision: number): string {
	return `${month}-${number}-${revision}.jsonl`;
}

function compare(a: Segment, b: Segment): number {
	return a.month === b.month ? a.number - b.number : a.month < b.month ? -1 : 1;
}

function isSame(a: Segment, b: Segment | undefined): boolean {
	return b !== undefined && compare(a, b) === 0;
}
