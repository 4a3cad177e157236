/** Where a link of an answer leads. Anything else than these two is shown as text. */
export type LinkTarget =
	| { readonly kind: 'web'; readonly url: string }
	| { readonly kind: 'file'; readonly path: string; readonly line?: number };

const LINE_SUFFIX = /(?:#L(\d{1,7})(?:-L?\d{1,7})?|:(\d{1,7})(?:[:-]\d{1,7})?)$/;
const SCHEME = /^[a-z][a-z\d+.-]*:/i;

/**
 * Judges the address of a Markdown link. The model wrote it, so it is not trusted: only plain web addresses and paths
 * that the host resolves inside the workspace pass. Addresses with a user name look like another host than they are.
 */
export function linkTarget(href: string): LinkTarget | undefined {
	if (/^https?:/i.test(href)) {
		return webTarget(href);
	}
	// "parse.ts:12" has the form of a scheme; a name with a dot and digits behind the colon is a file.
	const isFileWithLine = /^[^/:?#]+\.[^/:?#]+:\d+(?:[:-]\d+)?$/.test(href);
	if (href === '' || href.startsWith('#') || (SCHEME.test(href) && !isFileWithLine)) {
		return undefined;
	}
	return fileTarget(decodePath(href));
}

/**
 * Finds a file reference in a code span, such as `src/app.ts` or `app.ts:12`. A bare `app.ts` is too often a mere name.
 */
export function codeSpanTarget(text: string): LinkTarget | undefined {
	if (text.length > 300 || !/^[\w@.~+-]+(?:\/[\w@.~+-]+)*\.[A-Za-z]\w{0,9}(?::\d{1,7}(?:[:-]\d{1,7})?)?$/.test(text)) {
		return undefined;
	}
	return text.includes('/') || LINE_SUFFIX.test(text) ? fileTarget(text) : undefined;
}

function webTarget(href: string): LinkTarget | undefined {
	if (!URL.canParse(href)) {
		return undefined;
	}
	const { username, password, href: url } = new URL(href);
	return username === '' && password === '' ? { kind: 'web', url } : undefined;
}

function fileTarget(href: string): LinkTarget | undefined {
	const suffix = LINE_SUFFIX.exec(href);
	const path = (suffix === null ? href : href.slice(0, suffix.index)).replace(/^\.\//, '');
	// Two slashes name another machine, a backslash is how Windows writes that.
	if (path === '' || path.startsWith('//') || /[\\\0?#]/.test(path)) {
		return undefined;
	}
	const line = Number(suffix?.[1] ?? suffix?.[2] ?? 0);
	return line > 0 ? { kind: 'file', path, line } : { kind: 'file', path };
}

function decodePath(href: string): string {
	try {
		return decodeURIComponent(href);
	} catch {
		// A lone percent sign: the text is meant as it stands.
		return href;
	}
}
