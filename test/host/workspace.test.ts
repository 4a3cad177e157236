import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { ToolError } from '../../src/agent/toolError.ts';
import { StaleTextError, type Workspace } from '../../src/agent/workspace.ts';
import { createWorkspace } from '../../src/host/workspace/vscodeWorkspace.ts';
import { createRipgrep } from '../../src/node/ripgrep.ts';
import { openFileFixture, TemporaryFolders } from '../contracts/fileWorkspaceFixture.ts';
import { describeWorkspace, type WorkspaceFixture } from '../contracts/workspaceContract.ts';
import {
	borrowFolder,
	clear,
	documentOf,
	put,
	root,
	saved,
	typeInto,
	until,
	uriOf,
	withRipgrep,
} from './openFolder.ts';

const { signal } = new AbortController();

async function fixture(workspace: Workspace): Promise<WorkspaceFixture> {
	await clear();
	return {
		workspace,
		put,
		delete: path => rm(uriOf(path).fsPath),
		typeInto: async (path, text) => void (await typeInto(path, text)),
		saved,
		unsaved: path => {
			const document = documentOf(path);
			return document?.isDirty === true ? document.getText() : undefined;
		},
	};
}

describe('workspace', () => {
	borrowFolder();

	describeWorkspace('in the editor', () => fixture(withRipgrep()));
	describeWorkspace('in the editor, without Node', () => fixture(createWorkspace({})));

	describe('of the command line, with the ripgrep that the editor brings', () => {
		const folders = new TemporaryFolders();
		const search = createRipgrep(vscode.env.appRoot);
		after(() => folders.remove());
		it('finds it', async () => assert.ok(await search.canSearch(root().toString())));
		describeWorkspace('on disk', () => openFileFixture(folders, search), { hasEditors: false });
	});

	describe('in the editor alone', () => {
		let workspace: Workspace;
		const read = async (path: string) => workspace.readText(await workspace.locate(path, signal), signal);
		const change = async (path: string, make: (text: string) => string) => {
			const location = await workspace.locate(path, signal);
			const { text, stamp } = await workspace.readText(location, signal);
			return workspace.write(location, make(text), stamp, signal);
		};

		beforeEach(async () => {
			workspace = (await fixture(withRipgrep())).workspace;
		});

		it('undoes a change of an open file in one step, which leaves it as it was', async () => {
			await put('a.txt', 'one\ntwo\nthree\n');
			const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uriOf('a.txt')));
			editor.selection = new vscode.Selection(2, 1, 2, 3);
			await change('a.txt', text => `zero\n${text.replace('two', '2')}`);
			assert.equal(await saved('a.txt'), 'zero\none\n2\nthree\n');
			assert.deepEqual([editor.selection.anchor.line, editor.selection.anchor.character], [3, 1]);
			await vscode.commands.executeCommand('undo');
			assert.equal(editor.document.getText(), 'one\ntwo\nthree\n');
		});

		it('changes a closed file so that it can be undone when opened, and shows no tab for it', async () => {
			await put('a.txt', 'one\n');
			await change('a.txt', () => 'two\n');
			assert.equal(await saved('a.txt'), 'two\n');
			assert.deepEqual(
				vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label)),
				[],
			);
			const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uriOf('a.txt')));
			await vscode.commands.executeCommand('undo');
			assert.equal(editor.document.getText(), 'one\n');
		});

		it('does not lose what the user types between the read and the write', async () => {
			await put('a.txt', 'one\n');
			const document = await typeInto('a.txt', 'typed\n');
			const location = await workspace.locate('a.txt', signal);
			const { stamp } = await workspace.readText(location, signal);
			const writing = workspace.write(location, 'agent\n', stamp, signal);
			const typing = new vscode.WorkspaceEdit();
			typing.insert(document.uri, new vscode.Position(0, 0), 'more ');
			const [outcome] = await Promise.allSettled([writing, vscode.workspace.applyEdit(typing)]);
			assert.ok(outcome.status === 'rejected' && outcome.reason instanceof StaleTextError);
			assert.equal(document.getText(), 'more typed\n');
		});

		it('keeps mixed line ends of a file that is open and clean', async () => {
			await put('a.txt', 'a\r\nb\nc\r\nd\n');
			const document = await vscode.workspace.openTextDocument(uriOf('a.txt'));
			await change('a.txt', text => text.replace('b', 'B'));
			assert.equal(await saved('a.txt'), 'a\r\nB\nc\r\nd\n');
			await until(() => document.isClosed || document.getText().includes('B'));
		});

		for (const [name, bytes, changed] of [
			['UTF-16 LE', [0xff, 0xfe, 97, 0, 0xe9, 0, 10, 0], [0xff, 0xfe, 98, 0, 0xe9, 0, 10, 0]],
			['UTF-16 BE', [0xfe, 0xff, 0, 97, 0, 0xe9, 0, 10], [0xfe, 0xff, 0, 98, 0, 0xe9, 0, 10]],
			['UTF-8 with its mark', [0xef, 0xbb, 0xbf, 97, 13, 10], [0xef, 0xbb, 0xbf, 98, 13, 10]],
			[
				'UTF-16 LE with mixed line ends',
				[0xff, 0xfe, 97, 0, 13, 0, 10, 0, 10, 0],
				[0xff, 0xfe, 98, 0, 13, 0, 10, 0, 10, 0],
			],
		] as const) {
			it(`keeps the bytes of ${name}`, async () => {
				await put('a.txt', new Uint8Array(bytes));
				await change('a.txt', text => text.replace('a', 'b'));
				assert.deepEqual([...(await readFile(uriOf('a.txt').fsPath))], [...changed]);
			});
		}

		it('refuses to write where the encoding is not certain, and leaves every byte', async () => {
			const latin1 = new Uint8Array([99, 97, 102, 0xe9, 10]);
			await put('a.txt', latin1);
			await assert.rejects(
				change('a.txt', text => text.replace('caf', 'CAF')),
				/encoding of "a\.txt" is not certain/,
			);
			assert.deepEqual(new Uint8Array(await readFile(uriOf('a.txt').fsPath)), latin1);
			assert.ok(documentOf('a.txt')?.isDirty !== true);
		});

		it('reports a file that the editor holds read-only, and leaves its buffer as it was', async () => {
			const files = vscode.workspace.getConfiguration('files');
			await put('locked.txt', 'one\n');
			await files.update('readonlyInclude', { '**/locked.txt': true }, vscode.ConfigurationTarget.Global);
			try {
				const document = await vscode.workspace.openTextDocument(uriOf('locked.txt'));
				await assert.rejects(
					change('locked.txt', () => 'two\n'),
					/read-only/,
				);
				assert.equal(document.getText(), 'one\n');
				assert.equal(await saved('locked.txt'), 'one\n');
			} finally {
				await files.update('readonlyInclude', undefined, vscode.ConfigurationTarget.Global);
			}
		});

		it('says so when a formatter changes more on save', async () => {
			const formatter = vscode.languages.registerDocumentFormattingEditProvider(
				{ pattern: '**/*.fmt' },
				{
					provideDocumentFormattingEdits: () => [vscode.TextEdit.insert(new vscode.Position(0, 0), '# ')],
				},
			);
			const editing = vscode.workspace.getConfiguration('editor');
			await editing.update('formatOnSave', true, vscode.ConfigurationTarget.Global);
			try {
				await put('a.fmt', 'one\n');
				const outcome = await change('a.fmt', () => 'two\n');
				assert.equal(await saved('a.fmt'), '# two\n');
				assert.match(outcome.note ?? '', /changed further while it was saved/);
				assert.equal((await read('a.fmt')).stamp, outcome.stamp);
			} finally {
				await editing.update('formatOnSave', undefined, vscode.ConfigurationTarget.Global);
				formatter.dispose();
			}
		});

		it('marks a link out of the folder, also one whose target is missing, and names where it leads', async () => {
			const outside = await mkdtemp(join(tmpdir(), 'outside-'));
			try {
				await writeFile(join(outside, 'secret.txt'), 'x');
				await symlink(join(outside, 'secret.txt'), uriOf('notes.txt').fsPath);
				await symlink(join(outside, 'missing.txt'), uriOf('new.txt').fsPath);
				await put('src/a.txt', 'a');
				await symlink('src', uriOf('link').fsPath);
				for (const [path, real] of [
					['notes.txt', 'secret.txt'],
					['new.txt', 'missing.txt'],
				] as const) {
					const location = await workspace.locate(path, signal);
					assert.deepEqual([location.isOutside, location.path], [true, path]);
					assert.ok(location.realPath?.endsWith(`/${real}`));
				}
				const within = await workspace.locate('link/a.txt', signal);
				assert.deepEqual([within.isOutside, within.realPath], [false, 'src/a.txt']);
			} finally {
				await rm(outside, { recursive: true });
			}
		});

		it('reads a part of a huge file without holding it', async () => {
			const line = `${'x'.repeat(999)}\n`;
			for (let part = 0; part < 8; part++) {
				await mkdir(root().fsPath, { recursive: true });
				await appendFile(uriOf('huge.txt').fsPath, line.repeat(1000));
			}
			const location = await workspace.locate('huge.txt', signal);
			const part = await workspace.readLines(location, 7999, 5, signal);
			assert.deepEqual([part.lines.length, part.totalLines], [2, 8000]);
			assert.equal((await workspace.readLines(location, 5, 1, signal)).totalLines, undefined);
			await rm(uriOf('huge.txt').fsPath);
		});

		it('shows a notebook as its editor does, unsaved cells included, and from the file when it is closed', async () => {
			const cell = { cell_type: 'code', execution_count: null, metadata: {}, source: ['saved()'], outputs: [] };
			const language = { language_info: { name: 'python' } };
			// The editor keeps notebooks for a while after they are closed: this one is in nobody's way.
			const file = join(await mkdtemp(join(tmpdir(), 'notebook-')), 'a.ipynb');
			await writeFile(file, JSON.stringify({ nbformat: 4, nbformat_minor: 4, metadata: language, cells: [cell] }));
			const location = await workspace.locate(file, signal);
			assert.equal(workspace.openNotebook?.(location), undefined);
			const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.file(file));
			await vscode.window.showNotebookDocument(notebook);
			const output = new vscode.NotebookCellOutput([vscode.NotebookCellOutputItem.stdout('printed')]);
			const failure = new vscode.NotebookCellOutput([vscode.NotebookCellOutputItem.error(new Error('bad'))]);
			const added = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, 'typed()', 'python');
			added.outputs = [output, failure];
			const edit = new vscode.WorkspaceEdit();
			edit.set(notebook.uri, [vscode.NotebookEdit.insertCells(1, [added])]);
			await vscode.workspace.applyEdit(edit);
			const shown = workspace.openNotebook?.(location);
			assert.ok(shown?.isUnsaved);
			assert.deepEqual(
				shown.cells.map(({ kind, source }) => [kind, source]),
				[
					['code', 'saved()'],
					['code', 'typed()'],
				],
			);
			const [printed, failed] = shown.cells[1]?.outputs ?? [];
			assert.deepEqual(printed, { kind: 'text', text: 'printed' });
			assert.ok(failed?.kind === 'error' && failed.message === 'bad');
			await notebook.save();
			await vscode.commands.executeCommand('workbench.action.closeAllEditors');
			await rm(dirname(file), { recursive: true });
		});

		it('refuses special files', async () => {
			for (const path of ['/dev/zero', '/proc/self/environ']) {
				const location = await workspace.locate(path, signal);
				assert.equal((await workspace.stat(location, signal))?.kind, 'other');
				await assert.rejects(workspace.readText(location, signal), ToolError);
				await assert.rejects(workspace.readLines(location, 1, 1, signal), ToolError);
				await assert.rejects(workspace.readBytes(location, 1, signal), ToolError);
			}
		});

		it('finds text in an editor that has no file yet', async () => {
			const document = await vscode.workspace.openTextDocument({ content: 'first\nunfiled needle\n' });
			const query = {
				pattern: 'unfiled',
				isRegex: false,
				isCaseSensitive: true,
				glob: undefined,
				limit: 10,
				contextLines: 0,
			};
			const { files } = await workspace.findText({ ...query, in: undefined }, signal);
			assert.deepEqual(files, [
				{ path: document.uri.toString(true), count: 1, lines: [{ line: 2, text: 'unfiled needle', isMatch: true }] },
			]);
			assert.equal((await read(document.uri.toString(true))).text, 'first\nunfiled needle\n');
		});

		it('leaves out what files.exclude and search.exclude hide', async () => {
			await put('node_modules/pkg/index.js', 'needle\n');
			await put('src/a.js', 'needle\n');
			const { paths } = await workspace.findFiles({ glob: '*.js', in: undefined, limit: 10 }, signal);
			assert.deepEqual(paths, ['src/a.js']);
			const named = await workspace.locate('node_modules/pkg', signal);
			assert.deepEqual((await workspace.findFiles({ glob: '*', in: named, limit: 10 }, signal)).paths, [
				'node_modules/pkg/index.js',
			]);
		});
	});
});
