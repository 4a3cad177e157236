import assert from 'node:assert/strict';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { TemporaryFolders } from '../../contracts/fileWorkspaceFixture.ts';
import { type OpenRouterServer, startOpenRouterServer } from '../../openrouter-server/openRouterServer.ts';
import { Cli } from './cliHarness.ts';
import { CliBuild } from './cliProcess.ts';
import { processesWith } from './shellHarness.ts';

/** The bundle is built first, which takes a second, and far longer on a busy machine. */
const TIMEOUT_MS = 120_000;
const MODEL = ['--model', 'z-ai/glm-4.7'];

describe('openrouter-agent, as a process', function () {
	this.timeout(TIMEOUT_MS);
	const folders = new TemporaryFolders();
	let built: CliBuild;
	let server: OpenRouterServer;
	let cli: Cli;

	before(async () => {
		built = await CliBuild.make();
		server = await startOpenRouterServer({ lateRecords: 0 });
	});
	after(async () => {
		await server.close();
		built.remove();
		await folders.remove();
	});
	beforeEach(async () => {
		cli = new Cli(await folders.make());
	});
	afterEach(() => server.forgetScript());

	it('answers without an editor, from the same build as the extension', async () => {
		server.script({ text: 'Hello from the model.' });
		const running = await built.start(cli, MODEL, { server, input: 'say hello' });
		assert.deepEqual(await running.done, { code: 0, stdout: 'Hello from the model.\n', stderr: '' });
	});

	it('says its version and its options', async () => {
		const { stdout } = await (await built.start(cli, ['--version'])).done;
		const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string }; // our own file
		assert.equal(stdout, `${version}\n`);
	});

	it('stops at Ctrl-C in the middle of an answer, and goes on later with nothing done twice', async () => {
		await cli.put('a.txt', 'count: 0\n');
		server.script(
			{
				toolCalls: [
					{ name: 'edit', arguments: { path: 'a.txt', edits: [{ oldText: 'count: 0', newText: 'count: 1' }] } },
				],
			},
			{
				text: 'Now I will explain at length what I did.',
				pieces: 'event',
				fault: { afterBytes: 600, how: 'stall' },
			},
		);
		const running = await built.start(cli, [...MODEL, '--approve', 'edits', '-o', 'stream', 'count up'], { server });
		await running.printed('"type":"text"');
		running.child.kill('SIGINT');
		const stopped = await running.done;
		assert.equal(stopped.code, 130, stopped.stderr);
		const [, id = ''] = /openrouter-agent --resume (\S+)\./.exec(stopped.stderr) ?? [];

		server.script({ text: 'It is one now.' });
		const { code, stdout } = await cli.run([...MODEL, '--approve', 'edits', '--resume', id], { server });
		assert.deepEqual([code, stdout], [0, 'It is one now.\n']);
		assert.equal(await readFile(join(cli.folder, 'a.txt'), 'utf8'), 'count: 1\n');
		const again = await cli.run([...MODEL, '--resume', id], { server });
		assert.deepEqual([again.code, /nothing to go on with/.test(again.stderr)], [2, true]);
	});

	it('ends with a code of its own at SIGTERM, and at once at a second signal', async () => {
		server.script({ headersDelayMs: 600_000, text: 'never' });
		const running = await built.start(cli, [...MODEL, 'wait'], { server });
		await server.chat(server.chats.length + 1);
		running.child.kill('SIGTERM');
		running.child.kill('SIGTERM');
		assert.equal((await running.done).code, 143);
	});

	describe('with commands that run', () => {
		const sleeps: string[] = [];
		const sleep = () => {
			const length = `600.${String(Math.random()).slice(2, 12)}`;
			sleeps.push(length);
			return length;
		};
		const bash = (command: string, fields: object = {}) => ({
			toolCalls: [{ name: 'bash', arguments: { command, ...fields } }],
		});
		const start = () => built.start(cli, [...MODEL, '--approve', 'all', '-o', 'stream', 'work'], { server });
		const count = (length: string) => processesWith(`sleep ${length}`).length;
		// Until the test's own time is over: how long a process takes to start depends on the machine.
		const running = async (length: string) => {
			while (count(length) === 0) {
				await pause(10);
			}
		};
		const gone = async (length: string) => {
			while (count(length) > 0) {
				await pause(10);
			}
		};

		afterEach(() => {
			for (const pid of sleeps.splice(0).flatMap(length => processesWith(`sleep ${length}`))) {
				process.kill(pid, 'SIGKILL');
			}
		});

		it('leaves none behind at Ctrl-C: neither the one it waits for nor its children', async () => {
			const [first, second] = [sleep(), sleep()];
			server.script(bash(`sleep ${first} & (sleep ${second}; true)`));
			const run = await start();
			await running(second);
			run.child.kill('SIGINT');
			assert.equal((await run.done).code, 130);
			assert.deepEqual([count(first), count(second)], [0, 0]);
		});

		it('leaves none behind at its end', async () => {
			const length = sleep();
			server.script(bash(`sleep ${length}`, { background: true }), { text: 'It runs.' });
			const run = await start();
			const { code, stderr } = await run.done;
			assert.equal(code, 0, stderr);
			assert.equal(count(length), 0);
		});

		it('leaves none behind that ignores the signal, when it is ended at once', async () => {
			const length = sleep();
			server.script(bash(`trap '' TERM; sleep ${length}; sleep ${length}`));
			const run = await start();
			await running(length);
			run.child.kill('SIGTERM');
			run.child.kill('SIGINT');
			assert.ok([130, 143].includes((await run.done).code ?? 0));
			await gone(length);
		});

		it('ends what a run left that was killed', async () => {
			const length = sleep();
			server.script(bash(`sleep ${length}`), { text: 'Next.' });
			const run = await start();
			await running(length);
			run.child.kill('SIGKILL');
			await run.done;
			assert.ok(count(length) > 0);
			// The next one waits, so that there is time enough.
			server.script({ headersDelayMs: 600_000, text: 'never' });
			const next = await start();
			await gone(length);
			next.child.kill('SIGTERM');
			assert.equal((await next.done).code, 143);
		});

		it('ends those of an agent that works for it', async () => {
			const length = sleep();
			server.script(
				{ toolCalls: [{ name: 'task', arguments: { title: 'Sleep', prompt: 'Sleep.' } }] },
				bash(`sleep ${length}`),
			);
			const run = await start();
			await running(length);
			run.child.kill('SIGINT');
			assert.equal((await run.done).code, 130);
			assert.equal(count(length), 0);
		});
	});

	it('ends quietly when nobody reads on', async () => {
		server.script({ text: 'word '.repeat(40_000), pieces: 'event' });
		const running = await built.start(cli, [...MODEL, '--output', 'stream', 'talk'], { server });
		await running.printed('session');
		running.child.stdout?.destroy();
		const { code, stderr } = await running.done;
		assert.deepEqual([code, stderr], [0, '']);
	});

	it('signs in by way of the browser, which does not get the key of the environment', async () => {
		const browser = await cli.put(
			'browser.mjs',
			[
				'#!/usr/bin/env node',
				"import { writeFileSync } from 'node:fs';",
				"writeFileSync('seen', Object.keys(process.env).join());",
				'await fetch(process.argv[2]);',
			].join('\n'),
		);
		await chmod(browser, 0o755);
		const env = { OPENROUTER_BASE_URL: server.url, OPENROUTER_API_KEY: 'sk-or-v1-another', BROWSER: browser };
		const login = await (await built.start(cli, ['auth', 'login'], { env })).done;
		assert.equal(login.code, 0, login.stderr);
		const seen = await readFile(join(cli.folder, 'seen'), 'utf8');
		assert.ok(seen.includes('PATH') && !seen.includes('OPENROUTER_API_KEY'));
		const { stdout } = await cli.run(['auth', 'list']);
		assert.match(stdout, /credentials\.json {2}…\S{4} {2}used\n/);
	});

	it('gives the key to no program that it starts, and prints it nowhere', async () => {
		const rg = await cli.put('bin/rg', '#!/bin/sh\nenv >> "$HOME/seen"\nexit 1\n');
		await chmod(rg, 0o755);
		server.script({ toolCalls: [{ name: 'grep', arguments: { pattern: 'x' } }] }, { text: 'None.' });
		const env = {
			PATH: `${join(cli.folder, 'bin')}:${process.env['PATH']}`,
			HOME: cli.folder,
			OPENROUTER_AGENT_DEBUG: '1',
		};
		const running = await built.start(cli, [...MODEL, '-o', 'stream', 'search'], { server, env });
		const { code, stdout, stderr } = await running.done;
		const seen = await readFile(join(cli.folder, 'seen'), 'utf8');
		assert.ok(seen.includes('HOME=') && !seen.includes(server.key));
		assert.deepEqual([code, `${stdout}${stderr}`.includes(server.key)], [0, false]);
	});
});
