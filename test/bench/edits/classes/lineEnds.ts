import { drawChange, mapSteps, quoteOf } from '../change.ts';
import { draftOf, drawAnywhere, inGroup, pickFile } from './drafts.ts';
import { drawFewer } from './whitespace.ts';

const lineEnds = inGroup('line ends');
const MARK = '\uFEFF';
const toCrlf = (text: string) => text.replaceAll('\n', '\r\n');

export const lineEndClasses = [
	lineEnds('crlf-file-lf-block', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		return change && draftOf(change, change, toCrlf);
	}),
	lineEnds('lf-file-crlf-block', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const { oldText, newText } = change ? quoteOf(change) : { oldText: '', newText: '' };
		return change && draftOf(change, { oldText: toCrlf(oldText), newText: toCrlf(newText) });
	}),
	lineEnds('bom-file', 'apply', 'once', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		return change && draftOf(change, change, text => MARK + text);
	}),
	lineEnds('bom-first-line', 'apply', 'once', (random, corpus) => {
		const before = random.int(0, 1);
		const change = drawAnywhere(random, corpus, { start: 0, before, at: () => before });
		return change && draftOf(change, change, text => MARK + text);
	}),
	lineEnds('mixed-eol', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { shapes: ['replace', 'insert', 'remove'] });
		if (change === undefined) {
			return undefined;
		}
		// Each line with an end of its own; a replaced line keeps that of the line that it replaces, and what is put in
		// takes the end of the line before or after it.
		const drawEnd = () => (random.chance(0.5) ? '\n' : '\r\n');
		const above = change.file.lines.slice(0, change.start).map(line => line + drawEnd());
		const below = change.file.lines.slice(change.start + change.count).map(line => line + drawEnd());
		const ended = change.steps.map(step => ({ ...step, end: drawEnd() }));
		const isReplaced = change.steps.some(({ kind }) => kind === 'remove');
		const firstAdded = ended.findIndex(({ kind }) => kind === 'add');
		const ends = isReplaced
			? [ended[firstAdded - 1]?.end ?? '\n']
			: [
					ended[firstAdded - 1]?.end ?? '\n',
					ended.find(({ kind }, at) => at > firstAdded && kind === 'keep')?.end ?? '\n',
				];
		const truths = [...new Set(ends)].map(end =>
			ended.filter(({ kind }) => kind !== 'remove').map(step => step.text + (step.kind === 'add' ? end : step.end)),
		);
		const old = ended.filter(({ kind }) => kind !== 'add').map(({ text, end }) => text + end);
		return {
			...draftOf(change),
			content: [...above, ...old, ...below].join(''),
			expected: truths.map(lines => [...above, ...lines, ...below].join('')),
		};
	}),
	lineEnds('no-final-newline', 'apply', 'absent', (random, corpus) => {
		const file = pickFile(random, corpus);
		const size = random.int(3, 8);
		const change = drawChange(random, file, {
			size: [size, size],
			start: Math.max(0, file.lines.length - size),
			after: random.int(0, 1),
		});
		const { oldText, newText } = change ? quoteOf(change) : { oldText: '', newText: '' };
		const isInBoth = random.chance(0.8);
		const quoted = { oldText: `${oldText}\n`, newText: isInBoth ? `${newText}\n` : newText };
		return change && draftOf(change, quoted, text => text.slice(0, -1));
	}),
	lineEnds('no-final-newline-exact', 'apply', 'once', (random, corpus) => {
		const file = pickFile(random, corpus);
		const size = random.int(3, 8);
		const start = Math.max(0, file.lines.length - size);
		const change = drawChange(random, file, { size: [size, size], start, after: random.int(0, 1) });
		return change && draftOf(change, change, text => text.slice(0, -1));
	}),
	lineEnds('bom-crlf-first-line', 'apply', 'absent', (random, corpus) => {
		const before = random.int(0, 1);
		const change = drawAnywhere(random, corpus, { start: 0, before, at: () => before });
		return change && draftOf(change, change, text => MARK + toCrlf(text));
	}),
	lineEnds('crlf-file-indent-fewer', 'apply', 'absent', (random, corpus) => {
		const drawn = drawFewer(random, corpus);
		return drawn && draftOf(drawn.change, drawn.fewer, toCrlf);
	}),
	lineEnds('crlf-file-trailing-ws', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const spaced = change && mapSteps(change, (text, { kind }) => (kind === 'keep' ? `${text}  ` : text));
		return change && spaced && draftOf(spaced, change, toCrlf);
	}),
	lineEnds('crlf-delete-lines', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { shapes: ['remove'] });
		return change && draftOf(change, change, toCrlf);
	}),
];
