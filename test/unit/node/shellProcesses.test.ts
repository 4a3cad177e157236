import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { CommandOptions, Shell } from '../../../src/agent/shellPort.ts';
import { ToolError } from '../../../src/agent/toolError.ts';
import { defaultOutputLimits } from '../../../src/node/shell/outputStore.ts';
import { ProcessTable } from '../../../src/node/shell/processes.ts';
import { manualClock } from '../../fakes/manualClock.ts';
import { isSuspended, processesWith, ShellBench, until, whenPrinted } from './shellHarness.ts';

const signal = new AbortController().signal;

describe('Commands on this machine', () => {
	const bench = new ShellBench();
	let shell: Shell;
	const run = (command: string, options: CommandOptions = {}) => shell.run(command, { ...options, signal });
	const output = async (command: string) => (await run(command)).output.head;

	beforeEach(async () => {
		await bench.prepare();
		shell = await bench.open();
	});
	afterEach(() => bench.clean());

	describe('the end', () => {
		it('is told by code or by signal', async () => {
			assert.deepEqual((await run('exit 3')).state, { kind: 'exited', code: 3 });
			assert.deepEqual((await run('kill -9 $$')).state, { kind: 'signalled', signal: 'SIGKILL' });
			assert.deepEqual((await run('sh -c "kill -SEGV \\$\\$"')).state, { kind: 'exited', code: 139 });
			assert.deepEqual((await run('set -e; false; echo no')).state, { kind: 'exited', code: 1 });
			assert.deepEqual((await run('exec true')).state, { kind: 'exited', code: 0 });
		});

		it('is told for a command that is no shell language', async () => {
			const { state, output: text } = await run('echo "(');
			assert.deepEqual(state, { kind: 'exited', code: 2 });
			assert.match(text.head, /unexpected EOF/);
		});

		it('comes after all output, also of a long one right before it', async () => {
			for (let round = 0; round < 8; round++) {
				assert.equal((await run('seq 1 3000; exec true')).output.end, 13_893);
			}
		});

		it('does not wait for the input that there is none of', async () => {
			assert.deepEqual((await run('cat; read line; echo "got $?"')).output.head, 'got 1\n');
		});
	});

	describe('the command', () => {
		it('runs as written: lines, quotes, documents, parameters', async () => {
			assert.equal(await output('cat <<E\n$((1+1)) "q"\nE\necho $# \'a b\' # comment'), '2 "q"\n0 a b\n');
		});

		it('sees errors and output in their order', async () => {
			assert.equal(await output('echo 1; echo 2 >&2; echo 3; echo 4 >&2'), '1\n2\n3\n4\n');
		});

		it('cannot speak through the descriptor of the working directory', async () => {
			const { output: text, cwd } = await run('echo /etc >&3; sh -c "echo /etc >&3"; ls /proc/self/fd');
			assert.equal(cwd, bench.root);
			assert.equal(text.head.match(/Bad file descriptor/g)?.length, 2);
		});

		it('loads no profile and no function of the environment', async () => {
			await writeFile(join(bench.root, 'init'), 'echo LOADED; touch PWNED');
			const open = await bench.open({
				environment: {
					...process.env,
					BASH_ENV: join(bench.root, 'init'),
					ENV: join(bench.root, 'init'),
					HOME: bench.root,
					'BASH_FUNC_ls%%': '() { touch PWNED; }',
					SHELLOPTS: 'xtrace',
					PS4: '$(touch PWNED)',
				},
			});
			await writeFile(join(bench.root, '.bashrc'), 'touch PWNED');
			await writeFile(join(bench.root, '.bash_profile'), 'touch PWNED');
			assert.equal((await open.run('echo $(ls)', { signal })).output.head, 'init\n');
		});

		it('is refused with NUL or beyond what the system takes', async () => {
			await assert.rejects(run('echo a\0b'), ToolError);
			await assert.rejects(run(`echo ${'x'.repeat(200_000)}`), /script/);
			assert.equal((await run(`: ${'x'.repeat(120_000)}; echo on`)).output.head, 'on\n');
		});
	});

	describe('programs (a repository that brings its own ls)', () => {
		beforeEach(async () => {
			for (const folder of ['bin', 'node_modules/.bin', '.']) {
				await mkdir(join(bench.root, folder), { recursive: true });
				await writeFile(join(bench.root, folder, 'ls'), '#!/bin/sh\ntouch PWNED\n');
				await chmod(join(bench.root, folder, 'ls'), 0o755);
			}
		});

		it('are not taken from relative folders of PATH, nor from those in the workspace, nor through a link', async () => {
			const outside = await bench.folders.make();
			await symlink(join(bench.root, 'bin'), join(outside, 'link'));
			const path = ['.', '', 'bin', './node_modules/.bin', join(bench.root, 'bin'), bench.root, join(outside, 'link')];
			const open = await bench.open({
				environment: { ...process.env, PATH: [...path, process.env['PATH']].join(delimiter) },
			});
			await open.run('ls; cd bin; ls; command -v ls', { signal });
			await rename(join(bench.root, 'bin/ls'), join(bench.root, 'bin/only-here'));
			assert.deepEqual([await open.hasProgram('ls'), await open.hasProgram('only-here')], [true, false]);
			const files = await readdir(bench.root, { recursive: true });
			assert.deepEqual(
				files.filter(name => name.includes('PWNED')),
				[],
			);
		});

		it('are those of the system when nothing else is left of PATH', async () => {
			for (const path of [undefined, '', '.', bench.root]) {
				const open = await bench.open({ environment: { PATH: path } });
				const { output: text } = await open.run('ls PWNED only; echo $PATH', { signal });
				assert.match(text.head, /cannot access 'PWNED'[\s\S]*\n\/usr\/local\/bin:\/usr\/bin:\/bin\n$/);
			}
		});

		it('are taken from a folder beside the workspace whose name begins alike', async () => {
			const beside = `${bench.root}-tools`;
			await mkdir(beside);
			await writeFile(join(beside, 'my-tool'), '#!/bin/sh\necho mine\n');
			await chmod(join(beside, 'my-tool'), 0o755);
			const open = await bench.open({ environment: { PATH: `${beside}${delimiter}/usr/bin:/bin` } });
			const { output: text } = await open.run('my-tool', { signal });
			await rm(beside, { recursive: true });
			assert.equal(text.head, 'mine\n');
		});
	});

	describe('the environment', () => {
		const environment = {
			PATH: process.env['PATH'],
			HOME: '/home/canary',
			JAVA_HOME: '/opt/java',
			SSH_AUTH_SOCK: '/run/agent',
			OPENROUTER_API_KEY: 'sk-or-v1-canary',
			GITHUB_TOKEN: 'canary',
			VSCODE_IPC_HOOK_CLI: '/canary',
			VSCODE_GIT_ASKPASS_NODE: '/canary',
			ELECTRON_RUN_AS_NODE: '1canary',
			LD_PRELOAD: '/canary.so',
			GIT_EXTERNAL_DIFF: 'canary',
			NODE_OPTIONS: '--canary',
			OPENAI: 'sk-canary0123456789abcdef',
		};

		it('holds no key, no secret and no handle of the editor', async () => {
			const open = await bench.open({ environment });
			const { output: text } = await open.run('env; cat /proc/self/environ | tr "\\0" "\\n"', { signal });
			assert.deepEqual(
				text.head.split('\n').filter(line => line.includes('canary')),
				['HOME=/home/canary', 'HOME=/home/canary'],
			);
			assert.match(text.head, /^JAVA_HOME=\/opt\/java$/m);
			assert.match(text.head, /^SSH_AUTH_SOCK=/m);
			assert.match(text.head, /^GIT_TERMINAL_PROMPT=0$/m);
			assert.deepEqual(open.withheld, ['GITHUB_TOKEN', 'OPENAI']);
		});

		it('holds a secret that the user lets through, but never our key', async () => {
			const open = await bench.open({ environment, allowedVariables: ['GITHUB_TOKEN', 'OPENROUTER_API_KEY'] });
			const { output: text } = await open.run('echo "$GITHUB_TOKEN:$OPENROUTER_API_KEY:"', { signal });
			assert.equal(text.head, 'canary::\n');
		});
	});

	describe('stopping', () => {
		it('kills who ignores the polite signal, after 5 seconds', async () => {
			const clock = manualClock();
			const sleep = bench.uniqueSleep();
			const patient = await bench.open({ clock });
			const nextUpdate = () => clock.advance(50);
			const whenAsked = whenPrinted('asked', () => clock.advance(5000));
			const controller = new AbortController();
			const done = patient.run(
				`trap 'echo asked' TERM; (trap "" TERM; sleep ${sleep}) & while :; do sleep ${sleep}; done`,
				{
					signal: controller.signal,
					onOutput(update) {
						nextUpdate();
						whenAsked(update);
					},
				},
			);
			await until(() => processesWith(sleep).length === 3, 'three processes');
			controller.abort();
			const { state } = await done;
			assert.deepEqual(state, { kind: 'stopped', why: 'asked', wasKilled: true });
			assert.deepEqual(processesWith(sleep), []);
		});

		it('asks again who lost the signal while it became another program', async () => {
			for (let round = 0; round < 30; round++) {
				const controller = new AbortController();
				const { state } = await shell.run('echo on; sleep 600', {
					signal: controller.signal,
					onOutput: whenPrinted('on', () => {
						// Into the moment in which the shell makes its child a sleep.
						const until = performance.now() + round / 10;
						while (performance.now() < until);
						controller.abort();
					}),
				});
				assert.deepEqual(state, { kind: 'stopped', why: 'asked', wasKilled: false });
			}
		});

		it('does not kill before that, nor disturb who tidies up', async () => {
			const clock = manualClock();
			const patient = await bench.open({ clock });
			const nextUpdate = () => clock.advance(50);
			const whenOn = whenPrinted('on', () => clock.advance(1000));
			const whenAsked = whenPrinted('asked', () => clock.advance(4500));
			const { state, output: text } = await patient.run(
				`bash -c "trap 'echo asked; sleep 0.2; echo tidied; exit 0' TERM; echo on; while :; do :; done"; :`,
				{
					signal,
					timeoutMs: 1000,
					onOutput(update) {
						nextUpdate();
						whenOn(update);
						whenAsked(update);
					},
				},
			);
			assert.deepEqual(state, { kind: 'stopped', why: 'timeout', wasKilled: false });
			assert.equal(text.head, 'on\nasked\ntidied\n');
		});

		it('ends grandchildren, those who left the group, and those who are suspended', async () => {
			const sleep = bench.uniqueSleep();
			const controller = new AbortController();
			const done = shell.run(
				[
					`sh -c 'sleep ${sleep} & sleep ${sleep}' &`,
					`setsid sleep ${sleep} >/dev/null 2>&1 &`,
					`setsid sh -c 'sleep ${sleep} & setsid sleep ${sleep}' &`,
					`sh -c 'kill -STOP $$; sleep ${sleep}; :' &`,
					`env -i sleep ${sleep} &`,
					'wait',
				].join('\n'),
				{ signal: controller.signal },
			);
			await until(() => processesWith(`sleep\0${sleep}`).length === 6, 'six sleepers');
			await until(() => isSuspended(processesWith('kill -STOP $$; sleep')), 'one who is suspended');
			controller.abort();
			await done;
			assert.deepEqual(processesWith(sleep), []);
		});

		it('ends what a command left behind, and tells of it before', async () => {
			const sleep = bench.uniqueSleep();
			const { id, state, leftRunning } = await run(
				`sleep ${sleep} & disown; setsid sleep ${sleep} >/dev/null 2>&1 & echo on`,
			);
			assert.deepEqual([state, leftRunning], [{ kind: 'exited', code: 0 }, 2]);
			const [process = 0] = processesWith(sleep);
			globalThis.process.kill(process);
			await until(() => processesWith(sleep).length === 1, 'one sleeper less');
			assert.equal((await shell.report(id)).leftRunning, 1);
			await shell.stop(id);
			assert.deepEqual(processesWith(sleep), []);
		});

		it('reads on what a process prints that was left behind', async () => {
			const { id, output: first } = await run(
				`(while [ ! -e ${bench.root}/go ]; do sleep 0.01; done; echo late) & printf early`,
			);
			assert.equal(first.head, 'early');
			await writeFile(join(bench.root, 'go'), '');
			await shell.waitForNews(id, first.end, 60_000, signal);
			assert.equal((await shell.read(id, first.end, 100)).text, 'late\n');
			await until(() => processesWith(bench.root).length === 0, 'its end');
			assert.equal((await shell.report(id)).leftRunning, 0);
		});

		it('leaves nothing of 200 commands', async () => {
			const sleep = bench.uniqueSleep();
			for (let batch = 0; batch < 10; batch++) {
				const controllers = Array.from({ length: 20 }, () => new AbortController());
				let started = 0;
				const stopAll = () => {
					for (const controller of controllers) {
						controller.abort();
					}
				};
				const all = controllers.map(controller =>
					shell.run(`sleep ${sleep} & setsid sleep ${sleep} & echo on; wait`, {
						signal: controller.signal,
						onOutput: whenPrinted('on', () => ++started === controllers.length && stopAll()),
					}),
				);
				for (const { state } of await Promise.all(all)) {
					assert.equal(state.kind, 'stopped');
				}
			}
			assert.deepEqual(processesWith(sleep), []);
			assert.deepEqual(await shell.running(), []);
		});

		it('hurries at disposal what is being stopped already', async () => {
			const sleep = bench.uniqueSleep();
			const slow = await bench.open({ killAfterMs: 600_000 });
			const { id } = await slow.start(`trap '' TERM; echo on; sleep ${sleep}; :`);
			await slow.waitForNews(id, 0, 60_000, signal);
			const stopped = slow.stop(id);
			await slow.dispose();
			assert.deepEqual((await stopped).state, { kind: 'stopped', why: 'asked', wasKilled: true });
			assert.deepEqual(processesWith(sleep), []);
		});

		it('ends everything at disposal, and keeps no file', async () => {
			const sleep = bench.uniqueSleep();
			await shell.start(`setsid sleep ${sleep} & trap "" TERM; sleep ${sleep}; sleep ${sleep}`);
			await run(`sleep ${sleep} & seq 1 100000`);
			await until(() => processesWith(`sleep\0${sleep}`).length === 3, 'three sleepers');
			await shell.dispose();
			assert.deepEqual(processesWith(sleep), []);
			assert.deepEqual(await readdir(bench.store), []);
		});
	});

	describe('output without end', () => {
		const limits = { ...defaultOutputLimits, keptBytes: 2_000_000 };

		for (const [name, command] of [
			['lines', 'yes'],
			['bytes of any kind', 'cat /dev/urandom'],
			['one line', 'yes | tr -d "\\n"'],
		] as const) {
			it(`is bounded in memory and on disk: ${name}`, async () => {
				const flooded = await bench.open({ outputLimits: limits });
				const controller = new AbortController();
				let characters = 0;
				let longest = 0;
				globalThis.gc?.();
				const before = process.memoryUsage().rss;
				let highest = before;
				const {
					state,
					output: text,
					id,
				} = await flooded.run(command, {
					signal: controller.signal,
					onOutput(update) {
						characters += update.text.length + update.skipped;
						longest = Math.max(longest, update.text.length);
						highest = Math.max(highest, process.memoryUsage().rss);
						if (characters > 15_000_000) {
							controller.abort();
						}
					},
				});
				assert.equal(state.kind, 'stopped');
				assert.ok(longest <= 8_000, `${longest} characters in one update`);
				assert.ok(text.head.length + text.tail.length <= 30_000);
				assert.ok(text.lostFrom !== undefined && text.lostFrom <= limits.keptBytes, String(text.lostFrom));
				assert.ok(text.lostFrom > limits.keptBytes - 4);
				const grown = (highest - before) / 1024 / 1024;
				assert.ok(grown < 50, `${grown} MB`);
				const last = await flooded.read(id, text.lostFrom, 100_000);
				assert.deepEqual([last.isEnd, last.next, last.text], [true, text.end, text.tail]);
				assert.equal(last.lostBytes, text.end - text.lostFrom - Buffer.byteLength(text.tail));
			});
		}
	});

	it('shows invalid UTF-8 as such, and whole characters however they come', async () => {
		assert.equal(
			await output(
				`printf 'a\\xff\\xc3'; sleep 0.05; printf '\\xa4\\xf0\\x9f'; sleep 0.05; printf '\\x98\\x80\\xe2\\x82'`,
			),
			'a\uFFFDä😀\uFFFD',
		);
	});

	it('says so when there is no shell, and takes another one when it went away', async () => {
		const gone = join(bench.root, 'bash');
		await assert.rejects(bench.open({ candidates: [{ language: 'bash', path: gone }] }), /No shell/);
		await symlink('/bin/bash', gone);
		const open = await bench.open({
			candidates: [
				{ language: 'bash', path: gone },
				{ language: 'sh', path: '/bin/sh' },
			],
		});
		await rm(gone);
		await assert.rejects(open.run('echo on', { signal }), /Try again/);
		assert.equal(open.language, 'sh');
		assert.equal((await open.run('echo on', { signal })).output.head, 'on\n');
	});

	it('works without a disk, and tells what it could not keep', async () => {
		const blocked = join(bench.root, 'file');
		await writeFile(blocked, '');
		const problems: unknown[] = [];
		const open = await bench.open({ folder: join(blocked, 'store'), onProblem: problem => problems.push(problem) });
		const short = await open.run('seq 1 10000', { signal });
		assert.equal((await open.read(short.id, 0, 4)).text, '1\n2\n');
		assert.equal(short.output.lostFrom, undefined);
		const long = await open.run('seq 1 100000', { signal });
		assert.ok(long.output.lostFrom !== undefined && long.output.lostFrom < long.output.end);
		assert.equal((await open.read(long.id, 0, 4)).text, '1\n2\n');
		assert.ok(problems.length > 0);
	});

	it('finds the same group by the list of processes that other systems have', async () => {
		const sleep = bench.uniqueSleep();
		const { id } = await shell.start(`sleep ${sleep} & sleep ${sleep}; :`);
		await until(() => processesWith(`sleep\0${sleep}`).length === 2, 'two sleepers');
		const [first = 0] = processesWith(`eval`).filter(pid => processesWith(sleep).includes(pid));
		const table = new ProcessTable('darwin');
		const start = await table.startOf(first);
		const found = await table.find({ mark: 'none', groups: [{ id: first, start }] });
		assert.deepEqual(new Set(found.map(({ pid }) => pid)), new Set(processesWith(sleep)));
		assert.deepEqual(
			await table.find({ mark: 'none', groups: [{ id: first, start: 'Thu Jan  1 00:00:00 1970' }] }),
			[],
		);
		await shell.stop(id);
	});
});
