import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { ApprovalAnswer, Tool } from '../../../src/agent/tool.ts';
import { openFileWorkspace } from '../../../src/node/fileWorkspace.ts';
import { createTools } from '../../../src/tools/index.ts';
import { call, calls, says, scriptedModel } from '../../fakes/scriptedModel.ts';
import { fakeTool, runToEnd } from '../../fakes/turnHarness.ts';
import { attack, openScene, reasonsOf, type Scene } from './attackHarness.ts';
import { type CommandScene, openCommandScene } from './commandScene.ts';

const onBug = (error: unknown) => assert.fail(String(error));
const own = createTools({ canDelegate: true, onBug }, { isDelegate: false, isReadOnly: false });
const inner = (tool: string, args: object) => ({ tool, arguments: args });
const writes = (path: string, content = 'PWNED') => inner('write', { path, content });
const batch = (...made: readonly object[]) => call('b', 'batch', { calls: made });

describe('calls hidden in a batch', () => {
	let scene: CommandScene;
	let tools: readonly Tool[];
	before(async () => {
		scene = await openCommandScene();
		tools = [...own, scene.bash];
	});
	after(() => scene.dispose());

	it('are each decided by their own right: what only reads runs, the rest is listed in one question', async () => {
		const made = {
			tools,
			calls: [
				batch(inner('read', { path: 'a.ts' }), inner('bash', { command: 'touch PWNED' }), writes('.vscode/x.json')),
			],
		};
		for (const level of ['edits', 'everything'] as const) {
			const refused = await attack(scene, { ...made, allowed: { level, isHeld: true } }, 'no');
			assert.deepEqual([refused.asked.length, reasonsOf(refused)], [1, ['command', 'protected']]);
			assert.deepEqual(refused.after, refused.before);
			assert.match(
				refused.results['b'] ?? '',
				/1 of 3, read: ok\]\n```\nfoo.*2 of 3, bash: not allowed\].*3 of 3, write: not allowed\]/s,
			);
		}
		const { asked, before, after } = await attack(scene, made, 'once');
		assert.deepEqual(
			asked[0]?.items?.map(({ name, subject, view }) => [name, subject, view?.kind]),
			[
				['bash', 'touch PWNED', 'command'],
				['write', '.vscode/x.json', 'diff'],
			],
		);
		assert.deepEqual(after, { ...before, 'ws/PWNED': '', 'ws/.vscode/x.json': 'PWNED' });
	});

	it('are shown at once, five files as five, not written one by one', async () => {
		const paths = ['package.json', 'Makefile', 'build.rs', 'app/build.gradle', 'sub/pyproject.toml'];
		const made = { tools, calls: [batch(...paths.map(path => writes(path)))] };
		const refused = await attack(scene, made, 'no');
		assert.equal(refused.asked.length, 1);
		assert.deepEqual(
			refused.asked[0]?.items?.map(({ subject, reason }) => [subject, reason]),
			paths.map(path => [path, 'protected']),
		);
		assert.deepEqual(refused.after, refused.before);
		const { asked, before, after } = await attack(scene, made, 'once');
		assert.equal(asked.length, 1);
		assert.deepEqual(after, { ...before, ...Object.fromEntries(paths.map(path => [`ws/${path}`, 'PWNED'])) });
	});

	it('cannot be hidden deeper, nor have another agent make them', async () => {
		const hidden = batch(
			inner('batch', { calls: [writes('PWNED')] }),
			inner('task', { title: 'x', prompt: 'Write PWNED.' }),
			inner('useTool', { name: 'x' }),
		);
		const { asked, before, after, results } = await attack(scene, { tools, calls: [hidden] }, 'once');
		assert.deepEqual([asked, after], [[], before]);
		assert.match(results['b'] ?? '', /batch: failed\].*cannot be a call inside another.*There is no tool "useTool"/s);
	});

	it('do not pass for other calls by their spelling', async () => {
		for (const name of ['Write', 'write ', 'wr\u0131te', '__proto__', 'constructor', 'toString', 'mcp__x', '']) {
			const args = { path: 'PWNED', content: 'PWNED' };
			for (const made of [call('b', name, args), batch(inner(name, args))]) {
				const { asked, before, after, results } = await attack(scene, { tools, calls: [made] }, 'once');
				assert.deepEqual([asked, after], [[], before], name);
				assert.match(results['b'] ?? '', /There is no tool|do not fit/, name);
			}
		}
	});

	it('run as they were shown, though an earlier one changed what they work on', async () => {
		const steps = [
			inner('bash', { command: 'mkdir config && ln -s ../../outside config/here' }),
			writes('config/here/package.json'),
		];
		const { results, after } = await attack(scene, { tools, calls: [batch(...steps)] }, 'once');
		assert.match(results['b'] ?? '', /2 of 2, write: failed\]\n```\nNot run: .*has changed since it was allowed/);
		assert.equal(after['outside/package.json'], undefined);
	});
});

