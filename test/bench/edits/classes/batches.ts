import { type Change, contentLines, drawChange, oldLines, quoteOf, textOf, truthLines } from '../change.ts';
import { type TextFile, textFile } from '../corpus.ts';
import type { Draft } from '../editCase.ts';
import type { Random } from '../random.ts';
import { drawAnywhere, inGroup, isForeign, pickFile } from './drafts.ts';

const batches = inGroup('batches');

export const batchClasses = [
	batches('batch-disjoint', 'apply', 'once', (random, corpus) => {
		const file = pickFile(random, corpus);
		const changes = drawApart(random, file, random.int(2, 4));
		return changes && draftOfAll(file, random.shuffled(changes), changes);
	}),
	batches('batch-dependent', 'apply', 'once', (random, corpus) => {
		const first = drawAnywhere(random, corpus, { shapes: ['replace', 'rewrite', 'insert'] });
		if (first === undefined) {
			return undefined;
		}
		const after = textFile(first.file.path, truthLines(first));
		const added = first.start + first.steps.findIndex(({ kind }) => kind === 'add');
		const second = drawChange(random, after, { start: Math.max(0, added - random.int(0, 3)), size: [3, 7] });
		if (second === undefined || second.start > added || second.start + second.count <= added) {
			return undefined;
		}
		return {
			content: textOf(contentLines(first)),
			edits: [quoteOf(first), quoteOf(second)],
			path: first.file.path,
			expected: [textOf(truthLines(second))],
		};
	}),
	batches('batch-same-line-twice', 'refuse', 'once', (random, corpus) => {
		const shapes = ['replace'] as const;
		const first = drawAnywhere(random, corpus, { shapes });
		const second =
			first &&
			drawChange(random, first.file, { shapes, start: Math.max(0, first.start + random.int(-2, 2)), size: [3, 9] });
		const isSame = first && second && removedLine(first) === removedLine(second);
		const isOther =
			first?.steps.find(({ kind }) => kind === 'add')?.text !== second?.steps.find(({ kind }) => kind === 'add')?.text;
		return first && second && isSame && isOther
			? { ...draftOfAll(first.file, [first, second], []), expected: [] }
			: undefined;
	}),
	batches('batch-shared-context', 'apply', 'once', (random, corpus) => {
		const first = drawAnywhere(random, corpus, { size: [3, 6] });
		const second = first && drawChange(random, first.file, { start: first.start + first.count - 1, size: [3, 6] });
		return first && second && draftOfAll(first.file, random.shuffled([first, second]), [first, second]);
	}),
	batches('batch-one-bad', 'refuse', 'any', (random, corpus) => {
		const file = pickFile(random, corpus);
		const changes = drawApart(random, file, random.int(1, 3));
		const foreign = drawAnywhere(random, corpus);
		return changes && foreign && isForeign(oldLines(foreign), file)
			? { ...draftOfAll(file, random.shuffled([...changes, foreign]), []), expected: [] }
			: undefined;
	}),
	batches('batch-first-creates-duplicate', 'either', 'once', (random, corpus) => {
		const file = pickFile(random, corpus);
		const [meant, place] = random.shuffled(drawApart(random, file, 2) ?? []);
		if (meant === undefined || place === undefined) {
			return undefined;
		}
		// The first edit puts a copy of the block that the second means after the first line of its own.
		const copies = oldLines(meant).map(text => ({ kind: 'add', text }) as const);
		const kept = oldLines(place).map(text => ({ kind: 'keep', text }) as const);
		const copying = { ...place, steps: kept.flatMap((step, at) => (at === 0 ? [step, ...copies] : [step])) };
		return draftOfAll(file, [copying, meant], [copying, meant]);
	}),
];

/** Changes of one text that do not touch each other. */
function drawApart(random: Random, file: TextFile, count: number): Change[] | undefined {
	const changes: Change[] = [];
	for (let tries = 0; tries < 8 * count && changes.length < count; tries++) {
		const change = drawChange(random, file);
		const isApart = (other: Change) =>
			change !== undefined && (other.start > change.start + change.count || other.start + other.count < change.start);
		if (change !== undefined && changes.every(isApart)) {
			changes.push(change);
		}
	}
	return changes.length === count ? changes : undefined;
}

/** All changes of one text, quoted in the order of `quoted`. */
function draftOfAll(file: TextFile, quoted: readonly Change[], changes: readonly Change[]): Draft {
	let lines = file.lines;
	// From the end, so that no change moves another. A shared line is kept by both and stands in the later one.
	for (const change of changes.toSorted((a, b) => b.start - a.start)) {
		lines = truthLines({ ...change, file: { ...file, lines } });
	}
	return { content: textOf(file.lines), edits: quoted.map(quoteOf), path: file.path, expected: [textOf(lines)] };
}

/** Index in the file of the first line that a change takes out. */
function removedLine({ start, steps }: Change): number {
	return start + steps.findIndex(({ kind }) => kind === 'remove');
}
