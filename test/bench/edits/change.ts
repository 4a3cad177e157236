import { keyOf, type TextFile } from './corpus.ts';
import { freshLine, isSubstantial } from './freshLine.ts';
import type { Random } from './random.ts';

/** A line of the place that is changed: kept, taken out, or put in. */
export interface Step {
	readonly kind: 'keep' | 'remove' | 'add';
	readonly text: string;
}

/** A true change of a text by lines, with the lines around it that a model would quote. Classes disturb its quote. */
export interface Change {
	readonly file: TextFile;
	/** Index of the first line that is quoted. */
	readonly start: number;
	/** How many lines of the file its steps stand for. */
	readonly count: number;
	readonly steps: readonly Step[];
}

export type Shape = 'replace' | 'rewrite' | 'insert' | 'remove';

export interface ChangeOptions {
	/** How many lines are quoted; 3 to 9 by default. */
	readonly size?: readonly [least: number, most: number];
	readonly start?: number;
	readonly shapes?: readonly Shape[];
	/** Kept lines before and after what changes, at least; 1 by default. */
	readonly before?: number;
	readonly after?: number;
	/** Where in the block the change is, instead of by chance. */
	readonly at?: (random: Random, size: number, count: number) => number;
}

const SHAPES: readonly Shape[] = ['replace', 'replace', 'rewrite', 'insert', 'insert', 'remove'];
const MAX_WIDTH = 200;
/** Lines that a careful reader may take for a gap in the quote. */
const LOOKS_ELIDED = /^\W*(?:\.\.\.|…)/;

/** A change of real lines, of which the quoted ones stand in one place only whatever is forgiven. */
export function drawChange(random: Random, file: TextFile, options: ChangeOptions = {}): Change | undefined {
	const { before = 1, after = 1, shapes = SHAPES } = options;
	const [least, most] = options.size ?? [3, 9];
	const size = Math.min(random.int(least, most), file.lines.length);
	const start = options.start ?? random.int(0, file.lines.length - size);
	const block = file.lines.slice(start, start + size);
	const shape = random.pick(shapes);
	const count = shape === 'insert' ? 0 : shape === 'replace' ? 1 : random.int(1, 2);
	const room = size - before - after - count;
	if (block.length < size || size < least || room < 0 || !isGoodBlock(block) || countPlaces(file, block) !== 1) {
		return undefined;
	}
	const at = options.at?.(random, size, count) ?? random.int(before, before + room);
	const touched = block.slice(at, at + count);
	if (touched.some(line => !isSubstantial(line) || block.filter(other => keyOf(other) === keyOf(line)).length > 1)) {
		return undefined;
	}
	const added = drawAdded(random, file, { shape, touched, above: block[at - 1], below: block[at] });
	if (added === undefined) {
		return undefined;
	}
	const steps: Step[] = [
		...block.slice(0, at).map(text => ({ kind: 'keep', text }) as const),
		...touched.map(text => ({ kind: 'remove', text }) as const),
		...added.map(text => ({ kind: 'add', text }) as const),
		...block.slice(at + count).map(text => ({ kind: 'keep', text }) as const),
	];
	return { file, start, count: size, steps };
}

export function oldLines({ steps }: Change): string[] {
	return steps.filter(({ kind }) => kind !== 'add').map(({ text }) => text);
}

export function newLines({ steps }: Change): string[] {
	return steps.filter(({ kind }) => kind !== 'remove').map(({ text }) => text);
}

/** The whole text before the change. It follows the steps, so a class may disturb the file by disturbing them. */
export function contentLines(change: Change): string[] {
	return around(change, oldLines(change));
}

/** The whole text after it: the truth. */
export function truthLines(change: Change): string[] {
	return around(change, newLines(change));
}

export function textOf(lines: readonly string[]): string {
	return `${lines.join('\n')}\n`;
}

export function quoteOf(change: Change): { oldText: string; newText: string } {
	return { oldText: oldLines(change).join('\n'), newText: newLines(change).join('\n') };
}

