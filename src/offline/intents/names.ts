/** Telling file names, globs and identifiers from plain words. */

/** Extensions by the words people use for a language. The first one names the outline rules, see `outline.ts`. */
const LANGUAGES: Readonly<Record<string, readonly string[]>> = {
	typescript: ['ts', 'tsx', 'mts', 'cts'],
	ts: ['ts', 'tsx', 'mts', 'cts'],
	javascript: ['js', 'jsx', 'mjs', 'cjs'],
	js: ['js', 'jsx', 'mjs', 'cjs'],
	python: ['py'],
	go: ['go'],
	golang: ['go'],
	rust: ['rs'],
	java: ['java'],
	kotlin: ['kt', 'kts'],
	'c#': ['cs'],
	'c++': ['cpp', 'cc', 'cxx', 'hpp', 'hh', 'h'],
	c: ['c', 'h'],
	ruby: ['rb'],
	php: ['php'],
	swift: ['swift'],
	shell: ['sh', 'bash', 'zsh'],
	markdown: ['md', 'mdx'],
	md: ['md', 'mdx'],
	css: ['css', 'scss', 'less'],
	html: ['html', 'htm'],
	json: ['json', 'jsonc'],
	yaml: ['yaml', 'yml'],
	toml: ['toml'],
	sql: ['sql'],
};

const EXTENSIONS = new Set([
	...Object.values(LANGUAGES).flat(),
	...['vue', 'svelte', 'txt', 'xml', 'svg', 'png', 'lock', 'ini', 'cfg', 'conf', 'env', 'bat', 'ps1', 'lua', 'scala'],
	...['csv', 'tsv', 'proto', 'gradle', 'sass', 'ipynb', 'dart', 'ex', 'exs', 'tf', 'rst', 'graphql'],
]);

const BARE_FILE_NAMES =
	/^(?:makefile|dockerfile|license|licence|readme|changelog|contributing|gemfile|rakefile|procfile|jenkinsfile)$/i;

/** Glob for the files of a language ("TypeScript", "ts", ".vue"); undefined for other words. */
export function languageGlob(word: string): string | undefined {
	const name = word.toLowerCase();
	// Own keys only: "constructor" is no language.
	const known = Object.hasOwn(LANGUAGES, name) ? LANGUAGES[name] : undefined;
	if (known !== undefined) {
		return known.length === 1 ? `**/*.${known[0]}` : `**/*.{${known.join(',')}}`;
	}
	const extension = name.replace(/^\./, '');
	return EXTENSIONS.has(extension) ? `**/*.${extension}` : undefined;
}

/** Whether a word names a file: it has a known extension, is a well-known name, or a dot file. */
export function looksLikeFile(word: string): boolean {
	const name = word.slice(word.lastIndexOf('/') + 1);
	if (name === '' || isGlob(word) || /[\s"'`()<>|,;]/.test(word)) {
		return false;
	}
	const extension = /^.+\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase();
	return (
		(extension !== undefined && EXTENSIONS.has(extension)) ||
		BARE_FILE_NAMES.test(name) ||
		/^\.[a-z][\w-]*$/i.test(name)
	);
}

export function isGlob(word: string): boolean {
	return /[*?]|\{[^}]*,[^}]*\}/.test(word);
}

/** Whether a word is one identifier of a programming language. */
export function isIdentifier(word: string): boolean {
	return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(word);
}

/** Whether a word is written as only code is: `parseArgs`, `MAX_SIZE`, `a.b`, `run()`. */
export function looksLikeCode(word: string): boolean {
	return /[\p{Ll}\p{N}]\p{Lu}|[_$]|::|\(\)$|^[\p{L}\p{N}]+\.[\p{L}\p{N}.]+$/u.test(word);
}

/** As the tools want it: `/` only, no `./` before it, no `/` behind it. The workspace itself is `.`. */
export function cleanPath(path: string): string {
	const cleaned = path
		.replaceAll('\\', '/')
		.replace(/^(?:\.\/)+/, '')
		.replace(/\/+$/, '');
	return cleaned === '' ? '.' : cleaned;
}

/** A glob as people mean it: `*.ts` is a file at any depth. */
export function globAnywhere(glob: string): string {
	return glob.includes('/') ? cleanPath(glob) : `**/${glob}`;
}
