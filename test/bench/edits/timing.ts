import type { ApplyInput } from '../../../src/editing/index.ts';
import { median, type Row } from '../row.ts';
import { type Change, keptSteps, mapSteps, quoteOf, textOf } from './change.ts';
import { drawAnywhere } from './classes/drafts.ts';
import { misspelt } from './classes/slips.ts';
import type { Corpus } from './corpus.ts';
import type { Engine } from './editCase.ts';
import { otherWord } from './freshLine.ts';
import { largeText } from './largeTexts.ts';
import { createRandom, type Random, seedOf } from './random.ts';

interface Size {
	readonly name: string;
	readonly characters: number;
	readonly runs: number;
	/** Milliseconds that half of the edits, and that the slowest may take. */
	readonly median: number;
	readonly worst: number;
}

const SIZES: readonly Size[] = [
	{ name: '1 kB', characters: 1000, runs: 200, median: 1, worst: 20 },
	{ name: '10 kB', characters: 10_000, runs: 200, median: 1, worst: 20 },
	{ name: '100 kB', characters: 100_000, runs: 80, median: 5, worst: 50 },
	{ name: '1 MB', characters: 1_000_000, runs: 40, median: 40, worst: 200 },
	{ name: '5 MB', characters: 5_000_000, runs: 24, median: 200, worst: 600 },
];
const WARM_RUNS = 40;
const KINDS = ['exact', 'indentation', 'absent', 'typo'] as const;

type Kind = (typeof KINDS)[number];

/** Median and worst time of an edit by the size of the file, over quotes that are exact, indented otherwise, absent, misspelt. */
export function timeRows(engine: Engine, plain: Engine, corpus: Corpus, seed: number): Row[] {
	return SIZES.flatMap(size => {
		const sized = { ...corpus, largest: size.characters };
		const drafts = KINDS.flatMap(kind =>
			Array.from({ length: size.runs / KINDS.length }, (_, at) => drawTimed(kind, sized, seedOf(seed, kind, at))),
		);
		for (const draft of drafts.slice(0, WARM_RUNS)) {
			engine(draft);
		}
		const own = drafts.map(draft => timeOf(engine, draft));
		const theirs = drafts.map(draft => timeOf(plain, draft));
		console.log(`   exact engine at ${size.name}: ${median(theirs).toFixed(3)} / ${Math.max(...theirs).toFixed(1)} ms`);
		const row = { peer: 'limit', unit: 'ms', reach: 1 } as const;
		return [
			{ ...row, name: `an edit at ${size.name}, median`, measured: median(own), against: size.median },
			{ ...row, name: `an edit at ${size.name}, worst`, measured: Math.max(...own), against: size.worst },
		];
	});
}

function timeOf(engine: Engine, input: ApplyInput): number {
	const start = performance.now();
	engine(input);
	return performance.now() - start;
}

function drawTimed(kind: Kind, corpus: Corpus, seed: number): ApplyInput {
	const random = createRandom(seed);
	for (;;) {
		const change = drawAnywhere(random, corpus, { size: [4, 9] });
		const quoted = change && disturb(kind, change, random);
		if (change !== undefined && quoted !== undefined) {
			return { content: contentOf(change, corpus), edits: [quoteOf(quoted)], path: change.file.path };
		}
	}
}

function disturb(kind: Kind, change: Change, random: Random): Change | undefined {
	const [chosen] = random.shuffled(keptSteps(change));
	switch (kind) {
		case 'exact':
			return change;
		case 'indentation':
			return mapSteps(change, text => (text === '' ? text : change.file.unit + text));
		case 'absent':
			return mapSteps(change, text => otherWord(random, text) ?? text);
		case 'typo': {
			const text = misspelt(random, change.steps[chosen ?? 0]?.text ?? '');
			return text === undefined ? undefined : mapSteps(change, (old, _, at) => (at === chosen ? text : old));
		}
	}
}

/** The text around the change in the size that is measured: a part of the file, or the file among others. */
function contentOf({ file, start, count }: Change, corpus: Corpus): string {
	let [first, last] = [start, start + count];
	let written = textOf(file.lines.slice(first, last)).length;
	while (written < corpus.largest && (first > 0 || last < file.lines.length)) {
		first = Math.max(0, first - 1);
		last = Math.min(file.lines.length, last + 1);
		written += (file.lines[first]?.length ?? 0) + (file.lines[last - 1]?.length ?? 0) + 2;
	}
	const text = textOf(file.lines.slice(first, last));
	return largeText(corpus, text, Math.max(0, corpus.largest - text.length));
}
