import assert from 'node:assert/strict';
import fc from 'fast-check';
import { apply } from '../../../../src/editing/index.ts';
import { type Replacement, replaceEdits } from '../../../../src/offline/plans/replaceEdits.ts';
import { findWords, replaceWords } from '../../../../src/offline/plans/wordMatches.ts';

function rename(from: string, to: string): Replacement {
	return { from, to, isWholeWord: true };
}

function changed(content: string, replacement: Replacement): string {
	const found = replaceEdits(content, replacement);
	assert.ok(found !== undefined && found.edits.length > 0);
	const result = apply({ content, edits: found.edits, path: 'a.ts' });
	return result.ok ? result.content : assert.fail(result.reason);
}

describe('replaceEdits', () => {
	it('replaces everywhere in one edit when every place is meant', () => {
		assert.deepEqual(replaceEdits('a.opt = opt;\n', rename('opt', 'choice')), {
			edits: [{ oldText: 'opt', newText: 'choice', replaceAll: true }],
			count: 2,
		});
	});

	it('leaves longer words alone', () => {
		const text = 'option, options, optional, $option, my_option, opTion; option()\n';
		assert.equal(
			changed(text, rename('option', 'choice')),
			'choice, options, optional, $option, my_option, opTion; choice()\n',
		);
	});

	it('knows letters beyond ASCII as parts of words', () => {
		assert.equal(changed('maß maßstab 𝒳maß maß\u0301\n', rename('maß', 'x')), 'x maßstab 𝒳maß maß\u0301\n');
	});

	it('replaces a line that stands twice in both places', () => {
		const text = 'options;\n  f(option);\nx\n  f(option);\n';
		assert.equal(changed(text, rename('option', 'a')), 'options;\n  f(a);\nx\n  f(a);\n');
	});

	it('quotes more when a changed line stands inside another that must stay', () => {
		const text = 'foo\nfoo2\nfoo\n';
		assert.equal(changed(text, rename('foo', 'bar')), 'bar\nfoo2\nbar\n');
	});

	it('keeps CRLF line ends', () => {
		const found = replaceEdits('one(a);\naa;\ntwo(a);\n', rename('a', 'b'));
		const result = apply({ content: 'one(a);\r\naa;\r\ntwo(a);\r\n', edits: found?.edits ?? [], path: 'a.ts' });
		assert.ok(result.ok);
		assert.equal(result.content, 'one(b);\r\naa;\r\ntwo(b);\r\n');
	});

	it('takes dollar signs of the new text as they are', () => {
		assert.equal(changed('a b\n', rename('a', "$&$1$'")), "$&$1$' b\n");
	});

	it('finds nothing to do where the text does not stand as a word', () => {
		assert.deepEqual(replaceEdits('options\n', rename('option', 'x')), { edits: [], count: 0 });
	});

	it('gives edits that the edit engine applies to just the right places', () => {
		const piece = fc.constantFrom('a', 'b', 'ab', 'a.b', ' ', '\n', '\t', '(', '$', 'é', '😀', '  a', 'aa');
		const text = fc.array(piece, { maxLength: 40 }).map(pieces => pieces.join(''));
		const word = fc.constantFrom('a', 'b', 'ab', 'aa', 'a.b', 'é');
		fc.assert(
			fc.property(
				text,
				word,
				fc.constantFrom('x', 'aa', 'a', '', '$&'),
				fc.boolean(),
				(content, from, to, isWholeWord) => {
					fc.pre(from !== to);
					const found = replaceEdits(content, { from, to, isWholeWord });
					if (found === undefined) {
						return;
					}
					assert.equal(found.count, findWords(content, from, isWholeWord).length);
					assert.ok(found.edits.every(({ oldText }) => content.includes(oldText)));
					if (found.edits.length === 0) {
						return;
					}
					const result = apply({ content, edits: found.edits, path: 'a.ts' });
					// A refusal changes nothing and is told; a wrong place would not be.
					assert.ok(!result.ok || result.content === replaceWords(content, from, to, isWholeWord));
				},
			),
			{ numRuns: 1000, seed: 1 },
		);
	});
});
