import { type Change, contentLines, keptSteps, mapSteps, newLines, oldLines, quoteOf, textOf } from '../change.ts';
import { keyOf, type TextFile } from '../corpus.ts';
import { freshLine, nameLike, otherNumber, otherWord } from '../freshLine.ts';
import { draftOf, drawAnywhere, inGroup, isForeign, pickFile, refused } from './drafts.ts';
import { misspelt, recased } from './slips.ts';

const safety = inGroup('safety');
/** What gives a block its name in the languages of the corpus: a declaration, the head of a section, a selector. */
const DECLARED = [
	/\b(?:function|class|def|interface|type|const|let|var|struct|enum)\s+(\w{4,})/,
	/^func\s*(?:\([^)]*\)\s*)?(\w{4,})/,
	/(\w{4,})\s*\([^;]*[{:]$/,
	/^"?([\w-]{4,})"?\s*:\s*[[{|]?$/,
	/^\.([\w-]{4,})\s*\{$/,
];
const WORD_OF_LANGUAGE =
	/^(?:function|class|interface|const|static|struct|public|private|protected|export|return|readonly|async|await|default|string|boolean|number|import|from|throws|final|extends|implements|abstract|sizeof|unsigned|char|catch|assert|throw|void|else|while|switch|super|self|None|True|False)$/;

/** Quotes of what the file does not hold, or holds only in part. */
export const absentClasses = [
	safety('absent-foreign-text', 'refuse', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const file = pickFile(random, corpus);
		return change && isForeign(oldLines(change), file) ? quoteElsewhere(file, quoteOf(change)) : undefined;
	}),
	safety('absent-single-line', 'refuse', 'absent', (random, corpus) => {
		const file = pickFile(random, corpus);
		const other = pickFile(random, corpus);
		const oldText = random.pick(other.lines);
		const newText = freshLine(random, other, oldText);
		return newText !== undefined && isForeign([oldText], file) ? quoteElsewhere(file, { oldText, newText }) : undefined;
	}),
	safety('absent-same-first-and-last-line', 'refuse', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { size: [3, 8], before: 0, after: 0 });
		const file = pickFile(random, corpus);
		const size = change ? change.count + 2 : 0;
		const start = random.int(0, Math.max(0, file.lines.length - size));
		const [first, last] = [file.lines[start], file.lines[start + size - 1]];
		if (change === undefined || !first?.trim() || !last?.trim() || !isForeign(oldLines(change), file)) {
			return undefined;
		}
		const around = (lines: readonly string[]) => [first, ...lines, last].join('\n');
		return quoteElsewhere(file, { oldText: around(oldLines(change)), newText: around(newLines(change)) });
	}),
	safety('absent-half-rewritten', 'refuse', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { size: [6, 12] });
		const parity = random.int(0, 1);
		let rewritten = 0;
		const half =
			change &&
			mapSteps(change, (text, { kind }, at) => {
				const once = kind === 'keep' && at % 2 === parity ? otherWord(random, text) : undefined;
				const twice = once && otherWord(random, once);
				rewritten += twice ? 1 : 0;
				return twice ?? text;
			});
		return change && half && rewritten >= 3 ? refused(draftOf(change, half)) : undefined;
	}),
	safety('near-sibling-block', 'refuse', 'absent', (random, corpus) =>
		drawSibling(drawAnywhere(random, corpus, { size: [4, 9] }), name => nameLike(random, name)),
	),
	safety('near-sibling-number', 'refuse', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { size: [4, 9] });
		const ending = String(random.int(1, 4));
		const other = String(random.int(5, 9));
		// Here the file's block has a number to its name, and the quote another.
		const numbered = change && renamed(change, name => `${name}${ending}`);
		const asked =
			numbered && mapSteps(numbered.change, text => text.replaceAll(numbered.name, () => numbered.old + other));
		return asked && refused(draftOf(numbered.change, asked));
	}),
	safety('near-number-on-changed-line', 'refuse', 'absent', (random, corpus) =>
		drawNear(drawAnywhere(random, corpus, { shapes: ['replace'] }), line => otherNumber(random, line)),
	),
	safety('near-word-on-changed-line', 'refuse', 'absent', (random, corpus) =>
		drawNear(drawAnywhere(random, corpus, { shapes: ['replace'] }), line => otherWord(random, line)),
	),
	safety('near-case-on-changed-line', 'refuse', 'absent', (random, corpus) =>
		drawNear(drawAnywhere(random, corpus, { shapes: ['replace'] }), line => recased(random, line)),
	),
	safety('near-letter-on-removed-line', 'refuse', 'absent', (random, corpus) =>
		drawNear(drawAnywhere(random, corpus, { shapes: ['remove', 'replace'] }), line => misspelt(random, line)),
	),
	safety('empty-old-on-full-file', 'refuse', 'any', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		return change && quoteElsewhere(change.file, { oldText: '', newText: newLines(change).join('\n') });
	}),
	safety('whitespace-only-old', 'refuse', 'any', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const oldText = random.pick(['\n', ' ', '  ', '\t', '\n\n', ' \n', '\n\t', '\r\n', '    \n    ', '\u00a0']);
		return change && quoteElsewhere(change.file, { oldText, newText: newLines(change).join('\n') });
	}),
	safety('no-change', 'either', 'once', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const oldText = change && quoteOf(change).oldText;
		const content = change && textOf(contentLines(change));
		return content && oldText
			? { content, edits: [{ oldText, newText: oldText }], path: change.file.path, expected: [content] }
			: undefined;
	}),
];

function quoteElsewhere(file: TextFile, edit: { oldText: string; newText: string }) {
	return { content: textOf(file.lines), edits: [edit], path: file.path, expected: [] };
}

/** The case of a quote whose overwritten line is nearly that of the file. */
function drawNear(change: Change | undefined, slip: (line: string) => string | undefined) {
	const at = change?.steps.findIndex(({ kind }) => kind === 'remove') ?? -1;
	const text = slip(change?.steps[at]?.text ?? '');
	if (change === undefined || text === undefined || change.file.keySet.has(keyOf(text))) {
		return undefined;
	}
	const quoted = mapSteps(change, (old, _, step) => (step === at ? text : old));
	const isChanged = newLines(quoted).join('\n') !== oldLines(quoted).join('\n');
	return isChanged ? refused(draftOf(change, quoted)) : undefined;
}

/** The case of a quote of a block with another name, which the file does not have. */
function drawSibling(change: Change | undefined, other: (name: string) => string) {
	const sibling = change && renamed(change, other);
	return sibling && refused(draftOf(change, sibling.change));
}

/** The change with the name that its first line declares replaced everywhere. */
function renamed(change: Change, other: (name: string) => string) {
	const { file, steps } = change;
	const first = steps[0]?.text ?? '';
	const old = DECLARED.map(pattern => pattern.exec(first.trim())?.[1]).find(
		name => name !== undefined && !WORD_OF_LANGUAGE.test(name),
	);
	const isComment = file.language.commentStart?.test(first.trim()) === true;
	if (old === undefined || isComment || file.language.prose === true || keptSteps(change)[0] !== 0) {
		return undefined;
	}
	const name = other(old);
	const map = (text: string) => text.replaceAll(new RegExp(`\\b${old}\\b`, 'g'), () => name);
	const after = mapSteps(change, map);
	return file.keySet.has(keyOf(after.steps[0]?.text ?? '')) ? undefined : { change: after, name, old };
}
