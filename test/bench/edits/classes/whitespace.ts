import { type Change, keptSteps, mapSteps, quoteOf, spliceStep } from '../change.ts';
import type { Corpus, TextFile } from '../corpus.ts';
import type { Random } from '../random.ts';
import { draftOf, drawAnywhere, inGroup } from './drafts.ts';

const whitespace = inGroup('whitespace');
const byTabs = ({ unit }: TextFile) => unit === '\t';
const bySpaces = (file: TextFile) => !byTabs(file);
const isBlank = (text: string) => text.trim() === '';
const isFull = (text: string) => !isBlank(text);

export const whitespaceClasses = [
	whitespace('trailing-ws-lost', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const chosen = change && new Set(random.shuffled(keptSteps(change)).slice(0, random.int(1, 3)));
		const spaced = change && mapSteps(change, (text, _, at) => `${text}${chosen?.has(at) ? tail(random) : ''}`);
		return change && spaced && draftOf(spaced, change);
	}),
	whitespace('trailing-ws-added', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		if (change === undefined) {
			return undefined;
		}
		const old = change.steps.flatMap(({ kind }, at) => (kind === 'add' ? [] : [at]));
		const chosen = new Set(random.shuffled(old).slice(0, random.int(1, 3)));
		const spaced = mapSteps(change, (text, _, at) => `${text}${chosen.has(at) ? tail(random) : ''}`);
		const isInBoth = random.chance(0.7);
		return draftOf(change, { ...quoteOf(spaced), newText: quoteOf(isInBoth ? spaced : change).newText });
	}),
	whitespace('indent-fewer', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const fewer = change && shifted(change, -drawDepth(random, change));
		return fewer && draftOf(change, fewer);
	}),
	whitespace('indent-more', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const more = change && shifted(change, random.int(1, 2));
		return more && draftOf(change, more);
	}),
	// The quote is a whole line but for its indentation, and the new lines are as flat as it.
	whitespace('indent-fewer-one-line', 'apply', 'once', (random, corpus) => {
		const before = random.int(0, 1);
		const change = drawAnywhere(random, corpus, { size: [1, 1], shapes: ['insert'], before, after: 1 - before });
		const width = change ? Math.min(...change.steps.map(({ text }) => text.length - text.trimStart().length)) : 0;
		return change && width > 0
			? draftOf(
					change,
					mapSteps(change, text => text.slice(width)),
				)
			: undefined;
	}),
	whitespace('indent-first-line-lost', 'apply', 'once', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { before: random.int(0, 1) });
		const { oldText = '', newText = '' } = change ? quoteOf(change) : {};
		const indent = oldText.match(/^\s+/)?.[0];
		return change && indent !== undefined && newText.match(/^\s+/)?.[0] === indent
			? draftOf(change, { oldText: oldText.trimStart(), newText: newText.trimStart() })
			: undefined;
	}),
	whitespace('indent-first-line-lost-in-old-only', 'apply', 'once', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { before: random.int(0, 1) });
		const { oldText = '', newText = '' } = change ? quoteOf(change) : {};
		const indent = oldText.match(/^\s+/)?.[0];
		return change && indent !== undefined && newText.startsWith(indent)
			? draftOf(change, { oldText: oldText.trimStart(), newText })
			: undefined;
	}),
	whitespace('indent-wrong-in-old-only', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const wrong = change && shifted(change, random.chance(0.6) ? -drawDepth(random, change) : random.int(1, 2));
		return wrong && draftOf(change, { oldText: quoteOf(wrong).oldText, newText: quoteOf(change).newText });
	}),
	whitespace('indent-jitter-on-context', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { size: [4, 9], accepts: bySpaces });
		const kept = change ? keptSteps(change, isFull) : [];
		if (change === undefined || kept.length < 3) {
			return undefined;
		}
		const chosen = random.pick(kept);
		const isMore = random.chance(0.5);
		const jittered = mapSteps(change, (text, _, at) =>
			at !== chosen ? text : isMore ? ` ${text}` : text.replace(/^ /, ''),
		);
		return draftOf(change, jittered);
	}),
	whitespace('tabs-as-spaces', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { accepts: byTabs });
		const spaces = ' '.repeat(random.pick([2, 4, 4, 8]));
		return change && draftOf(change, retabbed(change, spaces));
	}),
	whitespace('tabs-as-spaces-in-old-only', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { accepts: byTabs });
		const spaces = ' '.repeat(random.pick([2, 4, 4, 8]));
		return change && draftOf(change, { ...quoteOf(change), oldText: quoteOf(retabbed(change, spaces)).oldText });
	}),
	whitespace('spaces-as-tabs', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { accepts: bySpaces });
		return change && draftOf(change, retabbed(change, '\t'));
	}),
	whitespace('inner-spacing-collapsed', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const chosen = change && new Set(random.shuffled(keptSteps(change)).slice(0, random.int(1, 3)));
		const aligned = change && mapSteps(change, (text, _, at) => (chosen?.has(at) ? aligning(random, text) : text));
		const collapsed =
			aligned &&
			mapSteps(aligned, (text, { kind }, at) =>
				kind === 'keep' ? text.replace(/(?<=\S) {2,}(?=\S)/g, ' ') : (change.steps[at]?.text ?? text),
			);
		return aligned && draftOf(aligned, collapsed);
	}),
	whitespace('blank-lines-around', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const before = '\n'.repeat(random.int(0, 2));
		const after = '\n'.repeat(random.int(0, 2));
		const { oldText, newText } = change ? quoteOf(change) : { oldText: '', newText: '' };
		return change && draftOf(change, { oldText: before + oldText + after, newText: before + newText + after });
	}),
	whitespace('blank-line-missing', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { size: [5, 10] });
		const at = change && drawCalm(random, change, isBlank);
		return at === undefined ? undefined : change && draftOf(change, spliceStep(change, at, []));
	}),
	whitespace('blank-line-added', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { size: [4, 9] });
		const at = change && drawCalm(random, change, isFull);
		return at === undefined
			? undefined
			: change && draftOf(change, spliceStep(change, at, [{ kind: 'keep', text: '' }], 0));
	}),
	// Two slips at once, as they come.
	whitespace('indent-fewer-and-trailing-ws', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const fewer = change && shifted(change, -drawDepth(random, change));
		const [chosen] = change ? random.shuffled(keptSteps(change, isFull)) : [];
		const spaced = change && mapSteps(change, (text, _, at) => `${text}${at === chosen ? tail(random) : ''}`);
		return spaced && fewer && draftOf(spaced, fewer);
	}),
];

