/** Cuts an answer to the region it was asked for, where it repeats lines around the region or the whole file. */
import { isTelling } from './tellingLine.ts';

/** The file, by lines without their ends. */
export interface FileAround {
	readonly before: readonly string[];
	readonly region: readonly string[];
	readonly after: readonly string[];
}

export interface ScopeEnd {
	readonly lines: readonly string[];
	/** So many of all lines given out, from the end, stand behind the region already. */
	readonly surplus: number;
	/** It is the text of more than the region, and nobody can say which part is meant. */
	readonly isMisfit: boolean;
}

/** Repeated lines from which on it is no chance that they stand there twice. */
const MIN_REPEATED = 3;
/** Of the file around the region, in an answer that is the file with other changes. */
const MISFIT_SHARE = 0.6;

/** Lines are held back as long as they may be a repetition of what stands before the region. */
export class AnswerScope {
	readonly #file: FileAround;
	#held: string[] = [];
	/** Lines before the region with which the answer may have begun; undefined once that is decided. */
	#starts: readonly number[] | undefined;
	/** It begins with all of the file before the region: what follows is cut when all of it is there. */
	#isWholeFile = false;
	/** It began with lines from before the region, which were cut. */
	#isEchoCut = false;
	readonly #given: string[] = [];

	constructor(file: FileAround) {
		this.#file = file;
		this.#starts = [...file.before.keys()].filter(start => canBeEcho(file.before, start));
	}

	/** @returns lines of the region. */
	push(lines: readonly string[]): readonly string[] {
		const out = lines.flatMap(line => this.#line(line));
		this.#given.push(...out);
		return out;
	}

	end(): ScopeEnd {
		const rest = this.#held;
		this.#held = [];
		this.#given.push(...rest);
		const surplus = repeatedTail(this.#given, this.#file);
		const isUncut = this.#isWholeFile && surplus === 0 && this.#file.after.some(isTelling);
		return { lines: rest, surplus, isMisfit: isUncut || this.#isChangedBefore(surplus) || this.#isWholeAgain(surplus) };
	}

	#line(line: string): readonly string[] {
		if (this.#isWholeFile) {
			this.#held.push(line);
			return [];
		}
		if (this.#starts === undefined) {
			return [line];
		}
		const { before, region } = this.#file;
		const at = this.#held.length;
		this.#held.push(line);
		const starts = this.#starts.filter(start => isSame(before[start + at], line));
		const done = starts.find(start => start + at + 1 === before.length);
		if (done !== undefined && !this.#held.every((held, index) => isSame(region[index], held))) {
			this.#held = [];
			this.#starts = undefined;
			this.#isWholeFile = done === 0;
			this.#isEchoCut = true;
			return [];
		}
		this.#starts = starts.filter(start => start + at + 1 < before.length);
		if (this.#starts.length > 0) {
			return [];
		}
		this.#starts = undefined;
		return this.#held.splice(0);
	}

	/**
	 * Whether it goes on to the end of the file and begins with another line than the region: it may be the whole file
	 * with a change before the region.
	 */
	#isChangedBefore(surplus: number): boolean {
		const { before, region, after } = this.#file;
		const toEnd = withoutBlankEnd(after).length;
		if (this.#isEchoCut || toEnd === 0 || surplus < toEnd || !before.some(isTelling)) {
			return false;
		}
		const first = this.#given.find(isTelling);
		return first === undefined || first.trim() !== region.find(isTelling)?.trim();
	}

	/** Whether it holds most of the file around the region, which cannot be meant to be there twice. */
	#isWholeAgain(surplus: number): boolean {
		const { before, region, after } = this.#file;
		const own = new Set(region.map(trimmed));
		const around = new Set([...before, ...after].filter(isTelling).map(trimmed));
		for (const line of own) {
			around.delete(line);
		}
		const given = new Set(this.#given.map(trimmed));
		const left = new Set(this.#given.slice(0, this.#given.length - surplus).map(trimmed));
		const repeated = [...around].filter(line => given.has(line));
		return (
			repeated.length >= MIN_REPEATED &&
			repeated.length >= around.size * MISFIT_SHARE &&
			repeated.some(line => left.has(line))
		);
	}
}

/** From the start of the file one line says enough; from anywhere else it takes some. */
function canBeEcho(before: readonly string[], start: number): boolean {
	const lines = before.slice(start);
	return lines.some(isTelling) && (start === 0 || lines.filter(line => line.trim() !== '').length >= MIN_REPEATED);
}

/** How many lines at the end are those that follow the region. */
function repeatedTail(given: readonly string[], { region, after }: FileAround): number {
	const blank = given.length - withoutBlankEnd(given).length;
	const lines = withoutBlankEnd(given);
	const following = withoutBlankEnd(after);
	for (let count = Math.min(lines.length, following.length); count > 0; count--) {
		const tail = lines.slice(lines.length - count);
		if (!tail.every((line, index) => isSame(following[index], line))) {
			continue;
		}
		const isEnough = count === following.length || tail.filter(line => line.trim() !== '').length >= MIN_REPEATED;
		const isOwn = tail.every((line, index) => isSame(region[region.length - count + index], line));
		return isEnough && !isOwn && tail.some(isTelling) ? count + blank : 0;
	}
	return 0;
}

function withoutBlankEnd(lines: readonly string[]): readonly string[] {
	return lines.slice(0, lines.findLastIndex(line => line.trim() !== '') + 1);
}

function isSame(line: string | undefined, other: string): boolean {
	return line !== undefined && line.trimEnd() === other.trimEnd();
}

function trimmed(line: string): string {
	return line.trim();
}
