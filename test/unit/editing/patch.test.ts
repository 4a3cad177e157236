import assert from 'node:assert/strict';
import fc from 'fast-check';
import { apply, type PatchOperation, parsePatch } from '../../../src/editing/index.ts';
import { lines } from './editing.ts';

function operations(patch: string, text?: string): readonly PatchOperation[] {
	const parsed = parsePatch(patch, () => text);
	return parsed.ok ? parsed.operations : assert.fail(parsed.reason);
}

/** What the only update of the patch makes of the text. */
function patched(text: string, patch: string): string {
	const [update] = operations(patch, text);
	assert.ok(update?.kind === 'update');
	const result = apply({ content: text, edits: update.edits, path: update.path });
	return result.ok ? result.content : assert.fail(result.reason);
}

const UPDATE = lines('*** Begin Patch', '*** Update File: a.ts', '@@', ' a();', '-b();', '+c();', '*** End Patch');
const CHANGED = [{ kind: 'update', path: 'a.ts', edits: [{ oldText: 'a();\nb();\n', newText: 'a();\nc();\n' }] }];

describe('parsePatch', () => {
	it('reads added, updated, moved and deleted files in order', () => {
		const patch = lines(
			'*** Begin Patch',
			'*** Add File: src/new.ts',
			'+one',
			'+',
			'+two',
			'',
			'*** Update File: a.ts',
			'*** Move to: b.ts',
			'@@',
			'-old',
			'+new',
			'*** Delete File: gone.ts',
			'*** End Patch',
		);
		assert.deepEqual(operations(patch), [
			{ kind: 'add', path: 'src/new.ts', content: 'one\n\ntwo\n' },
			{ kind: 'update', path: 'a.ts', moveTo: 'b.ts', edits: [{ oldText: 'old\n', newText: 'new\n' }] },
			{ kind: 'delete', path: 'gone.ts' },
		]);
	});

	for (const [name, patch] of [
		['as it is to be', UPDATE],
		['without an end', UPDATE.replace('*** End Patch\n', '')],
		['in a fence', `\`\`\`\n${UPDATE}\`\`\`\n`],
		['in a heredoc', `apply_patch <<'EOF'\n${UPDATE}EOF\n`],
		['with CRLF', UPDATE.replaceAll('\n', '\r\n')],
		['after some words', `Here is the patch:\n${UPDATE}`],
		['without @@', UPDATE.replace('@@\n', '')],
		['without a beginning', UPDATE.replace('*** Begin Patch\n', '')],
	] as const) {
		it(`takes a patch ${name}`, () => assert.deepEqual(operations(patch), CHANGED));
	}

	it('takes unified diffs, of new and deleted files too', () => {
		const patch = lines(
			'diff --git a/a.ts b/a.ts',
			'index 12ab..34cd 100644',
			'--- a/a.ts',
			'+++ b/a.ts',
			'@@ -7,2 +7,2 @@ function f()',
			' a();',
			'-b();',
			'+c();',
			'--- /dev/null',
			'+++ b/new.ts',
			'@@ -0,0 +1 @@',
			'+one',
			'--- a/gone.ts',
			'+++ /dev/null',
			'@@ -1 +0,0 @@',
			'-one',
		);
		assert.deepEqual(operations(patch), [
			{ kind: 'update', path: 'a.ts', edits: [{ oldText: 'a();\nb();\n', newText: 'a();\nc();\n', nearLine: 7 }] },
			{ kind: 'add', path: 'new.ts', content: 'one\n' },
			{ kind: 'delete', path: 'gone.ts' },
		]);
	});

	it('takes a removed line that begins with -- for what it is', () => {
		const patch = lines('--- a/a.sql', '+++ b/a.sql', '@@ -1,2 +1,2 @@', '--- old note', '+++ new note', ' select 1;');
		assert.equal(patched('-- old note\nselect 1;\n', patch), '++ new note\nselect 1;\n');
	});

	it('takes an empty line for a blank one of the context', () => {
		assert.equal(patched('a\n\nb\n', lines('*** Update File: a.ts', '@@', ' a', '', '-b', '+c')), 'a\n\nc\n');
	});

	const twice = lines(
		'class A {',
		'\trun() {',
		'\t\treturn 1;',
		'\t}',
		'}',
		'class B {',
		'\trun() {',
		'\t\treturn 1;',
		'\t}',
		'}',
	);

	it('finds the place by the line that @@ names', () => {
		const hunk = ['-\t\treturn 1;', '+\t\treturn 2;'];
		const result = patched(twice, lines('*** Update File: a.ts', '@@ class B {', ...hunk));
		assert.equal(result, twice.slice(0, -19) + twice.slice(-19).replace('1', '2'));
	});

	it('finds the place by the line number of a unified diff', () => {
		const patch = lines('--- a/a.ts', '+++ b/a.ts', '@@ -3 +3 @@', '-\t\treturn 1;', '+\t\treturn 2;');
		assert.equal(patched(twice, patch), twice.replace('1', '2'));
	});

	it('adds lines behind the line that @@ names, and at the end of the file', () => {
		assert.equal(patched('a\nb\n', lines('*** Update File: a.ts', '@@ a', '+new')), 'a\nnew\nb\n');
		const atEnd = lines('*** Update File: a.ts', '@@', '+new', '*** End of File');
		assert.equal(patched('a\nb\n', atEnd), 'a\nb\nnew\n');
	});

	it('adds to an empty file', () => {
		assert.equal(patched('', lines('*** Update File: a.ts', '@@', '+new')), 'new\n');
	});

	for (const [name, patch, reason] of [
		['nothing in it', '', /no file in the patch/],
		['a line of an unknown kind', UPDATE.replace(' a();', 'a();'), /Line 4 of the patch: "a\(\);" begins with none/],
		['a file twice', UPDATE.replace('*** End Patch\n', '') + UPDATE.slice(16), /Line 7 .*twice/],
		['no change', lines('*** Update File: a.ts', '@@', ' a'), /Line 2 of the patch: .*no line that begins/],
		['an update without hunks', lines('*** Update File: a.ts'), /changes nothing/],
		['added lines without +', lines('*** Add File: a.ts', 'one'), /Line 2 .*begins with "\+"/],
		['a deleted file with lines', lines('*** Delete File: a.ts', '+one'), /no lines/],
		['an added file that moves', lines('*** Add File: a.ts', '*** Move to: b.ts'), /only an updated file/],
		['added lines that are nowhere', lines('*** Update File: a.ts', '@@', '+new'), /without a line of context/],
	] as const) {
		it(`refuses a patch with ${name}`, () => {
			const parsed = parsePatch(patch, () => 'a\nb\n');
			assert.ok(!parsed.ok);
			assert.match(parsed.reason, reason);
		});
	}

	it('never throws, and a refusal says why', () => {
		const line = fc.oneof(
			fc.constantFrom(
				'*** Begin Patch',
				'*** End Patch',
				'*** Update File: a',
				'*** Add File: b',
				'*** Delete File: c',
			),
			fc.constantFrom('@@', '@@ a', '@@ -1 +1 @@', '--- a/x', '+++ b/x', '*** End of File', '*** Move to: d', '```'),
			fc.constantFrom(' a', '-a', '+b', '', '-', '+'),
			fc.string({ maxLength: 8 }),
		);
		fc.assert(
			fc.property(fc.array(line, { maxLength: 12 }), all => {
				const parsed = parsePatch(all.join('\n'), () => 'a\nb\na\n');
				assert.ok(parsed.ok || parsed.reason !== '');
			}),
			{ numRuns: 500 },
		);
	});

	it('turns the difference of two texts back into the new one', () => {
		const word = fc.constantFrom('one', 'two', 'three', 'four', '');
		fc.assert(
			fc.property(fc.array(word, { maxLength: 5 }), fc.array(word, { minLength: 1, maxLength: 5 }), (before, after) => {
				const [old, now] = [
					['top', ...before, 'end'],
					['top', ...after, 'end'],
				];
				fc.pre(old.join() !== now.join());
				const hunk = [...old.map(line => `-${line}`), ...now.map(line => `+${line}`)];
				assert.equal(patched(lines(...old), lines('*** Update File: a.ts', '@@', ...hunk)), lines(...now));
			}),
		);
	});
});