function tail(random: Random): string {
	return random.pick([' ', '  ', '    ', '\t']);
}

/** How many steps of indentation all lines of the change have at least, or fewer by chance; 0 where one has none. */
function drawDepth(random: Random, { steps, file }: Change): number {
	const depths = steps
		.filter(({ text }) => isFull(text))
		.map(({ text }) => {
			let depth = 0;
			while (text.startsWith(file.unit, depth * file.unit.length)) {
				depth++;
			}
			return depth;
		});
	const most = Math.min(...depths);
	return most > 1 && random.chance(0.4) ? random.int(1, most) : most;
}

/** All lines deeper or, below 0, less deep. */
function shifted(change: Change, by: number): Change | undefined {
	const { unit } = change.file;
	return by === 0
		? undefined
		: mapSteps(change, text =>
				isBlank(text) ? text : by > 0 ? unit.repeat(by) + text : text.slice(-by * unit.length),
			);
}

/** The indentation in another unit; what is left of a step stays spaces. */
function retabbed(change: Change, unit: string): Change {
	return mapSteps(change, text => {
		const indent = text.match(/^[\t ]*/)?.[0] ?? '';
		return indent.replaceAll(change.file.unit, unit) + text.slice(indent.length);
	});
}

/** Aligns a line as if others had longer names: spaces before the first sign after a space. */
function aligning(random: Random, text: string): string {
	return text.replace(/(?<=\S) (?=\S)/, ' '.repeat(random.int(2, 6)));
}

/** A kept line with kept, full lines on both sides, so that what is put in elsewhere has one place only. */
function drawCalm(random: Random, change: Change, accepts: (text: string) => boolean): number | undefined {
	const { steps } = change;
	const calm = keptSteps(change, accepts).filter(at =>
		[at - 1, at + 1].every(beside => steps[beside]?.kind === 'keep' && isFull(steps[beside]?.text ?? '')),
	);
	return calm.length === 0 ? undefined : random.pick(calm);
}

/** A change, and the same less deep, for classes of other groups that go along with a lost indentation. */
export function drawFewer(random: Random, corpus: Corpus): { change: Change; fewer: Change } | undefined {
	const change = drawAnywhere(random, corpus);
	const fewer = change && shifted(change, -drawDepth(random, change));
	return change && fewer && { change, fewer };
}
