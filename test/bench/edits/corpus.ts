import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname } from 'node:path';

/** A text that edits are tried on, always with LF and a final line end; the classes make the other forms of it. */
export interface TextFile {
	readonly path: string;
	readonly lines: readonly string[];
	/** The lines that are not blank, as `keyOf` sees them, in order. */
	readonly keys: readonly string[];
	readonly keySet: ReadonlySet<string>;
	/** One step of indentation: a tab, or spaces. */
	readonly unit: string;
	readonly language: Language;
}

export interface Language {
	readonly name: string;
	/** Makes a comment of one line; absent where there is none. */
	readonly comment?: (text: string) => string;
	/** What a line that is a comment starts with. */
	readonly commentStart?: RegExp;
	readonly prose?: boolean;
}

export interface Corpus {
	readonly files: readonly TextFile[];
	/** Files by the name of their language. */
	readonly byLanguage: ReadonlyMap<string, readonly TextFile[]>;
	/** Texts of one long line. */
	readonly minified: readonly { readonly path: string; readonly text: string }[];
	/** What is put around a text to make it large, in characters. */
	readonly largest: number;
}

const FIXTURES = 'test/fixtures/edits';
const MINIFIED_WIDTH = 2000;
const MAX_FILE = 110_000;
const OWN_FILES = 60;

const slashes = { comment: (text: string) => `// ${text}`, commentStart: /^(?:\/\/|\*(?!\/)|\/\*)/ };
const hash = { comment: (text: string) => `# ${text}`, commentStart: /^#/ };
const angle = { comment: (text: string) => `<!-- ${text} -->`, commentStart: /^<!--/ };
const LANGUAGES: Readonly<Record<string, Language>> = {
	'.ts': { name: 'ts', ...slashes },
	'.tsx': { name: 'tsx', ...slashes },
	'.js': { name: 'js', ...slashes },
	'.mjs': { name: 'js', ...slashes },
	'.go': { name: 'go', ...slashes },
	'.java': { name: 'java', ...slashes },
	'.c': { name: 'c', ...slashes },
	'.h': { name: 'c', ...slashes },
	'.css': { name: 'css', comment: text => `/* ${text} */`, commentStart: /^(?:\/\*|\*(?!\/))/ },
	'.py': { name: 'py', ...hash },
	'.yml': { name: 'yaml', ...hash },
	'.html': { name: 'html', ...angle },
	'.xml': { name: 'xml', ...angle },
	'.md': { name: 'md', prose: true },
	'.json': { name: 'json' },
};
const MAKE: Language = { name: 'make', ...hash };

/** The texts that never change: what tests go by. */
export function fixtureCorpus(largest: number): Corpus {
	return corpusOf([...listFiles(FIXTURES), ...listFiles('test/fixtures/web')], largest);
}

/** Also our own sources, documents and style sheets, and files of packages that are installed anyway. */
export function wholeCorpus(largest: number): Corpus {
	const own = listFiles('src')
		.filter(path => /\.tsx?$/.test(path) && statSync(path).size > 2000)
		.sort();
	const step = Math.max(1, Math.floor(own.length / OWN_FILES));
	const packages = [
		'node_modules/mocha/mocha.css',
		'node_modules/mocha/lib/runner.js',
		'node_modules/esbuild/lib/main.js',
		'node_modules/zod/src/v4/core/util.ts',
		'node_modules/highlight.js/lib/languages/python.js',
		'node_modules/openai/README.md',
		'node_modules/marked/lib/marked.umd.js',
	];
	return corpusOf(
		[
			...listFiles(FIXTURES),
			...listFiles('test/fixtures/web'),
			...own.filter((_, at) => at % step === 0),
			...packages.filter(path => existsSync(path)),
			...['README.md', 'CONTRIBUTING.md', 'docs/safety.md', 'package.json', 'media/chat.css', 'media/form.css'],
			'test/bench/run.mjs',
		],
		largest,
	);
}

/** A text as classes see it, whether read from disk or made. */
export function textFile(path: string, lines: readonly string[]): TextFile {
	const keys = lines.map(keyOf).filter(key => key !== '');
	const language =
		basename(path) === 'Makefile' ? MAKE : (LANGUAGES[extname(path)] ?? { name: 'text', prose: true as const });
	return { path, lines, keys, keySet: new Set(keys), unit: unitOf(lines), language };
}

/**
 * What is left of a line when everything is forgiven that any class disturbs: spaces, and the look of quotes and dashes.
 * What is unique by its keys is unique in every weaker sense.
 */
export function keyOf(line: string): string {
	return line
		.replace(/\s+/gu, '')
		.replace(/[‘’‚‛′`]/gu, "'")
		.replace(/[“”„‟″]/gu, '"')
		.replace(/[‐-―−]/gu, '-');
}

function corpusOf(paths: readonly string[], largest: number): Corpus {
	const files: TextFile[] = [];
	const minified: { path: string; text: string }[] = [];
	for (const path of paths) {
		const text = readFileSync(path, 'utf8').replace(/\r\n?/g, '\n');
		if (text.split('\n').some(line => line.length > MINIFIED_WIDTH)) {
			minified.push({ path, text });
		} else if (text.length < MAX_FILE) {
			files.push(textFile(path, text.replace(/\n+$/, '').split('\n')));
		}
	}
	const byLanguage = new Map<string, TextFile[]>();
	for (const file of files) {
		byLanguage.set(file.language.name, [...(byLanguage.get(file.language.name) ?? []), file]);
	}
	return { files, byLanguage, minified, largest };
}

function listFiles(folder: string): string[] {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.map(name => `${folder}/${name.replaceAll('\\', '/')}`)
		.filter(path => path.endsWith('/Makefile') || LANGUAGES[extname(path)] !== undefined)
		.filter(path => !path.endsWith('/SOURCES.md'))
		.sort();
}

function unitOf(lines: readonly string[]): string {
	const steps = new Map<number, number>();
	let tabs = 0;
	let before = 0;
	for (const line of lines.filter(text => text.trim() !== '')) {
		tabs += line.startsWith('\t') ? 1 : 0;
		const width = line.length - line.trimStart().length;
		const step = width - before;
		before = width;
		if (step === 2 || step === 4 || step === 8) {
			steps.set(step, (steps.get(step) ?? 0) + 1);
		}
	}
	const [best] = [...steps].sort((a, b) => b[1] - a[1]);
	return tabs > (best?.[1] ?? 0) ? '\t' : ' '.repeat(best?.[0] ?? 2);
}
