/** What turns the cells of one notebook into those of another. */
import { diffLineArrays, type LineRange } from '../../editing/lineDiff.ts';
import type { CellSource, NextCell } from './notebookText.ts';

/** `after` told by the cells of `before`: which of them each cell is, so that it keeps its outputs. */
export function matchCells(before: readonly CellSource[], after: readonly CellSource[]): readonly NextCell[] {
	const next: NextCell[] = after.map(cell => ({ ...cell }));
	const pair = (oldCell: number, newCell: number) => {
		const cell = after[newCell];
		if (cell !== undefined) {
			next[newCell] = { ...cell, from: oldCell };
		}
	};
	let [oldCell, newCell] = [0, 0];
	for (const range of diffLineArrays(before.map(keyOf), after.map(keyOf))) {
		while (oldCell < range.oldStart) {
			pair(oldCell++, newCell++);
		}
		for (const [from, to] of pairsIn(range, before, after)) {
			pair(from, to);
		}
		[oldCell, newCell] = [range.oldEnd, range.newEnd];
	}
	while (newCell < after.length) {
		pair(oldCell++, newCell++);
	}
	return next;
}

function keyOf({ id = '', kind, source }: CellSource): string {
	return `${id} ${kind} ${source}`;
}

/** Cells compared with each other in one run of changed ones; beyond that all are old ones gone and new ones come. */
const MAX_COMPARED = 40_000;

/** The pairs, in order on both sides, that are most alike together. */
function pairsIn(
	{ oldStart, oldEnd, newStart, newEnd }: LineRange,
	before: readonly CellSource[],
	after: readonly CellSource[],
): readonly (readonly [number, number])[] {
	const [rows, columns] = [oldEnd - oldStart, newEnd - newStart];
	if (rows * columns > MAX_COMPARED) {
		return [];
	}
	const alike = (row: number, column: number) => likeness(before[oldStart + row], after[newStart + column]);
	// The most that the cells from each row and column on can reach.
	const best = Array.from({ length: rows + 1 }, () => new Float64Array(columns + 1));
	const at = (row: number, column: number) => best[row]?.[column] ?? 0;
	for (let row = rows - 1; row >= 0; row--) {
		for (let column = columns - 1; column >= 0; column--) {
			const paired = alike(row, column) + at(row + 1, column + 1);
			best[row]?.fill(Math.max(paired, at(row + 1, column), at(row, column + 1)), column, column + 1);
		}
	}
	const pairs: (readonly [number, number])[] = [];
	let [row, column] = [0, 0];
	while (row < rows && column < columns) {
		const value = alike(row, column);
		if (value > 0 && at(row, column) === value + at(row + 1, column + 1)) {
			pairs.push([oldStart + row++, newStart + column++]);
		} else if (at(row, column) === at(row + 1, column)) {
			row++;
		} else {
			column++;
		}
	}
	return pairs;
}

/** 0 for cells that are not the same one: of another kind, or with another id. */
function likeness(before: CellSource | undefined, after: CellSource | undefined): number {
	if (before === undefined || after?.kind !== before.kind) {
		return 0;
	}
	if (before.id !== undefined && after.id !== undefined) {
		return before.id === after.id ? 10 : 0;
	}
	const oldLines = new Set(before.source.split('\n'));
	const newLines = after.source.split('\n');
	const shared = newLines.filter(line => oldLines.has(line)).length;
	// Even with no line in common one may be the other, where there is none that is more like it.
	return 0.1 + shared / Math.max(oldLines.size, newLines.length);
}
