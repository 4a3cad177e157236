import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { LedgerEntry } from '../../src/agent/ledger/ledgerState.ts';
import type { RecordedRequest } from '../openrouter-server/recorder.ts';
import { AgentHarness, workspaceRoot } from './agentHarness.ts';

const MODEL = 'anthropic/claude-haiku-4.5';
const FILE = 'completions/sum.ts';

function uriOf(path: string): vscode.Uri {
	const [folder] = vscode.workspace.workspaceFolders ?? [];
	return vscode.Uri.joinPath(folder?.uri ?? assert.fail('These tests want a folder open.'), path);
}

/** Opens a new file with the cursor at its end. */
async function open(path: string, text: string): Promise<vscode.TextEditor> {
	await vscode.workspace.fs.writeFile(uriOf(path), new TextEncoder().encode(text));
	const editor = await vscode.window.showTextDocument(uriOf(path));
	const { document } = editor;
	const end = document.positionAt(document.getText().length);
	await editor.edit(edit => edit.replace(new vscode.Range(new vscode.Position(0, 0), end), text));
	const last = document.positionAt(text.length);
	editor.selection = new vscode.Selection(last, last);
	return editor;
}

const type = (text: string) => vscode.commands.executeCommand('type', { text });
const trigger = () => vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');

/** Accepts what is suggested, once it is there: nothing tells when the editor has drawn it. */
async function accept(editor: vscode.TextEditor): Promise<string> {
	const { version } = editor.document;
	while (editor.document.version === version) {
		await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
	}
	return editor.document.getText();
}

function promptOf({ body }: RecordedRequest): string {
	const { messages } = body as { readonly messages: readonly { readonly content: unknown }[] };
	return JSON.stringify(messages.at(-1)?.content);
}

describe('inline completions in the editor', () => {
	let agent: AgentHarness;
	/** Resolves when the completions in the ledger are so. */
	const booked = async (isSo: (entries: readonly LedgerEntry[]) => boolean) => {
		const { ledger } = await agent.api.services();
		await new Promise<void>(resolve => {
			const look = () => {
				if (isSo([...ledger.entries()].filter(({ purpose }) => purpose === 'completion'))) {
					stop();
					resolve();
				}
			};
			const stop = ledger.onDidChange(look);
			look();
		});
	};
	const set = (name: string, value: unknown) =>
		vscode.workspace.getConfiguration().update(name, value, vscode.ConfigurationTarget.Global);

	before(async () => {
		agent = await AgentHarness.open();
		await set('openrouterAgent.completions.model', MODEL);
		await set('files.autoSave', 'off');
		// The list of the language server would stand in the way.
		await set('editor.quickSuggestions', { other: 'off', comments: 'off', strings: 'off' });
		await set('editor.autoClosingBrackets', 'never');
	});
	afterEach(async () => {
		agent.server.forgetScript();
		await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
	});
	after(async () => {
		for (const name of ['completions.model', 'completions.enabled', 'completions.languages']) {
			await set(`openrouterAgent.${name}`, undefined);
		}
		for (const name of ['files.autoSave', 'editor.quickSuggestions', 'editor.autoClosingBrackets']) {
			await set(name, undefined);
		}
		const edit = new vscode.WorkspaceEdit();
		edit.deleteFile(uriOf('completions'), { recursive: true, ignoreIfNotExists: true });
		assert.ok(await vscode.workspace.applyEdit(edit));
		await agent?.close();
	});

	it('ask for nothing while they are off, and for one when they are turned on', async () => {
		const editor = await open(FILE, 'const a = 1;\nconst b = ');
		await type('a');
		await trigger();
		await type(' +');
		assert.equal(agent.server.chats.length, 0);
		agent.server.script({ text: '<insert> 2;</insert>' });
		await vscode.commands.executeCommand('openrouterAgent.toggleCompletions');
		await trigger();
		assert.equal(await accept(editor), 'const a = 1;\nconst b = a + 2;');
		assert.equal(agent.server.chats.length, 1);
	});

	it('come when the typing rests, from the text around the cursor, and are inserted', async () => {
		const editor = await open(FILE, 'export function sum(a: number, b: number) {\n\treturn');
		agent.server.script({ text: '```ts\na + b;\n```' });
		const number = agent.server.chats.length + 1;
		await type(' ');
		const request = await agent.server.chat(number);
		assert.match(promptOf(request), /sum\.ts \(typescript\).*sum\(a: number, b: number\).*return <CURSOR>/);
		assert.equal((request.body as { readonly model: string }).model, MODEL);
		assert.equal(await accept(editor), 'export function sum(a: number, b: number) {\n\treturn a + b;');
	});

	it('are stopped by typing on, and the next one is another request', async () => {
		const editor = await open(FILE, 'const total =');
		// The first answer never ends by itself.
		agent.server.script({ text: 'never', headersDelayMs: 600_000 }, { text: '<insert>20;</insert>' });
		const number = agent.server.chats.length + 1;
		await type(' ');
		const first = await agent.server.chat(number);
		await type('1');
		assert.equal(await first.ended, 'aborted');
		const second = await agent.server.chat(number + 1);
		assert.match(promptOf(second), /const total = 1<CURSOR>/);
		assert.equal(await accept(editor), 'const total = 120;');
	});

	it('are in the ledger with what they cost', async () => {
		await booked(entries => entries.every(({ state }) => state !== 'open'));
		const { ledger } = await agent.api.services();
		const settled: LedgerEntry[] = [...ledger.entries()].filter(
			({ purpose, state }) => purpose === 'completion' && state === 'settled',
		);
		assert.ok(settled.length >= 3);
		for (const { model, cost } of settled) {
			assert.ok(model.startsWith('anthropic/'), model);
			assert.ok((cost ?? 0) > 0, String(cost));
		}
	});

	it('are not asked for in files of secrets, nor in languages that are off', async () => {
		const number = agent.server.chats.length + 1;
		await open('completions/.env', 'TOKEN=');
		await type('s3cret');
		await trigger();
		await symlink('.env', join(workspaceRoot(), 'completions/linked.ts'));
		await open('completions/linked.ts', 'const token = ');
		await type('s3cret + ');
		await trigger();
		await set('openrouterAgent.completions.languages', { markdown: false });
		await open('completions/notes.md', 'The plan is');
		await type(' ');
		await trigger();
		agent.server.script({ text: '<insert>7;</insert>' });
		const editor = await open(FILE, 'const lucky = ');
		await trigger();
		assert.match(promptOf(await agent.server.chat(number)), /const lucky/);
		assert.doesNotMatch(JSON.stringify(agent.server.chats), /s3cret/);
		assert.equal(await accept(editor), 'const lucky = 7;');
		assert.equal(agent.server.chats.length, number);
	});

	it('hold the budgets, and say so nowhere but in the status bar', async () => {
		await set('openrouterAgent.budget', { request: 0.000001 });
		const count = agent.server.chats.length;
		const editor = await open(FILE, 'const dear = ');
		await trigger();
		await booked(entries => entries.some(({ state }) => state === 'refused'));
		await set('openrouterAgent.budget', undefined);
		agent.server.script({ text: '<insert>9;</insert>' });
		// At the same place in the same text the editor does not ask a second time.
		await type('1');
		assert.equal(await accept(editor), 'const dear = 19;');
		assert.equal(agent.server.chats.length, count + 1);
	});
});
