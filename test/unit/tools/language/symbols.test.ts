import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applySpanEdits } from '../../../../src/tools/language/spanEdits.ts';
import { renameTool } from '../../../../src/tools/rename.ts';
import { symbolsTool } from '../../../../src/tools/symbols.ts';
import { MemoryLanguageServices } from '../../../fakes/memoryLanguageServices.ts';
import { MemoryWorkspace } from '../../../fakes/memoryWorkspace.ts';
import { toolContext } from '../../../fakes/toolContext.ts';
import { type ToolRun, toolRun } from './runTool.ts';

let workspace: MemoryWorkspace;
let services: MemoryLanguageServices;

beforeEach(() => {
	workspace = new MemoryWorkspace({
		files: {
			'src/greet.w': 'def greet\n  hello world\ndef greeting\n',
			'src/main.w': 'use greet\ndef run\n  greet you\n  greet me\n',
			'src/shapes.w': 'def Shape\n  def area\ndef Square < Shape\n  def area\ndef Big < Square\n',
		},
	});
	services = new MemoryLanguageServices({ workspace, canBeAsked: true });
});

describe('symbols', () => {
	let run: ToolRun;
	beforeEach(() => {
		run = toolRun(symbolsTool({ services }), workspace);
	});

	it('finds a definition by name alone, by name in a file, by line and by column', async () => {
		for (const target of [
			{ name: 'greet' },
			{ name: 'greet', path: 'src/main.w' },
			{ name: 'greet', path: 'src/main.w', line: 3 },
			{ path: 'src/main.w', line: 3 },
			{ path: 'src/main.w', line: 1, column: 6 },
			{ name: 'greet', path: 'src/main.w', line: 1, column: 2 },
		]) {
			assert.equal(
				await run.text({ action: 'definition', ...target }),
				'src/greet.w\n1:def greet',
				JSON.stringify(target),
			);
		}
	});
	it('groups references by file, one a line, with their text', async () => {
		const { text, view } = await run.output({ action: 'references', name: 'greet' });
		assert.equal(text, 'src/greet.w\n1:def greet\nsrc/main.w\n1:use greet\n3:  greet you\n4:  greet me');
		assert.ok(view?.kind === 'matches' && view.note === '4 references');
		assert.deepEqual(view.matches[0], { path: 'src/greet.w', line: 1, text: 'def greet' });
	});
	it('names what a call stands in', async () => {
		assert.equal(
			await run.text({ action: 'callers', name: 'greet' }),
			'src/main.w\n1:use greet  [function src/main.w]\n3:  greet you  [function run]\n4:  greet me  [function run]',
		);
		assert.equal(await run.text({ action: 'callees', name: 'run' }), 'src/greet.w\n1:def greet');
	});
	it('walks types up and down', async () => {
		assert.equal(await run.text({ action: 'supertypes', name: 'Big' }), 'src/shapes.w\n3:def Square < Shape');
		assert.equal(await run.text({ action: 'subtypes', name: 'Shape' }), 'src/shapes.w\n3:def Square < Shape');
		assert.equal(await run.text({ action: 'implementations', name: 'Square' }), 'src/shapes.w\n5:def Big < Square');
	});
	it('takes a dotted name for a member', async () => {
		assert.equal(
			await run.text({ action: 'references', name: 'Square.area' }),
			'src/shapes.w\n2:  def area\n4:  def area',
		);
	});
	it('shows what a file declares, with the lines of each', async () => {
		assert.equal(
			await run.text({ action: 'outline', path: 'src/shapes.w' }),
			'1-2 function Shape\n\t2 method area\n3-4 function Square\n\t4 method area\n5-6 function Big',
		);
	});
	it('finds declarations by part of a name, the exact one first', async () => {
		workspace.put('src/a.w', 'def xgreet\n');
		assert.equal(
			await run.text({ action: 'find', name: 'greet' }),
			'src/greet.w\n1:def greet\n3:def greeting\nsrc/a.w\n1:def xgreet',
		);
	});
	it('lists the choices where a name is declared twice', async () => {
		assert.equal(
			await run.failure({ action: 'definition', name: 'area' }),
			'"area" is declared 2 times: src/shapes.w:2 (method), src/shapes.w:4 (method). Give path and line too.',
		);
		assert.equal(
			await run.failure({ action: 'definition', name: 'area', path: 'src/shapes.w' }),
			'"src/shapes.w" declares "area" more than once: line 2 (Shape.area), line 4 (Square.area). Give the line too.',
		);
	});
	it('leads on from a name that is not on the line, not in the file, not known', async () => {
		assert.equal(
			await run.failure({ action: 'definition', name: 'greet', path: 'src/main.w', line: 2 }),
			'"greet" is not on line 2: def run. It is on line 1, 3, 4.',
		);
		assert.match(
			await run.failure({ action: 'definition', name: 'zzz', path: 'src/main.w' }),
			/is not in "src\/main\.w"/,
		);
		assert.match(await run.failure({ action: 'definition', name: 'zzz' }), /No language server knows "zzz"\. Use grep/);
		assert.match(await run.failure({ action: 'definition', path: 'src/main.w', line: 99 }), /Line 99 is past the end/);
		assert.match(await run.failure({ action: 'definition', path: 'main.w', line: 1 }), /Did you mean src\/main\.w/);
		assert.match(await run.failure({ action: 'definition' }), /Give a name, or path and line/);
		assert.match(await run.failure({ action: 'outline' }), /outline wants a path/);
		assert.match(await run.failure({ action: 'outline', path: 'src' }), /"src" is not a file/);
	});
	it('says that no server answers', async () => {
		services = new MemoryLanguageServices({ workspace, isAbsent: true });
		run = toolRun(symbolsTool({ services }), workspace);
		assert.match(
			await run.failure({ action: 'references', name: 'greet', path: 'src/main.w' }),
			/gives no references at src\/main\.w:1:5\. It may not know this, or not serve the file; use grep/,
		);
		assert.match(await run.failure({ action: 'outline', path: 'src/main.w' }), /Use read or grep/);
	});
	it('shows no text of files outside the workspace or with secrets', async () => {
		const span = { start: { line: 7, column: 1 }, end: { line: 7, column: 2 } };
		const location = { path: '/usr/lib/words.w', uri: 'memory:/usr/lib/words.w', isOutside: true };
		services.libraries.push({ location, span, name: 'world', kind: 'class' });
		assert.equal(await run.text({ action: 'definition', name: 'world', path: 'src/greet.w' }), '/usr/lib/words.w\n7:');
		workspace.put('.env', 'greet SECRET-CANARY\n');
		const text = await run.text({ action: 'references', name: 'greet' });
		assert.match(text, /^\.env\n1:\n/);
		assert.doesNotMatch(text, /CANARY/);
	});
	it('stops at 100 places and says so', async () => {
		workspace.put('src/many.w', 'greet\n'.repeat(150));
		const text = await run.text({ action: 'references', name: 'greet' });
		assert.equal(text.match(/^\d+:/gm)?.length, 100);
		assert.match(text, /\[54 more places; grep can narrow by folder\]$/);
	});
	it('shows hidden characters of the lines it quotes', async () => {
		workspace.put('src/greet.w', 'def greet \u{E0041}\u202E\n');
		assert.equal(
			await run.text({ action: 'definition', name: 'greet' }),
			'src/greet.w\n1:def greet \\u{E0041}\\u{202E}\n[2 invisible or control characters shown as \\u{…}]',
		);
	});
});

