import {
	type Change,
	contentLines,
	countPlaces,
	countPlacesWithGap,
	keptSteps,
	mapSteps,
	oldLines,
	quoteOf,
	type Step,
	spliceStep,
	textOf,
} from '../change.ts';
import { keyOf, textFile } from '../corpus.ts';
import { isSubstantial, nameLike } from '../freshLine.ts';
import type { Random } from '../random.ts';
import { draftOf, drawAnywhere, inGroup, refused } from './drafts.ts';
import { misspelt, reworded } from './slips.ts';

const inexact = inGroup('inexact');
/** Lines shown before and after what is left out. */
const SHOWN = 3;
const MARKERS = ['... existing code ...', '...', '... rest of the code ...', '... unchanged ...'];

export const inexactClasses = [
	inexact('elided-middle-in-both', 'apply', 'absent', (random, corpus) => {
		const elided = drawElided(random, () => drawAnywhere(random, corpus, elidable(random)));
		return elided && draftOf(elided.change, elided.quoted);
	}),
	// The last lines stand in two places after the first ones.
	inexact('elided-middle-ambiguous', 'refuse', 'absent', (random, corpus) => {
		const elided = drawElided(random, () => drawAnywhere(random, corpus, elidable(random)));
		const tail = elided && oldLines(elided.change).slice(-SHOWN);
		if (elided === undefined || tail === undefined) {
			return undefined;
		}
		const lines = contentLines(elided.change);
		const end = elided.change.start + elided.change.count;
		const again = Math.min(lines.length, end + random.int(2, 8));
		return refused({
			...draftOf(elided.change, elided.quoted),
			content: textOf(lines.toSpliced(again, 0, ...tail)),
		});
	}),
	inexact('elided-in-new-only', 'refuse', 'once', (random, corpus) => {
		const elided = drawElided(random, () => drawAnywhere(random, corpus, elidable(random)));
		return (
			elided && refused(draftOf(elided.change, { ...quoteOf(elided.change), newText: quoteOf(elided.quoted).newText }))
		);
	}),
	inexact('comment-misquoted', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus, {
			size: [4, 9],
			accepts: ({ language }) => language.commentStart !== undefined,
		});
		const isComment = (text: string) => change?.file.language.commentStart?.test(text.trim()) === true;
		return (
			change &&
			misquoted(random, change, text =>
				isComment(text) && (text.match(/\p{L}{2,}/gu)?.length ?? 0) >= 4 ? reworded(random, text) : undefined,
			)
		);
	}),
	inexact('identifier-typo-in-context', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { size: [4, 9] });
		return change && misquoted(random, change, text => misspelt(random, text));
	}),
	inexact('context-line-missing', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { size: [5, 10] });
		const at = change && drawBetween(random, change);
		if (change === undefined || at === undefined) {
			return undefined;
		}
		const quoted = spliceStep(change, at, []);
		const left = oldLines(quoted);
		const isClear = left.filter(isSubstantial).length >= 3 && countPlacesWithGap(change.file, left) === 1;
		return isClear ? draftOf(change, quoted) : undefined;
	}),
	inexact('context-line-invented', 'either', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { size: [4, 9] });
		const at = change && drawBetween(random, change);
		const comment = change?.file.language.comment?.(`${nameLike(random, 'word')} ${nameLike(random, 'word')} values`);
		if (change === undefined || at === undefined || comment === undefined) {
			return undefined;
		}
		const indent = change.steps[at]?.text.match(/^\s*/)?.[0] ?? '';
		return draftOf(change, spliceStep(change, at, [{ kind: 'keep', text: indent + comment }], 0));
	}),
	inexact('last-line-cut-in-both', 'apply', 'once', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const { oldText, newText } = change ? quoteOf(change) : { oldText: '', newText: '' };
		const cut = change && drawCut(random, change);
		return cut === undefined
			? undefined
			: change && draftOf(change, { oldText: oldText.slice(0, -cut), newText: newText.slice(0, -cut) });
	}),
	inexact('last-line-cut-in-old-only', 'apply', 'once', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const { oldText, newText } = change ? quoteOf(change) : { oldText: '', newText: '' };
		const cut = change && drawCut(random, change);
		return cut === undefined ? undefined : change && draftOf(change, { oldText: oldText.slice(0, -cut), newText });
	}),
	inexact('context-line-rewrapped', 'either', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { size: [4, 9] });
		const wraps = keptSteps(change ?? { file: textFile('', []), start: 0, count: 0, steps: [] }, text => {
			return text.trim().split(' ').length >= 4;
		});
		if (change === undefined || wraps.length === 0) {
			return undefined;
		}
		const at = random.pick(wraps);
		const text = change.steps[at]?.text ?? '';
		const indent = text.match(/^\s*/)?.[0] ?? '';
		const words = text.trim().split(' ');
		const middle = random.int(1, words.length - 1);
		const parts = [words.slice(0, middle), words.slice(middle)].map(
			part => ({ kind: 'keep', text: indent + part.join(' ') }) as const,
		);
		return parts.every(part => part.text.trim() !== '') ? draftOf(change, spliceStep(change, at, parts)) : undefined;
	}),
];

