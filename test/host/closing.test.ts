import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { poll } from '../ui/poll.ts';
import { AgentHarness, workspaceRoot } from './agentHarness.ts';
import { isAlive } from './isAlive.ts';

describe('the end of the editor', () => {
	it('ends every command with all that it started, also one that does not want to', async function () {
		if (process.platform === 'win32') {
			this.skip();
		}
		const agent = await AgentHarness.open();
		const pids = join(workspaceRoot(), 'pids');
		const command =
			"trap '' TERM; (setsid sleep 600 & echo $! > pids; sleep 600 & echo $! >> pids; echo $$ >> pids); sleep 600";
		await agent.chat.newSession();
		await agent.call({ name: 'bash', arguments: { command: 'sleep 600 & echo $! > other', background: true } });
		await agent.answer('once');
		await agent.results();
		await agent.call({ name: 'bash', arguments: { command } });
		await agent.answer('once');
		const started = await poll(
			async () => (existsSync(pids) ? (await readFile(pids, 'utf8')).trim().split('\n') : []),
			({ length }) => length === 3,
		);
		const other = join(workspaceRoot(), 'other');
		const all = [...started, (await readFile(other, 'utf8')).trim()];
		for (const pid of all) {
			assert.equal(await isAlive(Number(pid)), true, pid);
		}
		await agent.chat.close();
		for (const pid of all) {
			assert.equal(await isAlive(Number(pid)), false, pid);
		}
		const [storage] = agent.api.folders;
		assert.deepEqual(await readdir(join(storage?.fsPath ?? '', 'shells')), []);
		await rm(pids);
		await rm(other);
		await agent.close();
	});
});
