import assert from 'node:assert/strict';
import { estimateTokenCount } from 'tokenx';
import { ToolError } from '../../../src/agent/toolError.ts';
import { MemoryWorkspace } from '../../fakes/memoryWorkspace.ts';
import { ToolBench } from './toolContext.ts';

let workspace: MemoryWorkspace;
let bench: ToolBench;

beforeEach(() => {
	workspace = new MemoryWorkspace();
	bench = new ToolBench(workspace);
});

function numbered(count: number): string {
	return Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join('');
}

async function failure(name: string, input: unknown): Promise<string> {
	try {
		const { text } = await bench.run(name, input);
		return assert.fail(`succeeded: ${text}`);
	} catch (error) {
		assert.ok(error instanceof ToolError, String(error));
		return error.message;
	}
}

describe('read', () => {
	it('gives a whole file as it is, at no cost beyond its own tokens', async () => {
		const content = numbered(300);
		workspace.put('a.txt', content);
		const { text, view } = await bench.run('read', { path: 'a.txt' });
		assert.equal(text, content.trimEnd());
		assert.deepEqual(view, { kind: 'note', note: '300 lines' });
	});
	it('gives a range with its place and the way on', async () => {
		workspace.put('a.txt', numbered(10));
		assert.equal(
			await bench.text('read', { path: 'a.txt', offset: 3, limit: 2 }),
			'[lines 3-4 of 10]\nline 3\nline 4\n[more lines: continue with offset=5]',
		);
	});
	it('says nothing of more lines at the end', async () => {
		workspace.put('a.txt', numbered(10));
		assert.equal(await bench.text('read', { path: 'a.txt', offset: 9 }), '[lines 9-10 of 10]\nline 9\nline 10');
	});
	it('stops at 50,000 characters on a whole line and continues without a gap', async () => {
		workspace.put('a.txt', `${'x'.repeat(999)}\n`.repeat(120));
		const text = await bench.text('read', { path: 'a.txt' });
		assert.ok(text.startsWith('[lines 1-50 of 120]\n') && text.endsWith('[more lines: continue with offset=51]'));
		assert.ok(text.length < 50_200);
	});
	it('stays within 1.05 times the tokens of a part', async () => {
		const content = numbered(2500);
		workspace.put('a.txt', content);
		const raw = content.split('\n').slice(0, 2000).join('\n');
		const ratio = estimateTokenCount(await bench.text('read', { path: 'a.txt' })) / estimateTokenCount(raw);
		assert.ok(ratio <= 1.05, String(ratio));
	});
	it('cuts a line that is too long by itself and says so', async () => {
		workspace.put('min.js', 'x'.repeat(60_000));
		assert.match(await bench.text('read', { path: 'min.js' }), /\[line 1 goes on for 10,000 characters; grep/);
	});
	it('shows unsaved text and says that it is', async () => {
		workspace.put('a.txt', 'disk\n');
		workspace.typeInto('a.txt', 'typed\n');
		assert.equal(await bench.text('read', { path: 'a.txt' }), '[unsaved changes of the user included]\ntyped');
	});
	it('leads on from a path that is not there, a folder, an offset past the end, an empty file', async () => {
		workspace.put('src/deep/app.ts', 'x\n');
		workspace.put('empty.txt', '');
		assert.equal(await failure('read', { path: 'app.ts' }), 'There is no "app.ts". Did you mean src/deep/app.ts?');
		assert.match(await failure('read', { path: 'nowhere.ts' }), /Use glob/);
		assert.match(await failure('read', { path: 'src' }), /folder; use list/);
		assert.match(await failure('read', { path: 'src/deep/app.ts', offset: 5 }), /past the end .* 1 line\./);
		assert.equal(await bench.text('read', { path: 'empty.txt' }), '[the file is empty]');
	});
	it('says what a file is that has no text', async () => {
		workspace.put('a.pdf', '%PDF-1.7 …');
		assert.match(await failure('read', { path: 'a.pdf' }), /"a\.pdf" is a PDF document \(\d+ bytes\), not text/);
	});
	it('shows hidden characters instead of passing them on', async () => {
		workspace.put('a.txt', `safe\u202Etxt\u200B ${'\u{E0041}'.repeat(30)} 👩‍💻\n`);
		const text = await bench.text('read', { path: 'a.txt' });
		assert.equal(
			text,
			'safe\\u{202E}txt\\u{200B} \\u{…30 invisible…} 👩‍💻\n[32 invisible or control characters shown as \\u{…}]',
		);
	});
});

describe('write', () => {
	it('creates a file and records the change before it', async () => {
		bench.beforeWrite = () => assert.equal(workspace.saved('src/a.ts'), undefined);
		const { text, view } = await bench.run('write', { path: 'src/a.ts', content: 'one\ntwo\n' });
		assert.equal(text, 'Created "src/a.ts" with 2 lines.');
		assert.equal(workspace.saved('src/a.ts'), 'one\ntwo\n');
		assert.ok(view?.kind === 'diff' && view.isNew && view.added === 2);
		assert.deepEqual(
			bench.changes.map(({ before, after }) => [before, after]),
			[[undefined, 'one\ntwo\n']],
		);
	});
	it('keeps the line ends of the file it replaces, and the final line as sent', async () => {
		workspace.put('a.txt', 'one\r\ntwo\r\n');
		await bench.run('write', { path: 'a.txt', content: 'one\n2\nthree' });
		assert.equal(workspace.saved('a.txt'), 'one\r\n2\r\nthree');
	});
	it('keeps what the user typed elsewhere since the call was decided on, and refuses where it is the same lines', async () => {
		workspace.put('a.txt', 'one\ntwo\nthree\nfour\n');
		const input = { path: 'a.txt', content: 'one\ntwo\nthree\n4\n' };
		const typing = (text: string) => ({ decided: () => workspace.typeInto('a.txt', text) });
		const { text } = await bench.run('write', input, typing('typed\none\ntwo\nthree\nfour\n'));
		assert.match(text, /Not saved/);
		assert.equal(workspace.unsaved('a.txt'), 'typed\none\ntwo\nthree\n4\n');
		const again = { path: 'a.txt', content: 'one\n' };
		await assert.rejects(bench.run('write', again, typing('ONE\n2\n')), /was changed in the same lines meanwhile/);
		assert.equal(workspace.unsaved('a.txt'), 'ONE\n2\n');
	});
	it('merges what the user types at the very moment, also at its end', async () => {
		workspace.put('a.txt', 'one\ntwo\nthree\nfour\n');
		bench.beforeWrite = () => {
			bench.beforeWrite = undefined;
			workspace.typeInto('a.txt', 'one\ntwo\nthree\nfour\ntyped\n');
		};
		await bench.run('write', { path: 'a.txt', content: '1\ntwo\nthree\nfour\n' });
		assert.equal(workspace.unsaved('a.txt'), '1\ntwo\nthree\nfour\ntyped\n');
	});
	it('knows that the agent has not seen what came into a file beside its edit', async () => {
		workspace.put('a.txt', 'one\ntwo\nthree\nfour\n');
		await bench.run('read', { path: 'a.txt' });
		workspace.put('a.txt', 'theirs\none\ntwo\nthree\nfour\n');
		await bench.run('edit', { path: 'a.txt', edits: [{ oldText: 'four', newText: '4' }] });
		assert.match(await failure('write', { path: 'a.txt', content: 'all new\n' }), /has changed since you read it/);
		await bench.run('read', { path: 'a.txt' });
		await bench.run('edit', { path: 'a.txt', edits: [{ oldText: '4', newText: 'four' }] });
		await bench.run('write', { path: 'a.txt', content: 'all new\n' });
		assert.equal(workspace.saved('a.txt'), 'all new\n');
	});
	it('shows the diff beforehand and changes nothing by that', async () => {
		workspace.put('a.txt', 'one\n');
		assert.deepEqual(await bench.preview('write', { path: 'a.txt', content: 'two\n' }), {
			kind: 'diff',
			path: 'a.txt',
			hunks: [{ oldStart: 1, newStart: 1, lines: ['-one', '+two'] }],
			added: 1,
			removed: 1,
			isNew: false,
		});
		assert.equal(workspace.saved('a.txt'), 'one\n');
		assert.deepEqual(bench.changes, []);
	});
	it('refuses code left out, a folder, a notebook, a read-only file, and the same text', async () => {
		workspace.put('a.ts', 'a\nb\n');
		workspace.put('b.ipynb', '{}');
		workspace.put('src/c.ts', 'c\n');
		workspace.makeReadOnly('src/c.ts');
		assert.match(await failure('write', { path: 'a.ts', content: '// ... existing code ...\nc\n' }), /leaves code out/);
		assert.match(await failure('write', { path: 'src', content: '' }), /folder/);
		assert.match(
			await failure('write', { path: 'b.ipynb', content: '{"cells":[]}' }),
			/notebook .* Use edit with the cell/,
		);
		assert.match(await failure('write', { path: 'src/c.ts', content: 'x' }), /read-only/);
		assert.match(await failure('write', { path: 'a.ts', content: 'a\nb\n' }), /already/);
		assert.deepEqual(bench.changes, []);
	});
});

describe('edit', () => {
	const change = { path: 'a.ts', edits: [{ oldText: 'b = 2', newText: 'b = 3' }] };

	it('changes the place quoted and says which lines', async () => {
		workspace.put('a.ts', 'a = 1\nb = 2\nc = 3\n');
		const { text, view } = await bench.run('edit', change);
		assert.equal(text, 'Changed "a.ts": line 2 (+1 -1).');
		assert.equal(workspace.saved('a.ts'), 'a = 1\nb = 3\nc = 3\n');
		assert.ok(view?.kind === 'diff' && !view.isNew);
		assert.deepEqual(
			bench.changes.map(({ before, after }) => [before, after]),
			[['a = 1\nb = 2\nc = 3\n', 'a = 1\nb = 3\nc = 3\n']],
		);
	});
	it("leaves the user's unsaved work unsaved and says so", async () => {
		workspace.put('a.ts', 'b = 2\n');
		workspace.typeInto('a.ts', 'mine\nb = 2\n');
		assert.match(await bench.text('edit', change), /line 2 \(\+1 -1\)\. Not saved\. The editor holds unsaved work/);
		assert.equal(workspace.saved('a.ts'), 'b = 2\n');
		assert.equal(workspace.unsaved('a.ts'), 'mine\nb = 3\n');
	});
	it('makes the edit anew when the user types just before it', async () => {
		workspace.put('a.ts', 'b = 2\n');
		bench.beforeWrite = () => {
			bench.beforeWrite = undefined;
			workspace.typeInto('a.ts', 'typed meanwhile\nb = 2\n');
		};
		await bench.run('edit', change);
		assert.equal(workspace.unsaved('a.ts'), 'typed meanwhile\nb = 3\n');
	});
	it('gives up with words when the user keeps typing', async () => {
		workspace.put('a.ts', 'b = 2\n');
		let typed = 0;
		bench.beforeWrite = () => workspace.typeInto('a.ts', `${typed++}\nb = 2\n`);
		assert.match(await failure('edit', change), /changed since it was read/);
		assert.equal(workspace.unsaved('a.ts'), '5\nb = 2\n');
	});
	it('carries over what others did to other lines, where the quote is not unique any more', async () => {
		workspace.put('a.ts', 'a = 1\n\nb = 2\n\nc = 3\n');
		bench.beforeWrite = () => {
			bench.beforeWrite = undefined;
			workspace.typeInto('a.ts', 'b = 2 // typed\na = 1\n\nb = 2\n\nc = 3\n');
		};
		assert.match(await bench.text('edit', change), /The file had changed meanwhile; both changes are in it/);
		assert.equal(workspace.unsaved('a.ts'), 'b = 2 // typed\na = 1\n\nb = 3\n\nc = 3\n');
		assert.deepEqual(bench.changes.map(({ before, after }) => [before, after]).at(-1), [
			'b = 2 // typed\na = 1\n\nb = 2\n\nc = 3\n',
			'b = 2 // typed\na = 1\n\nb = 3\n\nc = 3\n',
		]);
	});
	it('changes nothing where the user changed the same line meanwhile', async () => {
		workspace.put('a.ts', 'b = 2\n');
		bench.beforeWrite = () => workspace.typeInto('a.ts', 'b = 20\nb = 2 + 2\n');
		assert.match(await failure('edit', change), /^Nothing was changed\./);
		assert.equal(workspace.unsaved('a.ts'), 'b = 20\nb = 2 + 2\n');
	});
	it('tells what a formatter made of it, unless that is much', async () => {
		workspace.put('a.ts', 'b = 2\nc\n');
		workspace.formatter = text => text.replace('c', 'c;');
		assert.equal(
			await bench.text('edit', change),
			'Changed "a.ts": line 1 (+1 -1). The text changed further while it was saved. It changed:\nline 2\n-c\n+c;',
		);
		workspace.put('a.ts', 'b = 2\n'.concat('c\n'.repeat(20)));
		workspace.formatter = text => text.replaceAll('c', 'c;');
		assert.match(await bench.text('edit', change), /while it was saved\. Read it before the next edit\.$/);
	});
	it('refuses with the nearest text, having recorded nothing', async () => {
		workspace.put('a.ts', 'const b = 4;\n');
		assert.match(
			await failure('edit', { path: 'a.ts', edits: [{ oldText: 'const b = 2;', newText: 'x' }] }),
			/^Nothing was changed\. oldText is not in the file\. The nearest text, line 1:\n.*const b = 4;$/,
		);
		assert.deepEqual(bench.changes, []);
	});
	it('does not bring a deleted file back', async () => {
		assert.match(await failure('edit', change), /There is no "a\.ts"/);
		assert.equal(workspace.saved('a.ts'), undefined);
	});
	it('names a file that is deleted between the plan and the change', async () => {
		workspace.put('a.ts', 'b = 2\n');
		bench.beforeWrite = () => void workspace.disk.delete('a.ts');
		assert.match(await failure('edit', change), /deleted or renamed/);
		assert.equal(workspace.saved('a.ts'), undefined);
	});
});

describe('list', () => {
	it('puts folders first and marks what is ignored', async () => {
		workspace.put('.gitignore', 'out\n');
		for (const path of ['b.ts', 'a.ts', 'src/x.ts', 'out/y.js']) {
			workspace.put(path, '');
		}
		assert.equal(await bench.text('list', {}), 'out/ (ignored)\nsrc/\n.gitignore\na.ts\nb.ts');
		assert.equal(await bench.text('list', { path: 'src' }), 'x.ts');
	});
	it('says how to see more than 500', async () => {
		for (let index = 0; index < 510; index++) {
			workspace.put(`many/${index}.txt`, '');
		}
		assert.match(await bench.text('list', { path: 'many' }), /\[10 more entries; use glob to find names\]$/);
	});
	it('leads on from a file and from nothing', async () => {
		workspace.put('a.ts', '');
		assert.match(await failure('list', { path: 'a.ts' }), /use read/);
		assert.match(await failure('list', { path: 'nowhere' }), /There is no "nowhere"/);
	});
});

describe('glob', () => {
	it('gives sorted paths', async () => {
		for (const path of ['src/b.ts', 'src/a.ts', 'c.md']) {
			workspace.put(path, '');
		}
		const { text, view } = await bench.run('glob', { pattern: '*.ts' });
		assert.equal(text, 'src/a.ts\nsrc/b.ts');
		assert.deepEqual(view, { kind: 'paths', note: '2 files', paths: ['src/a.ts', 'src/b.ts'] });
		assert.equal(await bench.text('glob', { pattern: '*.py' }), 'No file matches.');
	});
	it('says how many there are beyond its limit', async () => {
		for (let index = 0; index < 205; index++) {
			workspace.put(`many/${index}.txt`, '');
		}
		assert.match(
			await bench.text('glob', { pattern: '*' }),
			/\[200 of 205 files: narrow the pattern, or give a path\]$/,
		);
	});
});

describe('grep', () => {
	it('groups matches by file, with runs of context apart', async () => {
		workspace.put('a.ts', 'x\nhit\ny\nz\nz\nhit\n');
		workspace.put('b.ts', 'hit\n');
		const { text, view } = await bench.run('grep', { pattern: 'hit', context: 1 });
		assert.equal(text, 'a.ts\n1-x\n2:hit\n3-y\n--\n5-z\n6:hit\nb.ts\n1:hit');
		assert.ok(view?.kind === 'matches' && view.note === '3 matches' && view.matches.length === 3);
	});
	it('is literal and blind to case on demand', async () => {
		workspace.put('a.ts', 'f(A)\n');
		assert.equal(await bench.text('grep', { pattern: 'F(a)', literal: true, ignoreCase: true }), 'a.ts\n1:f(A)');
		assert.equal(await bench.text('grep', { pattern: 'F(a)' }), 'No match.');
	});
	it('stops at 100 matches and says how to see others', async () => {
		workspace.put('a.ts', 'hit\n'.repeat(150));
		const text = await bench.text('grep', { pattern: 'hit' });
		assert.equal(text.match(/hit$/gm)?.length, 100);
		assert.match(text, /\[stopped at 100 matches: narrow with path, glob or a longer pattern\]$/);
	});
	it('counts the matches of each file, the most first, without secrets', async () => {
		workspace.put('a.ts', 'hit\n');
		workspace.put('b.ts', 'hit hit\nx\nhit\n');
		workspace.put('.env', 'hit\n');
		const { text, view } = await bench.run('grep', { pattern: 'hit', count: true });
		assert.equal(
			text,
			'2 b.ts\n1 a.ts\n[3 matches in 2 files]\n[not shown: matches in .env; secrets are searched by path only]',
		);
		assert.deepEqual(view, { kind: 'paths', note: '3 matches in 2 files', paths: ['b.ts', 'a.ts'] });
		assert.equal(await bench.text('grep', { pattern: 'miss', count: true }), 'No match.');
	});
	it('counts every file and lists the first hundred', async () => {
		for (let index = 0; index < 105; index++) {
			workspace.put(`many/${index}.txt`, 'hit\n');
		}
		const text = await bench.text('grep', { pattern: 'hit', count: true });
		assert.match(text, /^1 many\/\S+$/m);
		assert.equal(text.split('\n').length, 101);
		assert.match(text, /\[105 matches in 105 files; shown: the 100 files with most\]$/);
	});
	it('lets matches span lines on demand, and where the pattern names a line end', async () => {
		workspace.put('a.ts', 'call(\r\n\tone,\r\n);\r\nend\r\n');
		const whole = 'a.ts\n1:call(\n2:\tone,\n3:);';
		assert.equal(await bench.text('grep', { pattern: 'call.*?;', multiline: true }), whole);
		assert.equal(await bench.text('grep', { pattern: 'call\\(\\n[^;]*;' }), whole);
		assert.equal(await bench.text('grep', { pattern: 'one,\n);', literal: true }), 'a.ts\n2:\tone,\n3:);');
		assert.equal(await bench.text('grep', { pattern: 'call.*?;' }), 'No match.');
	});
	it('keeps secrets out of a search that did not name them', async () => {
		workspace.put('.env', 'TOKEN=abc\n');
		workspace.put('a.ts', 'TOKEN\n');
		const text = await bench.text('grep', { pattern: 'TOKEN' });
		assert.equal(text, 'a.ts\n1:TOKEN\n[not shown: matches in .env; secrets are searched by path only]');
		assert.equal(await bench.text('grep', { pattern: 'TOKEN', path: '.env' }), '.env\n1:TOKEN=abc');
	});
	it('leads on from a wrong path and a wrong pattern', async () => {
		assert.match(await failure('grep', { pattern: 'x', path: 'nowhere' }), /There is no "nowhere"/);
		assert.match(await failure('grep', { pattern: 'a(' }), /not valid/);
	});
});
