import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { poll } from '../ui/poll.ts';
import { AgentHarness, EXTENSION_ID } from './agentHarness.ts';
import { borrowFolder, clear, put, saved, set, uriOf } from './openFolder.ts';

const FILE = 'shapes.ts';
const BEFORE = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n';
const AFTER = 'one\nTWO\nthree\nfour\nseven\neight\n';

const run = (name: string, ...args: unknown[]) =>
	vscode.commands.executeCommand(`openrouterAgent.review.${name}`, ...args);

/** What the buttons above the changes say, with their lines; the editor asks our provider as it does for drawing. */
async function lenses(path = FILE): Promise<readonly vscode.CodeLens[]> {
	const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uriOf(path));
	return found.filter(({ command }) => /Accept|Reject|mine|original|changed| of /.test(command?.title ?? ''));
}

async function titles(path = FILE): Promise<readonly string[]> {
	return (await lenses(path)).map(({ range, command }) => `${range.start.line} ${command?.title}`);
}

async function whenTitles(expected: readonly string[], path = FILE): Promise<void> {
	const now = await poll(
		() => titles(path),
		found => found.join() === expected.join(),
	).catch(() => titles(path));
	assert.deepEqual(now, expected);
}

async function openEditor(path = FILE): Promise<vscode.TextEditor> {
	return vscode.window.showTextDocument(uriOf(path), { preview: false });
}

function cursorTo(editor: vscode.TextEditor, line: number): void {
	editor.selection = new vscode.Selection(line, 0, line, 0);
}

const cursor = () => vscode.window.activeTextEditor?.selection.active.line;

async function typeAt(editor: vscode.TextEditor, line: number, text: string): Promise<void> {
	assert.ok(await editor.edit(edit => edit.insert(new vscode.Position(line, 0), text)));
}

/** The document that a diff and the marks beside the lines compare the file with. */
async function withoutEdits(path = FILE): Promise<string> {
	const uri = uriOf(path);
	const before = uri.with({ scheme: 'openrouter-before', query: `review:${uri.toString()}` });
	return (await vscode.workspace.openTextDocument(before)).getText();
}

const HUNKS = [
	...['1 Accept', '1 Reject', '1 1 of 3 · 1 added, 1 removed'],
	...['4 Accept', '4 Reject', '4 2 of 3 · 2 lines removed'],
	...['5 Accept', '5 Reject', '5 3 of 3 · 1 line added'],
];

