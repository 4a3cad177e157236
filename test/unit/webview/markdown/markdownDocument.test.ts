import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Lexer } from 'marked';
import { BlockSplitter } from '../../../../src/webview/markdown/blockSplitter.ts';
import { HeadingRanks, toNodes } from '../../../../src/webview/markdown/toNodes.ts';
import { outline, render, renderChunks } from './render.ts';

/** Lines in which every rule of the splitter begins or ends something, in all the ways they can touch. */
const line = fc.constantFrom(
	'',
	'',
	'Some words of prose.',
	'a **bold** and `code` [link](https://a.example/x) word',
	'    indented',
	'  two',
	'# Heading',
	'### Deep #',
	'#no heading',
	'---',
	'===',
	'- item',
	'* other',
	'  - nested',
	'1. one',
	'12) twelve',
	'   continued',
	'- [x] done',
	'- ',
	'```ts',
	'```',
	'````',
	'~~~',
	'  ```js',
	'      ```',
	'``` a`b',
	'> quote',
	'> - in quote',
	'| a | b |',
	'|---|:-:|',
	'| 1 | 2 |',
	'a | b',
	'<div>',
	'</div>',
	'<!-- open',
	'close -->',
	'<pre>',
	'</pre> tail',
	'words </pre> behind',
	'words --> behind',
	'[ref]: https://ref.example "title"',
	'see [ref] and [Ref][]',
	'\ttab',
	'***',
	'1986. A year',
	'&amp; &copy; &#65;',
	'👩‍💻 é 漢字',
);
const end = fc.constantFrom('\n', '\n', '\n', '\r\n', '\r');
const short = fc.array(fc.tuple(line, end), { maxLength: 30 }).map(lines => lines.flat().join(''));
const long = fc
	.tuple(
		fc.constantFrom(
			'word ',
			'x',
			'- item of a list\n',
			'| a | b |\n|---|---|\n',
			'👩‍💻',
			'1. one\n   two\n',
			'`a` **b',
		),
		short,
	)
	.chain(([unit, around]) =>
		fc.integer({ min: 4000, max: 20_000 }).map(size => around + unit.repeat(Math.ceil(size / unit.length)) + around),
	);

/** Cuts a text at the given places, anywhere: inside a line end or a character too. */
function cut(text: string, places: readonly number[]): string[] {
	const at = [...places.map(place => Math.floor(place * text.length)), 0, text.length].sort((a, b) => a - b);
	return at.slice(1).map((to, index) => text.slice(at[index], to));
}

describe('Markdown that is streamed', () => {
	const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 });

	it('ends as the same blocks however it was chunked', () => {
		fc.assert(
			fc.property(short, places, (text, at) => {
				assert.deepEqual(renderChunks(cut(text, at)), render(text));
			}),
			{ numRuns: 2000 },
		);
	});

	it('ends as the same blocks character by character', () => {
		fc.assert(
			fc.property(short, text => {
				assert.deepEqual(renderChunks([...text.split('')]), render(text));
			}),
			{ numRuns: 300 },
		);
	});

	it('ends as the same blocks when single blocks are larger than the limits', () => {
		fc.assert(
			fc.property(long, places, (text, at) => {
				assert.deepEqual(renderChunks(cut(text, at)), render(text));
			}),
			{ numRuns: 60 },
		);
	});

	it('loses and doubles no text', () => {
		fc.assert(
			fc.property(short, text => {
				const splitter = new BlockSplitter();
				splitter.append(text);
				splitter.end();
				const kept = splitter
					.takeClosed()
					.map(block => (block.kind === 'code' ? block.info + block.pieces.join('') : block.source));
				// Fences and blank lines between blocks are structure; all else is text.
				const letters = (part: string) => part.replace(/[^\p{L}\p{N}]/gu, '');
				assert.equal(letters(kept.join('')), letters(text));
			}),
			{ numRuns: 1000 },
		);
	});

	it('shows every open block without an error and never parses much at once', () => {
		fc.assert(
			fc.property(fc.oneof(short, long), places, (text, at) => {
				renderChunks(cut(text, at), document => {
					const open = document.open();
					if (open?.kind === 'nodes') {
						assert.ok(JSON.stringify(open.nodes).length < 400_000);
					}
				});
			}),
			{ numRuns: 60 },
		);
	});

	it('keeps the open tail short in endless lines, lists and tables', () => {
		for (const unit of ['word ', 'x', '- item\n', '| a | b |\n', 'line\n', '> quote\n']) {
			const splitter = new BlockSplitter();
			splitter.append('| h | i |\n|---|---|\n');
			for (let size = 0; size < 60_000; size += unit.length) {
				splitter.append(unit);
				const { open } = splitter;
				assert.ok(open === undefined || (open.kind === 'prose' && open.source.length <= 8300), unit);
			}
		}
	});
});

