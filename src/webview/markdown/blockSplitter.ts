/**
 * Cuts Markdown into blocks while it arrives, line by line, so that each part is parsed once. Where it cuts depends on
 * the text alone and never on how the text was chunked: a streamed answer ends as the same blocks as a stored one.
 */

/** Markdown that a parser can read by itself. */
export interface ProseBlock {
	readonly kind: 'prose';
	readonly source: string;
}

/** A fenced block of the top level. Its text is never parsed, however long it gets. */
export interface CodeBlock {
	readonly kind: 'code';
	/** What stands behind the fence: language, file. */
	readonly info: string;
	/** Grows while the block is open; joined it is the code, with a line end behind each whole line. */
	readonly pieces: readonly string[];
	readonly isClosed: boolean;
}

export type Block = ProseBlock | CodeBlock;

/**
 * From here on prose is cut where a new line, list item or table row begins: a tail that is parsed with every frame has
 * to stay short. In UTF-16 units.
 */
const SOFT_LIMIT = 4096;
/** From here on it is cut even inside a line or a list item. */
const HARD_LIMIT = 8192;
/** Rows after which a table is cut: its columns are laid out anew with every row. */
const TABLE_ROWS = 50;
/** A line is judged by this much of it at most, so that a line without end is shown while it comes. */
const HEAD_LENGTH = 1024;

/** Lines that start otherwise are plain text whatever follows, and need not be waited for. */
const MAY_OPEN_BLOCK = /^[\s\d#<`~*+|:-]/;
const FENCE = /^( {0,3})(`{3,}(?=[^`]*$)|~{3,})(.*)$/;
const LIST_ITEM = /^( {0,3})(?:[-*+]|\d{1,9}[.)])(?=([ \t]+)|$)/;
const HEADING = /^( {0,3})#{1,6}(?:[ \t]|$)/;
const TABLE_DELIMITER = /^ {0,3}\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?[ \t]*)?$/;
/** Raw HTML whose end is not a blank line, with what ends it. */
const HTML_SPANS: readonly (readonly [RegExp, RegExp])[] = [
	[/^ {0,3}<!--/, /-->/],
	[/^ {0,3}<(?:script|pre|style|textarea)(?=[\s>]|$)/i, /<\/(?:script|pre|style|textarea)>/i],
];

interface OpenProse {
	readonly kind: 'prose';
	/** Table head repeated in front, when a long table was cut. */
	readonly prefix: string;
	text: string;
	isList: boolean;
	/** Column where the text of the current outermost item begins. */
	itemIndent: number;
	/** Offset of the line that came last. */
	lineStart: number;
	/** Header and delimiter row of the table the last line belongs to. */
	tableHead: string;
	/** Lines behind the head. */
	tableRows: number;
	/** What ends the raw HTML the last line belongs to. */
	htmlEnd: RegExp | undefined;
	endsBlank: boolean;
}

interface OpenCode {
	readonly kind: 'code';
	readonly info: string;
	readonly pieces: string[];
	/** Spaces before the fence, taken off each line. */
	readonly indent: number;
	readonly end: RegExp;
	/** What a line may look like so far and still become the closing fence. */
	readonly mayEnd: RegExp;
	isClosed: boolean;
}

export class BlockSplitter {
	#closed: Block[] = [];
	#open: OpenProse | OpenCode | undefined;
	/** Start of a line that cannot be judged yet. */
	#head = '';
	/** The line's start was judged; its rest goes where the start went. */
	#isInLine = false;
	#afterReturn = false;

	/** Blocks that are finished since the last call, in order. */
	takeClosed(): readonly Block[] {
		return this.#closed.splice(0);
	}

	/**
	 * The block that may still change, with what has come of its next line. Code is handed over as the same growing
	 * object, prose as a fresh one. Undefined between blocks.
	 */
	get open(): Block | undefined {
		const open = this.#open;
		if (open?.kind === 'code') {
			return open;
		}
		const source = open === undefined ? this.#head : open.prefix + open.text + this.#head;
		return source.trim() === '' ? undefined : { kind: 'prose', source };
	}