describe('an agent that works for another', () => {
	let scene: Scene;
	beforeEach(async () => {
		scene = await openScene();
		await scene.put('a.txt', 'one\n');
	});
	afterEach(() => scene.dispose());

	const made = [
		call('w', 'write', { path: 'PWNED', content: 'x' }),
		call('e', 'edit', { path: 'a.txt', edits: [{ oldText: 'one', newText: 'PWNED' }] }),
		batch(writes('PWNED')),
		call('r', 'read', { path: 'a.txt' }),
	];

	it('has no tool to change anything when it only reads', async () => {
		const tools = createTools({ canDelegate: true, onBug }, { isDelegate: true, isReadOnly: true });
		const { asked, before, after, results } = await attack(scene, { tools, calls: made }, 'once');
		assert.deepEqual([asked, after], [[], before]);
		assert.match(results['w'] ?? '', /There is no tool "write"/);
		assert.match(results['b'] ?? '', /There is no tool "write"/);
		assert.equal(results['r'], 'one');
	});

	it('is stopped by the executor in Ask mode and without trust, with every tool in its hands', async () => {
		const tools = createTools({ canDelegate: true, onBug }, { isDelegate: true, isReadOnly: false });
		for (const allowed of [{ mode: 'ask' }, { isTrusted: false }] as const) {
			const { asked, before, after, results } = await attack(
				scene,
				{ tools, calls: made, allowed: { level: 'everything', ...allowed } },
				'once',
			);
			assert.deepEqual([asked, after], [[], before]);
			assert.match(results['b'] ?? '', /write: not allowed\]/);
			assert.equal(results['r'], 'one');
		}
	});

	it('is not begun in a workspace without trust', async () => {
		const begun = assert.fail;
		const client = scriptedModel(calls(call('t', 'task', { title: 'x', prompt: 'y', readOnly: true })), says('ok'));
		const { results } = await runToEnd({ client, tools: own, allowed: { isTrusted: false }, delegate: begun });
		assert.match(results['t'] ?? '', /has not trusted this workspace/);
	});
});

