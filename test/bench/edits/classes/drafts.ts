import { type Change, type ChangeOptions, contentLines, drawChange, quoteOf, textOf, truthLines } from '../change.ts';
import { type Corpus, keyOf, type TextFile } from '../corpus.ts';
import type { Draft, EditClass, Group, Required } from '../editCase.ts';
import { isSubstantial } from '../freshLine.ts';
import type { Random } from '../random.ts';

type Draw = EditClass['draw'];

/** A class by the name of its group; the rest in the order of a table. */
export function inGroup(group: Group) {
	return (name: string, required: Required, quote: EditClass['quote'], draw: Draw): EditClass => ({
		name,
		group,
		required,
		quote,
		draw,
	});
}

/** A file of any language, each as likely as the others. */
export function pickFile(random: Random, { byLanguage }: Corpus, accepts?: (file: TextFile) => boolean): TextFile {
	const languages = [...byLanguage.values()].map(files => (accepts === undefined ? files : files.filter(accepts)));
	return random.pick(random.pick(languages.filter(files => files.length > 0)));
}

export function drawAnywhere(
	random: Random,
	corpus: Corpus,
	options: ChangeOptions & { accepts?: (file: TextFile) => boolean } = {},
): Change | undefined {
	return drawChange(random, pickFile(random, corpus, options.accepts), options);
}

/**
 * The case of one change: the file and the truth follow `change`, the quote follows `quoted`, or its texts where they
 * are more than lines.
 */
export function draftOf(
	change: Change,
	quoted: Change | { readonly oldText: string; readonly newText: string } = change,
	form: (text: string) => string = text => text,
): Draft {
	return {
		content: form(textOf(contentLines(change))),
		edits: ['steps' in quoted ? quoteOf(quoted) : quoted],
		path: change.file.path,
		expected: [form(textOf(truthLines(change)))],
	};
}

/** The same without an outcome that is right but to refuse. */
export function refused(draft: Draft): Draft {
	return { ...draft, expected: [] };
}

/** Maps whole texts line by line, blank ones left alone. */
export function eachLine(text: string, map: (line: string, at: number) => string): string {
	return text
		.split('\n')
		.map((line, at) => (line.trim() === '' ? line : map(line, at)))
		.join('\n');
}

/** Whether the file holds none of the lines that say something, and there are such. */
export function isForeign(lines: readonly string[], file: TextFile): boolean {
	const telling = lines.filter(isSubstantial);
	return (
		telling.length > 0 &&
		!telling.some(line => file.keySet.has(keyOf(line)) || file.keys.some(key => key.includes(keyOf(line))))
	);
}
