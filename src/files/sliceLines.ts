import type { FileLines } from '../agent/workspace.ts';
import { sliceWhole } from '../tools/limitText.ts';

export interface LineRange {
	/** 1-based. */
	readonly from: number;
	readonly count: number;
	readonly maxCharacters: number;
}

/** Lines of a text in memory, as `Workspace.readLines` gives them. */
export function sliceLines(
	text: string,
	{ from, count, maxCharacters }: LineRange,
): Pick<FileLines, 'lines' | 'totalLines'> {
	const all = text.split(/\r\n|\n/);
	if (all.at(-1) === '') {
		all.pop();
	}
	const lines: string[] = [];
	let characters = 0;
	for (const line of all.slice(from - 1, from - 1 + count)) {
		characters += line.length;
		if (characters > maxCharacters && lines.length > 0) {
			break;
		}
		lines.push(sliceWhole(line, maxCharacters));
	}
	return { lines, totalLines: all.length };
}
