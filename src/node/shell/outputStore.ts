import { type FileHandle, open, rm } from 'node:fs/promises';
import type { OutputExcerpt, OutputPage } from '../../agent/shellPort.ts';
import { ToolError } from '../../agent/toolError.ts';
import { sliceWhole } from '../../tools/limitText.ts';

export interface OutputLimits {
	/** Characters of an excerpt's beginning. */
	readonly headCharacters: number;
	/** Characters of its end. */
	readonly tailCharacters: number;
	/** Bytes held in memory before there is a file. */
	readonly memoryBytes: number;
	/** Bytes kept at most. What comes after is seen in the tail alone. */
	readonly keptBytes: number;
}

export const defaultOutputLimits: OutputLimits = {
	headCharacters: 10_000,
	tailCharacters: 20_000,
	memoryBytes: 128 * 1024,
	keptBytes: 50 * 1024 * 1024,
};

/** Bytes on their way to the disk above which the command has to wait. */
const MAX_PENDING = 1024 * 1024;
/** The share of a page that may be given up to end it at a line's end. */
const LINE_END_SHARE = 0.25;
const GONE = 'The output of this command is not kept any more. Run it again if you need it.';

/**
 * The output of one command: beginning and end in memory for the excerpt, and all of it, up to a limit, to read by page:
 * in memory while it is short, then in a file.
 */
export class OutputStore {
	readonly #path: string;
	readonly #limits: OutputLimits;
	#head = '';
	#isHeadFull = false;
	/** The end, and at times up to as much again before it. */
	#tail = '';
	#bytes = 0;
	#kept = 0;
	/** The kept bytes while there is no file. */
	#memory: Buffer[] | undefined = [];
	#file: FileHandle | undefined;
	/** All writes so far. Never rejects. */
	#writing: Promise<void> = Promise.resolve();
	#written = 0;
	#pending = 0;
	#failure: unknown;
	#isClosed = false;

	/** @param path of the file, in a folder that exists when the output grows long. */
	constructor(path: string, limits: OutputLimits = defaultOutputLimits) {
		this.#path = path;
		this.#limits = limits;
	}

	/** Position behind all text. */
	get end(): number {
		return this.#bytes;
	}

	/** Bytes that can be read: the first ones. */
	get keptBytes(): number {
		return this.#kept;
	}

	append(text: string): void {
		if (text === '') {
			return;
		}
		const bytes = Buffer.from(text, 'utf8');
		this.#remember(text);
		const isWhole = this.#kept === this.#bytes;
		this.#bytes += bytes.length;
		if (isWhole && this.#failure === undefined && !this.#isClosed) {
			this.#keep(bytes.subarray(0, wholeLength(bytes, this.#limits.keptBytes - this.#kept)));
		}
	}

	/** A promise to wait for before more is appended; undefined when there is no need. */
	get backlog(): Promise<void> | undefined {
		return this.#pending > MAX_PENDING ? this.#writing : undefined;
	}

