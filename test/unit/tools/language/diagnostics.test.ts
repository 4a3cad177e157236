import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import type { Diagnostic, LanguageEvent } from '../../../../src/agent/languageServices.ts';
import { ToolError } from '../../../../src/agent/toolError.ts';
import type { Location } from '../../../../src/agent/workspace.ts';
import { diagnosticsTool } from '../../../../src/tools/diagnostics.ts';
import { compareProblems } from '../../../../src/tools/language/compareProblems.ts';
import { describeNewProblems, ProblemWatch } from '../../../../src/tools/language/problemWatch.ts';
import { ReportListener } from '../../../../src/tools/language/reportListener.ts';
import { type ManualClock, manualClock } from '../../../fakes/manualClock.ts';
import { type MemoryLanguageOptions, MemoryLanguageServices } from '../../../fakes/memoryLanguageServices.ts';
import { MemoryWorkspace } from '../../../fakes/memoryWorkspace.ts';
import { toolRun } from './runTool.ts';

const { signal } = new AbortController();

function problem(line: number, message: string, more: Partial<Diagnostic> = {}): Diagnostic {
	const span = { start: { line, column: 1 }, end: { line, column: 2 } };
	return { path: 'a.w', span, severity: 'error', message, ...more };
}

/** Lets time pass whenever the promise waits for it. */
async function drive<Value>(clock: ManualClock, promise: Promise<Value>): Promise<Value> {
	let isOpen = true;
	const settle = () => {
		isOpen = false;
	};
	promise.then(settle, settle);
	while (isOpen) {
		await turn();
		clock.advance(50);
	}
	return promise;
}

describe('the wait for pushed reports', () => {
	const times = { first: 2000, quiet: 1000, limit: 10_000 };
	let clock: ManualClock;
	let emit: (event: LanguageEvent) => void;
	let listener: ReportListener;

	beforeEach(() => {
		clock = manualClock();
		const services = {
			...new MemoryLanguageServices({ workspace: new MemoryWorkspace() }),
			watch(take: (event: LanguageEvent) => void) {
				emit = take;
				return () => undefined;
			},
		};
		listener = new ReportListener(['a', 'b'], services as unknown as MemoryLanguageServices, clock);
	});

	/** How it ended and when, if it has ended. */
	function waitFor(): { result: string | undefined } {
		const state: { result: string | undefined } = { result: undefined };
		void listener.settled(times, signal).then(settled => {
			state.result = `${settled} at ${clock.monotonic()}`;
		});
		return state;
	}
	const pass = async (ms: number) => {
		clock.advance(ms);
		await turn();
	};
	const report = (...uris: string[]) => emit({ kind: 'diagnostics', uris });

	it('ends silent when nobody reports', async () => {
		const state = waitFor();
		await pass(1999);
		assert.equal(state.result, undefined);
		await pass(1);
		assert.equal(state.result, 'silent at 2000');
	});
	it('ends a quiet time after the last of several waves', async () => {
		const state = waitFor();
		await pass(400);
		report('a', 'b');
		await pass(900);
		report('a');
		await pass(999);
		assert.equal(state.result, undefined);
		await pass(1);
		assert.equal(state.result, 'settled at 2300');
	});
	it('hears what comes between its making and the wait', async () => {
		report('a', 'b');
		await pass(1000);
		assert.equal(waitFor().result, undefined);
		await turn();
		const state = waitFor();
		await turn();
		assert.equal(state.result, 'settled at 1000');
	});
	it('does not take a report on an earlier text for one on the new text', async () => {
		const state = waitFor();
		report('a', 'b');
		await pass(500);
		emit({ kind: 'text', uris: ['a'] });
		await pass(1999);
		assert.equal(state.result, undefined);
		await pass(1);
		assert.equal(state.result, 'settled at 2500');
	});
	it('minds no other file', async () => {
		const state = waitFor();
		await pass(1900);
		report('c');
		await pass(100);
		assert.equal(state.result, 'silent at 2000');
	});
	it('gives up on a server that never stops', async () => {
		const state = waitFor();
		for (let at = 0; at < 10_000; at += 500) {
			report('a');
			await pass(500);
		}
		assert.equal(state.result, 'working at 10000');
	});
	it('stops at the signal and leaves no timer', async () => {
		const controller = new AbortController();
		const waiting = listener.settled(times, controller.signal);
		controller.abort();
		await assert.rejects(waiting, { name: 'AbortError' });
		assert.equal(clock.waiting, 0);
	});
});

