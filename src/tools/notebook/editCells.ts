/** Edits of a notebook by cell, which the model numbers as `read` shows them. */
import { type ApplyResult, apply, type Edit } from '../../editing/index.ts';
import { counted } from '../counted.ts';
import type { CellSource, NextCell } from './notebookText.ts';

export interface CellEdit extends Edit {
	/** From 1. With an empty oldText a new cell comes behind it, so 0 is the place before the first. */
	readonly cell?: number | undefined;
}

export type CellsResult =
	| {
			readonly ok: true;
			readonly cells: readonly NextCell[];
			/** Such as "cell 3, new cell after cell 4". */
			readonly what: string;
	  }
	| { readonly ok: false; readonly reason: string };

/** The line above a cell in what `read` shows; it may begin the text of a new cell and tell its kind. */
const HEAD = /^\[(?:cell(?: (\d+))? (code|markdown|raw)(?: [\w+#-]+)?|(code|markdown|raw))\](?:\r?\n|$)/;

interface Slot {
	cell: NextCell | undefined;
	readonly edits: Edit[];
	/** New cells behind it. */
	readonly added: CellSource[];
}

/**
 * All edits or none. Numbers are those of the cells as given, whatever earlier edits add or remove.
 * @param language of code cells that name none.
 */
export function editCells(cells: readonly CellSource[], edits: readonly CellEdit[], language = 'python'): CellsResult {
	// The first has no cell: it is the place before them.
	const slots: Slot[] = [undefined, ...cells].map((cell, index) => ({
		cell: cell && { ...cell, from: index - 1 },
		edits: [],
		added: [],
	}));
	for (const [index, given] of edits.entries()) {
		const problem = place(slots, withoutHeads(given), cells, language);
		if (problem !== undefined) {
			return refusal(edits.length > 1 ? `Edit ${index + 1} of ${edits.length}: ${problem}` : problem);
		}
	}
	const done: string[] = [];
	for (const [number, slot] of slots.entries()) {
		const result = carryOut(slot, number, language);
		if ('reason' in result) {
			return refusal(`Cell ${number}: ${result.reason}`);
		}
		done.push(...result.done);
	}
	const next = slots.flatMap(({ cell, added }) => [...(cell ? [cell] : []), ...added]);
	return { ok: true, cells: next, what: done.join(', ') };
}

function refusal(reason: string): CellsResult {
	return { ok: false, reason };
}

/** Puts the edit to its cell. Returns the reason against it. */
function place(
	slots: readonly Slot[],
	edit: CellEdit,
	cells: readonly CellSource[],
	language: string,
): string | undefined {
	if (edit.cell === undefined) {
		return placeByText(slots, edit, cells, language);
	}
	const slot = slots[edit.cell];
	if (slot === undefined || (edit.cell === 0 && edit.oldText !== '')) {
		return `there is no cell ${edit.cell}; the notebook has ${counted(cells.length, 'cell')}.`;
	}
	if (edit.oldText !== '') {
		slot.edits.push(edit);
		return undefined;
	}
	const { kind, source } = newCell(edit.newText);
	if (slot.cell?.source === '' && slot.edits.length === 0 && (source === '' || slot.cell.kind === kind)) {
		slot.edits.push({ ...edit, newText: source });
		return undefined;
	}
	if (source === '') {
		return 'oldText and newText are empty; quote what to change.';
	}
	slot.added.push({ kind, source });
	return undefined;
}

function placeByText(
	slots: readonly Slot[],
	edit: CellEdit,
	cells: readonly CellSource[],
	language: string,
): string | undefined {
	if (edit.oldText === '') {
		return `oldText is empty: name the cell, from 0 to ${cells.length}, behind which a new one comes.`;
	}
	const exact = cellsWith(cells, ({ source }) => toLf(source).includes(toLf(edit.oldText)));
	const found = exact.length > 0 ? exact : cellsWith(cells, cell => applyTo(cell, [edit], language).ok);
	if (found.length === 0) {
		return `oldText is in none of the ${counted(cells.length, 'cell')}. Read the notebook again, and name the cell.`;
	}
	if (found.length > 1 && edit.replaceAll !== true) {
		return `oldText is in cells ${found.slice(0, 6).join(', ')}${found.length > 6 ? ', …' : ''}; name the cell.`;
	}
	for (const number of found) {
		slots[number]?.edits.push(edit);
	}
	return undefined;
}

/** By their numbers. */
function cellsWith(cells: readonly CellSource[], isIt: (cell: CellSource) => boolean): readonly number[] {
	return cells.flatMap((cell, index) => (isIt(cell) ? [index + 1] : []));
}

/** Tells what was done, or the reason against the edits of this cell. */
function carryOut(
	slot: Slot,
	number: number,
	language: string,
): { readonly done: readonly string[] } | { readonly reason: string } {
	const { cell, edits, added } = slot;
	const news =
		added.length === 0
			? []
			: [
					`${added.length === 1 ? 'new cell' : `${added.length} new cells`} after ${number === 0 ? 'the beginning' : `cell ${number}`}`,
				];
	if (cell === undefined || edits.length === 0) {
		return { done: news };
	}
	const [only, ...more] = edits;
	if (only?.newText === '' && more.length === 0 && isWhole(only.oldText, cell.source)) {
		slot.cell = undefined;
		return { done: [`cell ${number} removed`, ...news] };
	}
	const result = applyTo(cell, edits, language);
	if (!result.ok) {
		return { reason: result.reason };
	}
	slot.cell = { ...cell, source: result.content };
	return { done: [`cell ${number}`, ...news] };
}

function applyTo(cell: CellSource, edits: readonly Edit[], language: string): ApplyResult {
	return apply({ content: cell.source, edits, path: fileLike(cell, language), exists: true });
}

/** A file's name tells the engine the language. */
function fileLike({ kind, language }: CellSource, usual: string): string {
	const own = (language ?? usual).toLowerCase();
	return kind === 'code' ? `cell.${own === 'python' ? 'py' : own}` : kind === 'markdown' ? 'cell.md' : 'cell.txt';
}

function isWhole(quote: string, source: string): boolean {
	return toLf(quote).replace(/\n$/, '') === toLf(source).replace(/\n$/, '');
}

function newCell(text: string): CellSource {
	const head = HEAD.exec(text);
	const kind = kindOf(head?.[2] ?? head?.[3]);
	return { kind: kind ?? 'code', source: kind === undefined ? text : text.slice(head?.[0].length) };
}

function kindOf(word: string | undefined): CellSource['kind'] | undefined {
	return word === 'code' || word === 'markdown' || word === 'raw' ? word : undefined;
}

/** A quote may begin with the line above the cell: that names the cell. */
function withoutHeads(edit: CellEdit): CellEdit {
	const head = HEAD.exec(edit.oldText);
	const number = Number(head?.[1]);
	if (head === null || !Number.isSafeInteger(number) || (edit.cell ?? number) !== number) {
		return edit;
	}
	const newHead = HEAD.exec(edit.newText);
	return {
		...edit,
		cell: number,
		oldText: edit.oldText.slice(head[0].length),
		newText: newHead?.[1] === head[1] ? edit.newText.slice(newHead?.[0].length) : edit.newText,
	};
}

function toLf(text: string): string {
	return text.replaceAll('\r\n', '\n');
}
