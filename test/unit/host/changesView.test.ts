import assert from 'node:assert/strict';
import { ChangesViews } from '../../../src/host/chat/changesView.ts';

describe('The list of changes in the panel', () => {
	const file = (path: string, base: string | undefined, text: string | undefined) => ({
		path,
		pending: { base, text },
	});

	it('counts lines, and names files that are new or gone', () => {
		const view = new ChangesViews().of([
			file('a.ts', 'one\ntwo\n', 'one\n2\nthree\n'),
			file('b.ts', undefined, 'new\n'),
			file('c.ts', 'old\n', undefined),
		]);
		assert.deepEqual(view, {
			files: [
				{ path: 'a.ts', added: 2, removed: 1 },
				{ path: 'b.ts', added: 1, removed: 0, mark: 'new' },
				{ path: 'c.ts', added: 0, removed: 1, mark: 'deleted' },
			],
			total: 3,
			added: 3,
			removed: 2,
		});
	});

	it('lists 200 files and counts all', () => {
		const files = Array.from({ length: 250 }, (_, index) => file(`f${index}.ts`, '', 'x\n'));
		const view = new ChangesViews().of(files);
		assert.deepEqual([view.files.length, view.total, view.added], [200, 250, 250]);
	});
});
