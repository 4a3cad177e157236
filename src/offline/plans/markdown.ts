/** Pieces of Markdown that hold foreign text safely: nothing in a file or a name can close or open anything. */

/** A code span that shows the text as it is. */
export function code(text: string): string {
	const line = text.replace(/\s*\n\s*/g, ' ');
	const fence = '`'.repeat(longestRun(line) + 1);
	const padding = /^`|`$|^ .* $/.test(line) ? ' ' : '';
	return line === '' ? '` `' : `${fence}${padding}${line}${padding}${fence}`;
}

/** A fenced block, with the language taken from the path. */
export function codeBlock(lines: readonly string[], path: string): string {
	const text = lines.join('\n');
	const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
	const language = /\.([A-Za-z0-9]{1,12})$/.exec(path)?.[1] ?? '';
	// The panel links a plain path behind the language; other characters could end the line of the fence.
	const info = language !== '' && /^[\w@.~+/-]+$/.test(path) ? `${language} ${path}` : language;
	return `${fence}${info}\n${text}\n${fence}`;
}

/** A link to a file of the workspace, at a line when one is given. */
export function fileLink(path: string, line?: number, lastLine = line): string {
	const span = line === undefined ? '' : lastLine === line ? `:${line}` : `:${line}-${lastLine}`;
	return `[${asPlainText(path + span)}](${fileAddress(path, line)})`;
}

/** What a link to a file points to. Percent-encoded, so that no name ends the link. */
export function fileAddress(path: string, line?: number): string {
	const target = encodeURI(path.replace(/\p{Surrogate}/gu, '\uFFFD'));
	const safe = target.replace(/[()#?]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
	return line === undefined ? safe : `${safe}#L${line}`;
}

/** Text that is not to be read as Markdown. */
export function asPlainText(text: string): string {
	return text.replace(/[\\`*_[\]<>!|~]/g, '\\$&');
}

/** "1 file", "12 files". */
export function counted(count: number, noun: string): string {
	const plural = /(?:ch|sh|s|x)$/.test(noun) ? `${noun}es` : `${noun.replace(/y$/, 'ie')}s`;
	return `${count} ${count === 1 ? noun : plural}`;
}

function longestRun(text: string): number {
	return Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
}
