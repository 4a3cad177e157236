import { type Change, keptSteps, mapSteps, quoteOf } from '../change.ts';
import { freshLine, replaceAt } from '../freshLine.ts';
import type { Random } from '../random.ts';
import { draftOf, drawAnywhere, inGroup } from './drafts.ts';

const characters = inGroup('characters');
const NBSP = '\u00a0';
const PLAIN = /['"]|(?<=\S) - (?=\S)/g;
const ENTITY = /&#?\w+;/;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export const characterClasses = [
	characters('unicode-quotes-in-file', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		if (change === undefined || change.steps.some(({ kind, text }) => kind === 'add' && marksOf(text).size > 0)) {
			return undefined;
		}
		return draftOf(
			mapSteps(change, (text, { kind }) => (kind === 'keep' ? typographic(text) : text)),
			change,
		);
	}),
	// What changes is a word beside such marks: the line keeps its own.
	characters('unicode-quotes-on-changed-line', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { shapes: ['replace'] });
		const line = change?.steps.find(({ kind }) => kind === 'remove')?.text ?? '';
		const added = change?.steps.find(({ kind }) => kind === 'add')?.text ?? '';
		const marks = (text: string) => text.match(PLAIN)?.join('') ?? '';
		return change !== undefined && marks(line) !== '' && marks(line) === marks(added)
			? draftOf(mapSteps(change, typographic), change)
			: undefined;
	}),
	characters('unicode-quotes-in-model', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		return change && learnsAll(change, marksOf) ? draftOf(change, mapSteps(change, typographic)) : undefined;
	}),
	characters('nbsp-in-file', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const chosen = change && new Set(random.shuffled(keptSteps(change)).slice(0, random.int(1, 2)));
		const spaced =
			change &&
			mapSteps(change, (text, _, at) => {
				const inner = [...text.matchAll(/(?<=\S) (?=\S)/g)];
				return chosen?.has(at) && inner.length > 0 ? replaceAt(text, random.pick(inner).index, 1, NBSP) : text;
			});
		return change && spaced && draftOf(spaced, change);
	}),
	characters('nbsp-in-model', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const [chosen] = change ? random.shuffled(keptSteps(change)) : [];
		const spaced =
			change && mapSteps(change, (text, _, at) => (at === chosen ? text.replace(/(?<=\S) (?=\S)/, NBSP) : text));
		return change && spaced && draftOf(change, spaced);
	}),
	characters('over-escaped-json', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		return change && holdsNone(change, '\\')
			? draftOf(
					change,
					quoted(change, text => JSON.stringify(text).slice(1, -1)),
				)
			: undefined;
	}),
	characters('over-escaped-quotes', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const mark = random.pick(['"', '"', "'"]);
		return change && holdsNone(change, '\\')
			? draftOf(
					change,
					quoted(change, text => text.replaceAll(mark, `\\${mark}`)),
				)
			: undefined;
	}),
	characters('html-entities', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		const coded = random.chance(0.5) ? /[&<>"]/g : /[&<>]/g;
		return change && !change.steps.some(({ text }) => ENTITY.test(text))
			? draftOf(
					change,
					quoted(change, text => text.replace(coded, sign => ENTITIES[sign] ?? sign)),
				)
			: undefined;
	}),
	characters('literal-entities-in-file', 'apply', 'once', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		return change && draftOf(sprinkled(random, change, ['&lt;b&gt;', '&amp;', '&quot;', '&#39;', '&nbsp;']));
	}),
	characters('literal-escapes-in-file', 'apply', 'once', (random, corpus) => {
		const change = drawAnywhere(random, corpus);
		return change && draftOf(sprinkled(random, change, ['"a\\\\nb"', '\\n', '\\t\\"', "\\'", '\\u00e9', '\\\\']));
	}),
	// Two slips at once.
	characters('unicode-quotes-and-indent-fewer', 'apply', 'absent', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { shapes: ['replace', 'remove'] });
		const width = change
			? Math.min(...change.steps.filter(({ text }) => text.trim() !== '').map(({ text }) => text.search(/\S/)))
			: 0;
		if (change === undefined || width === 0 || !learnsAll(change, marksOf)) {
			return undefined;
		}
		return draftOf(
			change,
			mapSteps(change, text => typographic(text.slice(width))),
		);
	}),
	characters('literal-typographic-in-new', 'apply', 'once', (random, corpus) => {
		const change = drawAnywhere(random, corpus, { shapes: ['replace', 'insert'] });
		const line = change?.steps.find(({ kind }) => kind === 'add')?.text ?? '';
		const isFresh = change !== undefined && freshLine(random, change.file, line) !== undefined;
		return isFresh
			? draftOf(mapSteps(change, (text, { kind }) => (kind === 'add' ? `${text} “naïve” — ‘café’…` : text)))
			: undefined;
	}),
];

/** Quotes and dashes as an editor of prose would set them. */
function typographic(text: string): string {
	return text
		.replace(/(^|[\s([{=:,])"/g, '$1“')
		.replaceAll('"', '”')
		.replace(/(^|[\s([{=:,])'/g, '$1‘')
		.replaceAll("'", '’')
		.replace(/(?<=\S) - (?=\S)/g, ' — ');
}

function marksOf(text: string): Set<string> {
	return new Set(text.match(PLAIN));
}

/** Whether the lines of the file show every mark that the new ones have, so that its style can be known. */
function learnsAll({ steps }: Change, marks: (text: string) => Set<string>): boolean {
	const known = new Set(steps.flatMap(({ kind, text }) => (kind === 'add' ? [] : [...marks(text)])));
	return steps.every(({ text }) => [...marks(text)].every(mark => known.has(mark)));
}

function holdsNone({ steps }: Change, sign: string): boolean {
	return !steps.some(({ text }) => text.includes(sign));
}

function quoted(change: Change, map: (text: string) => string): { oldText: string; newText: string } {
	const { oldText, newText } = quoteOf(change);
	return { oldText: map(oldText), newText: map(newText) };
}

/** Puts one of the texts at the end of every line of the change or of some, the first among them. */
function sprinkled(random: Random, change: Change, texts: readonly string[]): Change {
	return mapSteps(change, (text, _, at) =>
		text.trim() !== '' && (at === 0 || random.chance(0.5)) ? `${text} ${random.pick(texts)}` : text,
	);
}