describe('blocks of Markdown', () => {
	/** An answer as models write them: here the blocks must equal what one parse of the whole gives. */
	const answer = `## What was wrong

The loop called \`next()\` **twice**, so [every second](src/parse.ts#L12) word was lost:

1. First the iterator moved.

   Then it moved again, with

   \`\`\`ts
   tokens.push(next(), next());

   // twice
   \`\`\`
2. Second.
   - nested *one*
   - nested two

     with a paragraph

| case | before | after |
|:-----|:------:|------:|
| tabs | 1      | 2     |
| none | 0      | 0     |

> Note: a quote
> of two lines.

> Another one.

\`\`\`diff
- a

+ b
\`\`\`
Text right behind a fence.

- [x] done
- [ ] to do

Setext
------

    indented code

    more of it

See [1] for more.

***

[1]: https://example.com/one "One"
`;

	it('equal those of one parse of the whole', () => {
		const whole = toNodes(new Lexer().lex(answer), new HeadingRanks());
		const blocks = render(answer).flatMap(block => (Array.isArray(block) ? block : [block])) as { kind: string }[];
		const normal = (nodes: readonly unknown[]) =>
			JSON.parse(JSON.stringify(nodes).replaceAll(/(\\n)*"(?=})/g, '"')) as unknown[];
		assert.deepEqual(normal(blocks), normal(flat(whole)));
	});

	/** Fenced code ends with a line end in a block of its own, without one in the lexer's token. */
	function flat(nodes: readonly unknown[]): unknown[] {
		return JSON.parse(JSON.stringify(nodes)) as unknown[];
	}

	it('are closed as soon as the next one is sure to begin', () => {
		const splitter = new BlockSplitter();
		const closedBy = (text: string) => {
			splitter.append(text);
			return splitter.takeClosed().map(block => (block.kind === 'prose' ? block.source : block.info));
		};
		assert.deepEqual(closedBy('One\nand more.\n\n'), []);
		assert.deepEqual(closedBy('T'), ['One\nand more.\n\n']);
		assert.deepEqual(closedBy('wo\n# Heading\n'), ['Two\n']);
		assert.deepEqual(closedBy('- item\n\n'), []);
		assert.deepEqual(closedBy('- item\n\n  more\n\nA'), ['# Heading\n- item\n\n- item\n\n  more\n\n']);
		assert.deepEqual(closedBy('fter\n```js\n'), ['After\n']);
		assert.deepEqual(closedBy('x\n```\n'), ['js']);
	});

	it('make a fence that is still open a code block', () => {
		const splitter = new BlockSplitter();
		splitter.append('Look:\n```ts\nconst a = 1;\ncon');
		assert.deepEqual(splitter.open, { ...splitter.open, kind: 'code', info: 'ts', pieces: ['const a = 1;\n', 'con'] });
	});

	it('hide the backticks of a closing fence while they arrive', () => {
		const splitter = new BlockSplitter();
		splitter.append('```\na\n``');
		assert.deepEqual(splitter.open?.kind === 'code' && splitter.open.pieces, ['a\n']);
		splitter.append('`\n');
		assert.equal(splitter.open, undefined);
	});

	it('take the spaces of an indented fence off its lines', () => {
		assert.equal(outline('  ```\n  a\n    b\n c\n  ```\n'), '<code-block >a\n  b\nc\n</code-block>');
	});

	it('keep a fence inside its list item and end the list before one at the margin', () => {
		assert.equal(
			outline('- a\n  ```js\n  x\n  ```\n- b'),
			'<ul><li>a<code-block js>x</code-block></li><li>b</li></ul>',
		);
		assert.equal(
			outline('1. a\n```js\nx\n```\n2. b'),
			'<ol><li>a</li></ol><code-block js>x\n</code-block><ol 2><li>b</li></ol>',
		);
	});

	it('repeat the head of a table that is cut, and number a list on', () => {
		const table = outline(`| h |\n|---|\n${'| some cell |\n'.repeat(700)}`);
		assert.ok((table.match(/<th>h<\/th>/g) ?? []).length > 1);
		assert.equal((table.match(/<td>some cell<\/td>/g) ?? []).length, 700);
		const list = outline(Array.from({ length: 700 }, (_, index) => `${index + 1}. some item\n`).join(''));
		assert.match(list, /<\/li><\/ol><ol \d+><li>/);
		assert.equal((list.match(/<li>some item<\/li>/g) ?? []).length, 700);
	});

	it('show a link whose definition comes later as a link, also in a block that was finished', () => {
		assert.equal(
			outline('See [the *docs*][1].\n\nMore.\n\n[1]: https://example.com\n'),
			'<p>See <a https://example.com/>the <em>docs</em></a>.</p><p>More.</p>',
		);
	});

	it('rank headings without a gap below the title', () => {
		assert.equal(outline('### a\n\n##### b\n\n### c\n\n# d'), '<h2>a</h2><h3>b</h3><h2>c</h2><h2 large>d</h2>');
	});
});

describe('what an answer can make', () => {
	it('shows raw HTML as text', () => {
		assert.equal(
			outline('<script>alert(1)</script>\n\nx <img src=http://l.example onerror=a()> <br> y\n\n<base href=//x>'),
			'<p raw><script>alert(1)</script></p><p>x <img src=http://l.example onerror=a()> <br></br> y</p><p raw><base href=//x></p>',
		);
		assert.doesNotMatch(JSON.stringify(render('<img src=x>')), /"name":"img"/);
	});

	it('shows images as links, also inside links and by reference', () => {
		assert.equal(
			outline(
				'![alt](https://l.example/x?k=1) [![in](https://l.example/i)](https://o.example/) ![r][r]\n\n[r]: https://r.example',
			),
			'<p><a https://l.example/x?k=1>alt</a> <a https://o.example/>in</a> <a https://r.example/>r</a></p>',
		);
	});

	it('makes only web addresses and workspace paths links', () => {
		for (const href of [
			'javascript:alert(1)',
			'command:a.b',
			'vscode://x/y',
			'file:///etc/passwd',
			'data:text/html,x',
			'//host/share',
			'https://user@host.example/',
			'\\\\\\\\host\\\\share',
			'#anchor',
		]) {
			assert.equal(outline(`[x](${href})`).includes('<a'), false, href);
		}
		assert.equal(outline('[x](https://good.example/a?b#c)'), '<p><a https://good.example/a?b#c>x</a></p>');
		assert.equal(outline('[x](src/my%20file.ts#L4-L9)'), '<p><a file src/my file.ts:4>x</a></p>');
		assert.equal(outline('[x](./app.ts:12)'), '<p><a file app.ts:12>x</a></p>');
	});

	it('links file references in code spans, and leaves other code alone', () => {
		assert.equal(
			outline('`src/app.ts:12` `app.ts` `a/b` `x = y/z.w`'),
			'<p><a file src/app.ts:12><code>src/app.ts:12</code></a> <code>app.ts</code> <code>a/b</code> <code>x = y/z.w</code></p>',
		);
	});

	it('decodes character references in text and not in code', () => {
		assert.equal(outline('a &lt;b&gt; &#x41; &#0; `&lt;`'), '<p>a <b> A \ufffd <code>&lt;</code></p>');
	});

	it('has task lists', () => {
		assert.equal(outline('- [x] a\n- [ ] b'), '<ul><li task>[done]a</li><li task>[to do]b</li></ul>');
	});
});