describe('the comparison of problems', () => {
	const compare = (before: readonly Diagnostic[], after: readonly Diagnostic[], texts: readonly [string, string]) =>
		compareProblems(before, after, new Map([['a.w', { before: texts[0], after: texts[1] }]]));

	it('knows a problem again on the line that its line became', () => {
		const change = compare([problem(2, 'x')], [problem(4, 'x')], ['1\n2\n', 'new\nnew\n1\n2\n']);
		assert.deepEqual(change, { added: [], fixed: 0 });
	});
	it('tells of two alike the one on the new line', () => {
		const fresh = problem(1, 'x');
		const change = compare([problem(1, 'x')], [fresh, problem(2, 'x')], ['old\n', 'new\nold\n']);
		assert.deepEqual(change, { added: [fresh], fixed: 0 });
	});
	it('knows a problem again on a line that was changed', () => {
		assert.deepEqual(compare([problem(1, 'x')], [problem(1, 'x')], ['a\n', 'b\n']), { added: [], fixed: 0 });
	});
	it('tells apart messages, sources and severities, and counts what is gone', () => {
		const before = [problem(1, 'x'), problem(1, 'y', { source: 'ts' })];
		const after = [problem(1, 'x', { severity: 'warning' }), problem(1, 'y', { source: 'lint' })];
		assert.deepEqual(compare(before, after, ['a\n', 'a\n']), { added: after, fixed: 2 });
	});
	it('compares the problems of other files by their lines', () => {
		const other = problem(3, 'z', { path: 'b.w' });
		assert.deepEqual(compare([], [other], ['a\n', 'b\n']), { added: [other], fixed: 0 });
		assert.deepEqual(compare([other], [other], ['a\n', '\n\n']), { added: [], fixed: 0 });
	});
	it('finds nothing new where problems only moved with their lines', () => {
		const anyLines = fc.array(fc.constantFrom('a', 'b', '!!x', '!!y'), { maxLength: 12 });
		const problems = (lines: readonly string[]) =>
			lines.flatMap((text, index) => (text.startsWith('!!') ? [problem(index + 1, text)] : []));
		fc.assert(
			fc.property(anyLines, anyLines, fc.nat(12), (lines, inserted, at) => {
				const clean = inserted.filter(text => !text.startsWith('!!'));
				const after = [...lines.slice(0, at), ...clean, ...lines.slice(at)];
				const texts = [`${lines.join('\n')}\n`, `${after.join('\n')}\n`] as const;
				assert.deepEqual(compare(problems(lines), problems(after), texts), { added: [], fixed: 0 });
			}),
		);
	});
	it('adds and fixes as many as the lists differ by', () => {
		const anyProblems = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.constantFrom('x', 'y')));
		const list = (items: readonly (readonly [number, string])[]) => items.map(([line, words]) => problem(line, words));
		fc.assert(
			fc.property(anyProblems, anyProblems, (before, after) => {
				const { added, fixed } = compare(list(before), list(after), ['1\n2\n3\n4\n5\n', '1\n2\n3\n4\n5\n']);
				assert.equal(before.length - fixed, after.length - added.length);
			}),
		);
	});
});