	append(text: string): void {
		let rest = this.#withoutReturns(text);
		while (rest !== '') {
			const end = rest.indexOf('\n') + 1 || rest.length;
			this.#addToLine(rest.slice(0, end));
			rest = rest.slice(end);
		}
	}

	/** No more text comes: everything is closed. */
	end(): void {
		if (this.#head !== '') {
			this.#judge(this.#head, true);
		}
		this.#close();
	}

	/** Line ends are `\n` from here on. A `\r` at the end of a chunk waits for what follows it. */
	#withoutReturns(text: string): string {
		const whole = this.#afterReturn ? `\r${text}` : text;
		this.#afterReturn = whole.endsWith('\r');
		return (this.#afterReturn ? whole.slice(0, -1) : whole).replace(/\r\n?/g, '\n');
	}

	#addToLine(text: string): void {
		const isWhole = text.endsWith('\n');
		if (this.#isInLine) {
			this.#isInLine = !isWhole;
			return this.#commit(text);
		}
		this.#head += text;
		if (isWhole || this.#canJudge()) {
			const head = this.#head;
			this.#head = '';
			this.#isInLine = !isWhole;
			this.#judge(head, isWhole);
		}
	}

	#canJudge(): boolean {
		if (this.#open?.kind === 'code') {
			return !this.#open.mayEnd.test(this.#head);
		}
		// The end of raw HTML can stand anywhere in its line.
		const isPlain = this.#open?.htmlEnd === undefined && !MAY_OPEN_BLOCK.test(this.#head);
		return isPlain || this.#head.length >= HEAD_LENGTH;
	}

	/** Decides where a line goes. `text` is the line with its end, or what is known of it. */
	#judge(text: string, isWhole: boolean): void {
		this.#head = '';
		const line = (isWhole ? text.replace(/\n$/, '') : text).slice(0, HEAD_LENGTH);
		const open = this.#open;
		if (open?.kind === 'code') {
			if (isWhole && open.end.test(line)) {
				return this.#close();
			}
			const indent = /^ */.exec(line)?.[0].length ?? 0;
			return this.#commit(text.slice(Math.min(indent, open.indent)));
		}
		// Only a whole line can be a fence: a backtick further on would make it text.
		const fence = isWhole && line.length < HEAD_LENGTH ? FENCE.exec(line) : null;
		if (fence !== null && !this.#isInsideBlock(fence[1]?.length ?? 0)) {
			this.#close();
			this.#open = openCode(fence);
			return;
		}
		this.#addProseLine(line, text);
	}

	/** Whether a line with this indentation belongs to the list item or raw HTML above it, whatever it holds. */
	#isInsideBlock(indent: number): boolean {
		const open = this.#open;
		return open?.kind === 'prose' && (open.htmlEnd !== undefined || (open.isList && indent >= open.itemIndent));
	}

	#addProseLine(line: string, text: string): void {
		const isBlank = line.trim() === '';
		const item = LIST_ITEM.exec(line);
		const startsItem = item !== null && !this.#isInsideBlock(item[1]?.length ?? 0);
		if (this.#open?.kind === 'prose' && !isBlank) {
			if (this.#isBoundary(this.#open, line)) {
				this.#close();
			} else if (isPlaceToCut(this.#open, startsItem)) {
				const isRow = !startsItem && !/^ {0,3}>/.test(line);
				const prefix = isRow ? this.#open.tableHead : '';
				this.#close();
				this.#open = openProse(prefix);
			}
		}
		if (this.#open === undefined) {
			if (isBlank) {
				return;
			}
			this.#open = openProse('');
		}
		const open = this.#open;
		if (open.kind !== 'prose') {
			return;
		}
		this.#follow(open, line, isBlank);
		if (startsItem) {
			open.isList = true;
			open.itemIndent = (item?.[0].length ?? 0) + Math.min(item?.[2]?.length ?? 1, 4);
		}
		open.lineStart = open.text.length;
		open.endsBlank = isBlank;
		this.#commit(text);
	}

	/** Whether the line begins a block that needs nothing of what stands above. */
	#isBoundary(open: OpenProse, line: string): boolean {
		if (open.htmlEnd !== undefined) {
			return false;
		}
		const heading = HEADING.exec(line);
		if (heading !== null && !this.#isInsideBlock(heading[1]?.length ?? 0)) {
			return true;
		}
		if (!open.endsBlank) {
			return false;
		}
		return open.isList ? !/^[ \t]/.test(line) && !LIST_ITEM.test(line) : !/^(?: {4}| {0,3}\t)/.test(line);
	}

	/** Keeps track of what the line opens or ends. */
	#follow(open: OpenProse, line: string, isBlank: boolean): void {
		open.tableRows++;
		if (isBlank) {
			open.tableHead = '';
		} else if (open.tableHead === '' && TABLE_DELIMITER.test(line)) {
			const header = open.text.slice(open.lineStart);
			open.tableHead = header.includes('|') && header.length < HEAD_LENGTH ? `${header}${line}\n` : '';
			open.tableRows = 0;
		}
		open.htmlEnd ??= HTML_SPANS.find(([start]) => start.test(line))?.[1];
		if (open.htmlEnd?.test(line)) {
			open.htmlEnd = undefined;
		}
	}

	#commit(text: string): void {
		const open = this.#open;
		if (open === undefined) {
			return;
		}
		if (open.kind === 'code') {
			open.pieces.push(text);
			return;
		}
		open.text += text;
		while (open.text.length >= HARD_LIMIT) {
			const at = cutPlace(open.text);
			this.#closed.push({ kind: 'prose', source: open.prefix + open.text.slice(0, at) });
			open.text = open.text.slice(at);
			open.lineStart = Math.max(0, open.lineStart - at);
			open.tableHead = '';
		}
	}

	#close(): void {
		const open = this.#open;
		this.#open = undefined;
		if (open?.kind === 'code') {
			open.isClosed = true;
			this.#closed.push(open);
		} else if (open !== undefined && open.text.trim() !== '') {
			this.#closed.push({ kind: 'prose', source: open.prefix + open.text });
		}
	}
}