describe('a stop in the middle of a batch', () => {
	const stopped = new Set<string>();
	const ran: string[] = [];

	async function stopAt(which: string, { answer }: { answer?: Promise<ApprovalAnswer> } = {}) {
		ran.length = 0;
		stopped.clear();
		const controller = new AbortController();
		const step = fakeTool('step', {
			effect: 'write',
			preview: async path => ({ kind: 'note', note: path }),
			async run(path) {
				ran.push(path);
				if (path === which) {
					controller.abort();
				}
				return { text: path };
			},
		});
		const paths = Array.from({ length: 10 }, (_, at) => `${at}`);
		const run = await runToEnd({
			client: scriptedModel(calls(batch(...paths.map(path => inner('step', { path }))))),
			tools: [...own, step],
			signal: controller.signal,
			...(answer && {
				ask: () => {
					controller.abort();
					return answer;
				},
			}),
		});
		return run;
	}

	it('starts nothing after it, and every call has one result', async () => {
		const { events, end, asked } = await stopAt('3');
		assert.deepEqual(ran, ['0', '1', '2', '3']);
		assert.equal(end.reason, 'stopped');
		assert.equal(asked.length, 1);
		const ends = events.flatMap(event => (event.type === 'toolEnd' ? [event.callId] : []));
		assert.deepEqual(ends.toSorted(), [...Array.from({ length: 10 }, (_, at) => `b/${at + 1}`), 'b'].toSorted());
	});

	it('voids its question: a yes that comes late does nothing', async () => {
		let give: (answer: ApprovalAnswer) => void = () => undefined;
		const late = new Promise<ApprovalAnswer>(resolve => {
			give = resolve;
		});
		const { end } = await stopAt('none', { answer: late });
		assert.equal(end.reason, 'stopped');
		give({ allow: 'always' });
		await late;
		await turn();
		assert.deepEqual(ran, []);
	});
});

describe('files whose reading is asked for', () => {
	let scene: Scene;
	beforeEach(async () => {
		scene = await openScene();
		await scene.put('.env', 'KEY=CANARY-1\nKEY=CANARY-2\n');
	});
	afterEach(() => scene.dispose());

	it('tell nothing of their text by edits that do not fit, asked or not', async () => {
		const guesses = [
			[{ oldText: 'KEY=CANARX', newText: 'x' }],
			[{ oldText: 'KEY', newText: 'x' }],
			[
				{ oldText: 'KEY=CANARY-1', newText: 'x' },
				{ oldText: 'never there', newText: 'y' },
			],
			[{ oldText: 'never there', newText: 'y' }],
			[{ oldText: 'KEY=CANARY-1', newText: 'KEY=CANARY-1' }],
		];
		const text = 'KEY=CANARY-1\nKEY=CANARY-2\n';
		const made = [
			...guesses.map((edits, at) => call(`e${at}`, 'edit', { path: '.env', edits })),
			call('w', 'write', { path: '.env', content: text }),
			call('o', 'edit', { path: `${scene.outside}/nothing.txt`, edits: guesses[0] }),
		];
		const { asked, before, after, results } = await attack(scene, { tools: own, calls: made }, 'once');
		assert.deepEqual([asked, after], [[], before]);
		const words = new Set(Object.entries(results).flatMap(([id, result]) => (id === 'o' ? [] : [result])));
		assert.deepEqual(
			[...words],
			['Nothing was changed: the call does not fit ".env", which is not quoted unread. Use read first.'],
		);
		assert.match(results['o'] ?? '', /does not fit/);
	});

	it('are opened for no search for problems before the user is asked', async () => {
		const { openedPaths, languages } = notingLanguages();
		const tools = createTools({ languages, onBug }, { isDelegate: false, isReadOnly: false });
		await runToEnd({
			client: scriptedModel(
				calls(call('e', 'edit', { path: '.env', edits: [{ oldText: 'CANARY-1', newText: 'x' }] })),
				says('ok'),
			),
			tools,
			workspace: openFileWorkspace({ folder: scene.folder, platform: process.platform }),
			ask: () => {
				assert.deepEqual(openedPaths, []);
				return { allow: 'no' };
			},
		});
		assert.deepEqual(openedPaths, []);
	});
});

function notingLanguages() {
	const openedPaths: string[] = [];
	return {
		openedPaths,
		languages: {
			reported: () => [],
			async open({ path }: { readonly path: string }) {
				openedPaths.push(path);
				return { wasOpen: false, isShown: false, isServed: false };
			},
			ask: async () => undefined,
			watch: () => () => undefined,
			places: async () => [],
			outline: async () => [],
			workspaceSymbols: async () => [],
			rename: async () => [],
		},
	};
}
