/** UTF-16 units of a title at most. */
const MAX_TITLE = 60;

/** A session's title from its first message: its first line with words in it, without Markdown's marks, shortened. */
export function titleFrom(text: string): string {
	const line = text
		.split(/\r?\n/)
		.map(part =>
			part
				.replace(/^[\s#>*+`-]+/, '')
				.replace(/[\s`]+/g, ' ')
				.trim(),
		)
		.find(part => /[\p{L}\p{N}]/u.test(part));
	return shorten(line ?? text.replace(/\s+/g, ' ').trim());
}

function shorten(line: string): string {
	if (line.length <= MAX_TITLE) {
		return line;
	}
	const cut = line.slice(0, MAX_TITLE);
	const space = cut.lastIndexOf(' ');
	// A word that fills more than half is cut, between its characters.
	const whole = space > MAX_TITLE / 2 ? cut.slice(0, space) : cut.replace(/[\ud800-\udbff]$/, '');
	return `${whole.replace(/[\s,;:.–-]+$/, '')}…`;
}
