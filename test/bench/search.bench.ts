/** grep and glob as the tools run them, beside the same ripgrep started by hand, on a made tree of 20,000 files. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findFiles, findText, type SearchPlace } from '../../src/host/workspace/searchWorkspace.ts';
import { findRipgrep } from '../../src/node/findRipgrep.ts';
import { createRipgrep } from '../../src/node/ripgrep.ts';
import { editorHost } from '../workbench/editorHost.mjs';
import { compare, median } from './report.ts';

const FOLDERS = 200;
const FILES = 100;
const RUNS = 7;
const PATTERN = 'needle\\d+';

const { vscode } = await editorHost(text => console.log(`  ${text}`));
const rg = await findRipgrep({
	appRoot: vscode,
	searchPath: process.env['PATH'] ?? '',
	platform: process.platform,
	architecture: process.arch,
});
if (rg === undefined) {
	throw new Error('There is no ripgrep in the editor host.');
}
const folder = mkdtempSync(join(tmpdir(), 'openrouter-agent-search-'));
try {
	makeTree();
	const place: SearchPlace = {
		root: {
			uri: pathToFileURL(folder).href,
			prefix: '',
			excludes: ['**/.git'],
			readIgnoreFile: async () => undefined,
			// One file has unsaved text, as in an editor at work.
			unsaved: new Map([['folder0/file0.ts', 'const needle1 = "unsaved";\n']]),
			engine: createRipgrep(vscode),
		},
		below: '',
	};
	const query = { pattern: PATTERN, isRegex: true, isCaseSensitive: true, glob: undefined, contextLines: 0 };
	const signal = new AbortController().signal;
	const all = ['--no-config', '--hidden', '--glob', '!**/.git', '--line-number', '--null'];
	const byHand = (args: readonly string[]) =>
		execFileSync(rg, [...all, ...args, '-e', PATTERN, '.'], { cwd: folder, maxBuffer: 1 << 28 }).toString('utf8');

	const full = await findText([place], new Map(), { ...query, limit: 1_000_000 }, signal);
	const hits = full.files.reduce((sum, { lines }) => sum + lines.length, 0);
	console.log(`  ${FOLDERS * FILES} files, ${hits} hits`);
	await race(
		'grep, full count',
		1.15,
		() => findText([place], new Map(), { ...query, limit: 1_000_000 }, signal),
		() => {
			byHand([]).split('\n');
		},
	);
	await race(
		'grep, first 100 hits',
		1.5,
		() => findText([place], new Map(), { ...query, limit: 100 }, signal),
		() => {
			byHand(['--max-count', '1']).split('\n', 100);
		},
	);
	await race(
		'glob **/*.ts',
		1.3,
		() => findFiles([place], { glob: '**/*.ts', limit: 100_000 }, signal),
		() => {
			execFileSync(rg, ['--no-config', '--files', '--hidden'], { cwd: folder, maxBuffer: 1 << 28 })
				.toString('utf8')
				.split('\n');
		},
	);
} finally {
	rmSync(folder, { recursive: true, force: true });
}

/** One of ten files has hits. */
function makeTree(): void {
	for (let at = 0; at < FOLDERS; at++) {
		mkdirSync(join(folder, `folder${at}`));
		for (let file = 0; file < FILES; file++) {
			const lines = Array.from({ length: 60 }, (_, line) => `const value${line} = compute(${at}, ${file}, ${line});`);
			if (file % 10 === 0) {
				lines.push(`const needle${at} = ${file};`, `use(needle${at});`);
			}
			writeFileSync(join(folder, `folder${at}`, `file${file}.ts`), `${lines.join('\n')}\n`);
		}
	}
}

/** By turns, so that both meet the same machine. */
async function race(name: string, most: number, run: () => Promise<unknown>, peer: () => void): Promise<void> {
	const [own, other]: [number[], number[]] = [[], []];
	for (let round = 0; round < RUNS; round++) {
		const start = performance.now();
		await run();
		const between = performance.now();
		peer();
		own.push(between - start);
		other.push(performance.now() - between);
	}
	compare(name, { value: median(own), unit: 'ms' }, { name: 'the same rg', value: median(other) }, most);
}
