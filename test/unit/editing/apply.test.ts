import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type ApplyInput, apply, type Edit } from '../../../src/editing/index.ts';

function edited(content: string, ...edits: Edit[]): string {
	const result = apply({ content, edits, path: 'a.ts' });
	return result.ok ? result.content : assert.fail(result.reason);
}

function refusal(content: string, edits: Edit | Edit[], rest: Partial<ApplyInput> = {}): string {
	const result = apply({ content, edits: Array.isArray(edits) ? edits : [edits], path: 'a.ts', ...rest });
	return result.ok ? assert.fail(`applied: ${JSON.stringify(result.content)}`) : result.reason;
}

describe('apply', () => {
	describe('literal quotes', () => {
		it('replaces a part of a line, keeping the rest', () => {
			assert.equal(
				edited('const a = 1;\nconst b = 2;\n', { oldText: 'b = 2', newText: 'b = 3' }),
				'const a = 1;\nconst b = 3;\n',
			);
		});
		it('puts $& and \\1 in as they are', () => {
			assert.equal(edited('x', { oldText: 'x', newText: '$& $1 \\1' }), '$& $1 \\1');
		});
		it('deletes lines', () => {
			assert.equal(edited('a\nb\nc\n', { oldText: 'b\n', newText: '' }), 'a\nc\n');
		});
		it('deletes the whole content', () => {
			assert.equal(edited('a\nb\n', { oldText: 'a\nb\n', newText: '' }), '');
		});
		it('says the first line that changed', () => {
			const result = apply({ content: 'a\nb\nc\n', edits: [{ oldText: 'a\nb', newText: 'a\nx' }], path: '' });
			assert.ok(result.ok && result.firstChangedLine === 2);
		});
		it('does not decode what the file truly holds', () => {
			assert.equal(
				edited('a &lt;b&gt; "x\\ny"', { oldText: '&lt;b&gt;', newText: '&lt;i&gt;' }),
				'a &lt;i&gt; "x\\ny"',
			);
		});
		it('creates an absent or empty file from an empty quote', () => {
			assert.equal(edited('', { oldText: '', newText: 'new\n' }), 'new\n');
		});
	});

	describe('line ends and byte-order mark', () => {
		it('keeps CRLF when the edit has LF', () => {
			assert.equal(edited('a\r\nb\r\nc\r\n', { oldText: 'a\nb\n', newText: 'a\nx\ny\n' }), 'a\r\nx\r\ny\r\nc\r\n');
		});
		it('keeps LF when the edit has CRLF', () => {
			assert.equal(edited('a\nb\nc\n', { oldText: 'a\r\nb\r\n', newText: 'a\r\nx\r\n' }), 'a\nx\nc\n');
		});
		it('gives new lines of a one-line quote the end of their line', () => {
			assert.equal(edited('a\nb\r\nc\n', { oldText: 'b', newText: 'b\nx' }), 'a\nb\r\nx\r\nc\n');
		});
		it('leaves each line its own end in a mixed file', () => {
			const content = 'one\r\ntwo\nthree\r\nfour\nfive\r\n';
			assert.equal(
				edited(content, { oldText: 'two\nthree\nfour\n', newText: 'two\n3\nfour\n' }),
				'one\r\ntwo\n3\r\nfour\nfive\r\n',
			);
		});
		it('does not leave a carriage return behind when a quote begins with a line feed', () => {
			assert.equal(edited('a\r\nb\r\n', { oldText: '\nb', newText: '' }), 'a\r\n');
		});
		it('keeps the byte-order mark, also when the first line changes', () => {
			assert.equal(edited('\uFEFFa\nb\n', { oldText: 'a\n', newText: 'x\n' }), '\uFEFFx\nb\n');
			assert.equal(edited('\uFEFFa\nb\n', { oldText: '\uFEFFa\n', newText: '\uFEFFx\n' }), '\uFEFFx\nb\n');
		});
		it('keeps the missing final line end when the quote has one', () => {
			assert.equal(edited('a\nb', { oldText: 'b\n', newText: 'c\n' }), 'a\nc');
		});
	});

	describe('several places', () => {
		const twice = 'x = 1\ny\nx = 1\n';
		it('refuses with their lines', () => {
			assert.match(refusal(twice, { oldText: 'x = 1', newText: 'x = 2' }), /2 places \(lines 1, 3\)/);
		});
		it('counts places that overlap', () => {
			assert.match(refusal('aaa', { oldText: 'aa', newText: 'b' }), /2 places/);
		});
		it('takes the one near the line', () => {
			const far = `x = 1\n${'y\n'.repeat(10)}x = 1\n`;
			assert.equal(
				edited(far, { oldText: 'x = 1', newText: 'x = 2', nearLine: 11 }),
				`x = 1\n${'y\n'.repeat(10)}x = 2\n`,
			);
		});
		it('takes the one at the line, though others are near it', () => {
			assert.equal(edited(twice, { oldText: 'x = 1', newText: 'x = 2', nearLine: 3 }), 'x = 1\ny\nx = 2\n');
			const indented = '\tx = 1\n\ty\n\tx = 1\n';
			assert.equal(
				edited(indented, { oldText: '  x = 1\n', newText: '  x = 2\n', nearLine: 1 }),
				'\tx = 2\n\ty\n\tx = 1\n',
			);
		});
		it('refuses when the line is near to both', () => {
			assert.match(refusal(twice, { oldText: 'x = 1', newText: 'x = 2', nearLine: 2 }), /2 places/);
		});
		it('replaces all of them on demand', () => {
			assert.equal(edited(twice, { oldText: 'x = 1', newText: 'x = 2', replaceAll: true }), 'x = 2\ny\nx = 2\n');
		});
		it('replaces all of them in a CRLF file', () => {
			assert.equal(
				edited('a\r\nb\r\na\r\nb\r\n', { oldText: 'a\nb', newText: 'c\nd', replaceAll: true }),
				'c\r\nd\r\nc\r\nd\r\n',
			);
		});
	});

	describe('refusals', () => {
		it('shows the nearest line with its number', () => {
			const reason = refusal('a\nconst retries = 3;\nb\n', {
				oldText: 'const retries = 5;',
				newText: 'const retries = 6;',
			});
			assert.match(reason, /not in the file.*line 2:\n2\|const retries = 3;/s);
		});
		it('says when the indentation of the new text can be meant in two ways', () => {
			assert.match(
				refusal('\tfoo(a,  b);\n', { oldText: '  foo(a, b);\n', newText: 'x\n' }),
				/indentation differs.*\n1\|\tfoo\(a, {2}b\);/s,
			);
		});
		it('says when nothing is like it', () => {
			assert.match(refusal('a\nb\n', { oldText: 'something else entirely', newText: 'x' }), /nor anything like it/);
		});
		it('says that the file changed since it was read', () => {
			assert.match(refusal('b', { oldText: 'abc', newText: 'x' }, { base: 'abc' }), /changed since it was read/);
		});
		for (const oldText of ['', ' ', '\n\n\t']) {
			it(`wants a quote, not ${JSON.stringify(oldText)}`, () => {
				assert.match(refusal('a\n \n\n\tb', { oldText, newText: 'x' }), /empty|blank/);
			});
		}
		it('refuses an edit that changes nothing', () => {
			assert.match(refusal('a', { oldText: 'a', newText: 'a' }), /nothing to change/);
		});
		it('never writes a placeholder for code left out', () => {
			assert.match(
				refusal('f() {\n a\n b\n}\n', {
					oldText: 'f() {\n a\n b\n}',
					newText: 'f() {\n // ... existing code ...\n c\n}',
				}),
				/placeholder/,
			);
		});
		it('lets a placeholder stand that the file has', () => {
			const content = '// ... existing code ...\na\n';
			assert.equal(
				edited(content, { oldText: content, newText: '// ... existing code ...\nb\n' }),
				'// ... existing code ...\nb\n',
			);
		});
		it('tells an absent file from an empty one', () => {
			assert.match(refusal('', { oldText: 'a', newText: 'b' }, { exists: false }), /no such file/);
			assert.match(refusal('', { oldText: 'a', newText: 'b' }), /empty/);
		});
	});

	describe('edges of a quote', () => {
		it('does not double the indentation that only the new text has', () => {
			assert.equal(
				edited('{\n    if (a) {\n}', { oldText: 'if (a) {', newText: '    if (b) {' }),
				'{\n    if (b) {\n}',
			);
		});
		it('refuses when it cannot tell which indentation is meant', () => {
			assert.match(refusal('    a()\n', { oldText: 'a()', newText: '  b()' }), /indentation/);
			assert.match(
				refusal('    a()\n    b()\n', { oldText: 'a()\n    b()', newText: '    a()\n        b()' }),
				/indentation/,
			);
		});
		it('does not glue the next line to a text without the line end that the quote has', () => {
			assert.equal(edited('a();\nb();\n', { oldText: 'a();\n', newText: 'c();' }), 'c();\nb();\n');
			assert.equal(edited('a();\nb();\n', { oldText: 'a();\n', newText: 'a();' }), 'a();b();\n', 'two lines joined');
		});
		it('knows the indentation of a first line that stays', () => {
			assert.equal(
				edited('{\n\ta();\n\tb();\n}\n', { oldText: 'a();\n\tb();\n', newText: '\ta();\n' }),
				'{\n\ta();\n}\n',
			);
		});
		it('does not double the rest of a line that the quote cuts', () => {
			const content = 'f(a) {\n  return compute(a);\n}\n';
			assert.equal(
				edited(content, { oldText: 'f(a) {\n  return comp', newText: 'f(a) {\n  log();\n  return compute(a);' }),
				'f(a) {\n  log();\n  return compute(a);\n}\n',
			);
		});
		it('wraps a part of a line whose rest ends as the new text does', () => {
			assert.equal(edited('f(g(x))\n', { oldText: 'g(x)', newText: 'h(g(x))' }), 'f(h(g(x)))\n');
		});
		it('refuses a completion that is there already', () => {
			assert.match(
				refusal('return compute(a);\n', { oldText: 'return comp', newText: 'return compute(a);' }),
				/already/,
			);
		});
	});

	describe('batches', () => {
		it('applies edits in any order', () => {
			assert.equal(edited('a\nb\nc\n', { oldText: 'c', newText: 'z' }, { oldText: 'a', newText: 'x' }), 'x\nb\nz\n');
		});
		it('applies an edit to the result of the one before', () => {
			assert.equal(edited('a\n', { oldText: 'a', newText: 'b\nc' }, { oldText: 'c', newText: 'd' }), 'b\nd\n');
		});
		it('lets two edits share a line of context', () => {
			assert.equal(
				edited('a\nb\nc\n', { oldText: 'a\nb', newText: 'x\nb' }, { oldText: 'b\nc', newText: 'b\nz' }),
				'x\nb\nz\n',
			);
		});
		it('refuses two edits of the same line from the same original', () => {
			assert.match(
				refusal('n = 1\n', [
					{ oldText: 'n = 1', newText: 'n = 10' },
					{ oldText: 'n = 1', newText: 'n = 2' },
				]),
				/Edit 2 of 2: .*join/,
			);
			assert.match(
				refusal('let n = 1\n', [
					{ oldText: 'let n = 1', newText: 'let n = 2' },
					{ oldText: 'n = 1\n', newText: 'n = 3\n' },
				]),
				/Edit 2 of 2: .*join/,
			);
		});
		it('refuses all when one is not found', () => {
			assert.match(
				refusal('a\nb\n', [
					{ oldText: 'a', newText: 'x' },
					{ oldText: 'nowhere', newText: 'y' },
				]),
				/Edit 2 of 2: oldText is not in the file/,
			);
		});
		it('never edits the copy that an earlier edit made', () => {
			assert.match(
				refusal('a = 1\n', [
					{ oldText: 'a = 1\n', newText: 'a = 1\nb = 2\na = 1\n' },
					{ oldText: 'a = 1', newText: 'a = 9' },
				]),
				/2 places|join/,
			);
		});
	});

	describe('for any input', () => {
		const line = fc.oneof(
			fc.constantFrom(
				'a',
				'b',
				'a = 1',
				'  x',
				'\tx',
				'}',
				'',
				' ',
				'// ... existing code ...',
				'😀',
				'\ud800',
				'\r',
				'\uFEFF',
			),
			fc.string({ maxLength: 6 }),
		);
		const text = fc
			.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '')), { maxLength: 8 })
			.map(parts => parts.flat().join(''));
		const anyEdit = fc.record(
			{ oldText: text, newText: text, replaceAll: fc.boolean(), nearLine: fc.integer({ min: -1, max: 10 }) },
			{ requiredKeys: ['oldText', 'newText'] },
		);

		it('never throws, and a refusal says why', () => {
			fc.assert(
				fc.property(text, fc.array(anyEdit, { maxLength: 3 }), (content, edits) => {
					const result = apply({ content, edits, path: 'a.ts' });
					assert.ok(result.ok || result.reason !== '');
				}),
				{ numRuns: 500 },
			);
		});

		it('leaves every byte outside a unique quote as it was', () => {
			fc.assert(
				fc.property(text, text, fc.nat(), fc.nat(), (content, newText, a, b) => {
					const start = Math.min(a % (content.length + 1), b % (content.length + 1));
					const end = Math.max(a % (content.length + 1), b % (content.length + 1));
					const oldText = content.slice(start, end);
					const result = apply({ content, edits: [{ oldText, newText }], path: 'a.ts' });
					if (oldText !== '' && result.ok && result.matched[0] === 'exact') {
						// The end may reach one place further when the quote ends between the two characters of a CRLF.
						assert.ok(result.content.startsWith(content.slice(0, start).replace(/\r$/, '')));
						assert.ok(result.content.endsWith(content.slice(end)));
					}
				}),
				{ numRuns: 500 },
			);
		});

		it('stays bounded where a naive search takes the product of both lengths', () => {
			const content = 'a'.repeat(1_000_000);
			assert.match(refusal(content, { oldText: `b${'a'.repeat(50_000)}`, newText: 'x' }), /not in the file/);
		});
	});
});
