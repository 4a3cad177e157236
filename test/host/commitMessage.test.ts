import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { AgentHarness } from './agentHarness.ts';
import { GitProject } from './gitProject.ts';

const write = (argument: object) => vscode.commands.executeCommand('openrouterAgent.writeCommitMessage', argument);

describe('the commit message', () => {
	let agent: AgentHarness;
	let project: GitProject;
	const box = () => project.repository.inputBox;
	const lastPrompt = () =>
		JSON.parse(agent.server.chats.at(-1)?.text ?? '{}').messages.at(-1).content[0].text as string;

	before(async () => {
		agent = await AgentHarness.open();
		project = await GitProject.create('committed', { 'sum.ts': 'a - b\n', '.env': 'TOKEN=one\n' }, 'fix: begin');
	});
	beforeEach(() => {
		box().value = '';
	});
	afterEach(() => agent.server.forgetScript());
	after(async () => {
		await project?.remove();
		await agent?.close();
	});

	it('is written into the box from all that changed, without secrets', async () => {
		await project.put({ 'sum.ts': 'a + b\n', '.env': 'TOKEN=two\n', 'new.ts': 'new text\n' });
		agent.server.script({ text: '```\nfix: add in place of subtract\n```', pieces: 'event' });
		await write(project.argument);
		assert.equal(box().value, 'fix: add in place of subtract');
		const prompt = lastPrompt();
		assert.match(prompt, /Branch: main/);
		assert.match(prompt, /fix: begin/);
		assert.match(prompt, /Changes:\n[\s\S]*-a - b\n\+a \+ b/);
		assert.match(prompt, /\.env: changed; its content is secret/);
		assert.match(prompt, /New files, not shown:\n```\nnew\.ts\n```/);
		assert.doesNotMatch(agent.server.chats.at(-1)?.text ?? '', /TOKEN|new text/);
	});

	it('is of what is staged, where something is', async () => {
		await project.git('add', 'new.ts');
		agent.server.script({ text: 'feat: add a file' });
		await write(project.argument);
		assert.equal(box().value, 'feat: add a file');
		assert.match(lastPrompt(), /Staged changes:\n[\s\S]*\+new text/);
		assert.doesNotMatch(lastPrompt(), /a \+ b/);
	});

	it('says what the author noted in the box', async () => {
		box().value = 'because of the audit';
		agent.server.script({ text: 'feat: add a file because of the audit' });
		await write(project.argument);
		assert.match(lastPrompt(), /The author's note:\n```\nbecause of the audit\n```/);
		assert.equal(box().value, 'feat: add a file because of the audit');
		agent.server.script({ text: 'feat: add another' });
		await write(project.argument);
		assert.doesNotMatch(lastPrompt(), /author's note:/, 'What was written by us is no note.');
	});

	it('leaves the words of the author where it fails', async () => {
		box().value = 'my own words';
		agent.server.script({ refuse: 'credits' });
		await write(project.argument);
		assert.equal(box().value, 'my own words');
	});

	it('leaves the words of the author where it breaks in the middle', async () => {
		box().value = 'my own words';
		agent.server.script({ text: 'feat: begin and break', breaks: { afterChunks: 2 }, pieces: 'event' });
		await write(project.argument);
		assert.equal(box().value, 'my own words');
	});

	it('leaves the words of the author when it is stopped, and closes the connection', async () => {
		box().value = 'my own words';
		agent.server.script({ text: 'never', headersDelayMs: 600_000 });
		const number = agent.server.chats.length + 1;
		const writing = write(project.argument);
		const request = await agent.server.chat(number);
		await vscode.commands.executeCommand('openrouterAgent.stopCommitMessage');
		assert.equal(await request.ended, 'aborted');
		await writing;
		assert.equal(box().value, 'my own words');
	});

	it('leaves alone what the author types meanwhile', async () => {
		agent.server.script({ text: 'never', headersDelayMs: 600_000 }, { text: 'feat: too late' });
		const number = agent.server.chats.length + 1;
		const writing = write(project.argument);
		await agent.server.chat(number);
		box().value = 'typed meanwhile';
		await vscode.commands.executeCommand('openrouterAgent.stopCommitMessage');
		await writing;
		assert.equal(box().value, 'typed meanwhile');
	});

	it('is for each repository by itself, and stops where it is stopped', async () => {
		const other = await GitProject.create('committedToo', { 'b.ts': 'b\n' }, 'Begin');
		try {
			await other.put({ 'b.ts': 'changed\n' });
			agent.server.script({ text: 'never', headersDelayMs: 600_000 }, { text: 'Change b' });
			const number = agent.server.chats.length + 1;
			const writing = write(project.argument);
			const request = await agent.server.chat(number);
			await write(other.argument);
			assert.equal(other.repository.inputBox.value, 'Change b');
			assert.equal(box().value, '');
			await vscode.commands.executeCommand('openrouterAgent.stopCommitMessage', project.argument);
			assert.equal(await request.ended, 'aborted');
			await writing;
		} finally {
			await other.remove();
		}
	});

	it('is in the ledger with what it cost', async () => {
		const { ledger } = await agent.api.services();
		await ledger.whenWritten();
		const paid = [...ledger.entries()].filter(({ purpose, cost }) => purpose === 'inline' && (cost ?? 0) > 0);
		assert.ok(paid.length >= 4);
	});

	it('is put together by rule without a key, and nothing is asked', async () => {
		const count = agent.server.chats.length;
		await agent.api.apiKey.remove();
		const settings = vscode.workspace.getConfiguration('openrouterAgent');
		const model = settings.inspect('model')?.globalValue;
		await settings.update('model', undefined, vscode.ConfigurationTarget.Global);
		await write(project.argument);
		assert.equal(box().value, 'Add new.ts');
		assert.equal(agent.server.chats.length, count);
		await settings.update('model', model, vscode.ConfigurationTarget.Global);
		await agent.api.apiKey.set(agent.server.key);
	});
});
