import assert from 'node:assert/strict';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { ToolError } from '../../src/agent/toolError.ts';
import { StaleTextError, type Workspace, type WriteOutcome } from '../../src/agent/workspace.ts';
import { hasUnsavedWork } from '../../src/host/workspace/openDocument.ts';
import { createWorkspace } from '../../src/host/workspace/vscodeWorkspace.ts';
import { createLocalFiles } from '../../src/node/localFiles.ts';
import {
	applied,
	borrowFolder,
	clear,
	documentOf,
	put,
	saved,
	set,
	typeInto,
	until,
	uriOf,
	withRipgrep,
} from './openFolder.ts';

const { signal } = new AbortController();

/** One file, in which something happens whenever it is written. */
class SlowFiles implements vscode.FileSystemProvider {
	text = 'one\n';
	whileWriting: (() => Thenable<unknown>) | undefined;
	readonly onDidChangeFile = new vscode.EventEmitter<vscode.FileChangeEvent[]>().event;
	#mtime = 1;

	stat(): vscode.FileStat {
		return { type: vscode.FileType.File, ctime: 1, mtime: this.#mtime, size: this.text.length };
	}

	readFile(): Uint8Array {
		return new TextEncoder().encode(this.text);
	}

	async writeFile(_uri: vscode.Uri, content: Uint8Array): Promise<void> {
		await this.whileWriting?.();
		this.text = new TextDecoder().decode(content);
		this.#mtime++;
	}

	watch(): vscode.Disposable {
		return new vscode.Disposable(() => undefined);
	}

	readDirectory(): [string, vscode.FileType][] {
		return [['a.txt', vscode.FileType.File]];
	}

	createDirectory(): never {
		throw vscode.FileSystemError.NoPermissions();
	}

	delete(): never {
		throw vscode.FileSystemError.NoPermissions();
	}

	rename(): never {
		throw vscode.FileSystemError.NoPermissions();
	}
}

describe('buffers and files', () => {
	let workspace: Workspace;
	const at = (path: string) => workspace.locate(path, signal);
	const read = async (path: string) => workspace.readText(await at(path), signal);
	const change = async (path: string, make: (text: string) => string): Promise<WriteOutcome> => {
		const { text, stamp } = await read(path);
		return workspace.write(await at(path), make(text), stamp, signal);
	};
	const show = async (path: string) =>
		vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uriOf(path)));

	borrowFolder();
	beforeEach(async () => {
		await clear();
		workspace = withRipgrep();
	});

