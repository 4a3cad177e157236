/**
 * Search over 100,000 files as the tools see it, unsaved editors included, beside the same ripgrep line of which the
 * output is counted and thrown away. Files are in the system's cache for both.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { SearchEngine } from '../../src/agent/search.ts';
import { CodeIndex } from '../../src/files/codeIndex/codeIndex.ts';
import type { CodeFile } from '../../src/files/codeIndex/codeSource.ts';
import { workspaceSource } from '../../src/files/codeIndex/workspaceSource.ts';
import { createScanSearch } from '../../src/files/scanSearch.ts';
import { findFiles, findText, type SearchPlace } from '../../src/files/searchWorkspace.ts';
import { createDiskTree } from '../../src/node/diskTree.ts';
import { openFileWorkspace } from '../../src/node/fileWorkspace.ts';
import { findRipgrep } from '../../src/node/findRipgrep.ts';
import { createRipgrep } from '../../src/node/ripgrep.ts';
import { editorHost } from '../workbench/editorHost.mjs';
import { median, report, timed } from './row.ts';

const FOLDERS = 1000;
const FILES_PER_FOLDER = 100;
const RUNS = 5;
/** What takes seconds runs less often. */
const FEW_RUNS = 3;
/** A part of the tree: 5,000 files. */
const PART = 'packages/part0';
const FIRST = 100;
const LIMIT = 1_000_000;
/** What our adapter gives ripgrep for the scope of a whole folder. */
const SCOPE = ['--no-config', '--no-messages', '--hidden', '--no-require-git', '--path-separator=/', '--glob=!.git'];
const PATTERN = 'createHandler';
const MATCHES = [
	...['--null', '--no-heading', '--with-filename', '--color=never', '--case-sensitive'],
	...['--fixed-strings', `--regexp=${PATTERN}`],
];
const LINES = ['--line-number', '--column', '--max-columns=20000', '--max-columns-preview'];
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
const { signal } = new AbortController();
const folder = mkdtempSync(join(tmpdir(), 'openrouter-agent-bench-'));
try {
	makeTree();
	await compare(createRipgrep(appRoot));
	await compareOwn(createScanSearch(createDiskTree()));
	await measureIndex();
} finally {
	rmSync(folder, { recursive: true, force: true });
}

async function compare(engine: SearchEngine): Promise<void> {
	const place = makePlace(engine);
	await measure({
		name: () => `grep, first ${FIRST} hits`,
		ours: () => grep(place, FIRST),
		theirs: () => ripgrep(LINES, FIRST),
		reach: 1.5,
	});
	await measure({
		name: found => `grep, all ${found} hits`,
		ours: () => grep(place, LIMIT),
		theirs: () => ripgrep(LINES, LIMIT),
		reach: 1.15,
		runs: FEW_RUNS,
	});
	await measure({
		name: found => `grep, counts of ${found} hits`,
		ours: () => countAll(place),
		theirs: () => ripgrep(['--count'], LIMIT),
		reach: 1.15,
		runs: FEW_RUNS,
	});
	for (const glob of ['**/*.ts', '**/*']) {
		await measure({
			name: found => `glob ${glob}, ${found} files`,
			ours: () => countFiles(place, glob),
			theirs: listAll,
			peer: 'rg --files',
			reach: 1.3,
		});
	}
}

/** The search without ripgrep, and what the thread it shares with others feels of it. */
async function compareOwn(engine: SearchEngine): Promise<void> {
	const place = makePlace(engine);
	const part = { ...place, below: PART };
	await measure({
		name: () => 'own engine, counts',
		ours: () => countAll(place),
		theirs: () => ripgrep(['--count'], LIMIT),
		reach: 3.5,
		runs: FEW_RUNS,
	});
	await measure({
		name: () => 'own engine, a regular expression in 5,000 files',
		ours: () => grep(part, LIMIT, 'create\\w+\\('),
		theirs: () =>
			count(
				[...MATCHES.slice(0, -2), ...LINES, '--regexp=create\\w+\\(', ...SCOPE, '--', `./${PART}`],
				LINE_FEED,
				LIMIT,
			),
		reach: 3.5,
		runs: FEW_RUNS,
	});
	await measure({
		name: () => 'own engine, glob **/*.ts',
		ours: () => countFiles(place, '**/*.ts'),
		theirs: listAll,
		peer: 'rg --files',
		reach: 3.5,
		runs: FEW_RUNS,
	});
	const blocked = await longestBlock(() => grep(part, LIMIT, '(?i)respond.*17|nothing\\d+'));
	report({ name: 'own engine, thread held', measured: blocked, against: 50, peer: 'limit', unit: 'ms', reach: 1 });
	report({
		name: 'own engine, stopped',
		measured: await stopTime(place),
		against: 200,
		peer: 'limit',
		unit: 'ms',
		reach: 1,
	});
}

