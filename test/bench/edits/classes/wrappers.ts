import { type Change, drawChange, newLines, oldLines, quoteOf } from '../change.ts';
import type { Random } from '../random.ts';
import { draftOf, drawAnywhere, inGroup, pickFile } from './drafts.ts';

const wrappers = inGroup('wrappers');
const FENCE = /^\s*```/;

type Numbering = (line: string, number: number) => string;

const NUMBERINGS: readonly Numbering[] = [
	(line, number) => `${String(number).padStart(6)}\t${line}`,
	(line, number) => `${String(number).padStart(4)}\t${line}`,
	(line, number) => `${number}| ${line}`,
	(line, number) => `${number}: ${line}`,
	(line, number) => `${String(number).padStart(5, '0')}| ${line}`,
];

export const wrapperClasses = [
	wrappers('line-numbers-in-both', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const numbering = drawNumbering(random);
		return (
			change &&
			draftOf(change, {
				oldText: numbered(oldLines(change), change, numbering),
				newText: numbered(newLines(change), change, numbering),
			})
		);
	}),
	wrappers('line-numbers-in-old-only', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const numbering = drawNumbering(random);
		return change && draftOf(change, { ...quoteOf(change), oldText: numbered(oldLines(change), change, numbering) });
	}),
	wrappers('markdown-fence', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		if (change === undefined || change.steps.some(({ text }) => FENCE.test(text))) {
			return undefined;
		}
		const { name } = change.file.language;
		const [open, close] = [`\`\`\`${random.pick(['', name])}\n`, `\n\`\`\`${random.pick(['', '\n'])}`];
		const { oldText, newText } = quoteOf(change);
		return draftOf(change, { oldText: open + oldText + close, newText: open + newText + close });
	}),
	wrappers('literal-fence-in-file', 'apply', 'once', (random, corpus) => {
		const file = pickFile(random, corpus, ({ language }) => language.prose === true);
		const fences = file.lines.flatMap((line, at) => (FENCE.test(line) ? [at] : []));
		const place = fences.length < 2 ? 0 : random.int(0, Math.floor(fences.length / 2) - 1) * 2;
		const [start, end] = [fences[place], fences[place + 1]];
		if (start === undefined || end === undefined) {
			return undefined;
		}
		const size = end - start + 1;
		const change = drawChange(random, file, { start, size: [size, size] });
		return change && draftOf(change);
	}),
	// A fence around a block that starts at the margin there.
	wrappers('markdown-fence-and-indent-fewer', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const lines = change?.steps.map(({ text }) => text).filter(text => text.trim() !== '') ?? [];
		const width = Math.min(...lines.map(line => line.search(/\S/)));
		if (change === undefined || width === 0 || lines.some(line => FENCE.test(line))) {
			return undefined;
		}
		const wrap = (texts: readonly string[]) => `\`\`\`\n${texts.map(text => text.slice(width)).join('\n')}\n\`\`\``;
		return draftOf(change, { oldText: wrap(oldLines(change)), newText: wrap(newLines(change)) });
	}),
];

/** One manner of a listing; blank lines with or without the space after the sign. */
function drawNumbering(random: Random): Numbering {
	const numbering = random.pick(NUMBERINGS);
	const isTrimmed = random.chance(0.5);
	return (line, number) => (isTrimmed && line === '' ? numbering(line, number).trimEnd() : numbering(line, number));
}

function numbered(lines: readonly string[], { start }: Change, numbering: Numbering): string {
	return lines.map((line, at) => numbering(line, start + 1 + at)).join('\n');
}
