import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { commandIds } from '../../src/host/ids.ts';
import type { InlineEdits } from '../../src/host/inline/inlineEdits.ts';
import type { Answer } from '../openrouter-server/answer.ts';
import { AgentHarness, removeThroughEditor, workspaceRoot } from './agentHarness.ts';
import { boxOpened } from './boxOpened.ts';

/** Of no language that a server knows: the tests name its functions themselves. */
const PATH = 'src/quick.txt';
const SUM = ['export function sum(a: number, b: number) {', '\tconst result = a + b;', '', '\treturn result;', '}'];
const NEW_SUM = ['export function sum(a: number, b: number): number {', '\treturn a + b;', '}'];
const BEFORE = ['const first = 1;', '', ...SUM, '', 'const last = 9;', ''].join('\n');
const AFTER = BEFORE.replace(SUM.join('\n'), NEW_SUM.join('\n'));

const { Error: FAULT, Warning: WARNING, Hint: HINT } = vscode.DiagnosticSeverity;

/** The function, wherever it stands. */
function provideDocumentSymbols(document: vscode.TextDocument): vscode.DocumentSymbol[] {
	const start = document.getText().indexOf('export function sum');
	const range = new vscode.Range(document.positionAt(start), document.positionAt(start + SUM.join('\n').length));
	return start < 0 ? [] : [new vscode.DocumentSymbol('sum', '', vscode.SymbolKind.Function, range, range)];
}

