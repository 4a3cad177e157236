/** Brings the new lines of a text in one by one while the old ones make room, so that what is shown does not jump. */
import { diffLineArrays } from '../../editing/lineDiff.ts';
import { isTelling } from './tellingLine.ts';

/** Lines `start`..`end` (from 0, end exclusive) of a region become `lines`. */
export interface LineEdit {
	readonly start: number;
	readonly end: number;
	readonly lines: readonly string[];
}

/** The edits of `from` that make it `to`, in order and apart from each other. Lines are without their ends. */
export function lineEdits(from: readonly string[], to: readonly string[]): readonly LineEdit[] {
	return diffLineArrays(from, to).map(({ oldStart, oldEnd, newStart, newEnd }) => ({
		start: oldStart,
		end: oldEnd,
		lines: to.slice(newStart, newEnd),
	}));
}

/** Where in `to` the lines are that are not in `from`. */
export function newLines(from: readonly string[], to: readonly string[]): readonly Pick<LineEdit, 'start' | 'end'>[] {
	return diffLineArrays(from, to)
		.filter(({ newStart, newEnd }) => newEnd > newStart)
		.map(({ newStart, newEnd }) => ({ start: newStart, end: newEnd }));
}

/**
 * The region at any time: the new lines that came so far, then the old ones that the answer has not passed. How far it
 * is follows from the cheapest way to turn a beginning of the old lines into the new ones. A line that came never
 * changes again, and an old line that went never comes back.
 */
export class StreamEdits {
	readonly #old: readonly string[];
	readonly #new: string[] = [];
	/** Old lines that the answer has passed. */
	#passed = 0;
	/** At `n` the cost of turning the first `n` old lines into the new ones. */
	readonly #costs: number[] = [0];

	/** @param old lines without their ends. */
	constructor(old: readonly string[]) {
		this.#old = old;
		for (const [index, line] of old.entries()) {
			this.#costs.push((this.#costs[index] ?? 0) + removalCost(line));
		}
	}

	/** The region as it is to be shown now. */
	get lines(): readonly string[] {
		return [...this.#new, ...this.#old.slice(this.#passed)];
	}

	/** The new lines alone. */
	get came(): readonly string[] {
		return this.#new;
	}

	push(lines: readonly string[]): void {
		for (const line of lines) {
			this.#pass(line);
			this.#new.push(line);
		}
	}

	#pass(line: string): void {
		const costs = this.#costs;
		const insertion = isTelling(line) ? 2 : 1;
		let before = costs[0] ?? 0;
		costs[0] = before + insertion;
		let best = this.#passed === 0 ? costs[0] : Number.POSITIVE_INFINITY;
		let passed = this.#passed;
		for (const [index, old] of this.#old.entries()) {
			const count = index + 1;
			const above = costs[count] ?? 0;
			const isSame = old === line;
			const cost = Math.min(isSame ? before : above + insertion, (costs[index] ?? 0) + removalCost(old));
			before = above;
			costs[count] = cost;
			// Of two equal ways the one that keeps more, unless a line says that the answer is further.
			const isBetter = cost < best || (cost === best && isSame && isTelling(line));
			if (count >= this.#passed && isBetter) {
				best = cost;
				passed = count;
			}
		}
		this.#passed = passed;
	}
}

/** Half of what an insertion costs: each line that is found again speaks for two that are gone. */
function removalCost(line: string): number {
	return isTelling(line) ? 1 : 0.5;
}
