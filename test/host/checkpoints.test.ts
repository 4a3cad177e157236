import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentHarness, workspaceRoot } from './agentHarness.ts';
import { isAlive } from './isAlive.ts';

const FOLDER = 'checkpoints';
const inWorkspace = (name: string) => join(workspaceRoot(), FOLDER, name);
const bash = (command: string, more: object = {}) => ({ name: 'bash', arguments: { command, ...more } });

/** Texts as files have them: with marks, line ends of both kinds, none at the end, letters of many bytes. */
const FILES: Readonly<Record<string, string>> = {
	'edited.ts': 'const one = 1;\r\nconst two = 2;\nconst three = 3;',
	'moved.ts': 'export const mövéd = "€😀";\n',
	'removed.cs': '\uFEFFclass Removed { }\r\n',
	'marked.cs': '\uFEFFclass One { }\r\n',
	'overwritten.md': '# Title\n\n\ttext\n',
	'script.sh': '#!/bin/sh\necho one\n',
};
const BINARY = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 1]);

describe('what commands of the agent change in the editor', () => {
	if (process.platform === 'win32') {
		return;
	}
	let agent: AgentHarness;

	const session = () => agent.chat.session ?? assert.fail('There is no session.');
	const bytesOf = async () => {
		const found: Record<string, string> = {};
		for (const name of Object.keys(FILES)) {
			found[name] = await readFile(inWorkspace(name), 'utf8').catch(() => '(no file)');
		}
		return found;
	};
	const recorded = () =>
		session().events.flatMap(({ event }) =>
			event.type === 'change' && event.origin === 'command' ? [event.path.slice(FOLDER.length + 1)] : [],
		);
	const goBack = async () => {
		const first = session().restorePoints()[0] ?? assert.fail('There is nothing to go back to.');
		return session().restore({ before: first.sequence, files: true, conversation: false });
	};

	before(async () => {
		agent = await AgentHarness.open();
	});
	beforeEach(async () => {
		await agent.chat.newSession();
		await mkdir(inWorkspace('.'), { recursive: true });
		for (const [name, text] of Object.entries(FILES)) {
			await writeFile(inWorkspace(name), text);
		}
		await chmod(inWorkspace('script.sh'), 0o755);
		await writeFile(inWorkspace('logo.png'), BINARY);
	});
	afterEach(() => rm(inWorkspace('.'), { recursive: true, force: true }));
	after(() => agent?.close());

	it('is listed, and comes back to the byte', async () => {
		const command = [
			`cd ${FOLDER}`,
			'sed -i s/two/TWO/ edited.ts',
			'mv moved.ts new-name.ts',
			'rm removed.cs',
			'sed -i s/One/Two/ marked.cs',
			'echo gone > overwritten.md',
			'sed -i s/one/two/ script.sh',
			'echo new > made.txt',
		].join(' && ');
		const [result] = await agent.turn([bash(command)], ['once']);
		assert.equal(result?.outcome, 'ok', result?.text);
		const changed = [
			...['edited.ts', 'made.txt', 'marked.cs', 'moved.ts', 'new-name.ts'],
			...['overwritten.md', 'removed.cs', 'script.sh'],
		];
		assert.match(result.text, /\[changed 8 files: /);
		assert.deepEqual(recorded(), changed);
		assert.equal((await bytesOf())['removed.cs'], '(no file)');

		const restored = await goBack();
		assert.deepEqual(
			restored.map(({ kind }) => kind),
			changed.map(() => 'restored'),
		);
		assert.deepEqual(await bytesOf(), FILES);
		for (const name of ['made.txt', 'new-name.ts']) {
			await assert.rejects(stat(inWorkspace(name)), { code: 'ENOENT' });
		}
		assert.equal((await stat(inWorkspace('script.sh'))).mode & 0o777, 0o755);
	});

	it('of which no text can be kept is named, to the model and to the user', async () => {
		const [result] = await agent.turn(
			[bash(`cd ${FOLDER} && echo more >> logo.png && sed -i s/2/3/ edited.ts`)],
			['once'],
		);
		assert.match(result?.text ?? '', /\[changed 2 files: checkpoints\/edited\.ts, checkpoints\/logo\.png\]/);
		assert.match(result?.view?.kind === 'command' ? (result.view.note ?? '') : '', /1 changed file cannot be restored/);
		assert.deepEqual(recorded(), ['edited.ts']);
		await goBack();
		assert.deepEqual(await bytesOf(), FILES);
	});

	it('in the background is recorded at the end of the turn, and comes back', async () => {
		const waits = 'until [ -e go ]; do sleep 0.02; done; echo late > overwritten.md; echo $$ > pid; exec sleep 600';
		// The second command waits for the first: then the turn ends while that one still runs.
		const [begun, awaited] = await agent.turn(
			[
				bash(`cd ${FOLDER} && (${waits})`, { background: true }),
				bash(`cd ${FOLDER}; touch go; until [ -s pid ]; do sleep 0.02; done`),
			],
			['once', 'once'],
		);
		assert.match(begun?.text ?? '', /running/);
		assert.equal(awaited?.outcome, 'ok', awaited?.text);
		assert.ok(recorded().includes('overwritten.md'), recorded().join());
		const pid = Number(await readFile(inWorkspace('pid'), 'utf8'));
		assert.equal(await isAlive(pid), true);
		process.kill(pid);
		await goBack();
		assert.deepEqual(await bytesOf(), FILES);
	});
});
