/**
 * Makes the difference between a quote and its new text in the file's own lines. Lines that the edit keeps stay as the
 * file has them; lines that it changes are in the file letter for letter; new ones take the file's indentation.
 */
import { type Blanks, reblank, reblankAround } from './blanks.ts';
import { isNewTextLikeQuote, learnIndent, type ToOwnIndent } from './indentation.ts';
import { changedIndents, keptIndents } from './indentTriples.ts';
import { indentOf } from './likeness.ts';
import { mergeLine } from './lineMerge.ts';
import { isBlankLine, type LineTable } from './lineTable.ts';
import { pairLines } from './pairLines.ts';
import { type Cut, cutAtKept, type Segment, type Span, solidOf } from './segments.ts';
import { learnStyle, NO_STYLE, type Style, styleLine } from './style.ts';

/** Where the lines of a quote are. */
export interface LinePlace {
	/** The file's line for each line of the quote that is not blank; −1 for blank ones. */
	readonly ownOf: readonly number[];
	/** Lines of the quote that are known by likeness alone: they may be kept, not changed. */
	readonly unsure: ReadonlySet<number>;
	/** The characters of some lines differ as typography makes them differ. */
	readonly hasOtherCharacters: boolean;
}

export interface Quotation {
	/** Lines of oldText and of newText, without line ends. */
	readonly quoted: readonly string[];
	readonly next: readonly string[];
	readonly path: string;
}

export type Transplant =
	/** Lines `from`..`to` of the file, end exclusive, become `lines`. */
	| { readonly ok: true; readonly from: number; readonly to: number; readonly lines: readonly string[] }
	| { readonly ok: false; readonly reason: string };

const BLANK_LEFT_OUT = 'it leaves out a blank line where it adds lines';
const NOT_THERE = 'a line that it changes is not in the file letter for letter';

const MARKDOWN = /\.(?:md|mdx|markdown)$/i;

class Unclear extends Error {}

export function transplant(table: LineTable, quotation: Quotation, place: LinePlace): Transplant {
	const own = ownSpan(table, quotation.quoted, place);
	const cut = cutAtKept({ ...quotation, ownOf: place.ownOf, ownLine: line => table.line(line) }, own);
	const job = new Job(table, quotation, place, cut);
	const lines: string[] = [];
	try {
		for (const [index, segment] of cut.segments.entries()) {
			append(lines, job.solve(segment));
			const kept = cut.kept[index];
			if (kept !== undefined) {
				lines.push(job.keep(kept.quoted, kept.next, kept.own));
			}
		}
	} catch (error) {
		if (error instanceof Unclear) {
			return { ok: false, reason: error.message };
		}
		throw error;
	}
	return { ok: true, from: own.from, to: own.to, lines };
}

/** The quoted lines, with as many blank lines beside them as the quote has. */
function ownSpan(table: LineTable, quoted: readonly string[], place: LinePlace): Span {
	const own = place.ownOf.filter(line => line >= 0);
	let from = own[0] ?? 0;
	let to = (own.at(-1) ?? -1) + 1;
	for (let at = 0; at < quoted.length && isBlankLine(quoted[at] ?? '') && table.isBlank(from - 1); at++) {
		from--;
	}
	for (let at = quoted.length - 1; at >= 0 && isBlankLine(quoted[at] ?? '') && table.isBlank(to); at--) {
		to++;
	}
	return { from, to };
}

class Job {
	readonly #table: LineTable;
	readonly #quotation: Quotation;
	readonly #place: LinePlace;
	readonly #toOwnIndent: ToOwnIndent;
	/** The new text is indented as the file is, and only the quote is not. */
	readonly #isNewTextRight: boolean;
	readonly #style: Style;
	/** The quote has spaces at the end of lines where the file has none. */
	readonly #hasFalseEnds: boolean;
	/** Lines that the edit takes out, as they are quoted and as the file has them: put in elsewhere they stay as they are. */
	readonly #moved: ReadonlyMap<string, string>;

	constructor(table: LineTable, quotation: Quotation, place: LinePlace, cut: Cut) {
		this.#table = table;
		this.#quotation = quotation;
		this.#place = place;
		const pairs = quotation.quoted.flatMap((quoted, index) => {
			const line = place.ownOf[index] ?? -1;
			return line < 0 ? [] : [{ quoted, own: table.line(line) }];
		});
		const indents = pairs.map(({ quoted, own }) => ({ quoted: indentOf(quoted), own: indentOf(own) }));
		const next = quotation.next.filter(line => !isBlankLine(line)).map(indentOf);
		const depths = {
			...quotation,
			ownOf: place.ownOf,
			ownLine: (line: number) => table.line(line),
		};
		const isAlike = isNewTextLikeQuote(keptIndents(cut, depths), changedIndents(cut, depths), [
			indents.map(pair => pair.quoted),
			indents.map(pair => pair.own),
			next,
		]);
		this.#isNewTextRight = isAlike === false;
		this.#toOwnIndent =
			isAlike === undefined ? () => undefined : isAlike ? learnIndent(indents, next) : indent => indent;
		this.#style = place.hasOtherCharacters ? learnStyle(pairs, table.text, quotation.path) : NO_STYLE;
		this.#moved = this.#linesTakenOut(cut);
		this.#hasFalseEnds =
			pairs.some(({ quoted, own }) => endOf(quoted) !== '' && endOf(own) === '') &&
			!pairs.some(({ quoted, own }) => endOf(own) !== '' && endOf(quoted) === endOf(own));
	}

