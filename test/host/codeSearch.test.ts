import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { createCodeSearch } from '../../src/files/codeIndex/createCodeSearch.ts';
import { VectorFiles } from '../../src/host/workspace/vectorFiles.ts';
import { createWorkspace } from '../../src/host/workspace/vscodeWorkspace.ts';
import { createWorkspaceChanges } from '../../src/host/workspace/workspaceChanges.ts';

const { signal } = new AbortController();

function root(): vscode.Uri {
	const [folder] = vscode.workspace.workspaceFolders ?? [];
	return folder?.uri ?? assert.fail('These tests want a folder open.');
}

const uriOf = (path: string) => vscode.Uri.joinPath(root(), path);
const put = (path: string, text: string) => vscode.workspace.fs.writeFile(uriOf(path), new TextEncoder().encode(text));

/** News of the workspace, to be waited for. */
class News {
	readonly stop: () => void;
	private readonly heard: (readonly string[] | 'anything')[] = [];
	private look: () => void = () => undefined;

	constructor() {
		this.stop = createWorkspaceChanges(process.platform).watch(changed => {
			this.heard.push(changed);
			this.look();
		});
	}

	/** The editor's watcher begins in a process of its own, in its own time: a file is written until there is news of it. */
	async ready(): Promise<void> {
		let isHeard = false;
		const heard = this.of('news/probe').then(() => {
			isHeard = true;
		});
		for (let round = 0; !isHeard; round++) {
			await put('news/probe', 'x'.repeat(round));
			await Promise.race([heard, new Promise(resolve => setTimeout(resolve, 100))]);
		}
	}

	/** Resolves when there was news of the path, or of anything. */
	async of(path: string | 'anything'): Promise<void> {
		const isThere = () =>
			this.heard.some(changed => (changed === 'anything' ? path === 'anything' : changed.includes(path)));
		await new Promise<void>(resolve => {
			this.look = () => isThere() && resolve();
			this.look();
		});
		this.heard.length = 0;
	}
}

describe('news of the workspace', () => {
	let news: News;
	const autoSave = (value: string | undefined) =>
		vscode.workspace.getConfiguration('files').update('autoSave', value, vscode.ConfigurationTarget.Global);

	before(() => autoSave('off'));
	after(() => autoSave(undefined));
	beforeEach(async () => {
		news = new News();
		await news.ready();
	});
	afterEach(async () => {
		news.stop();
		await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
		// Through the editor, which closes the documents then.
		const edit = new vscode.WorkspaceEdit();
		for (const path of ['news', '.gitignore']) {
			edit.deleteFile(uriOf(path), { recursive: true, ignoreIfNotExists: true });
		}
		assert.ok(await vscode.workspace.applyEdit(edit));
	});

	it('comes of files that are made, changed and deleted', async () => {
		await put('news/a.ts', 'one\n');
		await news.of('news/a.ts');
		await put('news/a.ts', 'two, longer\n');
		await news.of('news/a.ts');
		await vscode.workspace.fs.delete(uriOf('news/a.ts'));
		await news.of('news/a.ts');
	});
	it('comes of what is typed, and makes an index that is there find it', async () => {
		await put('news/typed.ts', 'quiet();\n');
		const changes = createWorkspaceChanges(process.platform);
		const search = createCodeSearch({ workspace: createWorkspace({}), changes });
		try {
			const find = async () =>
				(await search.search({ text: 'zymurgy', below: 'news', limit: 5 }, signal)).hits.map(({ path }) => path);
			assert.deepEqual(await find(), []);
			const editor = await vscode.window.showTextDocument(uriOf('news/typed.ts'));
			await editor.edit(builder => builder.insert(new vscode.Position(0, 0), 'function zymurgy() {}\n'));
			await news.of('news/typed.ts');
			assert.deepEqual(await find(), ['news/typed.ts']);
			assert.ok(editor.document.isDirty);
		} finally {
			search.dispose();
		}
	});
	it('says that anything may have changed when ignore files or the settings do', async () => {
		await put('.gitignore', 'out\n');
		await news.of('anything');
		const files = vscode.workspace.getConfiguration('search');
		await files.update('exclude', { '**/hidden': true }, vscode.ConfigurationTarget.Global);
		await news.of('anything');
		await files.update('exclude', undefined, vscode.ConfigurationTarget.Global);
	});
});

describe('vector files', () => {
	let folder: string;

	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'vectors-'));
	});
	afterEach(() => rm(folder, { recursive: true, force: true }));

	it('keep bytes under their key, also for another window', async () => {
		const uri = vscode.Uri.file(join(folder, 'new', 'deep'));
		const store = new VectorFiles(uri);
		assert.equal(await store.read('aa'), undefined);
		await store.write('aa', new Uint8Array([1, 255]));
		assert.deepEqual([...((await new VectorFiles(uri).read('aa')) ?? [])], [1, 255]);
	});
	it('make room in a folder that is full', async () => {
		await Promise.all(Array.from({ length: 5001 }, (_, index) => writeFile(join(folder, `k${index}`), '')));
		await new VectorFiles(vscode.Uri.file(folder)).write('new', new Uint8Array([1]));
		assert.equal((await readdir(folder)).length, 2501);
	});
	it('say when they cannot be kept, and try again', async () => {
		const blocked = join(folder, 'blocked');
		await writeFile(blocked, '');
		const store = new VectorFiles(vscode.Uri.file(blocked));
		await assert.rejects(store.write('a', new Uint8Array([1])));
		await rm(blocked);
		await store.write('a', new Uint8Array([1]));
		assert.deepEqual([...((await store.read('a')) ?? [])], [1]);
	});
});