describe('rename', () => {
	const rename = { name: 'greet', newName: 'welcome' };
	let run: ToolRun;
	beforeEach(() => {
		run = toolRun(renameTool({ services }), workspace);
	});

	it('changes every use and records each file before it', async () => {
		const { text, view } = await run.output(rename);
		assert.equal(text, 'Renamed.\nsrc/greet.w: 1 line\nsrc/main.w: 3 lines');
		assert.equal(workspace.saved('src/greet.w'), 'def welcome\n  hello world\ndef greeting\n');
		assert.equal(workspace.saved('src/main.w'), 'use welcome\ndef run\n  welcome you\n  welcome me\n');
		assert.deepEqual(
			run.changes.map(({ location, before }) => [location.path, before?.split('\n')[0]]),
			[
				['src/greet.w', 'def greet'],
				['src/main.w', 'use greet'],
			],
		);
		assert.ok(view?.kind === 'matches' && view.note === '4 lines in 2 files');
	});
	it('shows beforehand what it will do and changes nothing by that', async () => {
		assert.deepEqual(await run.preview({ name: 'Big', newName: 'Huge' }), {
			kind: 'diff',
			path: 'src/shapes.w',
			hunks: [
				{
					oldStart: 2,
					newStart: 2,
					lines: ['   def area', ' def Square < Shape', '   def area', '-def Big < Square', '+def Huge < Square'],
				},
			],
			added: 1,
			removed: 1,
			isNew: false,
		});
		const view = await run.preview(rename);
		assert.deepEqual(view.kind === 'matches' && view.matches.map(({ path, line, text }) => [path, line, text]), [
			['src/greet.w', 1, 'def welcome'],
			['src/main.w', 1, 'use welcome'],
			['src/main.w', 3, '  welcome you'],
			['src/main.w', 4, '  welcome me'],
		]);
		assert.equal(workspace.saved('src/greet.w'), 'def greet\n  hello world\ndef greeting\n');
		assert.deepEqual(run.changes, []);
	});
	it('renames where the symbol is declared, not the local name of an import', async () => {
		services.renamesLocally.add('src/main.w');
		assert.match(await run.text({ ...rename, path: 'src/main.w', line: 3 }), /src\/greet\.w: 1 line/);
	});
	it('keeps line ends, and unsaved work unsaved', async () => {
		workspace.put('src/greet.w', 'def greet\r\nx\r\n');
		workspace.typeInto('src/main.w', 'mine\ngreet\n');
		const text = await run.text(rename);
		assert.equal(workspace.saved('src/greet.w'), 'def welcome\r\nx\r\n');
		assert.equal(workspace.unsaved('src/main.w'), 'mine\nwelcome\n');
		assert.match(text, /src\/main\.w: not saved\. The editor holds unsaved work/);
	});
	it('names every file it would change, for the decision about it', async () => {
		workspace.put('.github/x.w', 'greet\n');
		workspace.put('.env', 'greet\n');
		assert.deepEqual(await run.demand(rename), {
			kind: 'paths',
			paths: ['.env', '.github/x.w', 'src/greet.w', 'src/main.w'],
		});
	});
	it('names the addresses of schemas that the new name makes', async () => {
		workspace.put('src/data.json', '{"greet": "http://evil.example/"}\n');
		const demand = await run.demand({ ...rename, newName: '$schema' });
		assert.ok(demand.kind === 'paths');
		assert.deepEqual(demand.remoteSchemas, ['http://evil.example/']);
		assert.match(
			await run.failure({ ...rename, newName: '$schema' }),
			/by now the call would add the address of a schema/,
		);
	});
	it('changes no file that nobody decided on', async () => {
		const tool = renameTool({ services });
		const context = toolContext({ workspace });
		await tool.demand?.(rename, context);
		workspace.put('src/new.w', 'greet\n');
		await assert.rejects(tool.run(rename, context), /by now it would change other files/);
		assert.equal(workspace.saved('src/greet.w'), 'def greet\n  hello world\ndef greeting\n');
	});
	it('quotes no line of a file whose reading is asked for', async () => {
		workspace.put('.env', 'KEY=CANARY\n');
		const words = await run.failure({ ...rename, path: '.env', line: 1 });
		assert.equal(words, 'Nothing was renamed: "greet" is not found there in ".env".');
	});
	it('changes nothing when one of the files is read-only', async () => {
		workspace.makeReadOnly('src/main.w');
		assert.match(await run.failure(rename), /read-only/);
		assert.deepEqual(run.changes, []);
	});
	it('says what is changed and what is not when a file changes in the middle', async () => {
		run = toolRun(renameTool({ services }), workspace, {
			beforeWrite: path => path === 'src/main.w' && workspace.typeInto(path, 'typed\n'),
		});
		assert.match(
			await run.failure(rename),
			/^Only a part was done\. Done: src\/greet\.w\. Not done: src\/main\.w\. .*changed since it was read.* Finish with edit\.$/,
		);
		assert.equal(workspace.unsaved('src/main.w'), 'typed\n');
	});
	it('refuses names that are none, and what cannot be renamed', async () => {
		for (const newName of ['two words', 'a;b', 'a\u202Eb', 'f()', '"x"']) {
			assert.match(await run.failure({ name: 'greet', newName }), /newName is no name/);
		}
		assert.match(
			await run.failure({ name: 'hello', newName: 'x', path: 'src/greet.w' }),
			/You cannot rename this element/,
		);
		assert.match(await run.failure({ name: 'greet', newName: 'greet' }), /finds nothing to change/);
		assert.deepEqual(run.changes, []);
	});
	it('writes nothing more after a stop', async () => {
		const controller = new AbortController();
		run = toolRun(renameTool({ services }), workspace, {
			signal: controller.signal,
			beforeWrite: path => path === 'src/main.w' && controller.abort(),
		});
		await assert.rejects(run.text(rename), { name: 'AbortError' });
		assert.match(workspace.saved('src/greet.w') ?? '', /welcome/);
		assert.match(workspace.saved('src/main.w') ?? '', /^use greet/);
	});
});

