import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { ToolCall } from '../../../../src/agent/model.ts';
import type { Tool } from '../../../../src/agent/tool.ts';
import { ToolError } from '../../../../src/agent/toolError.ts';
import type { Location, Stamp, WriteOutcome } from '../../../../src/agent/workspace.ts';
import { createTools } from '../../../../src/tools/index.ts';
import { type ManualClock, manualClock } from '../../../fakes/manualClock.ts';
import { type MemoryLanguageOptions, MemoryLanguageServices } from '../../../fakes/memoryLanguageServices.ts';
import { MemoryWorkspace } from '../../../fakes/memoryWorkspace.ts';
import { call, calls, says, scriptedModel } from '../../../fakes/scriptedModel.ts';
import { runToEnd, type TurnRun, type TurnSetup } from '../../../fakes/turnHarness.ts';

/** An editor whose servers notice each write. */
class NoticingWorkspace extends MemoryWorkspace {
	onWrite: (path: string) => void = () => undefined;

	override async write(
		location: Location,
		text: string,
		expected: Stamp | 'absent',
		signal: AbortSignal,
	): Promise<WriteOutcome> {
		const outcome = await super.write(location, text, expected, signal);
		this.onWrite(location.path);
		return outcome;
	}
}

let clock: ManualClock;
let workspace: NoticingWorkspace;
let services: MemoryLanguageServices;
let tools: readonly Tool[];
let bugs: unknown[];

function setUp(files: Readonly<Record<string, string>>, options: Partial<MemoryLanguageOptions> = {}): void {
	clock = manualClock();
	workspace = new NoticingWorkspace({ files });
	services = new MemoryLanguageServices({ workspace, clock, ...options });
	workspace.onWrite = path => services.changed(path);
	bugs = [];
	tools = createTools(
		{ languages: services, clock, onBug: error => bugs.push(error) },
		{ isDelegate: false, isReadOnly: false },
	);
}

/** Runs the calls as one response; time passes whenever all wait for it. */
async function run(made: readonly ToolCall[], setup: Partial<TurnSetup> = {}): Promise<TurnRun> {
	let isOver = false;
	const running = runToEnd({
		client: scriptedModel(calls(...made), says('ok')),
		tools,
		workspace,
		clock,
		allowed: { level: 'edits' },
		...setup,
	}).finally(() => {
		isOver = true;
	});
	while (!isOver) {
		await turn();
		clock.advance(50);
	}
	const ended = await running;
	assert.deepEqual(ended.bugs, []);
	assert.equal(services.watching, 0, 'a watch was left');
	return ended;
}

const write = (id: string, path: string, content: string) => call(id, 'write', { path, content });