/** The code index over the files of the command line's workspace. */
async function measureIndex(): Promise<void> {
	const root = join(folder, PART);
	const search = createRipgrep(appRoot);
	const source = workspaceSource(openFileWorkspace({ folder: root, search, platform: process.platform }));
	let listed: readonly CodeFile[] | undefined;
	const index = new CodeIndex({ ...source, files: async stop => listed ?? source.files(stop) });
	const update = () => index.update();
	const limit = (name: string, measured: number, against: number, unit: 'ms' | 'kB' = 'ms') =>
		report({ name: `code index, ${name}`, measured, against, peer: 'limit', unit, reach: 1 });
	const before = memory();
	let built = 0;
	const held = await longestBlock(async () => {
		built = await timed(update);
	});
	limit('5,000 files built', built, 10_000);
	limit('thread held meanwhile', held, 50);
	limit('memory', (memory() - before) / 1000, 64_000, 'kB');
	limit('up to date, nothing changed', await timed(update), 2000);
	writeFileSync(join(root, 'src/module0/file0.ts'), 'export const changed = 1;\n');
	limit('up to date, one file changed', await timed(update), 2000);
	listed = await source.files(signal);
	const asked: number[] = [];
	for (let run = 0; run < RUNS; run++) {
		asked.push(await timed(() => index.search({ text: 'respond to a request', below: '', limit: 8 }, signal)));
	}
	limit('question, files known', median(asked), 100);
}

/** Bytes in use that something holds. */
function memory(): number {
	setFlagsFromString('--expose-gc');
	runInNewContext('gc')();
	const { heapUsed, arrayBuffers } = process.memoryUsage();
	return heapUsed + arrayBuffers;
}

async function grep(place: SearchPlace, limit: number, pattern?: string): Promise<number> {
	const { files } = await findText([place], new Map(), { ...query(pattern), limit }, signal);
	return files.reduce((sum, { lines }) => sum + lines.length, 0);
}

async function countAll(place: SearchPlace): Promise<number> {
	const { files } = await findText([place], new Map(), { ...query(), limit: 0, isCountOnly: true }, signal);
	return files.reduce((sum, file) => sum + file.count, 0);
}

function query(pattern?: string) {
	return {
		pattern: pattern ?? PATTERN,
		isRegex: pattern !== undefined,
		isCaseSensitive: true,
		glob: undefined,
		contextLines: 0,
	};
}

async function countFiles(place: SearchPlace, glob: string): Promise<number> {
	return (await findFiles([place], { glob, limit: FIRST }, signal)).total ?? 0;
}

function ripgrep(output: readonly string[], wanted: number): Promise<number> {
	return count([...MATCHES, ...output, ...SCOPE, '--', './'], LINE_FEED, wanted);
}

function listAll(): Promise<number> {
	return count(['--files', '--null', ...SCOPE, '--', './'], 0, LIMIT);
}

interface Measurement {
	/** @param found how many our search gives. */
	readonly name: (found: number) => string;
	readonly ours: () => Promise<number>;
	readonly theirs: () => Promise<number>;
	readonly peer?: string;
	readonly reach: number;
	readonly runs?: number;
}

/** Medians of runs in turns, so that a change of the machine's load meets both. */
async function measure({ name, ours, theirs, peer = 'same rg line', reach, runs = RUNS }: Measurement): Promise<void> {
	const found = await ours();
	if (found === 0 || (await theirs()) === 0) {
		throw new Error(`${name(found)}: nothing was found.`);
	}
	const [own, other]: [number[], number[]] = [[], []];
	for (let run = 0; run < runs; run++) {
		own.push(await timed(ours));
		other.push(await timed(theirs));
	}
	report({ name: name(found), measured: median(own), against: median(other), peer, unit: 'ms', reach });
}

/**
 * Milliseconds that a timer of another had to wait at most while `work` ran; of them those in which this process was at
 * work, for what a busy machine gives to others is not ours.
 */
async function longestBlock(work: () => Promise<unknown>): Promise<number> {
	let longest = 0;
	let last = performance.now();
	let used = process.cpuUsage();
	const timer = setInterval(() => {
		const now = performance.now();
		const { user, system } = process.cpuUsage(used);
		longest = Math.max(longest, Math.min(now - last - 1, (user + system) / 1000));
		last = now;
		used = process.cpuUsage();
	}, 1);
	try {
		await work();
	} finally {
		clearInterval(timer);
	}
	return longest;
}

/** Milliseconds from the stop of a search in full swing to its end. */
async function stopTime(place: SearchPlace): Promise<number> {
	const controller = new AbortController();
	const search = findText([place], new Map(), { ...query('nothing\\d+'), limit: 1 }, controller.signal);
	let start = 0;
	setTimeout(() => {
		start = performance.now();
		controller.abort();
	}, 300);
	await search.catch(() => undefined);
	if (start === 0) {
		throw new Error('The search ended before it could be stopped.');
	}
	return performance.now() - start;
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
function makePlace(engine: SearchEngine): SearchPlace {
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
			engine,
		},
		below: '',
	};
}
