import { countExact, quoteOf, textOf } from '../change.ts';
import { nameLike, replaceAt } from '../freshLine.ts';
import { largeMinified, largeText } from '../largeTexts.ts';
import type { Random } from '../random.ts';
import { draftOf, drawAnywhere, inGroup, pickFile } from './drafts.ts';
import { drawFewer } from './whitespace.ts';

const shapes = inGroup('shapes');
/** Characters of a quote from a minified line. */
const PART_WIDTH = [20, 80] as const;

export const shapeClasses = [
	shapes('minified-line', 'apply', 'once', (random, corpus) => {
		const { path, text } = random.pick(corpus.minified);
		return drawPartOf(random, path, text);
	}),
	shapes('create-in-empty', 'either', 'any', (random, corpus) => {
		const newText = textOf(pickFile(random, corpus).lines.slice(0, random.int(1, 60)));
		return { content: '', edits: [{ oldText: '', newText }], path: 'src/fresh.ts', expected: [newText] };
	}),
	shapes('create-known-empty', 'apply', 'any', (random, corpus) => {
		const newText = textOf(pickFile(random, corpus).lines.slice(0, random.int(1, 60)));
		const exists = random.chance(0.5);
		return { content: '', edits: [{ oldText: '', newText }], path: 'src/fresh.ts', exists, expected: [newText] };
	}),
	shapes('delete-whole-content', 'apply', 'any', (random, corpus) => {
		const file = pickFile(random, corpus);
		const content = textOf(file.lines.slice(0, random.int(1, 120)));
		const oldText = random.chance(0.5) ? content : content.slice(0, -1);
		return content.trim() === ''
			? undefined
			: { content, edits: [{ oldText, newText: '' }], path: file.path, expected: ['', '\n'] };
	}),
	shapes('large-file', 'apply', 'once', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		return change && draftOf(change, change, text => largeText(corpus, text, corpus.largest));
	}),
	shapes('large-file-indent-fewer', 'apply', 'absent', (random, corpus) => {
		const drawn = drawFewer(random, corpus);
		return drawn && draftOf(drawn.change, drawn.fewer, text => largeText(corpus, text, corpus.largest));
	}),
	shapes('large-file-crlf', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		return (
			change &&
			draftOf(change, quoteOf(change), text => largeText(corpus, text, corpus.largest).replaceAll('\n', '\r\n'))
		);
	}),
	shapes('large-minified-line', 'apply', 'once', (random, corpus) => {
		const { path, text } = random.pick(corpus.minified);
		const part = drawPartOf(random, path, text);
		const grow = (short: string) => largeMinified(short, corpus.largest);
		return part && { ...part, content: grow(part.content), expected: part.expected.map(grow) };
	}),
];

function drawPartOf(random: Random, path: string, text: string) {
	const [least, most] = PART_WIDTH;
	const at = random.int(0, text.length - most);
	const oldText = text.slice(at, at + random.int(least, most));
	const word = oldText.match(/[A-Za-z]{3,}/);
	if (word === null || oldText !== oldText.trim() || oldText.includes('\n') || countExact(text, oldText) !== 1) {
		return undefined;
	}
	const newText = replaceAt(oldText, word.index ?? 0, word[0].length, nameLike(random, word[0]));
	return {
		content: text,
		edits: [{ oldText, newText }],
		path,
		expected: [replaceAt(text, at, oldText.length, newText)],
	};
}
