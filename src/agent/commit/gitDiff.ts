/** One file's part of what `git diff` prints. */
export interface FileDiff {
	/** As it is now; as it was where it is gone. */
	readonly path: string;
	/** Before it was renamed. */
	readonly oldPath?: string;
	readonly kind: 'added' | 'changed' | 'deleted' | 'renamed';
	/** With its header lines. */
	readonly text: string;
}

/** Takes the output of `git diff` apart. */
export function splitDiff(diff: string): readonly FileDiff[] {
	return diff
		.replaceAll('\r\n', '\n')
		.split(/^(?=diff --git )/m)
		.filter(part => part.startsWith('diff --git '))
		.map(readFileDiff);
}

function readFileDiff(text: string): FileDiff {
	const end = text.search(/^@@ /m);
	const header = end < 0 ? text : text.slice(0, end);
	const before = nameIn(header, /^(?:rename|copy) from (.+)$/m) ?? nameIn(header, /^--- (?:[a-z]\/)?(.+)$/m);
	const after = nameIn(header, /^(?:rename|copy) to (.+)$/m) ?? nameIn(header, /^\+\+\+ (?:[a-z]\/)?(.+)$/m);
	const isGone = /^deleted file mode/m.test(header);
	const isRenamed = /^rename from /m.test(header);
	return {
		path: (isGone ? before : after) ?? nameInFirstLine(header),
		...(isRenamed && before !== undefined && { oldPath: before }),
		kind: isGone ? 'deleted' : isRenamed ? 'renamed' : /^new file mode/m.test(header) ? 'added' : 'changed',
		text: text.trimEnd(),
	};
}

function nameIn(header: string, pattern: RegExp): string | undefined {
	const name = pattern.exec(header)?.[1]?.replace(/\t$/, '');
	return name === undefined || name === '/dev/null' ? undefined : unquoted(name);
}

/** Of a file without lines that changed, such as a binary one: the same name stands there twice. */
function nameInFirstLine(header: string): string {
	const [line = ''] = header.split('\n');
	const names = line.slice('diff --git '.length);
	const quoted = /^"[a-z]\/(.*)" "/.exec(names)?.[1];
	return quoted === undefined ? names.slice(2, (names.length - 1) / 2) : unquoted(`"${quoted}"`);
}

/** Git quotes names with control characters, quotes and, unless told otherwise, bytes beyond ASCII. */
function unquoted(name: string): string {
	if (!name.startsWith('"') || !name.endsWith('"')) {
		return name;
	}
	const bytes: number[] = [];
	const inner = name.slice(1, -1).replace(/^[a-z]\//, '');
	for (const [part, octal, escaped] of inner.matchAll(/\\([0-7]{3})|\\(.)|[^\\]/gu)) {
		if (octal !== undefined) {
			bytes.push(Number.parseInt(octal, 8));
		} else {
			bytes.push(...new TextEncoder().encode(escaped === undefined ? part : (CONTROL[escaped] ?? escaped)));
		}
	}
	return new TextDecoder().decode(new Uint8Array(bytes));
}

const CONTROL: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
