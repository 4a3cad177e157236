import type { Location } from '../workspace.ts';
import type { DiskState, SeenState } from './diskState.ts';
import { splitPath } from './folderImages.ts';

export interface ChangedFile {
	/** As the tools show it. */
	readonly path: string;
	readonly how: 'changed' | 'created' | 'deleted';
}

/** What commands changed, as far as anybody can tell. */
export interface FoundChanges {
	/** Recorded: they can be taken back. */
	readonly kept: readonly ChangedFile[];
	/** How many of those would be restored in another encoding: the text comes back, not every byte. */
	readonly inexact: number;
	/** Changed too; no earlier text is kept. */
	readonly unkept: readonly ChangedFile[];
	/** How many others changed, about, that are not named. */
	readonly more: number;
	/** Why the earlier texts of some could not be kept, in words. */
	readonly problem?: string;
}

/** A file that is not as it was. */
export interface Difference {
	readonly location: Location;
	readonly before: DiskState;
	readonly after: SeenState;
}

/** New files that are recorded at once. */
const MAX_CREATED = 200;
/** Files without a text that are told by name. */
const MAX_UNKEPT = 200;

/** What one comparison comes to. */
export class Findings {
	readonly #paths = new Set<string>();
	readonly differences: Difference[] = [];
	readonly newFolders = new Set<string>();
	#created = 0;

	get isFull(): boolean {
		return this.#created >= MAX_CREATED;
	}

	add(difference: Difference): void {
		this.#created += difference.before.kind === 'absent' ? 1 : 0;
		this.#paths.add(difference.location.path);
		this.differences.push(difference);
	}

	has(path: string): boolean {
		return this.#paths.has(path);
	}

	isInNewFolder(path: string): boolean {
		for (let { folder } = splitPath(path); folder !== ''; { folder } = splitPath(folder)) {
			if (this.newFolders.has(folder)) {
				return true;
			}
		}
		return false;
	}
}

/** What was found since it was told last. A file has one place in it, by what became of it last. */
export class FoundLog {
	#kept = new Map<string, ChangedFile>();
	#unkept = new Map<string, ChangedFile>();
	readonly #inexact = new Set<string>();
	#more = 0;
	#problem: string | undefined;

	keep(file: ChangedFile, isExact: boolean): void {
		this.#kept.set(file.path, file);
		if (!isExact) {
			this.#inexact.add(file.path);
		}
	}

	name(file: ChangedFile): void {
		if (this.#unkept.has(file.path) || this.#unkept.size < MAX_UNKEPT) {
			this.#unkept.set(file.path, file);
		} else {
			this.#more++;
		}
	}

	addMore(count: number): void {
		this.#more += count;
	}

	fail(problem: string): void {
		this.#problem ??= problem;
	}

	/** Hands over all of it, and begins anew. Undefined when there is nothing. */
	take(): FoundChanges | undefined {
		const found: FoundChanges = {
			kept: [...this.#kept.values()],
			inexact: this.#inexact.size,
			unkept: [...this.#unkept.values()].filter(({ path }) => !this.#kept.has(path)),
			more: this.#more,
			...(this.#problem !== undefined && { problem: this.#problem }),
		};
		this.#kept = new Map();
		this.#unkept = new Map();
		this.#inexact.clear();
		this.#more = 0;
		this.#problem = undefined;
		return found.kept.length + found.unkept.length + found.more > 0 ? found : undefined;
	}
}