/** A long block of which only the lines shown are changed, never beside the gap. */
function elidable(random: Random) {
	const isAbove = random.chance(0.5);
	return {
		size: [10, 24],
		shapes: ['replace', 'insert'],
		at: (_: Random, size: number, count: number) => {
			const within = random.int(1, SHOWN - 1 - count);
			return isAbove ? within : size - SHOWN + within;
		},
	} as const;
}

function drawElided(random: Random, draw: () => Change | undefined): { change: Change; quoted: Change } | undefined {
	const change = draw();
	if (change === undefined) {
		return undefined;
	}
	const old = oldLines(change);
	const pieces = [old.slice(0, SHOWN), old.slice(-SHOWN)];
	const isClear = pieces.every(
		piece =>
			piece.every(line => line.trim() !== '') && piece.some(isSubstantial) && countPlaces(change.file, piece) === 1,
	);
	const first = indexOfOld(change.steps, SHOWN);
	const last = indexOfOld(change.steps, old.length - SHOWN);
	if (!isClear || change.steps.slice(first, last).some(({ kind }) => kind !== 'keep')) {
		return undefined;
	}
	const indent = change.steps[first]?.text.match(/^\s*/)?.[0] ?? '';
	const { name, comment, prose } = change.file.language;
	// Three dots alone are a statement or a mark of their own there.
	const hasDots = prose === true || ['py', 'yaml'].includes(name);
	const marker = random.pick(hasDots ? MARKERS.filter(each => each !== '...') : MARKERS);
	const text = indent + (marker === '...' && random.chance(0.5) ? marker : (comment?.(marker) ?? marker));
	return { change, quoted: spliceStep(change, first, [{ kind: 'keep', text }], last - first) };
}

/** Index of the step that holds the old line of this number. */
function indexOfOld(steps: readonly Step[], number: number): number {
	let left = number;
	return steps.findIndex(({ kind }) => kind !== 'add' && left-- === 0);
}

/** The case of a quote in which one kept line is a little wrong, and all others name the place. */
function misquoted(random: Random, change: Change, slip: (text: string) => string | undefined) {
	const at = random.shuffled(keptSteps(change)).find(step => slip(change.steps[step]?.text ?? '') !== undefined);
	const text = at === undefined ? undefined : slip(change.steps[at]?.text ?? '');
	if (at === undefined || text === undefined || change.file.keySet.has(keyOf(text))) {
		return undefined;
	}
	const others = change.steps.flatMap((step, index) =>
		step.kind === 'add' ? [] : [index === at ? undefined : step.text],
	);
	return countPlaces(change.file, others) === 1 && others.filter(line => line && isSubstantial(line)).length >= 2
		? draftOf(
				change,
				mapSteps(change, (old, _, index) => (index === at ? text : old)),
			)
		: undefined;
}

/** A kept line inside the quote with no line put in beside it nor a blank one, so that its place is known. */
function drawBetween(random: Random, change: Change): number | undefined {
	const { steps } = change;
	const inner = keptSteps(change, isSubstantial).filter(at =>
		[steps[at - 1], steps[at + 1]].every(step => step !== undefined && step.kind !== 'add' && step.text.trim() !== ''),
	);
	return inner.length === 0 ? undefined : random.pick(inner);
}

/** How many characters the last line, which is kept, loses; some of it stays, with no space and no part of a number at its end. */
function drawCut(random: Random, change: Change): number | undefined {
	const last = change.steps.at(-1);
	const width = last?.text.trim().length ?? 0;
	if (last?.kind !== 'keep' || width < 10) {
		return undefined;
	}
	const cut = random.int(3, width - 6);
	return /\s|\d/.test(last.text.at(-cut - 1) ?? ' ') ? undefined : cut;
}
