import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { commandIds } from '../../src/host/ids.ts';
import type { InlineEdits } from '../../src/host/inline/inlineEdits.ts';
import type { Answer } from '../openrouter-server/answer.ts';
import { AgentHarness, removeThroughEditor, workspaceRoot } from './agentHarness.ts';
import { boxOpened } from './boxOpened.ts';

const PATH = 'src/inline.ts';
const BEFORE = [
	'const first = 1;',
	'',
	'export function sum(a: number, b: number) {',
	'\tconst result = a + b;',
	'\treturn result;',
	'}',
	'',
	'const last = 9;',
	'',
].join('\n');
const NEW_SUM = ['export function sum(a: number, b: number): number {', '\treturn a + b;', '}'];
const AFTER = BEFORE.replace(/export function[\s\S]*?\n}/, NEW_SUM.join('\n'));

function block(lines: readonly string[]): string {
	return `\`\`\`ts\n${lines.join('\n')}\n\`\`\`\n`;
}

describe('inline edit', () => {
	let harness: AgentHarness;
	let inline: InlineEdits;

	before(async () => {
		harness = await AgentHarness.open();
		inline = await harness.api.inline();
		await vscode.workspace.getConfiguration('files').update('autoSave', 'off', vscode.ConfigurationTarget.Global);
	});

	after(async () => {
		await vscode.workspace.getConfiguration('files').update('autoSave', undefined, vscode.ConfigurationTarget.Global);
		await harness.close();
	});

	afterEach(async () => {
		inline.cancel();
		for (const edit of inline.edits) {
			await edit.session.whenIdle();
			await inline.reject({ edit: edit.id });
		}
		await vscode.workspace.saveAll(true);
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
		await removeThroughEditor(PATH);
	});

	async function open(text = BEFORE): Promise<vscode.TextEditor> {
		const uri = vscode.Uri.file(`${workspaceRoot()}/${PATH}`);
		await writeFile(uri.fsPath, text);
		return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
	}

	function select(editor: vscode.TextEditor, from: number, to = from): void {
		editor.selection = new vscode.Selection(from, 0, to, editor.document.lineAt(to).text.length);
	}

	/** Edits the function, which the model answers so. */
	async function edit(editor: vscode.TextEditor, ...answers: readonly Answer[]): Promise<void> {
		harness.server.forgetScript();
		harness.server.script(...answers);
		select(editor, 2, 5);
		await inline.start({ instruction: 'Make it shorter.' });
	}

	/** Resolves when the text is as it should be. */
	async function until(document: vscode.TextDocument, isSo: (text: string) => boolean): Promise<void> {
		if (isSo(document.getText())) {
			return;
		}
		await new Promise<void>(resolve => {
			const listening = vscode.workspace.onDidChangeTextDocument(event => {
				if (event.document === document && isSo(document.getText())) {
					listening.dispose();
					resolve();
				}
			});
		});
	}

	it('puts the answer in the place of the selection, for review', async () => {
		const editor = await open();
		await edit(editor, { text: block(NEW_SUM) });
		assert.equal(editor.document.getText(), AFTER);
		assert.equal(await readFile(editor.document.uri.fsPath, 'utf8'), AFTER);
		const [pending] = inline.edits;
		assert.deepEqual(pending?.pending?.pending, { base: BEFORE, text: AFTER });
	});

	it('asks with the region and its surroundings, without tools, and books it as inline', async () => {
		const editor = await open();
		await edit(editor, { text: block(NEW_SUM) });
		const request = harness.server.requests.at(-1)?.body;
		const sent = JSON.stringify(request);
		assert.ok(sent.includes('Make it shorter.') && sent.includes('Region (lines 3-6)'), sent);
		assert.ok(!sent.includes('"tools"'), sent);
	});

	it('is one step of undo', async () => {
		const editor = await open();
		await edit(editor, { text: block(NEW_SUM), pieces: 'event', delayMs: 5 });
		assert.equal(editor.document.getText(), AFTER);
		await vscode.commands.executeCommand('undo');
		assert.equal(editor.document.getText(), BEFORE);
	});

	it('shows lines as they come, and keeps what the user types elsewhere meanwhile', async () => {
		const editor = await open();
		const running = edit(editor, { text: block(NEW_SUM), pieces: 'event', delayMs: 40 });
		await until(editor.document, text => text.includes(': number {'));
		assert.ok(editor.document.getText().includes('const result = a + b;'), 'old lines stay until they are passed');
		await editor.edit(builder => builder.insert(new vscode.Position(0, 0), '// mine\n'));
		await running;
		assert.equal(editor.document.getText(), `// mine\n${AFTER}`);
		assert.equal(editor.document.isDirty, true, "what the user typed is the user's to save");
		assert.deepEqual(inline.edits[0]?.pending?.pending, { base: `// mine\n${BEFORE}`, text: `// mine\n${AFTER}` });
	});

	it('ends politely when the user types within the lines, and keeps both', async () => {
		const editor = await open();
		const running = edit(editor, { text: block(NEW_SUM), pieces: 'event', delayMs: 40 });
		await until(editor.document, text => text.includes(': number {'));
		await editor.edit(builder => builder.insert(new vscode.Position(2, 0), '/* mine */ '));
		await running;
		const text = editor.document.getText();
		assert.ok(text.includes('/* mine */ export function sum(a: number, b: number): number {'), text);
		assert.ok(text.includes('const result = a + b;'), text);
		// The lines that both changed are not taken back without another word.
		await inline.reject();
		assert.ok(editor.document.getText().includes('/* mine */ '), editor.document.getText());
		await vscode.commands.executeCommand('workbench.action.files.revert');
	});

	it('puts everything back when it is cancelled', async () => {
		const editor = await open();
		const running = edit(editor, { text: block(NEW_SUM), pieces: 'event', delayMs: 40 });
		await until(editor.document, text => text.includes(': number {'));
		await vscode.commands.executeCommand(commandIds.inlineCancel);
		await running;
		assert.equal(editor.document.getText(), BEFORE);
		assert.equal(editor.document.isDirty, false);
		assert.equal(await readFile(editor.document.uri.fsPath, 'utf8'), BEFORE);
		assert.equal(inline.edits.length, 0);
	});

	it('puts back the bytes of a file with line ends of Windows and no last line end', async () => {
		const text = BEFORE.trimEnd().replaceAll('\n', '\r\n');
		const editor = await open(text);
		const running = edit(editor, { text: block(NEW_SUM), pieces: 'event', delayMs: 40 });
		await until(editor.document, now => now.includes(': number {'));
		await vscode.commands.executeCommand(commandIds.inlineUndo);
		await running;
		assert.equal(await readFile(editor.document.uri.fsPath, 'utf8'), text);
	});

	it('takes the region out of an answer that is the whole file', async () => {
		const editor = await open();
		await edit(editor, { text: block(AFTER.split('\n')) });
		assert.equal(editor.document.getText(), AFTER);
	});

	it('refuses the whole file with changes elsewhere', async () => {
		const editor = await open();
		await edit(editor, { text: block(AFTER.replace('first = 1', 'first = 2').split('\n')) });
		assert.equal(editor.document.getText(), BEFORE);
	});

	it('leaves what the user had not saved unsaved', async () => {
		const editor = await open();
		await editor.edit(builder => builder.insert(new vscode.Position(0, 0), '// mine\n'));
		harness.server.forgetScript();
		harness.server.script({ text: block(NEW_SUM) });
		select(editor, 3, 6);
		assert.equal(await inline.start({ instruction: 'Make it shorter.' }), true);
		assert.equal(editor.document.getText(), `// mine\n${AFTER}`);
		assert.equal(await readFile(editor.document.uri.fsPath, 'utf8'), BEFORE);
	});

	it('puts everything back when the answer fails', async () => {
		const editor = await open();
		const broken: Answer = {
			text: block(NEW_SUM),
			breaks: { afterChunks: 6, form: 'topLevel', code: 400, message: 'No.', endMark: true },
		};
		await edit(editor, broken);
		assert.equal(editor.document.getText(), BEFORE);
	});

	it('lets nothing of an answer in words into the file', async () => {
		const editor = await open();
		await edit(editor, { text: 'The function is short enough.' });
		assert.equal(editor.document.getText(), BEFORE);
	});

	it('keeps CRLF line ends and tabs', async () => {
		const editor = await open(BEFORE.replaceAll('\n', '\r\n'));
		await edit(editor, { text: block(NEW_SUM.map(line => line.replace('\t', '    '))) });
		assert.equal(editor.document.getText(), AFTER.replaceAll('\n', '\r\n'));
		assert.equal(await readFile(editor.document.uri.fsPath, 'utf8'), AFTER.replaceAll('\n', '\r\n'));
	});

	it('takes the function at the cursor', async () => {
		const editor = await open();
		editor.selection = new vscode.Selection(3, 4, 3, 4);
		harness.server.forgetScript();
		harness.server.script({ text: block(NEW_SUM) });
		await inline.start({ instruction: 'Make it shorter.' });
		assert.equal(editor.document.getText(), AFTER);
	});

	it('inserts at an empty line', async () => {
		const editor = await open();
		editor.selection = new vscode.Selection(1, 0, 1, 0);
		harness.server.forgetScript();
		harness.server.script({ text: block(['const second = 2;']) });
		await inline.start({ instruction: 'Add a second.' });
		assert.equal(editor.document.getText(), BEFORE.replace('\n\n', '\nconst second = 2;\n'));
	});

	it('is refused with several cursors', async () => {
		const editor = await open();
		editor.selections = [new vscode.Selection(0, 0, 0, 0), new vscode.Selection(3, 0, 3, 0)];
		const requests = harness.server.requests.length;
		await inline.start({ instruction: 'Do it.' });
		assert.equal(harness.server.requests.length, requests);
		assert.equal(editor.document.getText(), BEFORE);
	});

	it('is refused in a read-only file', async () => {
		const files = vscode.workspace.getConfiguration('files');
		const editor = await open();
		await files.update('readonlyInclude', { [PATH]: true }, vscode.ConfigurationTarget.Global);
		try {
			assert.equal(await inline.start({ instruction: 'Do it.' }), false);
			assert.equal(editor.document.getText(), BEFORE);
		} finally {
			await files.update('readonlyInclude', undefined, vscode.ConfigurationTarget.Global);
		}
	});

	it('is not made by the built-in assistant', async () => {
		const editor = await open();
		await harness.api.apiKey.remove();
		try {
			assert.equal(await inline.start({ instruction: 'Do it.' }), false);
			assert.equal(editor.document.getText(), BEFORE);
		} finally {
			await harness.api.apiKey.set(harness.server.key);
		}
	});

	it('is refused while another one is worked on', async () => {
		const editor = await open();
		const running = edit(editor, { text: block(NEW_SUM), pieces: 'event', delayMs: 40 });
		await until(editor.document, text => text.includes(': number {'));
		assert.equal(await inline.start({ instruction: 'Another.' }), false);
		await running;
		assert.equal(editor.document.getText(), AFTER);
	});

	it('is accepted, and then nothing waits', async () => {
		const editor = await open();
		await edit(editor, { text: block(NEW_SUM) });
		await vscode.commands.executeCommand(commandIds.inlineAccept);
		assert.equal(inline.edits.length, 0);
		assert.equal(editor.document.getText(), AFTER);
	});

	it('is undone by its own command, keeping what was typed since', async () => {
		const editor = await open();
		await edit(editor, { text: block(NEW_SUM) });
		await editor.edit(builder => builder.insert(new vscode.Position(0, 0), '// mine\n'));
		await vscode.commands.executeCommand(commandIds.inlineUndo);
		assert.equal(editor.document.getText(), `// mine\n${BEFORE}`);
		assert.equal(inline.edits.length, 0);
	});

	it('is refined in the same session, and taken back as a whole', async () => {
		const editor = await open();
		await edit(editor, { text: block(NEW_SUM) });
		const [pending] = inline.edits;
		assert.ok(pending);
		const refined = [...NEW_SUM.slice(0, 1), '\treturn b + a;', '}'];
		harness.server.script({ text: block(refined) });
		await pending.run('Turn it around.');
		assert.ok(editor.document.getText().includes('return b + a;'));
		assert.deepEqual(pending.instructions, ['Make it shorter.', 'Turn it around.']);
		await inline.reject();
		assert.equal(editor.document.getText(), BEFORE);
	});

	it('is no longer shown when the editor undid it, and is shown again when it did it again', async () => {
		const editor = await open();
		await edit(editor, { text: block(NEW_SUM) });
		const [pending] = inline.edits;
		assert.equal(pending?.firstChange, 2);
		await vscode.commands.executeCommand('undo');
		assert.equal(pending.firstChange, undefined);
		await vscode.commands.executeCommand('redo');
		assert.equal(pending.firstChange, 2);
	});

	it('fixes a problem from the light bulb', async () => {
		const editor = await open();
		const problems = vscode.languages.createDiagnosticCollection('test');
		try {
			const problem = new vscode.Diagnostic(new vscode.Range(4, 1, 4, 7), 'Too long.', vscode.DiagnosticSeverity.Error);
			problems.set(editor.document.uri, [problem]);
			const actions = await vscode.commands.executeCommand<readonly vscode.CodeAction[]>(
				'vscode.executeCodeActionProvider',
				editor.document.uri,
				problem.range,
				vscode.CodeActionKind.QuickFix.value,
			);
			const fix = actions.find(({ command }) => command?.command === commandIds.inlineStart);
			assert.ok(fix?.command, JSON.stringify(actions.map(({ title }) => title)));
			harness.server.forgetScript();
			harness.server.script({ text: block(NEW_SUM) });
			await vscode.commands.executeCommand(fix.command.command, ...(fix.command.arguments ?? []));
			assert.equal(editor.document.getText(), AFTER);
			const sent = JSON.stringify(harness.server.requests.at(-1)?.body);
			assert.ok(sent.includes('line 5: error: Too long.'), sent);
		} finally {
			problems.dispose();
		}
	});

	it('takes the instruction from the box under the line', async () => {
		const editor = await open();
		harness.server.forgetScript();
		harness.server.script({ text: block(NEW_SUM) });
		select(editor, 2, 5);
		const box = boxOpened();
		const started = inline.start();
		await box;
		await vscode.commands.executeCommand(commandIds.inlineSubmit, { text: 'Make it shorter.' });
		await started;
		assert.equal(editor.document.getText(), AFTER);
	});
});
