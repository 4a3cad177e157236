import type { FoundPaths } from '../agent/search.ts';

/** Paths held beyond the limit before they are sorted and cut. */
const SLACK = 1000;

/** Keeps the first paths in sorted order out of any number, without holding or sorting all. */
export class FirstPaths {
	#kept: string[] = [];
	#total = 0;
	/** The last path that can still be among the first. */
	#bound: string | undefined;
	readonly #limit: number;

	/** @param limit how many are kept. */
	constructor(limit: number) {
		this.#limit = limit;
	}

	get total(): number {
		return this.#total;
	}

	add(path: string): void {
		this.#total++;
		if (this.#bound !== undefined && path > this.#bound) {
			return;
		}
		this.#kept.push(path);
		if (this.#kept.length >= this.#limit + SLACK) {
			this.#cut();
			this.#bound = this.#kept.at(-1);
		}
	}

	found(isPartial: boolean): FoundPaths {
		this.#cut();
		return { paths: this.#kept, total: this.#total, isPartial };
	}

	#cut(): void {
		this.#kept.sort();
		this.#kept = this.#kept.slice(0, this.#limit);
	}
}
