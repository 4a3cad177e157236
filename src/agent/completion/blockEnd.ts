import { Brackets } from './brackets.ts';
import { MAX_LINES } from './completionPrompt.ts';

/** What goes on with a block that has ended: `else`, `catch`, a chained call. */
const GOES_ON = /^\s*(?:[)\]}.,;:?&|]|(?:else|elif|elsif|except|finally|catch|rescue|ensure|while|until|end)\b)/;

/**
 * The first lines of a suggestion that belong together: up to the end of the block that is open at the cursor, of the
 * first block that begins in the suggestion, or of a paragraph.
 * @param indentation of the cursor's line.
 */
export function firstBlock(text: string, indentation: string): string {
	const lines = text.split('\n');
	const brackets = new Brackets();
	const kept: string[] = [];
	for (const [index, line] of lines.entries()) {
		const isBlank = line.trim() === '';
		const isTopLevel = brackets.depth === 0;
		const hasBegun = kept.some(earlier => earlier.trim() !== '');
		const leaves = isTopLevel && index > 0 && !isBlank && isLess(line, indentation) && !/^\s*[)\]}]/.test(line);
		if (kept.length >= MAX_LINES || leaves || (isBlank && isTopLevel && hasBegun)) {
			break;
		}
		kept.push(line);
		const closesOuter = brackets.readLine(line);
		const next = lines.slice(index + 1).find(later => later.trim() !== '');
		const endsOwn = !isTopLevel && brackets.depth === 0 && !(next !== undefined && GOES_ON.test(next));
		if (closesOuter || endsOwn) {
			break;
		}
	}
	return kept.join('\n');
}

function isLess(line: string, indentation: string): boolean {
	const own = /^[ \t]*/.exec(line)?.[0] ?? '';
	return own.length < indentation.length;
}
