/** Changes the cells in the text of a notebook's file; every byte of all else stays. */
import type { NotebookCell } from '../../agent/notebook.ts';
import { diffLineArrays } from '../../editing/lineDiff.ts';
import { splitLines } from '../../editing/lineEnds.ts';
import { itemsOf, memberOf, type Span, skipSpace } from './jsonParts.ts';
import { parseNotebook } from './parseNotebook.ts';

/** A cell as far as it can be written. Its language is named where it is not the notebook's usual one. */
export type CellSource = Pick<NotebookCell, 'id' | 'kind' | 'source' | 'language'>;

/** A cell of the notebook as it is to be. */
export interface NextCell extends CellSource {
	/** Which of the old cells it is, from 0; in rising order. Absent for a new one. */
	readonly from?: number;
}

/** @param json of a notebook that `parseNotebook` takes. */
export function withCells(json: string, next: readonly NextCell[]): string {
	const file = locate(json);
	if (next.length === 0) {
		return splice(json, file.list, '[]');
	}
	const [first, last] = [file.cells[0], file.cells.at(-1)];
	const lead = first === undefined ? file.style.lead : json.slice(file.list.start + 1, first.start);
	const tail = last === undefined ? file.style.tail : json.slice(last.end, file.list.end - 1);
	const items = next.map(
		(cell, index) => (index === 0 ? '' : separator(file, next, index, lead)) + itemText(file, cell),
	);
	return splice(json, file.list, `[${lead}${items.join('')}${tail}]`);
}

interface NotebookParts {
	readonly json: string;
	/** The list of cells, brackets included. */
	readonly list: Span;
	readonly cells: readonly Span[];
	readonly sources: readonly string[];
	readonly style: JsonStyle;
	/** From 4.5 on each cell has one. */
	readonly hasIds: boolean;
	/** Of new cells. */
	readonly ids: Set<string>;
}

interface JsonStyle {
	/** White space before the first cell and after the last. */
	readonly lead: string;
	readonly tail: string;
	/** Of one level; '' for JSON in one line. */
	readonly unit: string;
	readonly lineEnd: string;
}

function locate(json: string): NotebookParts {
	const root = skipSpace(json, 0);
	const list = memberOf(json, root, 'cells') ?? { start: root, end: root };
	const minor = memberOf(json, root, 'nbformat_minor');
	const cells = itemsOf(json, list.start);
	return {
		json,
		list,
		cells,
		sources: parseNotebook(json)?.cells.map(({ source }) => source) ?? [],
		style: styleOf(json, root),
		ids: new Set(),
		hasIds:
			Number(minor && json.slice(minor.start, minor.end)) >= 5 ||
			cells.some(({ start }) => memberOf(json, start, 'id') !== undefined),
	};
}

function styleOf(json: string, root: number): JsonStyle {
	const [, lineEnd, unit] = /^\{[ \t]*(\r?\n)([ \t]*)/.exec(json.slice(root, root + 200)) ?? [];
	return lineEnd === undefined || unit === undefined || unit === ''
		? { lead: '', tail: '', unit: '', lineEnd: '' }
		: { lead: lineEnd + unit.repeat(2), tail: lineEnd + unit, unit, lineEnd };
}

/** What stands between two cells that were neighbours stays; others take what stands before the first. */
function separator({ json, cells }: NotebookParts, next: readonly NextCell[], index: number, lead: string): string {
	const [left, right] = [next[index - 1]?.from, next[index]?.from];
	if (left !== undefined && right === left + 1) {
		return json.slice(cells[left]?.end, cells[right]?.start);
	}
	return `,${lead === '' ? spaceAfterComma(json, cells) : lead}`;
}

function itemText(file: NotebookParts, cell: NextCell): string {
	const span = cell.from === undefined ? undefined : file.cells[cell.from];
	if (span === undefined) {
		return newCellText(file, cell);
	}
	const text = file.json.slice(span.start, span.end);
	const source = memberOf(text, 0, 'source');
	return source === undefined || cell.source === file.sources[cell.from ?? 0]
		? text
		: splice(text, source, sourceText(text, source, cell.source, file.style));
}

/** In the form that the source has, a list of lines or one string; lines that stay keep their spelling. */
function sourceText(cell: string, { start, end }: Span, source: string, style: JsonStyle): string {
	const was = cell.slice(start, end);
	if (!was.startsWith('[')) {
		return JSON.stringify(source);
	}
	const items = itemsOf(was, 0);
	const oldLines = items.map(item => String(JSON.parse(was.slice(item.start, item.end))));
	const newLines = splitLines(source);
	if (newLines.length === 0) {
		return '[]';
	}
	const spelled = newLines.map(line => JSON.stringify(line));
	for (const [oldLine, newLine] of unchanged(oldLines, newLines)) {
		const item = items[oldLine];
		spelled[newLine] = was.slice(item?.start, item?.end);
	}
	const [first, last] = [items[0], items.at(-1)];
	const indent = `${style.lineEnd}${style.unit.repeat(4)}`;
	const lead = first === undefined ? indent : was.slice(1, first.start);
	const tail = last === undefined ? indent.slice(0, indent.length - style.unit.length) : was.slice(last.end, -1);
	return `[${lead}${spelled.join(`,${lead === '' && style.unit === '' ? spaceAfterComma(was, items) : lead}`)}${tail}]`;
}

/** JSON in one line may have a space after each comma. */
function spaceAfterComma(json: string, [first, second]: readonly Span[]): string {
	return first === undefined || second === undefined ? '' : json.slice(json.indexOf(',', first.end) + 1, second.start);
}

/** Lines that are the same on both sides, by their indexes. */
function* unchanged(before: readonly string[], after: readonly string[]): Generator<readonly [number, number]> {
	let [oldLine, newLine] = [0, 0];
	for (const range of [...diffLineArrays(before, after), undefined]) {
		const end = range?.oldStart ?? before.length;
		while (oldLine < end) {
			yield [oldLine++, newLine++];
		}
		oldLine = range?.oldEnd ?? oldLine;
		newLine = range?.newEnd ?? newLine;
	}
}

/** Members in the order in which Jupyter sorts them. */
function newCellText(file: NotebookParts, { id, kind, source, language }: NextCell): string {
	const { unit, lineEnd } = file.style;
	const cell = {
		cell_type: kind,
		...(kind === 'code' && { execution_count: null }),
		...(file.hasIds && { id: id ?? freshId(file, source) }),
		metadata: language === undefined ? {} : { vscode: { languageId: language } },
		...(kind === 'code' && { outputs: [] }),
		source: splitLines(source),
	};
	const text = JSON.stringify(cell, undefined, unit);
	return unit === '' ? text : text.split('\n').join(lineEnd + unit.repeat(2));
}

/** Made of the text alone, so that the same edit worked out twice is the same. */
function freshId({ json, ids }: NotebookParts, source: string): string {
	for (let attempt = ids.size; ; attempt++) {
		// FNV-1a.
		let hash = 2_166_136_261;
		for (const character of `${attempt} ${source}`) {
			hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0;
		}
		const id = hash.toString(16).padStart(8, '0');
		if (!ids.has(id) && !json.includes(`"${id}"`)) {
			ids.add(id);
			return id;
		}
	}
}

function splice(text: string, { start, end }: Span, replacement: string): string {
	return text.slice(0, start) + replacement + text.slice(end);
}