for (const [name, options] of [
	['that can be asked', { canBeAsked: true }],
	['that pushes its reports', {}],
] as const) {
	describe(`an edit before a server ${name}`, () => {
		it('is told the problems that it brought, below its result', async () => {
			setUp({ 'a.w': 'one !!old\n' }, options);
			const { results } = await run([write('w', 'a.w', 'one !!old\ntwo !!new\n')]);
			assert.equal(results['w'], 'Changed "a.w": line 2 (+1 -0).\nNew problems: 1 error.\na.w:2:5 error new (words 1)');
		});

		it('is told so too when it makes a file, and when it renames', async () => {
			setUp({ 'a.w': 'def greet\n' }, options);
			const { results } = await run([
				write('w', 'b.w', 'greet !!x\n'),
				call('r', 'rename', { name: 'greet', newName: 'hail' }),
			]);
			assert.match(results['w'] ?? '', /^Created "b\.w" with 1 line\.\nNew problems: 1 error\./);
			assert.match(results['r'] ?? '', /^Renamed\.\na\.w: 1 line\nb\.w: 1 line\nNo new problems\.$/);
		});

		it('is told once for all edits of a batch, at its end', async () => {
			setUp({ 'a.w': 'one\n', 'b.w': 'two !!old\n' }, options);
			const edit = (path: string, oldText: string, newText: string) => ({
				tool: 'edit',
				arguments: { path, edits: [{ oldText, newText }] },
			});
			const made = [
				edit('a.w', 'one', 'one !!in between'),
				edit('b.w', 'two', 'two !!lasting'),
				edit('a.w', ' !!in between', ''),
			];
			const { results } = await run([call('b', 'batch', { calls: made })]);
			const whole = results['b'] ?? '';
			assert.doesNotMatch(whole, /in between/);
			assert.equal(whole.match(/ok\]/g)?.length, 3, whole);
			assert.match(
				whole,
				/\n```\nAfter all calls:\nNew problems: 1 error\.\nb\.w:1:5 error lasting !!old \(words 1\)\n/,
			);
		});
	});
}

describe('looking for problems', () => {
	it('begins while the user is asked', async () => {
		setUp({ 'a.w': 'one !!old\n' });
		const times: number[] = [];
		workspace.onWrite = path => {
			times.push(clock.monotonic());
			services.changed(path);
		};
		let answered = 0;
		const { results } = await run([write('w', 'a.w', 'two !!old\n')], {
			allowed: { level: 'ask' },
			async ask() {
				for (let at = 0; at < 100; at++) {
					await turn();
				}
				answered = clock.monotonic();
				return { allow: 'once' };
			},
		});
		assert.ok(answered >= 2000, String(answered));
		assert.ok((times[0] ?? 0) - answered <= 300, 'the edit waited for what could have been looked at before');
		assert.match(results['w'] ?? '', /No new problems\./);
	});

	it('says nothing and waits for nothing where nobody serves the file', async () => {
		setUp({}, { isAbsent: true });
		const { results } = await run([write('w', 'a.txt', '!!x\n')]);
		assert.equal(results['w'], 'Created "a.txt" with 1 line.');
	});

	it('does not open what lies outside the workspace', async () => {
		setUp({});
		services.open = () => assert.fail('It was opened.');
		const { results } = await run([write('w', '/elsewhere/a.w', '!!x\n')], { allowed: { level: 'everything' } });
		assert.equal(results['w'], 'Created "/elsewhere/a.w" with 1 line.');
		assert.deepEqual(bugs, []);
	});

	it('never makes an edit fail, and keeps what broke for the log', async () => {
		setUp({ 'a.w': 'one\n' });
		services.open = () => Promise.reject(new ToolError('The editor cannot open it.'));
		assert.equal((await run([write('w', 'a.w', 'two\n')])).results['w'], 'Changed "a.w": line 1 (+1 -1).');
		assert.deepEqual(bugs, []);
		const broken = new Error('the server died');
		services.open = () => Promise.reject(broken);
		assert.equal((await run([write('w', 'a.w', 'three\n')])).results['w'], 'Changed "a.w": line 1 (+1 -1).');
		assert.ok(bugs.length > 0 && bugs.every(error => error === broken));
		assert.equal(workspace.saved('a.w'), 'three\n');
	});

	it('ends with a stop, and the edit that was made stays made', async () => {
		setUp({ 'a.w': 'one\n' });
		const controller = new AbortController();
		workspace.onWrite = () => controller.abort();
		const { events, state } = await run([write('w', 'a.w', 'two\n')], { signal: controller.signal });
		const end = events.find(event => event.type === 'toolEnd');
		assert.ok(end?.type === 'toolEnd' && end.result.outcome === 'ok');
		assert.equal(end.result.text, 'Changed "a.w": line 1 (+1 -1).');
		assert.equal(state.changes.length, 1);
	});

	it('of an edit that does not fit ends with its error', async () => {
		setUp({ 'a.w': 'one\n' });
		const { results } = await run([call('e', 'edit', { path: 'a.w', edits: [{ oldText: 'x', newText: 'y' }] })]);
		assert.match(results['e'] ?? '', /^Nothing was changed\. oldText is not in the file/);
	});
});
