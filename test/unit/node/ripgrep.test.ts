import assert from 'node:assert/strict';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SearchScope, TextPattern } from '../../../src/agent/search.ts';
import { ToolError } from '../../../src/agent/toolError.ts';
import { createRipgrep } from '../../../src/node/ripgrep.ts';
import { TemporaryFolders } from '../../contracts/fileWorkspaceFixture.ts';

const folders = new TemporaryFolders();
const limits = { paths: 100, counted: 1000 };
const { signal } = new AbortController();

/** With a shell script in the place of ripgrep: the real one runs in the host tests. */
describe('ripgrep', () => {
	let appRoot: string;
	let scope: SearchScope;
	const pattern = (text: string): TextPattern => ({
		pattern: text,
		isRegex: true,
		isCaseSensitive: true,
		contextLines: 0,
		isMultiline: false,
		isCountOnly: false,
	});
	const play = async (script: string) => {
		const folder = join(appRoot, 'node_modules/@vscode/ripgrep/bin');
		await mkdir(folder, { recursive: true });
		await writeFile(join(folder, 'rg'), `#!/bin/sh\n${script}\n`);
		await chmod(join(folder, 'rg'), 0o755);
		return createRipgrep(appRoot);
	};

	before(function () {
		if (process.platform === 'win32') {
			this.skip();
		}
	});
	beforeEach(async () => {
		appRoot = await folders.make();
		scope = {
			root: pathToFileURL(appRoot).href,
			below: '',
			excludes: [],
			includeIgnored: false,
			nameGlob: undefined,
			accepts: () => true,
		};
	});
	after(() => folders.remove());

	it('is given what a model wrote as text, never as an option', async () => {
		const engine = await play('for argument; do printf "./%s\\0001:1:x\\n" "$argument"; done');
		const evil = { ...scope, below: '-f/etc/passwd', nameGlob: '--files', excludes: ['--pre=./x.sh'] };
		const { items } = await engine.findText(evil, pattern('--pre=./x.sh'), 1000, signal);
		const given = items.map(({ path }) => path);
		const end = given.indexOf('--');
		assert.deepEqual(given.slice(end + 1), ['./-f/etc/passwd']);
		for (const argument of [
			'--regexp=--pre=./x.sh',
			'--type-add=wanted:--files',
			'--glob=!/--pre=./x.sh',
			'--no-config',
		]) {
			const at = given.indexOf(argument);
			assert.ok(at >= 0 && at < end, argument);
		}
		assert.ok(
			!given.some(
				argument => ['--pre=./x.sh', '--files', '-f/etc/passwd'].includes(argument) && given.indexOf(argument) < end,
			),
		);
	});
	it('inherits nothing that steers it', async () => {
		process.env['RIPGREP_CONFIG_PATH'] = '/evil';
		process.env['OPENROUTER_API_KEY'] = 'canary';
		try {
			const engine = await play('env | tr "\\n" "\\0"');
			const { paths } = await engine.findFiles(scope, limits, signal);
			assert.ok(paths.some(line => line.startsWith('PATH=')));
			assert.deepEqual(
				paths.filter(line => /RIPGREP|OPENROUTER|canary/.test(line)),
				[],
			);
		} finally {
			delete process.env['RIPGREP_CONFIG_PATH'];
			delete process.env['OPENROUTER_API_KEY'];
		}
	});
	it('is killed when the search is stopped', async () => {
		const engine = await play('echo $$ > started; exec sleep 600');
		const controller = new AbortController();
		const search = engine.findFiles(scope, limits, controller.signal);
		const pid = Number(await contentOf(appRoot, 'started'));
		controller.abort();
		await assert.rejects(search, { name: 'AbortError' });
		await gone(pid);
	});
	it('is killed when there are enough matches, though it would go on', async () => {
		const engine = await play('echo $$ > started; while :; do printf "./a\\0001:1:x\\n"; done');
		const { items, isPartial } = await engine.findText(scope, pattern('x'), 5, signal);
		assert.deepEqual([items[0]?.count, isPartial], [5, true]);
		await gone(Number(await contentOf(appRoot, 'started')));
	});
	it('explains a pattern in its words', async () => {
		const engine = await play('printf "rg: regex parse error:\\n    a(\\nerror: unclosed group\\n" >&2; exit 2');
		await assert.rejects(engine.findText(scope, pattern('a('), 5, signal), (error: unknown) => {
			assert.ok(error instanceof ToolError);
			assert.match(error.message, /not valid: unclosed group\./);
			return true;
		});
	});
	it('keeps what it found where a folder could not be read', async () => {
		const engine = await play('printf "./a.ts\\0"; exit 2');
		assert.deepEqual((await engine.findFiles(scope, limits, signal)).paths, ['a.ts']);
	});
});

/** Of a file that is about to be written. */
async function contentOf(folder: string, name: string): Promise<string> {
	// Not that of `fs/promises`, which begins to watch when it is asked for the next event: what comes before is missed.
	const watcher = watch(folder);
	try {
		for (;;) {
			const changed = once(watcher, 'change');
			const content = await readFile(join(folder, name), 'utf8').catch(() => '');
			if (content.endsWith('\n')) {
				return content;
			}
			await changed;
		}
	} finally {
		watcher.close();
	}
}

async function gone(pid: number): Promise<void> {
	const isAlive = () => {
		try {
			process.kill(pid, 0);
			return true;
		} catch {
			return false;
		}
	};
	while (isAlive()) {
		await once(AbortSignal.timeout(5), 'abort');
	}
}
