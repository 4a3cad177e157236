import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { LedgerHome, LedgerStore } from '../agent/ledger/ledger.ts';
import { type LedgerRecord, parseLedgerLine } from '../agent/ledger/ledgerRecords.ts';
import { dayOf, monthOf } from '../agent/ledger/ledgerState.ts';
import { isAlive, isCode } from './fileLock.ts';

const MONTH_FILE = /^\d{4}-\d{2}\.jsonl$/;
/** Ends a month: no reader takes what a late writer appends behind it. It names the month that follows. */
const SEAL = /^\{"sealedFor":"(\d{4}-\d{2})"\}$/;
const READ_BYTES = 65_536;
const LINE_FEED = 0x0a;
/** So often a month may end, or a file vanish, between a write and the look at it. */
const MAX_ROUNDS = 6;
/** After so long the process id of an owner belongs to someone else: no request takes a day. */
const SAME_MACHINE_MS = 86_400_000;
/** A process of another machine cannot be looked at; no request takes an hour but in theory. */
const OTHER_MACHINE_MS = 3_600_000;

/**
 * The ledger in a folder that all windows and processes of the user share: one file a month, `2026-11.jsonl`, that is
 * only ever appended to. There is no lock: the system appends each write as a whole (O_APPEND), so the file decides the
 * order, and the seal at its end hands the order on to the next month. The folder need not exist.
 * @param now milliseconds since 1970.
 */
export function openLedgerFolder(folder: string, now: () => number = Date.now): LedgerHome {
	const started = Math.round(performance.timeOrigin);
	return {
		store: new LedgerFiles(folder, now),
		owner: [hostname(), process.pid, started, randomUUID()].join('/'),
		isOwnerAlive(owner, since) {
			const [host, pid, start] = owner.split('/');
			const ageMs = now() - since;
			if (host !== hostname()) {
				return ageMs < OTHER_MACHINE_MS;
			}
			const isThere = Number(pid) === process.pid ? Number(start) === started : isAlive(Number(pid));
			return isThere && ageMs < SAME_MACHINE_MS;
		},
	};
}

class LedgerFiles implements LedgerStore {
	readonly #folder: string;
	readonly #now: () => number;
	readonly #buffer = Buffer.allocUnsafe(READ_BYTES);
	/** Month of the file that is being filled; undefined until the folder was looked at. */
	#month: string | undefined;
	/** How far that file was read: the beginning of a line. */
	#offset = 0;
	#damagedLines = 0;
	/** Read and not handed out yet: an exchange that fails may have read. */
	#news: LedgerRecord[] = [];

	constructor(folder: string, now: () => number) {
		this.#folder = folder;
		this.#now = now;
	}

	get damagedLines(): number {
		return this.#damagedLines;
	}

	async exchange(records: readonly LedgerRecord[]): Promise<readonly LedgerRecord[]> {
		const thisMonth = monthOf(dayOf(this.#now()));
		let month = this.#month ?? (await this.#firstMonth(thisMonth));
		/** Lines that were not read back yet. */
		const missing = new Set(records.map(record => JSON.stringify(record)));
		for (let round = 0; round < MAX_ROUNDS; round++) {
			// A clock that was set back does not open an earlier month again.
			const isOver = month < thisMonth;
			let next = await this.#turn(month, isOver ? [] : [...missing], missing);
			if (isOver && next === undefined) {
				next = await this.#turn(month, [`{"sealedFor":"${thisMonth}"}`], missing);
			}
			if (next === undefined && !isOver && missing.size === 0) {
				this.#month = month;
				return this.#news.splice(0);
			}
			// The next month, or another file in the place of the one we read.
			this.#offset = 0;
			month = next ?? month;
			this.#month = month;
		}
		throw new Error(`What is written to ${this.#folder} cannot be read there.`);
	}

	/** The month before the last that there is, so that its open reservations are known. */
	async #firstMonth(thisMonth: string): Promise<string> {
		const months = (await namesIn(this.#folder)).filter(name => MONTH_FILE.test(name)).sort();
		return (months.at(-2) ?? months.at(-1) ?? thisMonth).slice(0, thisMonth.length);
	}

	/**
	 * Appends lines to a month and reads on to its end.
	 * @param missing loses the lines that were read.
	 * @returns the month that follows, when this one is sealed.
	 */
	async #turn(month: string, lines: readonly string[], missing: Set<string>): Promise<string | undefined> {
		const file = await this.#open(join(this.#folder, `${month}.jsonl`), lines.length > 0);
		if (file === undefined) {
			return undefined;
		}
		try {
			if (lines.length > 0) {
				await append(file, lines);
			}
			return this.#take((await this.#readOn(file)).toString('utf8').split('\n'), month, missing);
		} finally {
			await file.close();
		}
	}

	/** @returns undefined when there is nothing to read. */
	async #open(path: string, isWriting: boolean): Promise<FileHandle | undefined> {
		const flags = isWriting ? 'a+' : 'r';
		try {
			return await open(path, flags, 0o600);
		} catch (error) {
			if (!isCode(error, 'ENOENT')) {
				throw error;
			}
		}
		if (!isWriting) {
			return undefined;
		}
		await mkdir(this.#folder, { recursive: true, mode: 0o700 });
		return open(path, flags, 0o600);
	}

	/** The whole lines that are new. A last one without its end is being written, or torn: the next write ends it. */
	async #readOn(file: FileHandle): Promise<Buffer> {
		const chunks: Buffer[] = [];
		for (let position = this.#offset; ; ) {
			const { bytesRead } = await file.read(this.#buffer, 0, READ_BYTES, position);
			chunks.push(Buffer.from(this.#buffer.subarray(0, bytesRead)));
			position += bytesRead;
			if (bytesRead < READ_BYTES) {
				break;
			}
		}
		const bytes = Buffer.concat(chunks);
		const whole = bytes.subarray(0, bytes.lastIndexOf(LINE_FEED) + 1);
		this.#offset += whole.length;
		return whole;
	}

	#take(lines: readonly string[], month: string, missing: Set<string>): string | undefined {
		for (const line of lines) {
			const next = SEAL.exec(line)?.[1];
			if (next !== undefined && next > month) {
				return next;
			}
			const record = parseLedgerLine(line);
			if (record !== undefined) {
				missing.delete(line);
				this.#news.push(record);
			} else if (line !== '') {
				this.#damagedLines++;
			}
		}
		return undefined;
	}
}

/** One write, so that no other writer comes between. It begins a line: the one before may be torn. */
async function append(file: FileHandle, lines: readonly string[]): Promise<void> {
	const bytes = Buffer.from(`\n${lines.join('\n')}\n`);
	const { bytesWritten } = await file.write(bytes);
	if (bytesWritten < bytes.length) {
		throw new Error('The disk took only a part of what was written.');
	}
}

async function namesIn(folder: string): Promise<readonly string[]> {
	try {
		return await readdir(folder);
	} catch (error) {
		if (isCode(error, 'ENOENT')) {
			return [];
		}
		throw error;
	}
}
