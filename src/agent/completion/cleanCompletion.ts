import { firstBlock } from './blockEnd.ts';
import { type CompletionExtent, type CompletionPlace, lineAfter, lineBefore, opensBlock } from './completionPlace.ts';
import { cursorMark } from './completionPrompt.ts';
import { insertedText } from './insertedText.ts';
import { withoutRepeatedAfter } from './repeatedAfter.ts';
import { withoutRepeatedBefore } from './repeatedBefore.ts';

/** A model's answer as it came. */
export interface CompletionAnswer {
	readonly text: string;
	/** It ended at its length limit. */
	readonly isCut: boolean;
}

/**
 * The text to insert, with `\n` as line end; empty where the answer has none that fits. It repeats neither what stands
 * before the cursor nor what stands behind it. Never throws.
 */
export function cleanCompletion(
	{ text: answer, isCut }: CompletionAnswer,
	place: CompletionPlace,
	extent: CompletionExtent,
): string {
	const line = lineBefore(place);
	const given = insertedText(answer.replace(/\r\n?/g, '\n'), { language: place.language, line, isCut });
	const joined = joinedTo(withoutRepeatedBefore(given.split(cursorMark(place)).join(''), place.before), line);
	return fitToAfter(extent === 'line' ? firstLine(joined) : block(joined, line, isCut), place);
}

/** What is left of a suggestion beside the text behind the cursor as it is now. */
export function fitToAfter(text: string, place: CompletionPlace): string {
	const cut = withoutRepeatedAfter(text, lineBefore(place), place.after);
	const trimmed = cut.trimEnd();
	if (trimmed === '') {
		return '';
	}
	// A blank before what follows on the line is part of what is written; any other at the end is not.
	const isJoined = cut !== text || /^[\p{L}\p{N}_$]/u.test(lineAfter(place));
	return isJoined && lineAfter(place).trim() !== '' && /[ \t]$/.test(cut) ? `${trimmed} ` : trimmed;
}

function firstLine(text: string): string {
	const end = text.indexOf('\n');
	return end < 0 ? text : text.slice(0, end);
}

/** The last line of an answer that was cut may be half a word. */
function block(text: string, line: string, isCut: boolean): string {
	const end = text.lastIndexOf('\n');
	return firstBlock(isCut && end > 0 ? text.slice(0, end) : text, indentationOf(line));
}

/** Without the indentation or the blank that stands before the cursor already, and with that of the lines below. */
function joinedTo(text: string, line: string): string {
	const isLineEmpty = line.trim() === '';
	const first = !/[ \t]$/.test(line)
		? text
		: isLineEmpty && text.startsWith(line)
			? text.slice(line.length)
			: text.replace(/^[ \t]+/, '');
	return indented(first, line);
}

/** Models leave out the indentation that all lines have in common: it is put back where a block shows that it is missing. */
function indented(text: string, line: string): string {
	const indentation = indentationOf(line);
	const [first = '', ...rest] = text.split('\n');
	const second = rest.find(own => own.trim() !== '');
	const isMissing =
		indentation !== '' && second !== undefined && opensBlock(line + first) && isTooFarLeft(second, indentation);
	return isMissing ? [first, ...rest.map(own => (own.trim() === '' ? own : indentation + own))].join('\n') : text;
}

/** Whether the line behind the beginning of a block stands where none of its lines can. */
function isTooFarLeft(second: string, indentation: string): boolean {
	const difference = indentationOf(second).length - indentation.length;
	return difference < 0 || (difference === 0 && !/^\s*(?:[)\]}]|case\b|default\b)/.test(second));
}

function indentationOf(line: string): string {
	return /^[ \t]*/.exec(line)?.[0] ?? '';
}
