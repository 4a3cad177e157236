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
 * @param text without carriage returns.
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
		() => [blockEdit(text, wanted)],
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

/** All lines from the first change to the last as one quote. */
function blockEdit(text: string, wanted: string): TextEdit {
	const [before, after] = [text.split('\n'), wanted.split('\n')];
	const isSame = (line: string, index: number) => line === after[index];
	const first = before.findIndex((line, index) => !isSame(line, index));
	const last = before.findLastIndex((line, index) => !isSame(line, index));
	return { oldText: before.slice(first, last + 1).join('\n'), newText: after.slice(first, last + 1).join('\n') };
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
