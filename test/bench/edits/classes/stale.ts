import {
	type Change,
	contentLines,
	drawChange,
	keptSteps,
	mapSteps,
	quoteOf,
	type Step,
	spliceStep,
	textOf,
	truthLines,
} from '../change.ts';
import { textFile } from '../corpus.ts';
import { freshLine, isSubstantial } from '../freshLine.ts';
import type { Random } from '../random.ts';
import { draftOf, drawAnywhere, inGroup, refused } from './drafts.ts';

const safety = inGroup('safety');

/** The file is no longer what the model was shown. */
export const staleClasses = [
	safety('stale-elsewhere', 'apply', 'once', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const other = change && drawChange(random, change.file);
		if (change === undefined || other === undefined) {
			return undefined;
		}
		const isApart = other.start > change.start + change.count || other.start + other.count < change.start;
		if (!isApart) {
			return undefined;
		}
		const lines = truthLines(other);
		const by = other.start < change.start ? lines.length - change.file.lines.length : 0;
		const moved = { ...change, file: textFile(change.file.path, lines), start: change.start + by };
		return { ...draftOf(moved), base: textOf(contentLines(change)) };
	}),
	safety('typing-next-to-region', 'apply', 'once', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const typed = change && freshLine(random, change.file, random.pick(change.file.lines));
		if (change === undefined || typed === undefined) {
			return undefined;
		}
		const isBefore = random.chance(0.5);
		const at = change.start + (isBefore ? 0 : change.count);
		const lines = change.file.lines.toSpliced(at, 0, typed);
		const moved = { ...change, file: textFile(change.file.path, lines), start: change.start + (isBefore ? 1 : 0) };
		return { ...draftOf(moved), base: textOf(contentLines(change)) };
	}),
	safety('stale-changed-line', 'refuse', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { shapes: ['replace', 'rewrite', 'remove'] });
		const at = change?.steps.findIndex(({ kind }) => kind === 'remove') ?? -1;
		const now = change && freshLine(random, change.file, change.steps[at]?.text ?? '');
		if (change?.steps.every(({ text }) => text !== now) !== true || now === undefined) {
			return undefined;
		}
		const changed = mapSteps(change, (text, _, step) => (step === at ? now : text));
		return refused({ ...draftOf(changed, change), base: textOf(contentLines(change)) });
	}),
	safety('stale-context-line', 'either', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { size: [5, 10] });
		const at = change && drawContext(random, change);
		if (change === undefined || at === undefined) {
			return undefined;
		}
		const now = freshLine(random, change.file, change.steps[at]?.text ?? '');
		if (now === undefined) {
			return undefined;
		}
		const typed: Step = { kind: 'keep', text: now };
		const stale = spliceStep(change, at, [typed], random.chance(0.5) ? 1 : 0);
		return { ...draftOf(stale, quoteOf(change)), base: textOf(contentLines(change)) };
	}),
];

/** A kept line with kept lines on both sides, so that a line typed before it is not beside what changes. */
function drawContext(random: Random, change: Change): number | undefined {
	const calm = keptSteps(change, isSubstantial).filter(at =>
		[at - 1, at + 1].every(beside => change.steps[beside]?.kind === 'keep'),
	);
	return calm.length === 0 ? undefined : random.pick(calm);
}
