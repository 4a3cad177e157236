import assert from 'node:assert/strict';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Workspace } from '../../src/agent/workspace.ts';
import { editTool } from '../../src/tools/edit.ts';
import type { CellEdit } from '../../src/tools/notebook/editCells.ts';
import { toolContext } from '../fakes/toolContext.ts';
import { borrowFolder, uriOf, withRipgrep } from './openFolder.ts';

const { signal } = new AbortController();

const output = { output_type: 'stream', name: 'stdout', text: ['printed\n'] };
const json = `${JSON.stringify(
	{
		cells: [
			{ cell_type: 'markdown', id: 'c1', metadata: {}, source: ['# Title'] },
			{
				cell_type: 'code',
				execution_count: 3,
				id: 'c2',
				metadata: {},
				outputs: [output],
				source: ['a = 1\n', 'b = 2'],
			},
			{ cell_type: 'code', execution_count: null, id: 'c3', metadata: {}, outputs: [], source: ['last()'] },
		],
		metadata: { language_info: { name: 'python' } },
		nbformat: 4,
		nbformat_minor: 5,
	},
	undefined,
	1,
)}\n`;

describe('a notebook in an editor', () => {
	let folder: string;
	let file: string;
	let workspace: Workspace;

	borrowFolder();
	beforeEach(async () => {
		workspace = withRipgrep();
		// The editor keeps notebooks for a while after they are closed: each test has one of its own.
		// In the workspace, which the editor watches already: a file elsewhere it may begin to watch too late.
		folder = await realpath(await mkdtemp(join(uriOf('.').fsPath, 'notebook-')));
		file = join(folder, 'a.ipynb');
		await writeFile(file, json);
	});
	afterEach(async () => {
		for (const notebook of vscode.workspace.notebookDocuments) {
			await notebook.save();
		}
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
		await rm(folder, { recursive: true });
	});

	const open = async () => {
		const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.file(file));
		await vscode.window.showNotebookDocument(notebook);
		return notebook;
	};
	const sources = (notebook: vscode.NotebookDocument) => notebook.getCells().map(({ document }) => document.getText());
	const onDisk = async () => {
		const { cells } = JSON.parse(await readFile(file, 'utf8'));
		return cells.map(({ source }: { source: string | string[] }) => [source].flat().join(''));
	};
	const changes: { before?: string; after?: string }[] = [];
	const edit = async (...edits: readonly CellEdit[]) => {
		changes.length = 0;
		const context = toolContext({
			workspace,
			recordChange: async change => void changes.push(change),
		});
		return (await editTool().run({ path: file, edits }, context)).text;
	};

	it('is edited by cell and saved; outputs stay', async () => {
		const notebook = await open();
		const text = await edit(
			{ cell: 2, oldText: 'a = 1', newText: 'a = 10' },
			{ cell: 3, oldText: '', newText: '[markdown]\n*end*' },
			{ cell: 1, oldText: '# Title', newText: '' },
		);
		assert.match(text, /: cell 1 removed, cell 2, new cell after cell 3\.$/);
		const after = ['a = 10\nb = 2', 'last()', '*end*'];
		assert.deepEqual([sources(notebook), await onDisk(), notebook.isDirty], [after, after, false]);
		assert.equal(notebook.cellAt(0).outputs.length, 1);
		assert.equal(notebook.cellAt(2).kind, vscode.NotebookCellKind.Markup);
		const [change] = changes;
		assert.equal(change?.before, json);
		const location = await workspace.locate(file, signal);
		assert.equal((await workspace.readText(location, signal)).isUnsaved, false);
	});

	/** Texts have an undo history for each cell, cells one for their notebook. */
	const undo = async (notebook: vscode.NotebookDocument, wanted: readonly string[]) => {
		let listener: vscode.Disposable | undefined;
		const undone = new Promise<void>(resolve => {
			listener = vscode.Disposable.from(
				vscode.workspace.onDidChangeNotebookDocument(() => sources(notebook).join() === wanted.join() && resolve()),
				vscode.workspace.onDidChangeTextDocument(() => sources(notebook).join() === wanted.join() && resolve()),
			);
		});
		await vscode.commands.executeCommand('undo');
		await undone;
		listener?.dispose();
	};

	it('has its new and removed cells undone in one step', async () => {
		const notebook = await open();
		const before = sources(notebook);
		await edit({ cell: 3, oldText: '', newText: 'new()' }, { cell: 1, oldText: '# Title', newText: '' });
		assert.deepEqual(sources(notebook), ['a = 1\nb = 2', 'last()', 'new()']);
		await vscode.window.showNotebookDocument(notebook);
		await undo(notebook, before);
	});

	it('has the text of a cell undone in that cell', async () => {
		const notebook = await open();
		const before = sources(notebook);
		await edit({ cell: 2, oldText: 'a = 1', newText: 'a = 10' }, { cell: 2, oldText: 'b = 2', newText: 'b = 20' });
		await vscode.window.showNotebookDocument(notebook, { selections: [new vscode.NotebookRange(1, 2)] });
		await vscode.commands.executeCommand('notebook.cell.edit');
		await undo(notebook, before);
	});

	it('keeps what the user has unsaved in it, unsaved', async () => {
		const notebook = await open();
		const typing = new vscode.WorkspaceEdit();
		typing.insert(notebook.cellAt(0).document.uri, new vscode.Position(0, 7), ' typed');
		typing.set(notebook.uri, [
			vscode.NotebookEdit.insertCells(1, [
				new vscode.NotebookCellData(vscode.NotebookCellKind.Code, 'mine()', 'python'),
			]),
		]);
		assert.ok(await vscode.workspace.applyEdit(typing));
		const text = await edit({ cell: 4, oldText: 'last', newText: 'LAST' }, { cell: 2, oldText: '', newText: 'new()' });
		assert.match(text, /Not saved\. The editor holds unsaved work/);
		assert.deepEqual(sources(notebook), ['# Title typed', 'mine()', 'new()', 'a = 1\nb = 2', 'LAST()']);
		assert.equal(await readFile(file, 'utf8'), json);
		assert.ok(notebook.isDirty);
		assert.match(changes[0]?.before ?? '', /# Title typed/);
	});

	it('takes a change back as other files do: by the text of its file', async () => {
		const notebook = await open();
		await edit({ cell: 2, oldText: 'a = 1', newText: 'a = 10' });
		const location = await workspace.locate(file, signal);
		const { stamp } = await workspace.readText(location, signal);
		const outcome = await workspace.write(location, json, stamp, signal);
		assert.deepEqual([outcome.isSaved, sources(notebook)], [true, ['# Title', 'a = 1\nb = 2', 'last()']]);
		assert.equal(notebook.cellAt(1).outputs.length, 1);
	});

	it('follows its file first where that changed', async () => {
		const notebook = await open();
		await writeFile(file, json.replace('# Title', '# Theirs'));
		await edit({ cell: 3, oldText: 'last', newText: 'LAST' });
		const after = ['# Theirs', 'a = 1\nb = 2', 'LAST()'];
		assert.deepEqual([await onDisk(), sources(notebook)], [after, after]);
	});
});