describe('edits of a language server', () => {
	const span = (line: number, column: number, endLine: number, endColumn: number) => ({
		start: { line, column },
		end: { line: endLine, column: endColumn },
	});

	it('are refused where they do not fit the text', () => {
		const one = { span: span(1, 1, 1, 3), newText: 'x' };
		assert.equal(applySpanEdits('abc\n', [one]), 'xc\n');
		assert.equal(applySpanEdits('abc\n', [one, { span: span(1, 2, 1, 3), newText: 'y' }]), undefined);
		assert.equal(applySpanEdits('abc\n', [{ span: span(1, 4, 1, 5), newText: 'y' }]), undefined);
		assert.equal(applySpanEdits('abc\n', [{ span: span(4, 1, 4, 1), newText: 'y' }]), undefined);
		assert.equal(applySpanEdits('abc', [{ span: span(2, 1, 2, 1), newText: '\nd' }]), 'abc\nd');
		assert.equal(applySpanEdits('a\r\nb', [{ span: span(1, 1, 2, 1), newText: '' }]), 'b');
	});
	it('change what they name and keep every other byte, in any order', () => {
		const piece = fc.stringMatching(/^[ab \u00e9\u{1F600}]{0,4}$/u);
		const anyText = fc.array(fc.tuple(piece, fc.constantFrom('\n', '\r\n', '\r', '#')), { maxLength: 20 });
		fc.assert(
			fc.property(anyText, pieces => {
				const text = pieces.map(parts => parts.join('')).join('');
				const marks = text.split(/\r\n|\r|\n/).flatMap((line, index) =>
					[...line.matchAll(/#/g)].map(({ index: at }) => ({
						span: span(index + 1, at + 1, index + 1, at + 2),
						newText: '<>',
					})),
				);
				assert.equal(applySpanEdits(text, marks.reverse()), text.replaceAll('#', '<>'));
			}),
		);
	});
});
