import { countExact, drawChange, keptSteps, mapSteps, oldLines, quoteOf, spliceStep, textOf } from '../change.ts';
import { freshLine, nameLike, replaceAt } from '../freshLine.ts';
import type { Random } from '../random.ts';
import { draftOf, drawAnywhere, inGroup, pickFile } from './drafts.ts';

const literal = inGroup('literal');
const PATTERNS = ['$&', '$1', '\\1', '$$', '$`', "$'", '$<name>', '\\n', '\\0'];
const WIDE = ['🎉', '👩‍💻', '日本語', '한국', 'e\u0301', '🇪🇺', 'ﬁ', '𝒳', '\u202bשלום\u202c'];

export const literalClasses = [
	literal('exact', 'apply', 'once', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { before: random.int(0, 1), after: random.int(0, 1) });
		return change && draftOf(change);
	}),
	literal('exact-large', 'apply', 'once', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { size: [25, 40] });
		return change && draftOf(change);
	}),
	literal('exact-trailing-newline', 'apply', 'once', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		if (change === undefined) {
			return undefined;
		}
		const { oldText, newText } = quoteOf(change);
		return draftOf(change, { oldText: `${oldText}\n`, newText: `${newText}\n` });
	}),
	literal('exact-delete-lines', 'apply', 'once', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { size: [2, 8] });
		if (change === undefined || change.start === 0) {
			return undefined;
		}
		const lines = oldLines(change);
		if (change.start + lines.length === change.file.lines.length) {
			return undefined;
		}
		const without = change.file.lines.toSpliced(change.start, lines.length);
		const emptied = change.file.lines.toSpliced(change.start, lines.length, '');
		const oldText = `${lines.join('\n')}${random.chance(0.5) ? '\n' : ''}`;
		return { ...draftOf(change, { oldText, newText: '' }), expected: [textOf(without), textOf(emptied)] };
	}),
	literal('inline-part', 'apply', 'once', (random, corpus) => {
		const file = pickFile(random, corpus);
		const at = random.int(0, file.lines.length - 1);
		const line = file.lines[at] ?? '';
		const part = drawPart(random, line);
		const fresh = part && freshLine(random, file, part.text);
		if (part === undefined || fresh === undefined) {
			return undefined;
		}
		return {
			content: textOf(file.lines),
			edits: [{ oldText: part.text, newText: fresh }],
			path: file.path,
			expected: [textOf(file.lines.with(at, replaceAt(line, part.at, part.text.length, fresh)))],
		};
	}),
	literal('inline-across-lines', 'apply', 'once', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { size: [3, 5] });
		const { oldText = '', newText = '' } = change ? quoteOf(change) : {};
		const first = change?.steps[0]?.text ?? '';
		const last = change?.steps.at(-1)?.text ?? '';
		const width = first.trim().length;
		if (change === undefined || width < 6 || last.trim().length < 6) {
			return undefined;
		}
		const left = first.length - width + random.int(2, width - 3);
		const right = random.int(2, last.trim().length - 3);
		return draftOf(change, { oldText: oldText.slice(left, -right), newText: newText.slice(left, -right) });
	}),
	literal('dollar-patterns', 'apply', 'once', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { shapes: ['replace', 'rewrite', 'insert'] });
		const patterned =
			change &&
			mapSteps(change, (text, { kind }) =>
				kind === 'add' ? `${text} ${random.pick(PATTERNS)}${random.pick(PATTERNS)}` : text,
			);
		return patterned && draftOf(patterned);
	}),
	literal('emoji-and-wide', 'apply', 'once', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		if (change === undefined) {
			return undefined;
		}
		const widened = mapSteps(change, (text, _, at) => (at === 0 || random.chance(0.5) ? widen(random, text) : text));
		return draftOf(widened);
	}),
	// The quote is exact, and what only the new text has looks like something to decode.
	literal('entities-and-escapes-in-new', 'apply', 'once', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { shapes: ['rewrite', 'insert', 'replace'] });
		const odd = ['&lt;b&gt;', '&amp;&amp;', '\\"', '\\n\\t', '&#39;', '```', '’', '12|'];
		const written =
			change && mapSteps(change, (text, { kind }) => (kind === 'add' ? `${text} ${random.pick(odd)}` : text));
		return written && draftOf(written);
	}),
	// The file itself holds the words that stand for left-out code, as documents about assistants do.
	literal('literal-elision-in-file', 'apply', 'once', (random, corpus) => {
		const file = pickFile(random, corpus, ({ language }) => language.comment !== undefined);
		const change = drawChange(random, file);
		const [at] = change ? random.shuffled(keptSteps(change)) : [];
		if (change === undefined || at === undefined) {
			return undefined;
		}
		const indent = change.steps[at]?.text.match(/^\s*/)?.[0] ?? '';
		const text = `${indent}${file.language.comment?.('... existing code ...') ?? ''}`;
		return draftOf(spliceStep(change, at + 1, [{ kind: 'keep', text }], 0));
	}),
];

/** Some words of a line. */
function drawPart(random: Random, line: string): { at: number; text: string } | undefined {
	const trimmed = line.trim();
	if (trimmed.length < 12) {
		return undefined;
	}
	const length = random.int(8, Math.min(40, trimmed.length - 2));
	const at = line.indexOf(trimmed) + random.int(1, trimmed.length - length);
	const text = line.slice(at, at + length);
	// A name or number cut in two could as well be one cut short.
	const isWhole =
		!/\w\w/.test(line.slice(at - 1, at + 1)) && !/\w\w/.test(line.slice(at + length - 1, at + length + 1));
	return isWhole && text === text.trim() && countExact(line, text) === 1 ? { at, text } : undefined;
}

function widen(random: Random, text: string): string {
	const words = [...text.matchAll(/[A-Za-z]{3,}/g)];
	if (words.length === 0) {
		return text;
	}
	const word = random.pick(words);
	return replaceAt(text, word.index, word[0].length, `${nameLike(random, word[0])}${random.pick(WIDE)}`);
}
