import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { poll } from '../ui/poll.ts';
import { AgentHarness, workspaceRoot } from './agentHarness.ts';
import { isAlive } from './isAlive.ts';

const inWorkspace = (name: string) => join(workspaceRoot(), name);

describe('commands of the agent in the editor', () => {
	let agent: AgentHarness;
	const bash = (command: string, more: object = {}) => ({ name: 'bash', arguments: { command, ...more } });

	before(async () => {
		// As a user's shell has them: none of these is for commands.
		Object.assign(process.env, { OPENROUTER_API_KEY: 'sk-or-v1-of-the-environment', GITHUB_TOKEN: 'ghp_secret' });
		agent = await AgentHarness.open();
	});
	beforeEach(() => agent.chat.newSession());
	after(async () => {
		await agent?.close();
		delete process.env['OPENROUTER_API_KEY'];
		delete process.env['GITHUB_TOKEN'];
		for (const name of ['made', 'go', 'pids', 'PWNED']) {
			await rm(inWorkspace(name), { force: true });
		}
	});

	it('run after a yes and show what they print while they run', async () => {
		const command = 'echo first; until [ -e go ]; do sleep 0.05; done; echo second > made; echo second';
		const from = agent.told.length;
		await agent.call(bash(command));
		const asked = await agent.answer('once');
		assert.equal(asked.reason, 'command');
		assert.deepEqual(asked.view, { kind: 'command', command });
		await agent.hear(message => {
			const deltas = message.type === 'deltas' ? message.deltas : [];
			return deltas.some(delta => delta.type === 'output' && /first/.test(delta.text)) || undefined;
		}, from);
		assert.equal(existsSync(inWorkspace('made')), false);
		await writeFile(inWorkspace('go'), '');
		const [result] = await agent.results();
		assert.equal(result?.outcome, 'ok', result?.text);
		assert.match(result.text, /first\nsecond/);
		assert.equal(await readFile(inWorkspace('made'), 'utf8'), 'second\n');
	});
	it('do nothing after a no', async () => {
		const [result] = await agent.turn([bash('touch PWNED')], ['no']);
		assert.equal(result?.outcome, 'denied');
		assert.equal(existsSync(inWorkspace('PWNED')), false);
	});
	it('that only read ask nobody, in Ask mode too, where others never run', async () => {
		agent.post({ type: 'setMode', mode: 'ask' });
		const [read, write] = await agent.turn([bash('ls'), bash('touch PWNED')]);
		assert.equal(read?.outcome, 'ok', read?.text);
		assert.match(read.text, /README\.md/);
		assert.equal(write?.outcome, 'denied');
		assert.equal(existsSync(inWorkspace('PWNED')), false);
	});
	it('get neither keys nor handles into the editor', async () => {
		const [result] = await agent.turn([bash('env')], ['once']);
		assert.match(result?.text ?? '', /^PATH=/m);
		assert.doesNotMatch(result?.text ?? '', /OPENROUTER_API_KEY|GITHUB_TOKEN|VSCODE_|ELECTRON_|sk-or-v1|ghp_secret/);
	});
	it('end with all that they started when the turn is stopped', async function () {
		if (process.platform === 'win32') {
			this.skip();
		}
		await agent.call(bash('(setsid sleep 600 & echo $! > pids; sleep 600 & echo $! >> pids; wait)'));
		await agent.answer('once');
		const pids = await poll(
			async () => (existsSync(inWorkspace('pids')) ? (await readFile(inWorkspace('pids'), 'utf8')).split('\n') : []),
			({ length }) => length === 3,
		);
		agent.post({ type: 'stop' });
		const [result] = await agent.results();
		assert.match(result?.text ?? '', /stopped/i);
		for (const pid of pids.slice(0, 2)) {
			assert.equal(await isAlive(Number(pid)), false, pid);
		}
	});
	it('are allowed by a rule for always, which is kept outside the workspace and can be taken away by hand', async () => {
		await agent.call(bash('git add --dry-run README.md'));
		const asked = await agent.answer('always');
		assert.deepEqual(asked.offer?.rule, {
			kind: 'command',
			rule: { kind: 'words', effect: 'allow', words: ['git', 'add'] },
		});
		await agent.results();
		await agent.chat.newSession();
		await agent.call(bash('git add --dry-run src'));
		await agent.results();
		const start = agent.chat.session?.events.find(({ event }) => event.type === 'toolStart')?.event;
		assert.deepEqual(start?.type === 'toolStart' && start.allowedBy, ['git add …']);

		const [storage] = agent.api.folders;
		const file = join(storage?.fsPath ?? '', 'approvals/rules.json');
		assert.ok(!file.startsWith(workspaceRoot()));
		await writeFile(
			file,
			(await readFile(file, 'utf8')).replace('"words":', '"word":').replaceAll('"add"', '"add", "-A"'),
		);
		await agent.chat.newSession();
		const [denied] = await agent.turn([bash('git add --dry-run src')], ['no']);
		assert.equal(denied?.outcome, 'denied');
	});
});