describe('edits under review in the editor', () => {
	borrowFolder();
	let agent: AgentHarness;
	const edit = async (edits: readonly (readonly [string, string])[], path = FILE) => {
		const [result] = await agent.turn([
			{
				name: 'edit',
				arguments: { path, edits: edits.map(([oldText, newText]) => ({ oldText, newText })) },
			},
		]);
		assert.equal(result?.outcome, 'ok', result?.text);
	};
	const editAll = () =>
		edit([
			['two\n', 'TWO\n'],
			['five\nsix\n', ''],
			['seven\n', 'seven\neight\n'],
		]);

	before(async () => {
		await set('openrouterAgent', 'approvals.level', 'edits');
		agent = await AgentHarness.open();
	});
	beforeEach(async () => {
		await clear();
		await put(FILE, BEFORE);
		await agent.chat.newSession();
	});
	afterEach(async () => {
		await run('acceptAll');
		await agent.chat.newSession();
	});
	after(async () => {
		await agent?.close();
		await set('openrouterAgent', 'approvals.level', undefined);
	});

	it('have buttons above each change, which follow the text while the user types', async () => {
		const editor = await openEditor();
		await editAll();
		assert.equal(editor.document.getText(), AFTER);
		await whenTitles(HUNKS);
		await typeAt(editor, 0, 'mine\n');
		assert.deepEqual(
			(await lenses()).map(({ range }) => range.start.line),
			[2, 2, 2, 5, 5, 5, 6, 6, 6],
		);
	});

	it('are compared with the text without them, which has what the user typed beside them', async () => {
		const editor = await openEditor();
		await editAll();
		assert.equal(await withoutEdits(), BEFORE);
		await typeAt(editor, 0, 'mine\n');
		await poll(
			() => withoutEdits(),
			text => text === `mine\n${BEFORE}`,
		);
		await run('acceptFile');
		await poll(
			() => withoutEdits(),
			text => text === `mine\n${AFTER}`,
		);
	});

	it('are rejected and accepted at the cursor, which goes on to the next one', async () => {
		const editor = await openEditor();
		await editAll();
		await whenTitles(HUNKS);
		cursorTo(editor, 1);
		await run('rejectHunk');
		assert.equal(editor.document.getText(), AFTER.replace('TWO', 'two'));
		assert.equal(cursor(), 3);
		await run('acceptHunk');
		assert.equal(cursor(), 5);
		await run('rejectHunk');
		const text = 'one\ntwo\nthree\nfour\nseven\n';
		assert.deepEqual([editor.document.getText(), await saved(FILE), await titles()], [text, text, []]);
		assert.equal(vscode.window.activeTextEditor, editor);
	});

	it('are decided by the button that was pressed, wherever the cursor is', async () => {
		const editor = await openEditor();
		await editAll();
		await whenTitles(HUNKS);
		cursorTo(editor, 0);
		const [, , , , reject] = await lenses();
		const { command = '', arguments: args = [] } = reject?.command ?? {};
		await vscode.commands.executeCommand(command, ...args);
		assert.equal(editor.document.getText(), 'one\nTWO\nthree\nfour\nfive\nsix\nseven\neight\n');
		// The same press again is about a change that is no more.
		await vscode.commands.executeCommand(command, ...args);
		assert.equal(editor.document.getText(), 'one\nTWO\nthree\nfour\nfive\nsix\nseven\neight\n');
	});

	it('are decided from the peek by its lines', async () => {
		const editor = await openEditor();
		await editAll();
		await whenTitles(HUNKS);
		const changes = [
			{ originalStartLineNumber: 2, originalEndLineNumber: 2, modifiedStartLineNumber: 2, modifiedEndLineNumber: 2 },
			{ originalStartLineNumber: 5, originalEndLineNumber: 6, modifiedStartLineNumber: 4, modifiedEndLineNumber: 0 },
		];
		await run('rejectHunk', uriOf(FILE), changes, 1);
		assert.equal(editor.document.getText(), 'one\nTWO\nthree\nfour\nfive\nsix\nseven\neight\n');
	});

	it('leave what the user made of their lines, and offer both ways', async () => {
		const editor = await openEditor();
		await edit([['two\n', 'TWO\nTWO\n']]);
		assert.ok(await editor.edit(change => change.replace(new vscode.Range(1, 0, 1, 3), 'mine')));
		await whenTitles([
			...['1 You changed these lines:', '1 Keep mine', '1 Restore the original'],
			'1 1 of 1 · 2 added, 1 removed',
		]);
		cursorTo(editor, 1);
		// The question stays open: the command does not wait for it.
		await run('rejectHunk');
		assert.equal(editor.document.getText(), BEFORE.replace('two', 'mine\nTWO'));
		const restore = (await lenses()).find(({ command }) => command?.title.includes('original'))?.command;
		await vscode.commands.executeCommand(restore?.command ?? '', ...(restore?.arguments ?? []));
		assert.deepEqual([editor.document.getText(), await titles()], [BEFORE, []]);
	});

	it('come and go with the undo of the editor', async () => {
		const editor = await openEditor();
		await editAll();
		await whenTitles(HUNKS);
		await run('rejectFile');
		assert.deepEqual([editor.document.getText(), await titles()], [BEFORE, []]);
		await vscode.commands.executeCommand('undo');
		assert.equal(editor.document.getText(), AFTER);
		// It was decided: what undo brings back is the user's.
		assert.deepEqual(await titles(), []);
	});

	it('are no more where the user undid them, and there again with a redo', async () => {
		const editor = await openEditor();
		await editAll();
		await whenTitles(HUNKS);
		await vscode.commands.executeCommand('undo');
		assert.deepEqual([editor.document.getText(), await titles()], [BEFORE, []]);
		await vscode.commands.executeCommand('redo');
		assert.deepEqual([editor.document.getText(), await titles()], [AFTER, HUNKS]);
	});

	it('stay when their session leaves the screen, and are those of two sessions in one file', async () => {
		const editor = await openEditor();
		await edit([['two\n', 'TWO\n']]);
		await agent.chat.newSession();
		await whenTitles(['1 Accept', '1 Reject', '1 1 of 1 · 1 added, 1 removed']);
		await edit([['six\n', 'SIX\n']]);
		await poll(
			() => titles(),
			found => found.length === 6,
		);
		await run('rejectFile');
		assert.deepEqual([editor.document.getText(), await titles()], [BEFORE, []]);
	});

	it('are stepped through within a file and across files', async () => {
		await put('other.ts', 'a\nb\n');
		const editor = await openEditor();
		await editAll();
		await edit([['b\n', 'B\n']], 'other.ts');
		await whenTitles(HUNKS);
		cursorTo(editor, 0);
		const steps: string[] = [];
		const note = () => {
			const { document, selection } = vscode.window.activeTextEditor ?? assert.fail();
			steps.push(`${document.uri.path.split('/').at(-1)} ${selection.active.line}`);
		};
		for (const direction of ['next', 'next', 'next', 'next', 'next', 'previous']) {
			await run(direction);
			note();
		}
		assert.deepEqual(steps, ['shapes.ts 1', 'shapes.ts 3', 'shapes.ts 5', 'other.ts 1', 'shapes.ts 1', 'other.ts 1']);
	});

	it('are accepted and rejected in all files at once, created and deleted ones among them', async () => {
		await put('other.ts', 'a\nb\n');
		await edit([['two\n', 'TWO\n']]);
		await edit([['b\n', 'B\n']], 'other.ts');
		await agent.turn([{ name: 'write', arguments: { path: 'new.ts', content: 'new\n' } }]);
		assert.deepEqual([await saved(FILE), await saved('new.ts')], [BEFORE.replace('two', 'TWO'), 'new\n']);
		await poll(
			() => agent.badge,
			badge => badge?.count === 3 && badge.tooltip === '3 files under review',
		);
		await run('rejectAll');
		assert.deepEqual(
			[await saved(FILE), await saved('other.ts'), await saved('new.ts')],
			[BEFORE, 'a\nb\n', undefined],
		);
		await poll(
			() => agent.badge,
			badge => badge === undefined,
		);
		await run('rejectAll');
	});

	it('are shown in one diff of many files', async () => {
		await put('other.ts', 'a\nb\n');
		await edit([['two\n', 'TWO\n']]);
		await edit([['b\n', 'B\n']], 'other.ts');
		await run('openChanges');
		const before = () =>
			vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === 'openrouter-before').map(d => d.getText());
		await poll(before, texts => [BEFORE, 'a\nb\n'].every(text => texts.includes(text)));
		assert.equal(vscode.window.tabGroups.activeTabGroup.activeTab?.label.startsWith('Agent Edits Under Review'), true);
	});

	it('can be stepped through and decided where the buttons are switched off', async () => {
		await set('editor', 'codeLens', false);
		try {
			const editor = await openEditor();
			await editAll();
			cursorTo(editor, 0);
			await poll(
				async () => {
					await run('next');
					return cursor();
				},
				line => line === 1,
			);
			await run('rejectHunk');
			assert.equal(editor.document.getText(), AFTER.replace('TWO', 'two'));
		} finally {
			await set('editor', 'codeLens', undefined);
		}
	});

	it('have keys that VS Code gives to nothing else', async () => {
		await vscode.commands.executeCommand('workbench.action.openDefaultKeybindingsFile');
		const text = vscode.window.activeTextEditor?.document.getText() ?? '';
		await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
		const json = text.replace(/^\s*\/\/.*$/gm, '');
		const defaults: readonly { readonly key: string; readonly command: string }[] = JSON.parse(json);
		assert.ok(defaults.length > 500, `${defaults.length} keys`);
		const extension = vscode.extensions.getExtension(EXTENSION_ID) ?? assert.fail();
		const contributed: readonly { readonly key: string; readonly command: string; readonly when: string }[] =
			extension.packageJSON.contributes.keybindings;
		const ours = contributed.filter(({ command }) => command.startsWith('openrouterAgent.review.'));
		assert.equal(ours.length, 8);
		assert.deepEqual(
			ours.filter(({ when }) => !/openrouterAgent\.review\.(hasChanges|atFile|atHunk)$/.test(when)),
			[],
		);
		const taken = ours.map(({ key }) => defaults.filter(other => other.key === key).map(({ command }) => command));
		assert.deepEqual(
			taken,
			ours.map(({ command }) => [command]),
		);
	});
});
