import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { reapOrphans } from '../../../src/node/shell/shellRecord.ts';
import { processesWith, ShellBench, until } from './shellHarness.ts';

/** A process of its own that starts a command, says so and waits for its death. */
const HOST = `
import { openNodeShell } from ${JSON.stringify(resolve('src/node/shell/nodeShell.ts'))};
const [folder, cwd, command] = process.argv.slice(2);
const shell = await openNodeShell({
	folder, cwd, workspaceFolders: () => [], environment: process.env, allowedVariables: [],
});
const { id } = await shell.start(command);
await shell.waitForNews(id, 0, 60_000, new AbortController().signal);
process.stdout.write('on\\n');
setInterval(() => undefined, 60_000);
`;

describe('Commands of a host that was killed', () => {
	const bench = new ShellBench();
	const strangers: ChildProcess[] = [];
	let host: string;

	beforeEach(async () => {
		await bench.prepare();
		host = join(bench.root, 'host.mjs');
		await build({
			stdin: { contents: HOST, resolveDir: process.cwd() },
			outfile: host,
			bundle: true,
			platform: 'node',
			format: 'esm',
		});
	});
	afterEach(async () => {
		for (const stranger of strangers.splice(0)) {
			stranger.kill('SIGKILL');
		}
		await bench.clean();
	});

	/** Runs the command in a host of its own and kills that one. */
	const orphan = async (command: string) => {
		const child = spawn(process.execPath, [host, bench.store, bench.root, command], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		await once(createInterface({ input: child.stdout }), 'line');
		child.kill('SIGKILL');
		await once(child, 'exit');
	};
	const stranger = async () => {
		const sleep = bench.uniqueSleep();
		const child = spawn('sleep', [sleep], { detached: true, stdio: 'ignore' });
		strangers.push(child);
		await until(() => processesWith(`sleep\0${sleep}`).length === 1, 'a stranger');
		return { sleep, pid: child.pid ?? 0 };
	};
	/** The one record in the store. */
	const recordPath = async () => {
		const [mark = ''] = await readdir(bench.store);
		return join(bench.store, mark, 'shell.json');
	};

	it('are ended at the next start, also those who left the group or ignore a signal', async () => {
		const sleep = bench.uniqueSleep();
		await orphan(`setsid sleep ${sleep} & trap '' TERM; echo on; sleep ${sleep}; sleep ${sleep}`);
		await until(() => processesWith(`sleep\0${sleep}`).length === 2, 'two sleepers');
		assert.deepEqual(await reapOrphans(bench.store), { ended: 3, survivors: 0 });
		assert.deepEqual(processesWith(sleep), []);
		assert.deepEqual(await readdir(bench.store), []);
		assert.deepEqual(await reapOrphans(bench.store), { ended: 0, survivors: 0 });
	});

	it('are not mistaken for a process that got their id', async () => {
		const sleep = bench.uniqueSleep();
		await orphan(`echo on; sleep ${sleep}; :`);
		const { pid, sleep: other } = await stranger();
		const path = await recordPath();
		const record = JSON.parse(await readFile(path, 'utf8'));
		const start = record.commands[0].start;
		await writeFile(path, JSON.stringify({ ...record, commands: [{ pid, start }] }));
		assert.deepEqual(await reapOrphans(bench.store), { ended: 2, survivors: 0 });
		assert.deepEqual(processesWith(`sleep\0${sleep}`), []);
		assert.deepEqual(processesWith(`sleep\0${other}`), [pid]);
	});

	it('are left alone while their host lives', async () => {
		const sleep = bench.uniqueSleep();
		const shell = await bench.open();
		await shell.start(`sleep ${sleep}; :`);
		await until(() => processesWith(`sleep\0${sleep}`).length === 1, 'a sleeper');
		assert.deepEqual(await reapOrphans(bench.store), { ended: 0, survivors: 0 });
		assert.equal(processesWith(`sleep\0${sleep}`).length, 1);
		assert.equal((await readdir(bench.store)).length, 1);
	});

	it('are left alone when they ran on another machine', async () => {
		const sleep = bench.uniqueSleep();
		await orphan(`echo on; sleep ${sleep}; :`);
		await until(() => processesWith(`sleep\0${sleep}`).length === 1, 'a sleeper');
		const path = await recordPath();
		const record = JSON.parse(await readFile(path, 'utf8'));
		await writeFile(path, JSON.stringify({ ...record, host: 'another' }));
		assert.deepEqual(await reapOrphans(bench.store), { ended: 0, survivors: 0 });
		assert.equal(processesWith(`sleep\0${sleep}`).length, 1);
		await writeFile(path, JSON.stringify(record));
		assert.equal((await reapOrphans(bench.store)).survivors, 0);
		assert.deepEqual(processesWith(sleep), []);
	});

	it('are gone when the machine was started anew', async () => {
		const sleep = bench.uniqueSleep();
		await orphan(`echo on; sleep ${sleep}; :`);
		await until(() => processesWith(`sleep\0${sleep}`).length === 1, 'a sleeper');
		const path = await recordPath();
		const record = await readFile(path, 'utf8');
		await writeFile(path, JSON.stringify({ ...JSON.parse(record), boot: 'before' }));
		assert.deepEqual(await reapOrphans(bench.store), { ended: 0, survivors: 0 });
		assert.deepEqual(await readdir(bench.store), []);
	});

	it('need a record that can be read', async () => {
		assert.deepEqual(await reapOrphans(join(bench.store, 'nothing')), { ended: 0, survivors: 0 });
		const marks = ['0'.repeat(8), '1'.repeat(8)].map(start => `${start}-0000-4000-8000-000000000000`);
		for (const mark of marks) {
			await mkdir(join(bench.store, mark));
		}
		await mkdir(join(bench.store, 'foreign'));
		const [fresh = '', old = ''] = marks;
		await writeFile(join(bench.store, old, 'shell.json'), '{"host":');
		await utimes(join(bench.store, old), 0, 0);
		assert.deepEqual(await reapOrphans(bench.store), { ended: 0, survivors: 0 });
		assert.deepEqual(new Set(await readdir(bench.store)), new Set([fresh, 'foreign']));
	});
});