/** Whether a long block may be cut before a line that goes on with it. */
function isPlaceToCut(open: OpenProse, startsItem: boolean): boolean {
	if (open.htmlEnd !== undefined) {
		return false;
	}
	if (open.isList) {
		return startsItem && open.text.length >= SOFT_LIMIT / 2;
	}
	return open.text.length >= SOFT_LIMIT || (open.tableHead !== '' && open.tableRows >= TABLE_ROWS);
}

function openProse(prefix: string): OpenProse {
	return {
		kind: 'prose',
		prefix,
		text: '',
		isList: false,
		itemIndent: 0,
		lineStart: 0,
		tableHead: prefix,
		tableRows: 0,
		htmlEnd: undefined,
		endsBlank: false,
	};
}

function openCode([, indent = '', fence = '', info = '']: RegExpExecArray): OpenCode {
	const mark = fence.startsWith('`') ? '`' : '~';
	return {
		kind: 'code',
		info: info.trim(),
		pieces: [],
		indent: indent.length,
		end: new RegExp(`^ {0,3}${mark}{${fence.length},}[ \\t]*$`),
		mayEnd: new RegExp(`^ {0,3}${mark}*[ \\t]*$`),
		isClosed: false,
	};
}

/** Best place to cut in the first `HARD_LIMIT` units: a line end, a sentence's end, a space, else between characters. */
function cutPlace(text: string): number {
	const window = text.slice(0, HARD_LIMIT);
	for (const mark of ['\n', '. ', ' ']) {
		const at = window.lastIndexOf(mark) + mark.length;
		if (at > HARD_LIMIT / 2) {
			return at;
		}
	}
	const splitsPair = /[\uD800-\uDBFF]$/.test(window);
	return splitsPair ? HARD_LIMIT - 1 : HARD_LIMIT;
}
