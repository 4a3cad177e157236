/** Characters of a line that are shown, around its first match. */
const MAX_LINE_CHARACTERS = 400;

/** The part of a long line around `at`. */
export function lineExcerpt(line: string, at: number): string {
	if (line.length <= MAX_LINE_CHARACTERS) {
		return line;
	}
	const from = Math.max(0, Math.min(at - MAX_LINE_CHARACTERS / 4, line.length - MAX_LINE_CHARACTERS));
	const to = Math.min(line.length, from + MAX_LINE_CHARACTERS);
	return `${from > 0 ? '…' : ''}${line.slice(from, to)}${to < line.length ? '…' : ''}`;
}
