import { constants } from 'node:fs';
import { open, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { LocalFiles } from '../agent/search.ts';
import { decoderFor } from '../files/encoding.ts';
import { sliceWhole } from '../tools/limitText.ts';
import { isWritable } from './fileWorkspaceDisk.ts';

const CHUNK_BYTES = 256 * 1024;
/** Opening a pipe that nobody writes to would wait for ever. Windows knows no such flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

export function createLocalFiles(): LocalFiles {
	return { realPath: path => realPath(path), isWritable, readStart, readLines };
}

/** Links followed by hand before a path counts as a loop; the system's own limit is 40. */
const MAX_LINKS = 40;

async function realPath(path: string, links = 0): Promise<string> {
	try {
		return await realpath(path);
	} catch (error) {
		const parent = dirname(path);
		if (!isMissing(error) || parent === path) {
			throw error;
		}
		const realParent = await realPath(parent, links);
		const target = await linkTarget(path);
		if (target === undefined) {
			return join(realParent, basename(path));
		}
		if (links === MAX_LINKS) {
			throw error;
		}
		// A link to nothing yet: who writes to it writes there.
		return realPath(resolve(realParent, target), links + 1);
	}
}

async function linkTarget(path: string): Promise<string | undefined> {
	try {
		return await readlink(path);
	} catch {
		// Not a link, or nothing at all.
		return undefined;
	}
}

function isMissing(error: unknown): boolean {
	return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

const readStart: LocalFiles['readStart'] = async (path, maxBytes, signal) => {
	const file = await open(path, FLAGS);
	try {
		const { size } = await file.stat();
		const bytes = new Uint8Array(Math.min(size, maxBytes));
		let length = 0;
		while (length < bytes.length) {
			signal.throwIfAborted();
			const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
			if (bytesRead === 0) {
				break;
			}
			length += bytesRead;
		}
		return bytes.subarray(0, length);
	} finally {
		await file.close();
	}
};

const readLines: LocalFiles['readLines'] = async (path, range, signal) => {
	const file = await open(path, FLAGS);
	try {
		const buffer = new Uint8Array(CHUNK_BYTES);
		const lines = new LineCollector(range);
		let decode: ReturnType<typeof decoderFor> | undefined;
		for (;;) {
			signal.throwIfAborted();
			const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES);
			const chunk = buffer.subarray(0, bytesRead);
			decode ??= decoderFor(chunk);
			const isEnd = bytesRead === 0;
			if (lines.push(decode(chunk, isEnd)) || isEnd) {
				return lines.result(isEnd);
			}
		}
	} finally {
		await file.close();
	}
};

/** Takes a text in pieces and keeps only the wanted lines, up to a number of characters. */
class LineCollector {
	private readonly lines: string[] = [];
	private line = 1;
	/** Characters of the open line, kept only while it is wanted. */
	private open = '';
	private isOpen = false;
	private kept = 0;
	private readonly range: Parameters<LocalFiles['readLines']>[1];

	constructor(range: Parameters<LocalFiles['readLines']>[1]) {
		this.range = range;
	}

	/** @returns true when no more is wanted. */
	push(text: string): boolean {
		let at = 0;
		while (at < text.length) {
			const newline = text.indexOf('\n', at);
			const end = newline < 0 ? text.length : newline;
			this.isOpen = true;
			if (this.isWanted()) {
				this.open += text.slice(at, Math.min(end, at + this.range.maxCharacters + 1 - this.open.length));
			}
			at = end + 1;
			if (newline >= 0 && !this.closeLine()) {
				return true;
			}
		}
		return false;
	}

	result(isEnd: boolean): { lines: readonly string[]; isEnd: boolean } {
		const isWhole = isEnd && (!this.isOpen || this.closeLine());
		return { lines: this.lines, isEnd: isWhole };
	}

	private isWanted(): boolean {
		return this.line >= this.range.from;
	}

	/** @returns false when no more is wanted. */
	private closeLine(): boolean {
		const { from, count, maxCharacters } = this.range;
		if (this.isWanted()) {
			const text = this.open.endsWith('\r') ? this.open.slice(0, -1) : this.open;
			if (this.lines.length > 0 && this.kept + text.length > maxCharacters) {
				return false;
			}
			this.lines.push(text.length > maxCharacters ? sliceWhole(text, maxCharacters) : text);
			this.kept += text.length;
		}
		this.line++;
		this.open = '';
		this.isOpen = false;
		return this.line < from + count || this.line <= from;
	}
}
