import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { CommandOptions, OutputUpdate, Shell } from '../../src/agent/shellPort.ts';
import { VisibleShell } from '../../src/host/shell/visibleShell.ts';
import { openNodeShell } from '../../src/node/shell/nodeShell.ts';
import { poll } from '../ui/poll.ts';

const CLOSE_TIMEOUT_MS = 20_000;

const { signal } = new AbortController();

describe('a shell whose commands the user sees', () => {
	let root: string;
	let hidden: Shell;
	let shell: VisibleShell;
	let isWanted: boolean;
	let unseen: number;
	const run = (command: string, options: CommandOptions = {}) => shell.run(command, { ...options, signal });
	const ours = () => vscode.window.terminals.filter(({ name }) => name === 'OpenRouter Agent');

	before(async () => {
		root = await realpath(await mkdtemp(join(tmpdir(), 'visible-')));
		await mkdir(join(root, 'ws/sub'), { recursive: true });
	});
	beforeEach(async () => {
		isWanted = true;
		unseen = 0;
		const folder = join(root, 'ws');
		const environment = { PATH: process.env['PATH'] ?? '', HOME: root, PS1: '$ ' };
		hidden = await openNodeShell({
			...{ folder: join(root, 'store'), cwd: folder, environment, allowedVariables: [] },
			workspaceFolders: () => [folder],
		});
		shell = new VisibleShell(hidden, {
			environment: { ...environment, SEEN: 'in a terminal' },
			isWanted: () => isWanted,
			onUnseen: () => {
				unseen++;
			},
		});
	});
	afterEach(async () => {
		await shell.dispose();
		for (const terminal of ours()) {
			terminal.dispose();
		}
		await poll(
			async () => ours().length,
			count => count === 0,
			CLOSE_TIMEOUT_MS,
		);
	});
	after(() => rm(root, { recursive: true, force: true }));

	it('runs them in a terminal of the editor, with their exit code and output', async () => {
		const updates: OutputUpdate[] = [];
		const report = await run('echo "$SEEN"; (exit 3)', { onOutput: update => updates.push(update) });
		assert.deepEqual(report.state, { kind: 'exited', code: 3 });
		assert.equal(report.output.head, 'in a terminal\n');
		assert.equal(report.command, 'echo "$SEEN"; (exit 3)');
		assert.equal(updates.map(({ text }) => text).join(''), 'in a terminal\n');
		assert.equal(ours().length, 1);
		assert.equal((await run('echo again')).output.head, 'again\n');
		assert.equal(ours().length, 1);
		assert.equal(unseen, 0);
	});

	it('cleans and bounds what they print, and gives the rest by page', async () => {
		const colours = await run("printf '\\033[31mred\\033[0m \\033]8;;http://x\\033\\\\link\\033]8;;\\033\\\\\\n'");
		assert.equal(colours.output.head, 'red link\n');
		const { id, output } = await run('seq 1 20000');
		assert.ok(output.gap !== undefined && output.head.startsWith('1\n2\n') && output.tail.endsWith('\n20000\n'));
		let text = output.head;
		for (let at = output.gap.from; at < output.end; ) {
			const page = await shell.read(id, at, 9_000);
			assert.ok(page.next > at);
			text += page.text;
			at = page.next;
		}
		assert.equal(text, Array.from({ length: 20_000 }, (_, at) => `${at + 1}\n`).join(''));
	});

	it('types nothing that would act on the terminal', async () => {
		for (const line of ['echo a\u0003', 'echo a\u001b[201~', 'echo a\ntouch PWNED', 'echo a\r']) {
			await assert.rejects(run(line), /one line without control characters/);
		}
		assert.equal(existsSync(join(root, 'ws/PWNED')), false);
		assert.deepEqual(ours(), []);
	});

	it('keeps the working directory, seen or unseen', async () => {
		assert.equal((await run('cd sub')).cwd, join(root, 'ws/sub'));
		assert.equal(shell.cwd, join(root, 'ws/sub'));
		assert.equal((await run('pwd')).output.head, `${join(root, 'ws/sub')}\n`);
		isWanted = false;
		const unseenRun = await run('pwd; cd ..');
		assert.deepEqual([unseenRun.output.head, unseenRun.cwd], [`${join(root, 'ws/sub')}\n`, join(root, 'ws')]);
		isWanted = true;
		assert.equal((await run('pwd')).output.head, `${join(root, 'ws')}\n`);
	});

	it('stops them at the signal, and lets none start after it', async () => {
		const controller = new AbortController();
		const stopped = await shell.run('echo on; sleep 600', {
			signal: controller.signal,
			onOutput: () => controller.abort(),
		});
		assert.deepEqual(stopped.state, { kind: 'stopped', why: 'asked', wasKilled: false });
		assert.match(stopped.output.head, /^on\n/);
		await assert.rejects(shell.run('echo no', { signal: controller.signal }), { name: 'AbortError' });
		assert.equal((await run('echo next')).output.head, 'next\n');
	});

	it('runs unseen what only reads, what goes on, and everything when the user wants it so', async () => {
		assert.equal((await run('echo "$SEEN"', { environment: { A: 'b' } })).output.head, '\n');
		const { id } = await shell.start('sleep 600');
		assert.deepEqual(
			(await shell.running()).map(report => report.id),
			[id],
		);
		await shell.stop(id);
		isWanted = false;
		assert.equal((await run('echo "$SEEN"')).output.head, '\n');
		assert.deepEqual(ours(), []);
	});

	it('leaves a terminal to the user while they use it, and opens another when they close it', async () => {
		await run('true');
		const [first] = ours();
		assert.ok(first !== undefined);
		const started = new Promise<void>(resolve => {
			const subscription = vscode.window.onDidStartTerminalShellExecution(({ terminal }) => {
				if (terminal === first) {
					subscription.dispose();
					resolve();
				}
			});
		});
		first.sendText('sleep 600');
		await started;
		assert.equal((await run('echo beside')).output.head, 'beside\n');
		assert.equal(ours().length, 2);
		for (const terminal of ours()) {
			const closed = new Promise<void>(resolve => {
				const subscription = vscode.window.onDidCloseTerminal(one => {
					if (one === terminal) {
						subscription.dispose();
						resolve();
					}
				});
			});
			terminal.dispose();
			await closed;
		}
		assert.equal((await run('echo anew')).output.head, 'anew\n');
	});

	it('tells of a command that ends its terminal', async () => {
		// With another code the editor keeps a terminal that is younger than half a second, to show that it failed.
		const { state } = await run('exit 0');
		assert.deepEqual(state, { kind: 'exited', code: 0 });
		assert.equal((await run('echo on')).output.head, 'on\n');
	});
});
