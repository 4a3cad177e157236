/** What an edit does with the indentation of the lines that it quotes, line by line. */
import type { IndentTriple } from './indentation.ts';
import { indentOf } from './likeness.ts';
import { type Cut, type KeptLine, type QuotedLines, solidOf } from './segments.ts';

const NONE_ABOVE = { added: -1, removed: -1 };

/** Of the lines that quote and new text both have. */
export function keptIndents({ kept, segments }: Cut, edit: QuotedLines): readonly IndentTriple[] {
	let [added, removed] = [-1, -1];
	return kept.map((line, index) => {
		const segment = segments[index];
		if (segment !== undefined) {
			const { quoted, next } = segment;
			added = solidOf(edit.next.slice(next.from, next.to), next.from).at(-1) ?? added;
			removed = solidOf(edit.quoted.slice(quoted.from, quoted.to), quoted.from).at(-1) ?? removed;
		}
		return tripleOf(line, edit, { added, removed });
	});
}

/** Of pairs of lines of which one took the other's place: where as many came as went. */
export function changedIndents({ segments }: Cut, edit: QuotedLines): readonly IndentTriple[] {
	return segments.flatMap(({ quoted, next }) => {
		const was = solidOf(edit.quoted.slice(quoted.from, quoted.to), quoted.from);
		const now = solidOf(edit.next.slice(next.from, next.to), next.from);
		return was.length === now.length
			? was.map((line, index) => tripleOf({ quoted: line, own: edit.ownOf[line] ?? -1, next: now[index] ?? -1 }, edit))
			: [];
	});
}

/** @param above the last line that is added, and the last one that is removed, above; -1 for none. */
function tripleOf(line: KeptLine, edit: QuotedLines, above = NONE_ABOVE): IndentTriple {
	const inQuote = (number: number) => indentOf(edit.quoted[number] ?? '');
	const inNext = (number: number) => indentOf(edit.next[number] ?? '');
	const [quoted, next] = [inQuote(line.quoted), inNext(line.next)];
	return {
		quoted,
		own: indentOf(edit.ownLine(line.own)),
		next,
		isOpened: above.added >= 0 && inNext(above.added).length < next.length,
		isFreed: above.removed >= 0 && inQuote(above.removed).length <= quoted.length,
	};
}