/** The same change with other texts of its lines. */
export function mapSteps(change: Change, map: (text: string, step: Step, at: number) => string): Change {
	return { ...change, steps: change.steps.map((step, at) => ({ ...step, text: map(step.text, step, at) })) };
}

/** The same change with steps at `at` put in the place of `removed` others. */
export function spliceStep(change: Change, at: number, steps: readonly Step[], removed = 1): Change {
	return { ...change, steps: change.steps.toSpliced(at, removed, ...steps) };
}

/** Numbers of the kept lines that pass. */
export function keptSteps(change: Change, accepts: (text: string, at: number) => boolean = () => true): number[] {
	return change.steps.flatMap(({ kind, text }, at) => (kind === 'keep' && accepts(text, at) ? [at] : []));
}

/** In how many places the lines stand in the text, by their keys and without blank lines. `undefined` fits any line. */
export function countPlaces(file: TextFile, lines: readonly (string | undefined)[]): number {
	const keys = lines.flatMap(line => (line === undefined ? [undefined] : line.trim() === '' ? [] : [keyOf(line)]));
	let places = 0;
	for (let from = 0; from + keys.length <= file.keys.length; from++) {
		places += keys.every((key, at) => key === undefined || key === file.keys[from + at]) ? 1 : 0;
	}
	return places;
}

/** In how many places the lines stand if the file may have one line more between them. */
export function countPlacesWithGap(file: TextFile, lines: readonly string[]): number {
	const keys = lines.filter(line => line.trim() !== '').map(keyOf);
	let places = 0;
	for (let from = 0; from + keys.length <= file.keys.length; from++) {
		let at = 0;
		while (at < keys.length && keys[at] === file.keys[from + at]) {
			at++;
		}
		places += at > 0 && keys.slice(at).every((key, rest) => key === file.keys[from + at + 1 + rest]) ? 1 : 0;
	}
	return places;
}

/** Non-overlapping places of an exact text. */
export function countExact(content: string, text: string): number {
	let count = 0;
	for (let from = content.indexOf(text); from !== -1; from = content.indexOf(text, from + 1)) {
		count++;
	}
	return count;
}

function around({ file, start, count }: Change, lines: readonly string[]): string[] {
	return file.lines.toSpliced(start, count, ...lines);
}

function isGoodBlock(block: readonly string[]): boolean {
	return (
		block[0]?.trim() !== '' &&
		block.at(-1)?.trim() !== '' &&
		block.filter(line => line.trim() !== '').length >= Math.min(3, block.length) &&
		block.filter(isSubstantial).length >= Math.min(2, block.length) &&
		block.every(line => line.length <= MAX_WIDTH && line === line.trimEnd() && !LOOKS_ELIDED.test(line))
	);
}

function drawAdded(
	random: Random,
	file: TextFile,
	place: { shape: Shape; touched: readonly string[]; above: string | undefined; below: string | undefined },
): string[] | undefined {
	const { shape, touched } = place;
	if (shape === 'remove') {
		return [];
	}
	const [first] = touched;
	if (shape === 'replace' && first !== undefined) {
		const line = freshLine(random, file, first);
		return line === undefined ? undefined : [line];
	}
	const beside = [first, place.above, place.below].find(line => line !== undefined && line.trim() !== '');
	const indent = beside?.match(/^\s*/)?.[0] ?? '';
	const lines: string[] = [];
	for (let left = random.int(1, shape === 'insert' ? 2 : 3); left > 0; left--) {
		const line = freshLine(random, file, random.pick(file.lines));
		if (line === undefined || line.length > MAX_WIDTH) {
			return undefined;
		}
		const isDeeper = lines.length > 0 && file.language.prose !== true && random.chance(0.3);
		lines.push(`${indent}${isDeeper ? file.unit : ''}${line.trim()}`);
	}
	return new Set(lines.map(keyOf)).size === lines.length ? lines : undefined;
}