	describe('what the user has in an editor', () => {
		it('stays: several cursors, a selection, a fold and a breakpoint move with their lines', async () => {
			await put(
				'a.js',
				`head();\n${'filler();\n'.repeat(5)}function f() {\n\tone();\n\ttwo();\n}\nmiddle();\nlast();\n`,
			);
			const editor = await show('a.js');
			const fold = { selectionLines: [6] };
			await vscode.commands.executeCommand('editor.fold', fold);
			await until(() => editor.visibleRanges.length > 1);
			editor.selections = [new vscode.Selection(3, 2, 3, 5), new vscode.Selection(11, 4, 11, 4)];
			const breakpoint = new vscode.SourceBreakpoint(new vscode.Location(uriOf('a.js'), new vscode.Position(10, 0)));
			vscode.debug.addBreakpoints([breakpoint]);
			const lineOfBreakpoint = () => {
				const [found] = vscode.debug.breakpoints;
				return found instanceof vscode.SourceBreakpoint ? found.location.range.start.line : undefined;
			};
			try {
				const moved = new Promise<void>(resolve => {
					const listener = vscode.debug.onDidChangeBreakpoints(() => {
						if (lineOfBreakpoint() === 12) {
							listener.dispose();
							resolve();
						}
					});
				});
				await change('a.js', text =>
					text.replace('head();\n', 'head();\nnew1();\nnew2();\n').replace('last();', 'last(1);'),
				);
				assert.deepEqual(
					editor.selections.map(({ anchor, active }) => [anchor.line, anchor.character, active.line, active.character]),
					[
						[5, 2, 5, 5],
						[13, 4, 13, 4],
					],
				);
				await moved;
				assert.ok(editor.visibleRanges.length > 1, 'the fold is open');
			} finally {
				vscode.debug.removeBreakpoints([...vscode.debug.breakpoints]);
			}
		});

		it('is undone in one step, however many places changed', async () => {
			const before = 'a\nb\nc\nd\ne\nf\n';
			await put('a.txt', before);
			const editor = await show('a.txt');
			await change('a.txt', text => text.replace('a', 'A').replace('c', 'C').replace('f', 'F'));
			await vscode.commands.executeCommand('undo');
			assert.equal(editor.document.getText(), before);
			await vscode.commands.executeCommand('redo');
			assert.equal(editor.document.getText(), 'A\nb\nC\nd\ne\nF\n');
		});

		it('stays unsaved, in this file and in others', async () => {
			await put('a.txt', 'a\n');
			await put('b.txt', 'b\n');
			await put('c.txt', 'c\n');
			await typeInto('a.txt', 'typed\na\n');
			await typeInto('b.txt', 'typed\nb\n');
			const outcome = await change('a.txt', text => text.replace('a\n', 'A\n'));
			assert.deepEqual([outcome.isSaved, outcome.text], [false, undefined]);
			await change('c.txt', () => 'C\n');
			assert.deepEqual([await saved('a.txt'), await saved('b.txt'), await saved('c.txt')], ['a\n', 'b\n', 'C\n']);
			assert.equal(documentOf('a.txt')?.getText(), 'typed\nA\n');
		});

		it('is edited where it has no file yet', async () => {
			const document = await vscode.workspace.openTextDocument({ content: 'one\ntwo\n' });
			const outcome = await change(document.uri.toString(true), text => text.replace('two', '2'));
			assert.equal(document.getText(), 'one\n2\n');
			assert.ok(!outcome.isSaved && document.isDirty);
		});
	});

	describe('a file that changes beside its editor', () => {
		it('is read as it is on disk at once, and changed there and in the editor', async () => {
			await put('a.txt', 'one\ntwo\n');
			const editor = await show('a.txt');
			await writeFile(uriOf('a.txt').fsPath, 'zero\none\ntwo\n');
			assert.equal((await read('a.txt')).text, 'zero\none\ntwo\n');
			const outcome = await change('a.txt', text => text.replace('two', '2'));
			assert.equal(outcome.isSaved, true);
			assert.equal(await saved('a.txt'), 'zero\none\n2\n');
			await until(() => editor.document.getText() === 'zero\none\n2\n');
			assert.equal(editor.document.isDirty, false);
		});

		it('keeps both where the editor holds unsaved work: the change goes to the editor, the disk stays', async () => {
			await put('a.txt', 'one\n');
			const document = await typeInto('a.txt', 'typed\none\n');
			await writeFile(uriOf('a.txt').fsPath, 'theirs\n');
			const outcome = await change('a.txt', text => text.replace('one', '1'));
			assert.equal(outcome.isSaved, false);
			assert.equal(document.getText(), 'typed\n1\n');
			assert.equal(await saved('a.txt'), 'theirs\n');
		});

		it('does not come back when it was deleted or renamed', async () => {
			await put('a.txt', 'one\n');
			await put('b.txt', 'one\n');
			const { stamp } = await read('a.txt');
			const location = await at('a.txt');
			await show('b.txt');
			await rename(uriOf('a.txt').fsPath, uriOf('c.txt').fsPath);
			await rm(uriOf('b.txt').fsPath);
			await assert.rejects(workspace.write(location, 'two\n', stamp, signal), /deleted or renamed/);
			await assert.rejects(workspace.write(await at('b.txt'), 'two\n', stamp, signal), /deleted or renamed/);
			assert.deepEqual(
				[await saved('a.txt'), await saved('b.txt'), await saved('c.txt')],
				[undefined, undefined, 'one\n'],
			);
			assert.equal(await workspace.stat(await at('b.txt'), signal), undefined);
		});

		it('is what the editor holds unsaved after it was deleted; nothing is created below that', async () => {
			await put('a.txt', 'one\n');
			const document = await typeInto('a.txt', 'typed\n');
			await rm(uriOf('a.txt').fsPath);
			assert.equal((await workspace.stat(await at('a.txt'), signal))?.kind, 'file');
			const outcome = await change('a.txt', text => text.replace('typed', 'TYPED'));
			assert.deepEqual([outcome.isSaved, document.getText()], [false, 'TYPED\n']);
			await assert.rejects(workspace.write(await at('a.txt'), 'x', 'absent', signal), StaleTextError);
			assert.equal(await saved('a.txt'), undefined);
		});

		it('is followed under a new name when the editor renames it', async () => {
			await put('a.txt', 'one\n');
			await show('a.txt');
			const edit = new vscode.WorkspaceEdit();
			edit.renameFile(uriOf('a.txt'), uriOf('b.txt'));
			await applied(edit);
			await change('b.txt', text => text.replace('one', 'two'));
			assert.deepEqual([await saved('a.txt'), await saved('b.txt')], [undefined, 'two\n']);
		});

		it('is not removed while an editor holds unsaved work in it', async () => {
			await put('a.txt', 'one\n');
			const { stamp } = await read('a.txt');
			await typeInto('a.txt', 'typed\n');
			await assert.rejects(workspace.remove(await at('a.txt'), stamp, signal), /unsaved work/);
			assert.equal(await saved('a.txt'), 'one\n');
		});
	});