describe('quick actions', () => {
	let harness: AgentHarness;
	let inline: InlineEdits;
	let problems: vscode.DiagnosticCollection;
	let outline: vscode.Disposable;

	before(async () => {
		harness = await AgentHarness.open();
		inline = await harness.api.inline();
		problems = vscode.languages.createDiagnosticCollection('quickActions');
		outline = vscode.languages.registerDocumentSymbolProvider({ pattern: `**/${PATH}` }, { provideDocumentSymbols });
		await vscode.workspace.getConfiguration('files').update('autoSave', 'off', vscode.ConfigurationTarget.Global);
	});

	after(async () => {
		problems.dispose();
		outline.dispose();
		await vscode.workspace.getConfiguration('files').update('autoSave', undefined, vscode.ConfigurationTarget.Global);
		await harness.close();
	});

	afterEach(async () => {
		problems.clear();
		await harness.chat.session?.whenIdle();
		for (const edit of inline.edits) {
			await inline.reject({ edit: edit.id });
		}
		await vscode.workspace.saveAll(true);
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
		await removeThroughEditor(PATH);
		await harness.chat.newSession();
	});

	async function open(line: number, text = BEFORE): Promise<vscode.TextEditor> {
		const uri = vscode.Uri.file(`${workspaceRoot()}/${PATH}`);
		await writeFile(uri.fsPath, text);
		const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
		editor.selection = new vscode.Selection(line, 1, line, 1);
		return editor;
	}

	function answer(...answers: readonly Answer[]): void {
		harness.server.forgetScript();
		harness.server.script(...answers);
	}

	const block = (lines: readonly string[]): Answer => ({ text: `\`\`\`ts\n${lines.join('\n')}\n\`\`\`\n` });
	const sent = () => harness.server.chats.at(-1)?.text ?? '';

	function report(
		{ document }: vscode.TextEditor,
		...found: readonly (readonly [line: number, message: string, severity: vscode.DiagnosticSeverity])[]
	): void {
		problems.set(
			document.uri,
			found.map(([line, message, severity]) => new vscode.Diagnostic(document.lineAt(line).range, message, severity)),
		);
	}

	async function offered(
		{ document }: vscode.TextEditor,
		range: vscode.Range,
		kind?: vscode.CodeActionKind,
	): Promise<readonly vscode.CodeAction[]> {
		const actions = await vscode.commands.executeCommand<readonly vscode.CodeAction[]>(
			'vscode.executeCodeActionProvider',
			document.uri,
			range,
			kind?.value,
		);
		return actions.filter(({ title }) => title.includes('OpenRouter Agent'));
	}

	function run({ command }: vscode.CodeAction): Thenable<unknown> {
		assert.ok(command);
		return vscode.commands.executeCommand(command.command, ...(command.arguments ?? []));
	}

	it('offers to fix each problem of the line, and all of them at once', async () => {
		const editor = await open(3);
		report(editor, [3, 'Too long.', FAULT], [3, 'Too short.', WARNING], [3, 'Only a hint.', HINT]);
		const actions = await offered(editor, editor.document.lineAt(3).range, vscode.CodeActionKind.QuickFix);
		assert.deepEqual(
			actions.map(({ title }) => title),
			[
				'Fix all 2 problems with OpenRouter Agent',
				'Fix with OpenRouter Agent: Too long.',
				'Fix with OpenRouter Agent: Too short.',
			],
		);
	});

	it('offers no fix where nothing is wrong, and edits only when asked for them or for a selection', async () => {
		const editor = await open(3);
		const here = editor.document.lineAt(3).range;
		assert.deepEqual(await offered(editor, here, vscode.CodeActionKind.QuickFix), []);
		const titles = (await offered(editor, here, vscode.CodeActionKind.RefactorRewrite)).map(({ title }) => title);
		assert.deepEqual(titles, [
			'Edit with OpenRouter Agent…',
			'Document with OpenRouter Agent',
			'Refactor with OpenRouter Agent…',
		]);
	});

	it('fixes all problems in the function that has them, in one edit', async () => {
		const editor = await open(0);
		report(editor, [3, 'Too long.', FAULT], [5, 'No type.', WARNING]);
		const [all] = await offered(editor, new vscode.Range(3, 0, 5, 5), vscode.CodeActionKind.QuickFix);
		assert.ok(all);
		answer(block(NEW_SUM));
		await run(all);
		assert.equal(editor.document.getText(), AFTER);
		assert.match(
			sent(),
			/Fix these problems, and change nothing else:\\nline 4: error: Too long\.\\nline 6: warning: No type\./,
		);
		assert.match(sent(), /Region \(lines 3-7\)/);
	});

	it('fixes what is reported for the selection by command', async () => {
		const editor = await open(3);
		report(editor, [3, 'Too long.', FAULT], [8, 'Elsewhere.', FAULT]);
		answer(block(NEW_SUM));
		await vscode.commands.executeCommand(commandIds.fixSelection);
		assert.equal(editor.document.getText(), AFTER);
		assert.match(sent(), /Fix this problem, and change nothing else:\\nline 4: error: Too long\./);
	});

	it('asks in the chat about a selection for which nothing is reported', async () => {
		const editor = await open(3);
		answer({ text: 'It is fine.' });
		await vscode.commands.executeCommand(commandIds.fixSelection);
		await harness.chat.session?.whenIdle();
		assert.match(sent(), /Fix this code\./);
		assert.equal(editor.document.getText(), BEFORE);
	});

	it('fixes problems that are far apart in the chat', async () => {
		const far = `${BEFORE}${'// nothing\n'.repeat(500)}last();\n`;
		const editor = await open(0, far);
		report(editor, [3, 'Too long.', FAULT], [editor.document.lineCount - 2, 'Unknown.', FAULT]);
		const [all] = await offered(
			editor,
			new vscode.Range(0, 0, editor.document.lineCount, 0),
			vscode.CodeActionKind.QuickFix,
		);
		assert.ok(all);
		answer({ text: 'Done.' });
		await run(all);
		await harness.chat.session?.whenIdle();
		assert.match(sent(), /Fix these problems in src\/quick\.txt\./);
		assert.match(sent(), /line 4: error: Too long\.\\nline 510: error: Unknown\./);
	});

	it('documents the function at the cursor in place', async () => {
		const editor = await open(3);
		const documented = ['/** Adds. */', ...SUM];
		answer(block(documented));
		await vscode.commands.executeCommand(commandIds.documentSelection);
		assert.equal(editor.document.getText(), BEFORE.replace(SUM.join('\n'), documented.join('\n')));
		assert.match(sent(), /Document this code/);
		assert.equal(inline.edits.length, 1);
	});

	it('documents nothing where there is no code', async () => {
		const editor = await open(1);
		const { length } = harness.server.requests;
		await vscode.commands.executeCommand(commandIds.documentSelection);
		await vscode.commands.executeCommand(commandIds.testSelection);
		assert.equal(harness.server.requests.length, length);
		assert.equal(editor.document.getText(), BEFORE);
	});

	it('refactors as the user says', async () => {
		const editor = await open(3);
		answer(block(NEW_SUM));
		const box = boxOpened();
		const refactoring = vscode.commands.executeCommand(commandIds.refactorSelection);
		await box;
		await vscode.commands.executeCommand(commandIds.inlineSubmit, { text: 'Inline the result.' });
		await refactoring;
		assert.equal(editor.document.getText(), AFTER);
		assert.match(sent(), /Refactor this code without changing what it does: Inline the result\./);
	});

	it('has the agent write tests for the function at the cursor', async () => {
		await open(3);
		answer({ text: 'They are written.' });
		await vscode.commands.executeCommand(commandIds.testSelection);
		await harness.chat.session?.whenIdle();
		assert.match(sent(), /Write tests for this code\./);
		assert.match(sent(), /Selected in src\/quick\.txt, lines 3-7:\\nexport function sum/);
		assert.equal(harness.state.mode, 'agent');
	});

	it('explains the selection in the chat', async () => {
		const editor = await open(0);
		editor.selection = new vscode.Selection(2, 0, 6, 1);
		answer({ text: 'It adds.' });
		await vscode.commands.executeCommand(commandIds.explainSelection);
		await harness.chat.session?.whenIdle();
		assert.match(sent(), /Explain this code\./);
		assert.match(sent(), /lines 3-7:\\nexport function sum/);
	});
});
