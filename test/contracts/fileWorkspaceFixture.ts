import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SearchEngine } from '../../src/agent/search.ts';
import { openFileWorkspace } from '../../src/node/fileWorkspace.ts';
import type { WorkspaceFixture } from './workspaceContract.ts';

/** Folders for the tests of one suite. */
export class TemporaryFolders {
	readonly #folders: string[] = [];

	async make(): Promise<string> {
		const folder = await realpath(await mkdtemp(join(tmpdir(), 'openrouter-agent-test-')));
		this.#folders.push(folder);
		return folder;
	}

	async remove(): Promise<void> {
		await Promise.all(this.#folders.splice(0).map(folder => rm(folder, { recursive: true, force: true })));
	}
}

/** The command line's workspace over a fresh folder. Nobody types into it: it knows no editors. */
export async function openFileFixture(folders: TemporaryFolders, search?: SearchEngine): Promise<WorkspaceFixture> {
	const folder = await folders.make();
	const file = (path: string) => join(folder, path);
	return {
		workspace: openFileWorkspace({ folder, platform: process.platform, ...(search && { search }) }),
		async put(path, content) {
			await mkdir(dirname(file(path)), { recursive: true });
			await writeFile(file(path), content);
		},
		delete: path => rm(file(path)),
		typeInto: () => assert.fail('There is no editor.'),
		saved: path => readFile(file(path), 'utf8').catch(() => undefined),
		unsaved: () => undefined,
	};
}
