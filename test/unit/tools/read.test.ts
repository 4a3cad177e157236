import assert from 'node:assert/strict';
import type { Notebook } from '../../../src/agent/notebook.ts';
import { ToolError } from '../../../src/agent/toolError.ts';
import { MemoryWorkspace } from '../../fakes/memoryWorkspace.ts';
import { png } from '../../fakes/pictures.ts';
import { ToolBench } from './toolContext.ts';

let workspace: MemoryWorkspace;
let bench: ToolBench;
const read = (path: string, range: object = {}) => bench.text('read', { path, ...range });

beforeEach(() => {
	workspace = new MemoryWorkspace();
	bench = new ToolBench(workspace);
});

describe('read of a picture', () => {
	it('gives its type, size and bytes, and the picture to a model that sees', async () => {
		workspace.put('a.png', png(640, 480));
		const { text, images, view } = await bench.run('read', { path: 'a.png' });
		assert.equal(text, '"a.png" is a PNG image, 640 × 480 pixels, 29 bytes.');
		assert.deepEqual(images, [{ mimeType: 'image/png', data: png(640, 480) }]);
		assert.deepEqual(view, { kind: 'note', note: 'PNG image, 640 × 480 pixels' });
	});
	it('goes by what is in the file, not by its name', async () => {
		workspace.put('logo.txt', png(1, 1));
		workspace.put('a.png', 'no picture\n');
		workspace.put('a.svg', '<svg/>\n');
		assert.match(await read('logo.txt'), /is a PNG image/);
		assert.equal(await read('a.png'), 'no picture');
		assert.equal(await read('a.svg'), '<svg/>');
	});
	it('tells a model that sees none whom to ask', async () => {
		bench.seesImages = false;
		workspace.put('a.png', png(640, 480));
		const { text, images } = await bench.run('read', { path: 'a.png' });
		assert.match(text, /29 bytes\. This model sees no images: ask the user what it shows\.$/);
		assert.equal(images, undefined);
	});
	it('keeps back one that is too large to be sent', async () => {
		const large = new Uint8Array(5_000_001);
		large.set(png(9000, 9000));
		workspace.put('a.png', large);
		const { text, images } = await bench.run('read', { path: 'a.png' });
		assert.match(text, /9000 × 9000 pixels, 5,000,001 bytes\. It is not shown: .* too large\.$/);
		assert.equal(images, undefined);
	});
});

describe('read of other files without text', () => {
	const refusal = async (path: string, content: string | Uint8Array) => {
		workspace.put(path, content);
		try {
			return assert.fail(await read(path));
		} catch (error) {
			assert.ok(error instanceof ToolError, String(error));
			return error.message;
		}
	};
	it('recognises a PDF, and says how its text might be had', async () => {
		assert.equal(
			await refusal('a.pdf', '%PDF-1.7'),
			'"a.pdf" is a PDF document (8 bytes), not text. A command such as pdftotext may show its text; else ask the user for it.',
		);
	});
	it('names the type and the size of others, however large', async () => {
		const zip = new Uint8Array(10_000_000);
		zip.set([0x50, 0x4b, 3, 4]);
		assert.match(await refusal('a.zip', zip), /^"a\.zip" is a ZIP archive .* \(10,000,000 bytes\), not text\./);
		assert.match(await refusal('a.dat', new Uint8Array([1, 0])), /^"a\.dat" is a binary file \(2 bytes\)/);
		assert.match(
			await refusal('a.mp4', new Uint8Array([0, 0, 0, 24, ...new TextEncoder().encode('ftypisom')])),
			/a video/,
		);
	});
	it('says the same to an edit', async () => {
		workspace.put('a.dat', new Uint8Array([1, 0]));
		await assert.rejects(
			bench.run('edit', { path: 'a.dat', edits: [{ oldText: 'a', newText: 'b' }] }),
			/is a binary file \(2 bytes\), not text/,
		);
	});
});