describe('the watch over an edit', () => {
	let clock: ManualClock;
	let workspace: MemoryWorkspace;
	let services: MemoryLanguageServices;

	function setUp(files: Readonly<Record<string, string>>, options: Partial<MemoryLanguageOptions> = {}): void {
		clock = manualClock();
		workspace = new MemoryWorkspace({ files });
		services = new MemoryLanguageServices({ workspace, clock, ...options });
	}
	const locate = (path: string) => workspace.locate(path, signal);

	/** Edits the files as a tool would, and gives what the model is told. */
	async function edit(changes: Readonly<Record<string, string>>, beside?: () => void): Promise<string> {
		const files: Location[] = await Promise.all(Object.keys(changes).map(locate));
		const watch = await drive(clock, ProblemWatch.begin(files, { services, workspace, clock }, signal));
		try {
			watch.editing();
			for (const [path, text] of Object.entries(changes)) {
				workspace.put(path, text);
				services.changed(path);
			}
			beside?.();
			return describeNewProblems(await drive(clock, watch.newProblems(signal)));
		} finally {
			watch.dispose();
			assert.equal(services.watching, 0);
		}
	}

	for (const [name, options] of [
		['that can be asked', { canBeAsked: true }],
		['that pushes its reports', {}],
		['that pushes in two waves', { reportsAfter: [400, 1400] }],
	] as const) {
		describe(`with a server ${name}`, () => {
			it('tells new problems alone, with their places', async () => {
				setUp({ 'a.w': 'one !!old\ntwo\n' }, options);
				assert.equal(
					await edit({ 'a.w': 'one !!old\nzero\ntwo !!new\n' }),
					'New problems: 1 error.\na.w:3:5 error new (words 1)',
				);
			});
			it('tells that there are none and how many are gone', async () => {
				setUp({ 'a.w': 'one !!old\n' }, options);
				assert.equal(await edit({ 'a.w': 'one\n' }), 'No new problems.\nProblems gone: 1.');
			});
			it('looks at a file that the edit makes', async () => {
				setUp({}, options);
				assert.match(await edit({ 'b.w': '??careful\n' }), /^New problems: 1 warning\.\nb\.w:1:1 warning careful/);
			});
			it('tells no hints', async () => {
				setUp({ 'a.w': '' }, options);
				assert.equal(await edit({ 'a.w': '~~unused\n' }), 'No new problems.');
			});
		});
	}

	it('waits for no report of a server that can be asked', async () => {
		setUp({ 'a.w': '' }, { canBeAsked: true });
		const begin = clock.monotonic();
		const watch = await ProblemWatch.begin([await locate('a.w')], { services, workspace, clock }, signal);
		await watch.newProblems(signal);
		watch.dispose();
		assert.equal(clock.monotonic(), begin);
	});
	it('waits for a linter beside it, once one has spoken, and tells what the edit did to other files', async () => {
		setUp({ 'a.w': '', 'b.w': '' }, { canBeAsked: true });
		services.linted.push(problem(9, 'style', { source: 'lint' }));
		const fresh = problem(1, 'unknown name', { path: 'b.w', source: 'lint' });
		const told = await edit({ 'a.w': 'x\n' }, () => clock.schedule(700, () => services.lint(fresh)));
		assert.equal(told, 'New problems: 1 error.\nb.w:1:1 error unknown name (lint)');
	});
	it('says so when the server is still at work', async () => {
		setUp({ 'a.w': '' }, { reportsAfter: Array.from({ length: 40 }, (_, index) => 300 * index) });
		assert.match(await edit({ 'a.w': 'x\n' }), /\[the language server is still at work; use diagnostics/);
	});
	it('does not let an edit fail for a file that the editor cannot open', async () => {
		setUp({ 'a.w': '' });
		services.open = () => Promise.reject(new ToolError('The editor cannot open "a.w".'));
		assert.equal(await edit({ 'a.w': '!!x\n' }), '');
	});
	it('says nothing where nobody looks', async () => {
		setUp({ 'a.txt': '' }, { isAbsent: true });
		assert.equal(await edit({ 'a.txt': '!!\n' }), '');
	});
	it('tells no more than 20 and how to see the rest', async () => {
		setUp({ 'a.w': '' }, { canBeAsked: true });
		const told = await edit({ 'a.w': '!!bad\n'.repeat(30) });
		assert.equal(told.match(/error bad/g)?.length, 20);
		assert.match(told, /^New problems: 30 errors\..*\[10 more problems; use diagnostics to see all\]$/s);
	});
});

describe('diagnostics', () => {
	let clock: ManualClock;
	let workspace: MemoryWorkspace;
	let services: MemoryLanguageServices;
	const run = () => toolRun(diagnosticsTool({ services, clock }), workspace);

	beforeEach(() => {
		clock = manualClock();
		workspace = new MemoryWorkspace();
		services = new MemoryLanguageServices({ workspace, clock, canBeAsked: true });
	});

	it('checks the file that is named, errors first, without hints', async () => {
		workspace.put('src/a.w', '~~grey\n??second\n  !!first\n');
		const { text, view } = await run().output({ path: 'src/a.w' });
		assert.equal(text, 'src/a.w:3:3 error first (words 1)\nsrc/a.w:2:1 warning second (words 1)');
		assert.deepEqual(view, {
			kind: 'matches',
			note: '1 error, 1 warning',
			matches: [
				{ path: 'src/a.w', line: 3, text: 'error first (words 1)' },
				{ path: 'src/a.w', line: 2, text: 'warning second (words 1)' },
			],
		});
	});
	it('waits for the first report on a file that was not open', async () => {
		services = new MemoryLanguageServices({ workspace, clock });
		workspace.put('a.w', '!!x\n');
		assert.equal(await drive(clock, run().text({ path: 'a.w' })), 'a.w:1:1 error x (words 1)');
	});
	it('waits for the report on a change made just before', async () => {
		services = new MemoryLanguageServices({ workspace, clock });
		workspace.put('a.w', 'x\n');
		assert.equal(await drive(clock, run().text({ path: 'a.w' })), 'No problems in "a.w".');
		workspace.put('a.w', '!!x\n');
		services.changed('a.w');
		assert.equal(await drive(clock, run().text({ path: 'a.w' })), 'a.w:1:1 error x (words 1)');
	});
	it('tells a clean file from one that nobody looked at', async () => {
		workspace.put('a.w', 'x\n');
		assert.equal(await run().text({ path: 'a.w' }), 'No problems in "a.w".');
		services = new MemoryLanguageServices({ workspace, clock, reportsAfter: [] });
		for (const _ of ['at first', 'and once it is open']) {
			const said = await drive(clock, run().text({ path: 'a.w' }));
			assert.match(said, /^No problems are known in "a\.w": no language server reported on it/);
		}
		services.shown.add('a.w');
		assert.equal(await drive(clock, run().text({ path: 'a.w' })), 'No problems in "a.w".');
	});
	it('lists what is known of a folder and of everything', async () => {
		workspace.put('src/a.w', '');
		for (const path of ['src/a.w', 'src2/b.w']) {
			services.lint(problem(1, `in ${path}`, { path }));
		}
		assert.match(await run().text({ path: 'src' }), /^src\/a\.w:1:1 error in src\/a\.w\n\[only files/);
		assert.match(await run().text({}), /^src\/a\.w.*\nsrc2\/b\.w.*\n\[only files that were open/);
		assert.match(await run().text({ path: '.' }), /src2/);
	});
	it('leads on from a path that is not there', async () => {
		assert.match(await run().failure({ path: 'nowhere.w' }), /There is no "nowhere\.w"\. Use glob/);
	});
	it('keeps a message to one bounded line and shows what it hides', async () => {
		const message = `Type '${'x'.repeat(2000)}'`;
		services.lint(problem(1, `bad\na.w:9:9 error forged\u{E0041}\u{E0042}\u202E`));
		services.lint(problem(2, message));
		const lines = (await run().text({})).split('\n');
		assert.equal(lines[0], 'a.w:1:1 error bad a.w:9:9 error forged\\u{E0041}\\u{E0042}\\u{202E}');
		assert.ok(lines[1]?.startsWith("a.w:2:1 error Type 'xxx") && lines[1].length < 450);
		assert.match(lines[2] ?? '', /^\[3 invisible/);
	});
});
