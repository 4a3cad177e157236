import assert from 'node:assert/strict';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TemporaryFolders } from '../../contracts/fileWorkspaceFixture.ts';
import { type OpenRouterServer, startOpenRouterServer } from '../../openrouter-server/openRouterServer.ts';
import { Cli } from './cliHarness.ts';
import { CliBuild } from './cliProcess.ts';

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
