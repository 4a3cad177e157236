/**
 * Search over 20,000 files as the tools see it, unsaved editors included, beside the same ripgrep line of which the
 * output is counted and thrown away. Files are in the system's cache for both.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findFiles, findText, type SearchPlace } from '../../src/files/searchWorkspace.ts';
import { findRipgrep } from '../../src/node/findRipgrep.ts';
import { createRipgrep } from '../../src/node/ripgrep.ts';
import { editorHost } from '../workbench/editorHost.mjs';
import { median, report, timed } from './row.ts';

const FOLDERS = 200;
const FILES_PER_FOLDER = 100;
const RUNS = 9;
const FIRST = 100;
const LIMIT = 1_000_000;
/** What our adapter gives ripgrep for the scope of a whole folder. */
const SCOPE = ['--no-config', '--no-messages', '--hidden', '--no-require-git', '--path-separator=/', '--glob=!.git'];
const PATTERN = 'createHandler';
const TEXT = [
	...['--null', '--no-heading', '--with-filename', '--line-number', '--column', '--color=never'],
	...['--max-columns=20000', '--max-columns-preview', '--no-context-separator', '--case-sensitive'],
	...['--fixed-strings', `--regexp=${PATTERN}`],
];
const LINE_FEED = 0x0a;

const { vscode: appRoot } = await editorHost(console.error);
const binary = await findRipgrep({
	appRoot,
	searchPath: process.env['PATH'] ?? '',
	platform: process.platform,
	architecture: process.arch,
});
if (binary === undefined) {
	throw new Error('There is no ripgrep below the editor, nor on PATH.');
}
const rg = binary;
const folder = mkdtempSync(join(tmpdir(), 'openrouter-agent-bench-'));
try {
	makeTree();
	await compare();
} finally {
	rmSync(folder, { recursive: true, force: true });
}

async function compare(): Promise<void> {
	const { signal } = new AbortController();
	const place = makePlace();
	const query = { pattern: PATTERN, isRegex: false, isCaseSensitive: true, glob: undefined, contextLines: 0 };
	const grep = async (limit: number) => {
		const { files } = await findText([place], new Map(), { ...query, limit }, signal);
		return files.reduce((sum, { lines }) => sum + lines.length, 0);
	};
	const ripgrep = (wanted: number) => count([...TEXT, ...SCOPE, '--', './'], LINE_FEED, wanted);
	await measure(
		`grep, first ${FIRST} hits`,
		() => grep(FIRST),
		() => ripgrep(FIRST),
		{ reach: 1.5 },
	);
	const hits = await grep(LIMIT);
	await measure(
		`grep, all ${hits} hits`,
		() => grep(LIMIT),
		() => ripgrep(LIMIT),
		{ reach: 1.15 },
	);
	for (const glob of ['**/*.ts', '**/*']) {
		const find = async () => (await findFiles([place], { glob, limit: FIRST }, signal)).total ?? 0;
		const found = await find();
		await measure(
			`glob ${glob}, ${found} files`,
			find,
			() => count(['--files', '--null', ...SCOPE, '--', './'], 0, LIMIT),
			{
				peer: 'rg --files',
				reach: 1.3,
			},
		);
	}
}

/** Medians of runs in turns, so that a change of the machine's load meets both. */
async function measure(
	name: string,
	ours: () => Promise<number>,
	theirs: () => Promise<number>,
	{ peer = 'same rg line', reach }: { readonly peer?: string; readonly reach: number },
): Promise<void> {
	if ((await ours()) === 0 || (await theirs()) === 0) {
		throw new Error(`${name}: nothing was found.`);
	}
	const [own, other]: [number[], number[]] = [[], []];
	for (let run = 0; run < RUNS; run++) {
		own.push(await timed(ours));
		other.push(await timed(theirs));
	}
	report({ name, measured: median(own), against: median(other), peer, unit: 'ms', reach });
}

/** Runs ripgrep and counts a byte in its output; stops it once there are as many as wanted. */
async function count(args: readonly string[], byte: number, wanted: number): Promise<number> {
	const child = spawn(rg, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
	let found = 0;
	for await (const chunk of child.stdout) {
		// A stream without an encoding gives bytes.
		const bytes = chunk as Uint8Array;
		for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) {
			found++;
		}
		if (found >= wanted) {
			child.kill('SIGKILL');
			return found;
		}
	}
	return found;
}

/** Source files of 1 to 3 kB; every second one has a hit or two, every fourth is no TypeScript. */
function makeTree(): void {
	writeFileSync(join(folder, '.gitignore'), 'dist\nnode_modules\n*.log\n');
	for (let folderNumber = 0; folderNumber < FOLDERS; folderNumber++) {
		const path = join(folder, `packages/part${folderNumber % 20}/src/module${folderNumber}`);
		mkdirSync(path, { recursive: true });
		for (let file = 0; file < FILES_PER_FOLDER; file++) {
			writeFileSync(join(path, `file${file}.${file % 4 === 3 ? 'md' : 'ts'}`), textOf(folderNumber, file));
		}
	}
}

function textOf(folderNumber: number, file: number): string {
	const filler = `export function handle${file}(request: Request): Response { return respond(request, ${folderNumber}); }\n`;
	const hit = `const handler${file} = ${PATTERN}(options, ${folderNumber});\n`;
	const hits = file % 2 === 0 ? 1 + (file % 3 === 0 ? 1 : 0) : 0;
	return filler.repeat(10 + (file % 20)) + hit.repeat(hits) + filler.repeat(2);
}

/** The tree as the workspace adapter searches it, three of its files being open with unsaved changes. */
function makePlace(): SearchPlace {
	const unsaved = [0, 1, 2].map(
		file => [`packages/part0/src/module0/file${file}.ts`, `const changed = ${PATTERN}();\n${textOf(0, file)}`] as const,
	);
	return {
		root: {
			uri: pathToFileURL(folder).href,
			prefix: '',
			excludes: [],
			readIgnoreFile: async () => undefined,
			unsaved: new Map(unsaved),
			engine: createRipgrep(appRoot),
		},
		below: '',
	};
}
