import assert from 'node:assert/strict';
import type { SearchScope } from '../../../src/agent/search.ts';
import { createScanSearch, type FileTree, type TreeEntry } from '../../../src/files/scanSearch.ts';

const signal = new AbortController().signal;
const limits = { paths: 10, counted: 1000 };

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
		const found = await createScanSearch(files).findFiles(scope({ excludes: ['**/node_modules'] }), limits, signal);
		assert.deepEqual(found, { paths: ['src/a.ts'], total: 1, isPartial: false });
		assert.deepEqual(files.read, ['', 'src']);
	});
	it('follows no symbolic link, so that a loop ends', async () => {
		const files = tree({
			'': [
				{ name: 'loop', kind: 'other' },
				{ name: 'a.ts', kind: 'file' },
			],
		});
		assert.deepEqual((await createScanSearch(files).findFiles(scope(), limits, signal)).paths, ['a.ts']);
	});
	it('walks 2,000 folders deep', async () => {
		const deep: FileTree = {
			entries: async (_root, folder) =>
				folder.split('/').length < 2000 ? [{ name: 'd', kind: 'folder' }] : [{ name: 'end.ts', kind: 'file' }],
			bytes: async () => undefined,
		};
		const { paths } = await createScanSearch(deep).findFiles(scope(), limits, signal);
		assert.ok(paths.length === 1 && paths[0]?.endsWith('d/end.ts'));
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
		await assert.rejects(createScanSearch(endless).findFiles(scope(), limits, controller.signal), {
			name: 'AbortError',
		});
	});
	it('gives the first paths in sorted order, whatever the order of the walk', async () => {
		const files = tree({
			'': [
				{ name: 'z.ts', kind: 'file' },
				{ name: 'b', kind: 'folder' },
				{ name: 'a.ts', kind: 'file' },
			],
			b: [{ name: 'c.ts', kind: 'file' }],
		});
		const search = createScanSearch(files);
		assert.deepEqual(await search.findFiles(scope(), { paths: 2, counted: 9 }, signal), {
			paths: ['a.ts', 'b/c.ts'],
			total: 3,
			isPartial: false,
		});
		assert.equal((await search.findFiles(scope(), { paths: 2, counted: 2 }, signal)).isPartial, true);
	});
	it('lets the nearest ignore file decide', async () => {
		const texts: Record<string, string> = {
			'.gitignore': '*.log\n',
			'a/.gitignore': '!keep.log\n',
			'a/.ignore': 'x.ts\n',
		};
		const file = (name: string): TreeEntry => ({ name, kind: 'file' });
		const files: FileTree = {
			entries: async (_root, folder) =>
				folder === ''
					? [file('.gitignore'), file('b.log'), { name: 'a', kind: 'folder' }]
					: [file('.gitignore'), file('.ignore'), file('keep.log'), file('other.log'), file('x.ts')],
			bytes: async (_root, path) => new TextEncoder().encode(texts[path] ?? ''),
		};
		const { paths } = await createScanSearch(files).findFiles(scope(), limits, signal);
		assert.deepEqual(paths, ['.gitignore', 'a/.gitignore', 'a/.ignore', 'a/keep.log']);
	});
	it('tells of a root that cannot be read, and leaves no failure behind', async () => {
		const broken: FileTree = {
			entries: () => Promise.reject(new Error('gone')),
			bytes: async () => undefined,
		};
		await assert.rejects(createScanSearch(broken).findFiles(scope(), limits, signal), /gone/);
	});
});