	describe('saving', () => {
		it('tells the text after trimming and a final line end', async () => {
			await set('files', 'trimTrailingWhitespace', true);
			await set('files', 'insertFinalNewline', true);
			try {
				await put('a.txt', 'one  \ntwo');
				const outcome = await change('a.txt', text => text.replace('two', '2'));
				assert.equal(await saved('a.txt'), 'one\n2\n');
				assert.equal(outcome.text, 'one\n2\n');
				assert.equal((await read('a.txt')).stamp, outcome.stamp);
			} finally {
				await set('files', 'trimTrailingWhitespace', undefined);
				await set('files', 'insertFinalNewline', undefined);
			}
		});

		it('leaves unsaved what comes into a document while it is saved, though the editor tells it to be saved', async () => {
			const slow = new SlowFiles();
			const registered = vscode.workspace.registerFileSystemProvider('slow', slow);
			try {
				const document = await vscode.workspace.openTextDocument(vscode.Uri.parse('slow:/a.txt'));
				const editor = await vscode.window.showTextDocument(document);
				const type = (text: string) => editor.edit(edit => edit.insert(new vscode.Position(0, 0), text));
				assert.ok(await type('typed '));
				slow.whileWriting = () => type('more ');
				await document.save();
				assert.deepEqual([document.getText(), slow.text], ['more typed one\n', 'typed one\n']);
				assert.ok(hasUnsavedWork(document));
				slow.whileWriting = undefined;
				assert.ok(await document.save());
				assert.equal(slow.text, 'more typed one\n');
				assert.ok(!hasUnsavedWork(document));
			} finally {
				await vscode.commands.executeCommand('workbench.action.closeAllEditors');
				registered.dispose();
			}
		});

		it('works beside autosave', async () => {
			await set('files', 'autoSave', 'afterDelay');
			await set('files', 'autoSaveDelay', 1);
			try {
				await put('a.txt', 'one\n');
				await show('a.txt');
				for (let count = 1; count <= 5; count++) {
					const outcome = await change('a.txt', () => `${count}\n`);
					assert.deepEqual([outcome.isSaved, outcome.text, await saved('a.txt')], [true, undefined, `${count}\n`]);
				}
			} finally {
				await set('files', 'autoSave', 'off');
				await set('files', 'autoSaveDelay', undefined);
			}
		});
	});

