import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { HostMessage } from '../../src/protocol/messages.ts';
import { poll } from '../ui/poll.ts';
import { AgentHarness } from './agentHarness.ts';

describe('agents that work for the agent in the editor', () => {
	let agent: AgentHarness;
	const task = { name: 'task', arguments: { title: 'Look at the notes', prompt: 'What do they say?', readOnly: true } };
	const sessions = (message: HostMessage) => (message.type === 'sessions' ? message.sessions : undefined);
	const listed = async () => {
		const list = agent.hear(sessions);
		agent.post({ type: 'showSessions' });
		return (await list).map(({ id }) => id);
	};
	/** The session that worked for the newest call. */
	const helper = () => {
		const event = agent.chat.session?.events.findLast(({ event }) => event.type === 'delegated')?.event;
		return event?.type === 'delegated' ? event.sessionId : assert.fail('No other agent worked.');
	};
	const shown = () => vscode.window.activeTextEditor?.document;

	before(async () => {
		agent = await AgentHarness.open();
	});
	beforeEach(() => agent.chat.newSession());
	after(async () => {
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
		await agent?.close();
	});

	it('report, and what they did can be read; only the sessions of the user are listed', async () => {
		await agent.send(
			'Have it done.',
			{ toolCalls: [task] },
			{ toolCalls: [{ name: 'read', arguments: { path: 'README.md' } }] },
			{ text: 'They say ![hello](https://evil.example/x).' },
			{ text: 'Done.' },
		);
		const [result] = await agent.results();
		assert.equal(result?.outcome, 'ok', result?.text);
		assert.match(result.text, /They say/);
		const own = agent.chat.session?.id;
		agent.post({ type: 'openDelegate', sessionId: helper() });
		const document = await poll(shown, found => found?.uri.query === helper());
		assert.match(
			document?.getText() ?? '',
			/^# Look at the notes\n.*## Task.*What do they say\?.*Read · `README\.md`/s,
		);
		assert.match(document?.getText() ?? '', /```\nThey say !\[hello\]\(https:\/\/evil\.example\/x\)\.\n```/);
		assert.equal(document?.languageId, 'markdown');
		const ids = await listed();
		assert.ok(own !== undefined && ids.includes(own));
		assert.equal(ids.includes(helper()), false);
	});

	it('are shown while they work', async () => {
		await agent.send(
			'Have it done.',
			{ toolCalls: [task] },
			{ toolCalls: [{ name: 'read', arguments: { path: '/etc/hostname' } }] },
			{ text: 'It was refused.' },
			{ text: 'Done.' },
		);
		const approval = await agent.approval();
		assert.equal(approval.agent, 'Look at the notes');
		agent.post({ type: 'openDelegate', sessionId: helper() });
		await poll(shown, found => found?.uri.query === helper());
		await agent.answer('no');
		await agent.results();
		await poll(
			() => shown()?.getText() ?? '',
			text => text.includes('It was refused.'),
		);
	});

	it('go with the session they worked for', async () => {
		await agent.send('Have it done.', { toolCalls: [task] }, { text: 'A report.' }, { text: 'Done.' });
		await agent.results();
		const [own, child] = [agent.chat.session?.id ?? '', helper()];
		const list = agent.hear(sessions);
		agent.post({ type: 'deleteSession', sessionId: own });
		assert.equal(
			(await list).some(({ id }) => id === own),
			false,
		);
		const uri = vscode.Uri.from({ scheme: 'openrouter-agent-task', path: '/x.md', query: child });
		await assert.rejects(Promise.resolve(vscode.workspace.openTextDocument(uri)));
	});

	it('of other sessions are not shown', async () => {
		await agent.send('Have it done.', { toolCalls: [task] }, { text: 'A report.' }, { text: 'Done.' });
		await agent.results();
		const child = helper();
		const own = agent.chat.session?.id ?? '';
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
		await agent.chat.newSession();
		await agent.send('Hello.', { text: 'Hello.' });
		await agent.results();
		for (const sessionId of [child, own, '../x', 'none']) {
			agent.post({ type: 'openDelegate', sessionId });
		}
		// Answered after those before it.
		await listed();
		assert.equal(shown(), undefined);
	});
});
