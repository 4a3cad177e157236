import { type Change, contentLines, countExact, mapSteps, oldLines, quoteOf, textOf } from '../change.ts';
import type { TextFile } from '../corpus.ts';
import { otherWord } from '../freshLine.ts';
import type { Random } from '../random.ts';
import { draftOf, drawAnywhere, eachLine, inGroup, pickFile, refused } from './drafts.ts';

const safety = inGroup('safety');
/** How near a hint is, and from where on it is far, in lines. */
const NEAR = 3;
const FAR = 15;
const KEYWORDS =
	/^(?:const|return|function|public|private|static|export|import|readonly|default|string|class|this|type)$/;

/** Texts that stand more than once. */
export const duplicateClasses = [
	safety('duplicate-exact', 'refuse', 'any', (random, corpus) => {
		if (random.chance(0.3)) {
			return drawRepeatedLine(random, pickFile(random, corpus));
		}
		const change = drawAnywhere(random, corpus, { size: [2, 8] });
		const copied = change && withCopy(random, change, oldLines(change), 1);
		return copied && refused({ ...draftOf(copied.change), content: textOf(contentLines(copied.change)) });
	}),
	safety('duplicate-with-line-hint', 'either', 'any', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const copied = change && withCopy(random, change, oldLines(change), FAR);
		if (copied === undefined) {
			return undefined;
		}
		const start = random.chance(0.5) ? copied.copy : copied.change.start;
		const target = { ...copied.change, start };
		const nearLine = Math.max(1, start + 1 + random.int(-NEAR, NEAR));
		return { ...draftOf(target), edits: [{ ...quoteOf(target), nearLine }] };
	}),
	safety('duplicate-with-far-hint', 'refuse', 'any', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const copied = change && withCopy(random, change, oldLines(change), FAR);
		if (copied === undefined) {
			return undefined;
		}
		const nearLine = random.int(1, contentLines(copied.change).length);
		const isFar = [copied.copy, copied.change.start].every(
			start => nearLine < start + 1 - FAR || nearLine > start + 1 + copied.change.count + FAR,
		);
		return isFar ? refused({ ...draftOf(copied.change), edits: [{ ...quoteOf(copied.change), nearLine }] }) : undefined;
	}),
	safety('duplicate-after-normalizing', 'refuse', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		if (change === undefined) {
			return undefined;
		}
		const { unit } = change.file;
		const [copied, quoted] = random.pick([
			[1, 2],
			[1, 3],
			[2, 1],
		] as const);
		const deeper = (by: number) => (text: string) => eachLine(text, line => unit.repeat(by) + line);
		const two = withCopy(random, change, oldLines(change).map(deeper(copied)), 1);
		return two && refused(draftOf(two.change, mapSteps(two.change, deeper(quoted))));
	}),
	safety('one-exact-one-reindented', 'apply', 'once', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		if (change === undefined) {
			return undefined;
		}
		const { unit } = change.file;
		const isFewer = oldLines(change).every(line => line.trim() === '' || line.startsWith(unit)) && random.chance(0.5);
		const map = (line: string) => (line.trim() === '' ? line : isFewer ? line.slice(unit.length) : unit + line);
		const copied = withCopy(random, change, oldLines(change).map(map), 1);
		return copied && draftOf(copied.change);
	}),
	safety('replace-all', 'apply', 'any', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { size: [2, 5] });
		let copied = change && withCopy(random, change, oldLines(change), 1)?.change;
		for (let more = random.int(0, 3); more > 0 && copied; more--) {
			copied = withCopy(random, copied, oldLines(copied), 1)?.change;
		}
		if (copied === undefined) {
			return undefined;
		}
		const { oldText, newText } = quoteOf(copied);
		const content = textOf(contentLines(copied));
		return {
			...draftOf(copied),
			edits: [{ oldText, newText, replaceAll: true }],
			expected: [content.split(oldText).join(newText)],
		};
	}),
	safety('replace-all-identifier', 'apply', 'any', (random, corpus) => {
		const file = pickFile(random, corpus);
		const content = textOf(file.lines);
		const line = random.pick(file.lines);
		const name = random.pick(line.match(/[\p{L}_][\p{L}\p{N}_]{3,}/gu) ?? ['']);
		const newText = name === '' ? undefined : otherWord(random, name);
		const whole =
			name === '' ? 0 : content.split(new RegExp(`(?<![\\p{L}\\p{N}_$])${name}(?![\\p{L}\\p{N}_])`, 'u')).length - 1;
		if (newText === undefined || whole < 2 || whole !== countExact(content, name) || KEYWORDS.test(name)) {
			return undefined;
		}
		return {
			content,
			edits: [{ oldText: name, newText, replaceAll: true }],
			path: file.path,
			expected: [content.replaceAll(name, () => newText)],
		};
	}),
];

/** The change in a text that holds other lines, its own or nearly, once more outside of it; and where those begin. */
function withCopy(
	random: Random,
	change: Change,
	copy: readonly string[],
	distance: number,
): { change: Change; copy: number } | undefined {
	const { file, start, count } = change;
	const at = random.int(0, file.lines.length);
	if (at > start - distance && at < start + count + distance) {
		return undefined;
	}
	const lines = file.lines.toSpliced(at, 0, ...copy);
	const moved = { ...change, file: { ...file, lines }, start: at <= start ? start + copy.length : start };
	return { change: moved, copy: at };
}

/** A line of the file that stands there more than once as it is. */
function drawRepeatedLine(random: Random, { path, lines }: TextFile) {
	const repeated = lines.filter(
		(line, at) => line.trim().length > 3 && lines.indexOf(line) !== at && line === line.trimEnd(),
	);
	const oldText = repeated.length === 0 ? undefined : random.pick(repeated);
	const newText = oldText && otherWord(random, oldText);
	return oldText && newText ? { content: textOf(lines), edits: [{ oldText, newText }], path, expected: [] } : undefined;
}