	describe('bytes', () => {
		const bytes = async (path: string) => [...(await readFile(uriOf(path).fsPath))];
		const latin1 = (text: string) => Buffer.from(text, 'latin1');

		for (const [what, before, after] of [
			['mixed line ends', 'a\r\nb\nc\r\n', 'a\r\nB\nc\r\n'],
			['a lone carriage return', 'a\rx\nb\n', 'a\rx\nB\n'],
			['CRLF without a final line end', 'a\r\nb', 'a\r\nB'],
		] as const) {
			it(`keep ${what}, with the file open and closed, read and written in the same form`, async () => {
				for (const isOpen of [false, true]) {
					await put('a.txt', before);
					const document = isOpen ? (await show('a.txt')).document : undefined;
					assert.equal((await read('a.txt')).text, before);
					const outcome = await change('a.txt', text => text.replace('b', 'B'));
					assert.equal(await saved('a.txt'), after);
					assert.equal((await read('a.txt')).stamp, outcome.stamp);
					if (document !== undefined) {
						await until(() => document.getText().includes('B') && !document.isDirty);
					}
					await clear();
				}
			});
		}

		it('stay those of the encoding that an editor was told', async () => {
			await put('a.txt', latin1('caf\xe9\none\n'));
			await vscode.workspace.openTextDocument(uriOf('a.txt'), { encoding: 'iso88591' });
			assert.equal((await read('a.txt')).text, 'café\none\n');
			await change('a.txt', text => text.replace('one', '\xfcn'));
			assert.deepEqual(await bytes('a.txt'), [...latin1('caf\xe9\n\xfcn\n')]);
		});

		it('are not lost for characters that the encoding has not: refused', async () => {
			await put('a.txt', latin1('caf\xe9\none\n'));
			await vscode.workspace.openTextDocument(uriOf('a.txt'), { encoding: 'iso88591' });
			await assert.rejects(
				change('a.txt', text => text.replace('one', '→')),
				/encoding iso88591, which has not all characters/,
			);
			assert.deepEqual(await bytes('a.txt'), [...latin1('caf\xe9\none\n')]);
			assert.equal(documentOf('a.txt')?.isDirty, false);
		});

		it('of a new file are those that the settings want', async () => {
			await set('files', 'encoding', 'utf16le');
			try {
				await workspace.write(await at('new.txt'), 'a\n', 'absent', signal);
				assert.deepEqual(await bytes('new.txt'), [0xff, 0xfe, 97, 0, 10, 0]);
				await change('new.txt', text => text.replace('a', 'b'));
				assert.deepEqual(await bytes('new.txt'), [0xff, 0xfe, 98, 0, 10, 0]);
			} finally {
				await set('files', 'encoding', undefined);
			}
		});
	});

	describe('files that may not be changed', () => {
		it('are known by the settings before anything is tried', async () => {
			await set('files', 'readonlyInclude', { '**/gen/**': true, 'locked.txt': true });
			await set('files', 'readonlyExclude', { '**/gen/free.txt': true });
			try {
				const isReadOnly = async (path: string) => {
					await put(path, 'x\n');
					return (await workspace.stat(await at(path), signal))?.isReadOnly;
				};
				assert.deepEqual([await isReadOnly('src/gen/a.txt'), await isReadOnly('locked.txt')], [true, true]);
				assert.deepEqual([await isReadOnly('src/gen/free.txt'), await isReadOnly('b.txt')], [false, false]);
			} finally {
				await set('files', 'readonlyInclude', undefined);
				await set('files', 'readonlyExclude', undefined);
			}
		});

		it('are those that the system does not let us write', async () => {
			await put('a.txt', 'one\n');
			const files = { ...createLocalFiles(), isWritable: async (path: string) => path !== uriOf('a.txt').fsPath };
			workspace = createWorkspace({ files });
			assert.equal((await workspace.stat(await at('a.txt'), signal))?.isReadOnly, true);
		});

		it('are refused where they are huge', async () => {
			await writeFile(uriOf('huge.txt').fsPath, Buffer.alloc(50_000_001, 'x'));
			await assert.rejects(read('huge.txt'), ToolError);
			await rm(uriOf('huge.txt').fsPath);
		});
	});
});
