/** What every shell promises: run against the fake and the one of this machine. */
import assert from 'node:assert/strict';
import type { CommandOptions, OutputUpdate, Shell } from '../../src/agent/shellPort.ts';
import { ToolError } from '../../src/agent/toolError.ts';
import type { ManualClock } from '../fakes/manualClock.ts';

/** A fresh shell in an empty folder, and the hands of a user beside it. */
export interface ShellFixture {
	readonly shell: Shell;
	/** Where the shell begins. */
	readonly root: string;
	/** The shell's time. */
	readonly clock: ManualClock;
	makeFolder(path: string): Promise<void>;
	removeFolder(path: string): Promise<void>;
}

const signal = new AbortController().signal;

export function describeShell(name: string, open: () => Promise<ShellFixture>): void {
	describe(`shell contract: ${name}`, () => {
		let fixture: ShellFixture;
		let shell: Shell;
		const run = (command: string, options: CommandOptions = {}) => shell.run(command, { ...options, signal });
		/** Resolves with the command's id once it printed the text. */
		const startUntil = async (command: string, text: string) => {
			const { id } = await shell.start(command);
			for (let all = ''; !all.includes(text); ) {
				await shell.waitForNews(id, all.length, 600_000, signal);
				all = (await shell.read(id, 0, 10_000)).text;
			}
			return id;
		};

		beforeEach(async () => {
			fixture = await open();
			shell = fixture.shell;
		});
		afterEach(() => shell.dispose());

		it('gives exit code and output', async () => {
			const good = await run('echo one; echo two');
			assert.deepEqual(good.state, { kind: 'exited', code: 0 });
			assert.equal(good.output.head, 'one\ntwo\n');
			assert.equal(good.output.gap, undefined);
			const bad = await run('echo three; exit 3');
			assert.deepEqual(bad.state, { kind: 'exited', code: 3 });
			assert.equal(bad.output.head, 'three\n');
			assert.notEqual(good.id, bad.id);
		});

		it('tells a command that is not there by its text and code 127', async () => {
			const { state, output } = await run('no-such-command-anywhere');
			assert.deepEqual(state, { kind: 'exited', code: 127 });
			assert.match(output.head, /no-such-command-anywhere.*not found/);
		});

		it('keeps the working directory between commands, also when one fails', async () => {
			await fixture.makeFolder('sub');
			assert.equal((await run('cd sub')).cwd, `${fixture.root}/sub`);
			assert.equal((await run('pwd')).output.head, `${fixture.root}/sub\n`);
			const back = await run(`cd ${fixture.root}; exit 4`);
			assert.deepEqual([back.state, back.cwd], [{ kind: 'exited', code: 4 }, fixture.root]);
			assert.equal(shell.cwd, fixture.root);
		});

		it('does not move with a command in the background', async () => {
			await fixture.makeFolder('sub');
			const id = await startUntil('cd sub; echo there; sleep 600', 'there');
			assert.equal((await shell.stop(id)).cwd, fixture.root);
			assert.equal(shell.cwd, fixture.root);
		});

		it('goes back to where it began when its directory is gone, and says so', async () => {
			await fixture.makeFolder('sub');
			await run('cd sub');
			await fixture.removeFolder('sub');
			const { missingCwd, startedIn, output } = await run('pwd');
			assert.deepEqual(
				[missingCwd, startedIn, output.head],
				[`${fixture.root}/sub`, fixture.root, `${fixture.root}\n`],
			);
			assert.equal((await run('pwd')).missingCwd, undefined);
		});

		it('runs in a directory for one command, and refuses one that is not there', async () => {
			await fixture.makeFolder('sub');
			const { output } = await run('pwd', { cwd: `${fixture.root}/sub` });
			assert.equal(output.head, `${fixture.root}/sub\n`);
			assert.equal(shell.cwd, fixture.root);
			await assert.rejects(run('pwd', { cwd: `${fixture.root}/nothing` }), ToolError);
		});

		it('knows the programs that commands find', async () => {
			assert.deepEqual(
				await Promise.all(['sleep', 'no-such-command-anywhere', ''].map(name => shell.hasProgram(name))),
				[true, false, false],
			);
		});

		it('gives variables to one command', async () => {
			assert.equal((await run('echo $MINE', { environment: { MINE: 'yes' } })).output.head, 'yes\n');
			assert.equal((await run('echo $MINE')).output.head, '\n');
		});

		it('hands output on as it comes, the open line apart', async () => {
			const updates: OutputUpdate[] = [];
			const { output } = await run("echo one; printf 'two'", { onOutput: update => updates.push(update) });
			assert.equal(updates.map(({ text }) => text).join(''), 'one\ntwo');
			assert.equal(updates.at(-1)?.openLine, '');
			assert.deepEqual([output.head, output.openLine], ['one\ntwo', '']);
		});

		it('shows beginning and end of a long output, and the rest by page', async () => {
			const { id, output } = await run('seq 1 20000');
			assert.ok(output.gap);
			assert.ok(output.head.startsWith('1\n2\n'));
			assert.ok(output.tail.endsWith('19999\n20000\n'));
			assert.ok(output.head.length + output.tail.length <= 30_000);
			assert.equal(output.head.length + output.gap.bytes + output.tail.length, output.end);
			let text = output.head;
			for (let at = output.gap.from; at < output.end; ) {
				const page = await shell.read(id, at, 9_000);
				assert.ok(page.next > at && page.text.length <= 9_000);
				assert.equal(page.isEnd, page.next === output.end);
				text += page.text;
				at = page.next;
			}
			assert.equal(text, Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join(''));
			assert.deepEqual(await shell.read(id, output.end, 9_000), {
				text: '',
				next: output.end,
				isEnd: true,
				openLine: '',
				lostBytes: 0,
			});
		});

		it('stops a command at its timeout, with what it printed', async () => {
			const { state, output } = await run('echo on; sleep 600', {
				timeoutMs: 7_000,
				onOutput: () => fixture.clock.advance(7_000),
			});
			assert.deepEqual(state, { kind: 'stopped', why: 'timeout', wasKilled: false });
			assert.equal(output.head, 'on\n');
			assert.deepEqual(await shell.running(), []);
		});

		it('stops a command at the signal, and starts none after it', async () => {
			const controller = new AbortController();
			const { state, output } = await shell.run('echo on; sleep 600', {
				signal: controller.signal,
				onOutput: () => controller.abort(),
			});
			assert.deepEqual(state, { kind: 'stopped', why: 'asked', wasKilled: false });
			assert.equal(output.head, 'on\n');
			for (const start of [shell.run.bind(shell), shell.start.bind(shell)]) {
				await assert.rejects(start('echo no', { signal: controller.signal }), { name: 'AbortError' });
			}
		});

		it('lists, reads and stops commands in the background', async () => {
			const first = await startUntil('echo first; sleep 600', 'first');
			const second = await startUntil('echo second; sleep 600', 'second');
			assert.deepEqual(
				(await shell.running()).map(({ id, command, state }) => [id, command, state.kind]),
				[
					[first, 'echo first; sleep 600', 'running'],
					[second, 'echo second; sleep 600', 'running'],
				],
			);
			assert.deepEqual((await shell.stop(first)).state, { kind: 'stopped', why: 'asked', wasKilled: false });
			assert.deepEqual(
				(await shell.running()).map(({ id }) => id),
				[second],
			);
			assert.equal((await shell.read(first, 0, 100)).text, 'first\n');
			assert.deepEqual((await shell.stop(first)).state.kind, 'stopped');
		});

		it('tells of a process that outlives its command, and stops it', async () => {
			const { id, state, leftRunning } = await run('echo done; sleep 600 &');
			assert.deepEqual([state, leftRunning], [{ kind: 'exited', code: 0 }, 1]);
			assert.deepEqual(
				(await shell.running()).map(report => report.id),
				[id],
			);
			const stopped = await shell.stop(id);
			assert.deepEqual([stopped.state, stopped.leftRunning], [{ kind: 'exited', code: 0 }, 0]);
			assert.deepEqual(await shell.running(), []);
		});

		it('wakes who waits for news at output, end, time and signal', async () => {
			const { id } = await shell.start('echo on; exit 0');
			await shell.waitForNews(id, 0, 600_000, signal);
			assert.equal((await shell.read(id, 0, 100)).text, 'on\n');
			await shell.waitForNews(id, 3, 600_000, signal);
			assert.deepEqual((await shell.report(id)).state, { kind: 'exited', code: 0 });

			const quiet = await startUntil('echo on; sleep 600', 'on');
			const waiting = shell.waitForNews(quiet, 3, 5_000, signal);
			// Asked for after the wait has begun: by then its timer is set.
			await shell.report(quiet);
			fixture.clock.advance(5_000);
			await waiting;
			await shell.waitForNews(quiet, 3, 5_000, AbortSignal.abort());
			assert.equal((await shell.report(quiet)).state.kind, 'running');
		});

		it('names what runs when an id is not known', async () => {
			const id = await startUntil('echo on; sleep 600', 'on');
			for (const ask of [shell.report('x'), shell.read('x', 0, 1), shell.stop('x')]) {
				await assert.rejects(ask, (error: unknown) => {
					assert.ok(error instanceof ToolError);
					return error.message.includes('"x"') && error.message.includes(id);
				});
			}
		});

		it('runs nothing after its end', async () => {
			const id = await startUntil('echo on; sleep 600', 'on');
			await shell.dispose();
			await assert.rejects(run('echo no'), ToolError);
			await assert.rejects(shell.read(id, 0, 1), ToolError);
		});
	});
}