describe('read of a notebook', () => {
	const notebook = {
		nbformat: 4,
		nbformat_minor: 5,
		metadata: { kernelspec: { name: 'python3', language: 'python' }, language_info: { name: 'python' } },
		cells: [
			{ cell_type: 'markdown', id: 'a', metadata: {}, source: ['# Title\n', 'words'] },
			{
				cell_type: 'code',
				execution_count: 1,
				metadata: {},
				source: 'print(1)\nplot()',
				outputs: [
					{ output_type: 'stream', name: 'stdout', text: ['1\n'] },
					{ output_type: 'stream', name: 'stderr', text: '10%\r100%\n\u001B[31mred\u001B[0m' },
					{
						output_type: 'display_data',
						data: { 'image/png': 'iVBORw0KGgo=', 'text/plain': '<Figure>' },
						metadata: {},
					},
					{ output_type: 'execute_result', data: { 'text/html': '<b>3</b>', 'text/plain': ['3'] }, metadata: {} },
				],
			},
			{
				cell_type: 'code',
				metadata: { vscode: { languageId: 'sql' } },
				source: 'select 1',
				outputs: [
					{
						output_type: 'error',
						ename: 'ValueError',
						evalue: 'bad',
						traceback: ['frames', 'x.py:3', '\u001B[0;31mValueError\u001B[0m: bad'],
					},
				],
			},
		],
	};
	const shown = [
		'[notebook, 3 cells, python]',
		...['[cell 1 markdown]', '# Title', 'words'],
		...['[cell 2 code]', 'print(1)', 'plot()'],
		...[
			'[output of cell 2]',
			'1',
			'100%',
			'red',
			'[output of cell 2: image/png, not shown]',
			'[output of cell 2]',
			'3',
		],
		...['[cell 3 code sql]', 'select 1', '[cell 3 failed: ValueError: bad]', 'frames', 'x.py:3', 'ValueError: bad'],
	];

	it('shows the cells, and what they gave in short', async () => {
		workspace.put('a.ipynb', JSON.stringify(notebook, undefined, 1));
		const { text, view } = await bench.run('read', { path: 'a.ipynb' });
		assert.equal(text, shown.join('\n'));
		assert.deepEqual(view, { kind: 'note', note: 'notebook, 3 cells, python' });
	});
	it('gives a part of it by the lines shown', async () => {
		workspace.put('a.ipynb', JSON.stringify(notebook));
		assert.equal(
			await read('a.ipynb', { offset: 4, limit: 2 }),
			`${shown[0]}\n[lines 4-5 of 19]\n[cell 2 code]\nprint(1)\n[more lines: continue with offset=6]`,
		);
		await assert.rejects(read('a.ipynb', { offset: 30 }), /past the end .* 19 lines/);
	});
	it('shows it as the editor does, unsaved cells included', async () => {
		const open: Notebook = {
			cells: [{ kind: 'code', language: 'python', source: 'typed()', outputs: [] }],
			language: 'python',
			isUnsaved: true,
		};
		workspace.put('a.ipynb', JSON.stringify(notebook));
		workspace.notebooks.set('a.ipynb', open);
		assert.equal(
			await read('a.ipynb'),
			'[unsaved changes of the user included]\n[notebook, 1 cell, python]\n[cell 1 code]\ntyped()',
		);
	});
	it('shows the beginning of a long output, and the end of a long trace', async () => {
		const numbered = (count: number, word: string) => Array.from({ length: count }, (_, index) => `${word}${index}`);
		const outputs = [
			{ output_type: 'stream', name: 'stdout', text: numbered(500, 'out').join('\n') },
			{ output_type: 'error', ename: 'E', evalue: 'e', traceback: numbered(40, 'frame') },
			{ output_type: 'stream', name: 'stdout', text: 'x'.repeat(100_000) },
		];
		workspace.put('a.ipynb', JSON.stringify({ nbformat: 4, cells: [{ cell_type: 'code', source: [], outputs }] }));
		const text = await read('a.ipynb');
		assert.match(text, /\nout19\n\[480 more lines of output\]\n\[cell 1 failed: E: e\]\nframe32\n/);
		assert.ok(text.length < 3000, `${text.length} characters`);
	});
	it('shows what is no notebook of this format as the text it is', async () => {
		for (const content of ['{"nbformat":3,"worksheets":[]}', '{"cells": [', 'null']) {
			workspace.put('a.ipynb', content);
			assert.equal(await read('a.ipynb'), `[a notebook, shown as the text of its file]\n${content}`);
		}
	});
	it('leaves out what a cell has in an unknown form, and says when there is nothing', async () => {
		const outputs = [{ output_type: 'hologram' }, 7, { output_type: 'stream', name: 'stdout', text: 'kept' }];
		const cells = [{ cell_type: 'new', source: 'as is', outputs }, { cell_type: 'code' }];
		workspace.put('a.ipynb', JSON.stringify({ nbformat: 4, cells }));
		assert.equal(
			await read('a.ipynb'),
			'[notebook, 2 cells]\n[cell 1 raw]\nas is\n[output of cell 1]\nkept\n[cell 2 code]',
		);
		workspace.put('b.ipynb', JSON.stringify({ nbformat: 4, cells: [] }));
		assert.match(await read('b.ipynb'), /^\[notebook, 0 cells\]\n\[the file is empty\]$/);
	});
	it('shows hidden characters of a notebook too', async () => {
		workspace.put('a.ipynb', JSON.stringify({ nbformat: 4, cells: [{ cell_type: 'code', source: 'a\u202Eb' }] }));
		assert.match(await read('a.ipynb'), /a\\u\{202E\}b\n\[1 invisible/);
	});
});