	/** @param openLine what stands behind the appended text and may still change. */
	excerpt(openLine: string): OutputExcerpt {
		const tail = takeEnd(this.#tail, this.#limits.tailCharacters);
		const from = Buffer.byteLength(this.#head);
		const bytes = this.#bytes - from - Buffer.byteLength(tail);
		const shared = { end: this.#bytes, openLine };
		if (bytes === 0) {
			return { head: this.#head + tail, tail: '', ...shared };
		}
		const isLost = this.#kept < from + bytes;
		return { head: this.#head, gap: { from, bytes }, tail, ...shared, ...(isLost && { lostFrom: this.#kept }) };
	}

	/**
	 * What is kept from the position on, or else the tail.
	 * @param openLine gives what stands behind the appended text and may still change.
	 * @throws ToolError when the output is kept no more.
	 */
	async read(from: number, count: number, openLine: () => string): Promise<OutputPage> {
		if (this.#isClosed) {
			throw new ToolError(GONE);
		}
		await this.#writing;
		// Taken together: output goes on while the disk is read.
		const { end, kept, open } = { end: this.#bytes, kept: this.#kept, open: openLine() };
		const place = from < kept ? from : end - Math.min(end - Math.min(from, end), this.#tailBytes());
		const bytes =
			from < kept
				? await this.#readBytes(place, Math.min(count, kept - place))
				: this.#endBytes(end - place).subarray(0, count);
		const last = from < kept ? kept : end;
		const page = place + bytes.length === last ? bytes : bytes.subarray(0, pageLength(bytes));
		const next = place + page.length;
		return {
			text: page.subarray(continuationBytes(page)).toString('utf8'),
			next,
			isEnd: next === end,
			openLine: next === end ? open : '',
			lostBytes: Math.max(0, place - from),
		};
	}

	/** Forgets what was kept, and its file. The excerpt stays. */
	async close(): Promise<void> {
		this.#isClosed = true;
		this.#memory = undefined;
		await this.#writing;
		const file = this.#file;
		this.#file = undefined;
		if (file !== undefined) {
			await file.close();
			await rm(this.#path, { force: true });
		}
	}

	#remember(text: string): void {
		let rest = text;
		if (!this.#isHeadFull) {
			const room = this.#limits.headCharacters - this.#head.length;
			const first = rest.length <= room ? rest : sliceWhole(rest, room);
			this.#isHeadFull = first.length < rest.length;
			this.#head += first;
			rest = rest.slice(first.length);
		}
		const { tailCharacters } = this.#limits;
		this.#tail = rest.length < tailCharacters ? this.#tail + rest : takeEnd(rest, tailCharacters);
		if (this.#tail.length > 2 * tailCharacters) {
			// Flattened: otherwise the engine keeps the whole chain of strings that it was cut from.
			this.#tail = Buffer.from(takeEnd(this.#tail, tailCharacters), 'utf8').toString('utf8');
		}
	}

	/** Bytes of the tail as it is shown. */
	#tailBytes(): number {
		return Buffer.byteLength(takeEnd(this.#tail, this.#limits.tailCharacters));
	}

	#endBytes(count: number): Buffer {
		const tail = Buffer.from(this.#tail, 'utf8');
		return tail.subarray(tail.length - count);
	}

	#keep(bytes: Buffer): void {
		if (bytes.length === 0) {
			return;
		}
		this.#kept += bytes.length;
		if (this.#memory === undefined) {
			this.#write(bytes);
			return;
		}
		this.#memory.push(bytes);
		if (this.#kept > this.#limits.memoryBytes) {
			const all = Buffer.concat(this.#memory);
			this.#memory = undefined;
			this.#write(all);
		}
	}

	#write(bytes: Buffer): void {
		this.#pending += bytes.length;
		this.#writing = this.#writing
			.then(async () => {
				if (this.#failure === undefined) {
					this.#file ??= await open(this.#path, 'wx+', 0o600);
					await this.#file.appendFile(bytes);
					this.#written += bytes.length;
				}
			})
			.catch(error => {
				this.#failure = error;
				// What the disk took can be read on, or else what would have been its first piece.
				if (this.#written === 0) {
					this.#memory = [bytes];
				}
				this.#kept = this.#written || bytes.length;
			})
			.finally(() => {
				this.#pending -= bytes.length;
			});
	}

	async #readBytes(from: number, count: number): Promise<Buffer> {
		if (this.#memory !== undefined) {
			return Buffer.concat(this.#memory).subarray(from, from + count);
		}
		if (this.#file === undefined) {
			throw new ToolError(GONE);
		}
		const buffer = Buffer.alloc(count);
		const { bytesRead } = await this.#file.read(buffer, 0, count, from);
		return buffer.subarray(0, bytesRead);
	}
}

/** The last `length` characters, one less where that would halve a surrogate pair. */
function takeEnd(text: string, length: number): string {
	if (text.length <= length) {
		return text;
	}
	const end = text.slice(text.length - length);
	const first = end.charCodeAt(0);
	return first >= 0xdc00 && first <= 0xdfff ? end.slice(1) : end;
}

/** As many of the first `limit` bytes as are whole characters. */
function wholeLength(bytes: Uint8Array, limit: number): number {
	if (bytes.length <= limit) {
		return bytes.length;
	}
	let length = Math.max(0, limit);
	while (length > 0 && isContinuation(bytes[length])) {
		length--;
	}
	return length;
}

/** Bytes of a page that goes on: whole lines, if the last line end is near enough, else whole characters. */
function pageLength(bytes: Uint8Array): number {
	const lines = bytes.lastIndexOf(0x0a) + 1;
	if (lines > bytes.length * (1 - LINE_END_SHARE)) {
		return lines;
	}
	let start = bytes.length - 1;
	while (start > 0 && isContinuation(bytes[start])) {
		start--;
	}
	// A character that is cut begins the next page.
	const isCut = bytes.length - start < characterLength(bytes[start]);
	return isCut && start > 0 ? start : bytes.length;
}

/** Of a character in UTF-8, by its first byte. */
function characterLength(first = 0): number {
	return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
}

/** Bytes at the beginning that belong to a character before it. */
function continuationBytes(bytes: Uint8Array): number {
	let count = 0;
	while (count < bytes.length && isContinuation(bytes[count])) {
		count++;
	}
	return count;
}

function isContinuation(byte: number | undefined): boolean {
	return byte !== undefined && (byte & 0xc0) === 0x80;
}
