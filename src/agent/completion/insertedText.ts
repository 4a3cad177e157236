import { opensBlock } from './completionPlace.ts';

/** Languages in which a sentence or a fence may be what is wanted. */
const PROSE_LANGUAGES: ReadonlySet<string> = new Set([
	'markdown',
	'plaintext',
	'restructuredtext',
	'asciidoc',
	'latex',
]);

/** How a model begins that talks about the text in place of giving it. */
const TALK =
	/^(?:here(?:'s|’s| is| are)|sure|certainly|sorry|okay|of course|based on|to complete|i(?:'m|’m| am| can| will| would| need| don)|as an|it (?:looks|seems|appears)|the (?:text|code|completion|cursor|file|next)|this (?:code|completion|file)|there (?:is|are)|looking at|given)\b/i;

/** A whole answer in a fence. A fence that does not close was cut. */
const FENCED = /^\s*(`{3,}|~{3,})[^\n]*\n([\s\S]*?)(?:\n?[ \t]*\1\s*$|$)/;

export interface InsertedTextOptions {
	readonly language: string;
	/** What stands before the cursor on its line. */
	readonly line: string;
	/** The answer ended at its length limit. */
	readonly isCut: boolean;
}

/**
 * What an answer wants inserted: without the element and the fences around it. Empty where the model talks.
 * @param answer with `\n` as line end.
 */
export function insertedText(answer: string, { language, line, isCut }: InsertedTextOptions): string {
	const isProse = PROSE_LANGUAGES.has(language);
	const begin = /<insert\s*>/.exec(answer);
	if (begin !== null) {
		const rest = answer.slice(begin.index + begin[0].length);
		const end = rest.search(/<\/insert\s*>/);
		const content =
			end >= 0 ? rest.slice(0, end) : isCut ? rest.replace(/<\/(?:i|in|ins|inse|inser|insert)?$/, '') : rest;
		return withoutFraming(isProse ? content : withoutFence(content), line);
	}
	// The end alone: the model went on from a beginning that it saw as ours.
	const open = answer.replace(/<\/insert\s*>[\s\S]*$/, '');
	if (isProse) {
		return withoutFraming(open, line);
	}
	const fence = /^[ \t]*(?:`{3,}|~{3,})/m.exec(open);
	if (fence !== null) {
		return withoutFraming(withoutFence(open.slice(fence.index)), line);
	}
	return TALK.test(open.trimStart()) ? '' : withoutFraming(open, line);
}

function withoutFence(text: string): string {
	const fenced = FENCED.exec(text);
	if (fenced !== null) {
		return fenced[2] ?? '';
	}
	// Words may follow behind the fence.
	const closed = /^\s*(`{3,}|~{3,})[^\n]*\n([\s\S]*?)\n[ \t]*\1/.exec(text);
	return closed?.[2] ?? text;
}

/**
 * Without line ends that only set the text off from its tags: at the end, and in front where the cursor's line is empty
 * or where one stands at the end too. One behind the beginning of a block begins its first line.
 */
function withoutFraming(text: string, line: string): string {
	const isFramed = line.trim() === '' || (/\n[ \t]*$/.test(text) && !opensBlock(line));
	return (isFramed ? text.replace(/^[ \t]*\n/, '') : text).replace(/\n\s*$/, '');
}