	/** A line that the edit keeps: the file's, at another depth only where the edit moves it. */
	keep(quoted: number, next: number, own: number): string {
		const line = this.#table.line(own);
		const [was, now] = [indentOf(this.#quoted(quoted)), indentOf(this.#next(next))];
		return was === now && !this.#isNewTextRight ? line : this.#indent(now) + line.trimStart();
	}

	solve({ quoted, next, own }: Segment): readonly string[] {
		const [was, now] = [
			this.#quotation.quoted.slice(quoted.from, quoted.to),
			this.#quotation.next.slice(next.from, next.to),
		];
		const ownLines = this.#ownLines(own);
		const [wasSolid, nowSolid] = [solidOf(was, quoted.from), solidOf(now, next.from)];
		if (wasSolid.length === 0 && nowSolid.length === 0) {
			return reblank(ownLines, was.length, now.length);
		}
		const ownSolid = solidOf(ownLines, own.from);
		if (this.#isThereAlready(ownSolid, nowSolid)) {
			return ownLines;
		}
		return wasSolid.length === 0
			? this.#insert({ was, now, own: ownLines }, ownSolid, next.from)
			: this.#change({ quoted, next, own }, wasSolid, nowSolid);
	}

	/** New text that the file has: the quote alone was wrong. */
	#isThereAlready(ownSolid: readonly number[], nowSolid: readonly number[]): boolean {
		return (
			ownSolid.length === nowSolid.length &&
			ownSolid.length > 0 &&
			ownSolid.every((own, index) => this.#table.line(own).trim() === this.#next(nowSolid[index] ?? -1).trim())
		);
	}

	#insert(blanks: Blanks, ownSolid: readonly number[], nextFrom: number): readonly string[] {
		if (ownSolid.length > 0) {
			throw new Unclear('it leaves out a line of the file where it adds some');
		}
		const around = reblankAround(blanks);
		if (around === undefined) {
			throw new Unclear(BLANK_LEFT_OUT);
		}
		const added = blanks.now.slice(around.lead, blanks.now.length - around.trail);
		return [
			...around.before,
			...added.map((line, at) => this.#added(line, nextFrom + around.lead + at)),
			...around.after,
		];
	}

	#change({ quoted, next, own }: Segment, wasSolid: readonly number[], nowSolid: readonly number[]): readonly string[] {
		const owns = wasSolid.map(line => this.#place.ownOf[line] ?? -1);
		const [first, last] = [owns[0] ?? own.from, owns.at(-1) ?? own.from];
		const middle = this.#ownLines({ from: first, to: last + 1 });
		const isComplete = solidOf(middle, first).length === owns.length;
		if (!isComplete || wasSolid.some(line => this.#place.unsure.has(line))) {
			throw new Unclear(isComplete ? NOT_THERE : 'it leaves out a line of the file among those that it changes');
		}
		const before = this.#ownLines({ from: own.from, to: first });
		const after = this.#ownLines({ from: last + 1, to: own.to });
		const [wasFirst, wasLast] = [wasSolid[0] ?? quoted.from, wasSolid.at(-1) ?? quoted.from];
		const [wasBefore, wasAfter] = [wasFirst - quoted.from, quoted.to - wasLast - 1];
		const [nowFirst, nowLast] = [nowSolid[0], nowSolid.at(-1)];
		if (nowFirst === undefined || nowLast === undefined) {
			return reblank([...before, ...after], wasBefore + wasAfter, next.to - next.from);
		}
		const partners = pairLines(
			wasSolid.map(line => this.#quoted(line)),
			nowSolid.map(line => this.#next(line)),
		);
		const [lastPartner, isLastPaired] = [partners.at(-1), partners.includes(wasSolid.length - 1)];
		if (
			(before.length > wasBefore && partners[0] === undefined && partners.includes(0)) ||
			(after.length > wasAfter && lastPartner === undefined && isLastPaired)
		) {
			throw new Unclear(BLANK_LEFT_OUT);
		}
		return [
			...reblank(before, wasBefore, nowFirst - next.from),
			...this.#rewrite({ from: wasFirst, to: wasLast + 1 }, { from: nowFirst, to: nowLast + 1 }, middle, partners),
			...reblank(after, wasAfter, next.to - nowLast - 1),
		];
	}

	/**
	 * Lines in the place of others; all spans begin and end with a line that is not blank.
	 * @param partners for each solid line of the new text the quote's that it was, both counted from 0.
	 */
	#rewrite(
		quoted: Span,
		next: Span,
		own: readonly string[],
		partners: readonly (number | undefined)[],
	): readonly string[] {
		const was = this.#quotation.quoted.slice(quoted.from, quoted.to);
		const now = this.#quotation.next.slice(next.from, next.to);
		const [wasGaps, ownGaps, nowGaps] = [gapsOf(was), gapsOf(own), gapsOf(now)];
		const [wasSolid, nowSolid] = [solidOf(was, 0), solidOf(now, 0)];
		const ownSolid = solidOf(own, 0);
		const lines: string[] = [];
		const isSameShape = wasGaps.every((gap, index) => gap === ownGaps[index]);
		if (!isSameShape && wasSolid.length !== nowSolid.length) {
			throw new Unclear('it has other blank lines than the file among the lines that it changes');
		}
		for (const [index, line] of nowSolid.entries()) {
			const partner = partners[index];
			const source = partner === undefined ? undefined : { quoted: wasSolid[partner], own: ownSolid[partner] };
			lines.push(
				source?.quoted === undefined || source.own === undefined
					? this.#added(now[line] ?? '', next.from + line)
					: this.#changed(was[source.quoted] ?? '', own[source.own] ?? '', now[line] ?? ''),
			);
			if (index < nowSolid.length - 1) {
				const gap = nowGaps[index] ?? 0;
				const from = ownSolid[index];
				const blanks =
					isSameShape || from === undefined
						? new Array<string>(gap).fill('')
						: reblank(own.slice(from + 1, from + 1 + (ownGaps[index] ?? 0)), wasGaps[index] ?? 0, gap);
				append(lines, blanks);
			}
		}
		return lines;
	}

	#changed(quoted: string, own: string, next: string): string {
		const merged = mergeLine({ quoted: quoted.trim(), own: own.trim(), next: next.trim() }, this.#style);
		if (merged === undefined) {
			throw new Unclear('a line that it changes has other spacing or characters in the file');
		}
		// A line that changes loses what nobody sees at its end, but for Markdown, where two spaces break the line.
		const isKept = endOf(next) === endOf(quoted) && (endOf(next) !== '' || MARKDOWN.test(this.#quotation.path));
		const end = isKept ? endOf(own) : endOf(next);
		const [was, now] = [indentOf(quoted), indentOf(next)];
		return (was === now && !this.#isNewTextRight ? indentOf(own) : this.#indent(now)) + merged + end;
	}

	#added(line: string, number: number): string {
		if (isBlankLine(line)) {
			return '';
		}
		const moved = this.#moved.get(line.trim());
		const text = moved === undefined ? styleLine(line.trimStart(), this.#style) : moved + endOf(line);
		return this.#indent(indentOf(this.#next(number))) + (this.#hasFalseEnds ? text.trimEnd() : text);
	}

	#linesTakenOut({ segments }: Cut): ReadonlyMap<string, string> {
		const moved = new Map<string, string>();
		for (const { quoted } of segments) {
			for (let line = quoted.from; line < quoted.to; line++) {
				const own = this.#place.ownOf[line] ?? -1;
				if (own >= 0 && !this.#place.unsure.has(line)) {
					moved.set(this.#quoted(line).trim(), this.#table.line(own).trim());
				}
			}
		}
		return moved;
	}

	#indent(indent: string): string {
		const own = this.#toOwnIndent(indent);
		if (own === undefined) {
			throw new Unclear('its indentation differs from the file, and that of newText can be meant in two ways');
		}
		return own;
	}

	#quoted(line: number): string {
		return this.#quotation.quoted[line] ?? '';
	}

	#next(line: number): string {
		return this.#quotation.next[line] ?? '';
	}

	#ownLines({ from, to }: Span): string[] {
		const lines: string[] = [];
		for (let line = from; line < to; line++) {
			lines.push(this.#table.line(line));
		}
		return lines;
	}
}

/** White space at the end of a line. */
function endOf(line: string): string {
	return line.slice(line.trimEnd().length);
}

/** How many blank lines stand after each line that is not blank. */
function gapsOf(lines: readonly string[]): number[] {
	const solid = solidOf(lines, 0);
	return solid.map((line, index) => (solid[index + 1] ?? lines.length) - line - 1);
}

function append(lines: string[], more: readonly string[]): void {
	for (const line of more) {
		lines.push(line);
	}
}
