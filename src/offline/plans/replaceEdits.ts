/** Works out the edits that replace a text in a file, so that each quote is exact and hits only what is meant. */
import { findWords, replaceWords } from './wordMatches.ts';

export interface TextEdit {
	readonly oldText: string;
	readonly newText: string;
	readonly replaceAll?: boolean;
}

export interface Replacement {
	readonly from: string;
	readonly to: string;
	readonly isWholeWord: boolean;
}

export interface FileEdits {
	readonly edits: readonly TextEdit[];
	/** Places replaced. */
	readonly count: number;
}

/**
 * The edits for a file, none where it has no such place; undefined when no set of exact quotes does it.
 * Every `oldText` stands in `text`, and applying the edits in order gives `text` with all places replaced.
 * @param text without carriage returns; neither `from` nor `to` holds a line end.
 */
export function replaceEdits(text: string, { from, to, isWholeWord }: Replacement): FileEdits | undefined {
	const count = findWords(text, from, isWholeWord).length;
	if (count === 0) {
		return { edits: [], count };
	}
	const wanted = replaceWords(text, from, to, isWholeWord);
	const candidates = [
		() => [{ oldText: from, newText: to, replaceAll: true }],
		() => lineEdits(text, { from, to, isWholeWord }),
		() => blockEdits(text, wanted),
	];
	for (const candidate of candidates) {
		const edits = candidate();
		if (applyAll(text, edits) === wanted) {
			return { edits, count };
		}
	}
	return undefined;
}

/** One edit for each different line that changes; a line that stands several times is replaced everywhere. */
function lineEdits(text: string, { from, to, isWholeWord }: Replacement): TextEdit[] {
	const changed = new Set(text.split('\n').filter(line => findWords(line, from, isWholeWord).length > 0));
	// The longest first: a shorter line may stand inside a longer one, which is gone by then.
	return [...changed]
		.sort((a, b) => b.length - a.length)
		.map(line => {
			const newText = replaceWords(line, from, to, isWholeWord);
			const isRepeated = text.indexOf(line) !== text.lastIndexOf(line);
			return { oldText: line, newText, ...(isRepeated && { replaceAll: true }) };
		});
}

interface Block {
	/** First line, from 0, and the line behind the last. */
	readonly start: number;
	readonly end: number;
}

/** One edit for each run of changed lines, with as many lines around it as make the quote unique. */
function blockEdits(text: string, wanted: string): TextEdit[] {
	const [before, after] = [text.split('\n'), wanted.split('\n')];
	const blocks: Block[] = [];
	for (const [index, line] of before.entries()) {
		const last = blocks.at(-1);
		if (line === after[index] || (last !== undefined && index < last.end)) {
			continue;
		}
		const block = growUntilUnique(text, before, { start: index, end: index + 1 });
		if (last !== undefined && block.start <= last.end) {
			blocks[blocks.length - 1] = { start: Math.min(last.start, block.start), end: Math.max(last.end, block.end) };
		} else {
			blocks.push(block);
		}
	}
	return blocks.map(({ start, end }) => ({
		oldText: before.slice(start, end).join('\n'),
		newText: after.slice(start, end).join('\n'),
	}));
}

/** Grows by twice as much each time: few looks at the text, whatever it holds. */
function growUntilUnique(text: string, lines: readonly string[], { start, end }: Block): Block {
	let block = { start, end };
	for (let by = 1; ; by *= 2) {
		const quote = lines.slice(block.start, block.end).join('\n');
		const isWhole = block.start === 0 && block.end === lines.length;
		if (isWhole || text.indexOf(quote) === text.lastIndexOf(quote)) {
			return block;
		}
		block = { start: Math.max(0, start - by), end: Math.min(lines.length, end + by) };
	}
}

/** As the edit tool does it; undefined when it would refuse. */
function applyAll(text: string, edits: readonly TextEdit[]): string | undefined {
	let result = text;
	for (const { oldText, newText, replaceAll } of edits) {
		const first = result.indexOf(oldText);
		const isUnique = first === result.lastIndexOf(oldText);
		if (first < 0 || oldText.trim() === '' || oldText === newText || (!isUnique && !replaceAll)) {
			return undefined;
		}
		result = replaceAll
			? result.replaceAll(oldText, () => newText)
			: result.slice(0, first) + newText + result.slice(first + oldText.length);
	}
	return result;
}
