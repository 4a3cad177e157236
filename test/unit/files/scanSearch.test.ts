import assert from 'node:assert/strict';
import type { SearchScope } from '../../../src/agent/search.ts';
import { createScanSearch, type FileTree, type TreeEntry } from '../../../src/files/scanSearch.ts';

const signal = new AbortController().signal;

function scope(rest: Partial<SearchScope> = {}): SearchScope {
	return {
		root: 'memory:/',
		below: '',
		excludes: [],
		includeIgnored: false,
		nameGlob: undefined,
		accepts: () => true,
		...rest,
	};
}

function tree(
	folders: Readonly<Record<string, readonly TreeEntry[]>>,
	text = '',
): FileTree & { readonly read: string[] } {
	const read: string[] = [];
	return {
		read,
		async entries(_root, folder) {
			read.push(folder);
			return folders[folder] ?? [];
		},
		async bytes() {
			return new TextEncoder().encode(text);
		},
	};
}

describe('scan search', () => {
	it('does not enter folders that the settings exclude, nor .git', async () => {
		const files = tree({
			'': [
				{ name: 'node_modules', kind: 'folder' },
				{ name: '.git', kind: 'folder' },
				{ name: 'src', kind: 'folder' },
			],
			src: [{ name: 'a.ts', kind: 'file' }],
		});
		const found = await createScanSearch(files).findFiles(scope({ excludes: ['**/node_modules'] }), 10, signal);
		assert.deepEqual(found, { items: ['src/a.ts'], isPartial: false });
		assert.deepEqual(files.read, ['', 'src']);
	});
	it('follows no symbolic link, so that a loop ends', async () => {
		const files = tree({
			'': [
				{ name: 'loop', kind: 'other' },
				{ name: 'a.ts', kind: 'file' },
			],
		});
		assert.deepEqual((await createScanSearch(files).findFiles(scope(), 10, signal)).items, ['a.ts']);
	});
	it('walks 2,000 folders deep', async () => {
		const deep: FileTree = {
			entries: async (_root, folder) =>
				folder.split('/').length < 2000 ? [{ name: 'd', kind: 'folder' }] : [{ name: 'end.ts', kind: 'file' }],
			bytes: async () => undefined,
		};
		const { items } = await createScanSearch(deep).findFiles(scope(), 10, signal);
		assert.ok(items.length === 1 && items[0]?.endsWith('d/end.ts'));
	});
	it('stops between two folders when told to', async () => {
		const controller = new AbortController();
		const endless: FileTree = {
			async entries() {
				controller.abort();
				return [{ name: 'd', kind: 'folder' }];
			},
			bytes: async () => undefined,
		};
		await assert.rejects(createScanSearch(endless).findFiles(scope(), 10, controller.signal), { name: 'AbortError' });
	});
});
