import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openFileWorkspace } from '../../../src/node/fileWorkspace.ts';
import { editTool } from '../../../src/tools/edit.ts';
import { readTool } from '../../../src/tools/read.ts';
import { writeTool } from '../../../src/tools/write.ts';
import { call, calls, says, scriptedModel } from '../../fakes/scriptedModel.ts';
import { runToEnd } from '../../fakes/turnHarness.ts';
import { attack, openScene, type Scene } from './attackHarness.ts';

const tools = [readTool(), editTool(), writeTool()];
const ask = { level: 'ask' } as const;

/** What the user said yes to is what happens, and nothing else. */
describe('a yes of the user', () => {
	let scene: Scene;
	beforeEach(async () => {
		scene = await openScene();
	});
	afterEach(() => scene.dispose());

	it('is for one call, also where a second one comes under its id', async () => {
		const twins = [
			call('same', 'write', { path: 'harmless.txt', content: 'harmless' }),
			call('same', 'write', { path: 'PWNED', content: 'PWNED' }),
		];
		const before = await scene.snapshot();
		const answers = ['once', 'no'] as const;
		let asked = 0;
		const run = await runToEnd({
			client: scriptedModel(calls(...twins), says('ok')),
			tools,
			workspace: openFileWorkspace({ folder: scene.folder, platform: process.platform }),
			allowed: ask,
			ask: async () => ({ allow: answers[asked++] ?? 'no' }),
		});
		assert.deepEqual(
			run.asked.map(({ subject }) => subject),
			['harmless.txt', 'PWNED'],
		);
		assert.equal(new Set(run.asked.map(({ callId }) => callId)).size, 2, 'each question has its own id');
		assert.deepEqual(await scene.snapshot(), { ...before, 'ws/harmless.txt': 'harmless' });
	});

	it('is for the text that was shown: not for a file that became another meanwhile', async () => {
		await scene.put('notes.txt', 'old\n');
		const made = { calls: [call('w', 'write', { path: 'notes.txt', content: 'new\n' })], tools, allowed: ask };
		const run = await attack(scene, made, 'once', async ({ view }) => {
			assert.ok(view?.kind === 'diff');
			assert.deepEqual([view.added, view.removed], [1, 1]);
			await writeFile(join(scene.folder, 'notes.txt'), 'what the user wrote meanwhile\n');
		});
		assert.equal(run.after['ws/notes.txt'], 'what the user wrote meanwhile\n');
		assert.match(run.results['w'] ?? '', /changed/);
	});
});
