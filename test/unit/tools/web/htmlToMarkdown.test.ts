import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { htmlToMarkdown } from '../../../../src/tools/web/htmlToMarkdown.ts';

const PAGE = 'https://docs.example/tidewater/page.html';
const signal = new AbortController().signal;

async function convert(html: string, url = PAGE): Promise<{ readonly title: string; readonly markdown: string }> {
	const { title, blocks } = await htmlToMarkdown(html, url, signal);
	const parts: string[] = [];
	for (let next = await blocks.next(); !next.done; next = await blocks.next()) {
		parts.push(next.value);
	}
	return { title, markdown: parts.join('\n\n') };
}

const markdownOf = async (html: string) => (await convert(html)).markdown;
const saved = (name: string) => convert(readFileSync(`test/fixtures/web/${name}.html`, 'utf8'));

describe('htmlToMarkdown', () => {
	for (const name of ['reference', 'article', 'thread', 'trap', 'listing']) {
		it(`gives the saved page "${name}" as it was reviewed`, async () => {
			const { title, markdown } = await saved(name);
			const path = `test/fixtures/web/${name}.md`;
			assert.equal(`${title}\n\n${markdown}\n`, readFileSync(path, 'utf8'));
		});
	}

	it('leaves out what surrounds the content of a page', async () => {
		const { markdown } = await saved('article');
		assert.doesNotMatch(markdown, /privacy|About|social|Related|newsletter|office/i);
		assert.match(markdown, /in the order in which we found it/);
	});

	it('leaves out what a reader would not see, where instructions hide', async () => {
		assert.deepEqual((await saved('trap')).markdown.match(/PWNED\S*/g), ['PWNED`']);
	});

	it('reads what is hidden only until somebody asks for it', async () => {
		assert.equal(await markdownOf('<html hidden><body style="opacity:0"><p>page'), 'page');
		assert.equal(await markdownOf('<div role=tabpanel>npm</div><div role=tabpanel hidden>yarn</div>'), 'npm\n\nyarn');
		assert.equal(
			await markdownOf('<h3><button>Fold</button></h3><p hidden=until-found>found</p><button>Go</button>'),
			'### Fold\n\nfound',
		);
	});

	it('keeps code as it is, with its language', async () => {
		const code = 'if (a < b && c) {\n\tx_y = "*" + `z`;\n\n}';
		const html = `<pre><code class="hljs language-ts">${code.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</code></pre>`;
		assert.equal(await markdownOf(html), `\`\`\`ts\n${code}\n\`\`\``);
		assert.equal(
			await markdownOf('<pre><span class="nav">a</span><span class="toc"> b</span>\n<span>c</span></pre>'),
			'```\na b\nc\n```',
		);
	});

	it('puts no escapes into text', async () => {
		assert.equal(
			await markdownOf('<p>snake_case_name *args [0] 1. # &lt;T&gt; a|b'),
			'snake_case_name *args [0] 1. # <T> a|b',
		);
	});

	it('makes links whole, and takes those away that lead to no page', async () => {
		assert.equal(
			await markdownOf(
				'<p><a href="../a b?c#d">up</a> <a href="//x.example/">host</a> <a href="#e">here</a> <a href="javascript:f()">run</a> ' +
					'<a href="mailto:a@b.example">mail</a> <a href="https://exa mple/">broken</a> <a>none</a>',
			),
			'[up](https://docs.example/a%20b?c#d) [host](https://x.example/) here run mail broken none',
		);
		assert.equal(
			await markdownOf('<base href="https://other.example/x/"><p><a href=y>z</a>'),
			'[z](https://other.example/x/y)',
		);
	});

	it('says pictures in words and formulas in TeX', async () => {
		assert.equal(
			await markdownOf(
				'<p>a <img src=x alt="two\n boats"> b <img src=y> <math alttext="\\frac{a}{b}"><mi>a</mi></math> <math><mi>x</mi><mo>=</mo><mn>1</mn></math>',
			),
			'a [image: two boats] b  $\\frac{a}{b}$ x=1',
		);
	});

	it('draws tables, spans included, and bars inside cells', async () => {
		assert.equal(
			await markdownOf('<table><tr><th>a<th>b<th>c<tr><td rowspan=2>1<td colspan=2>2|3<tr><td>4<td>5</table>'),
			['| a | b | c |', '| - | - | - |', '| 1 | 2\\|3 | |', '| | 4 | 5 |'].join('\n'),
		);
	});

	it('draws a cell in one line, whatever is in it', async () => {
		assert.equal(
			await markdownOf(
				'<table><tr><th>a<th>b<tr><td><p>one</p><p>two</p><td><ul><li>x<li>y<tr><td><pre>f(\n  1)</pre><td>a<br>b</table>',
			),
			['| a | b |', '| - | - |', '| one two | • x • y |', '| `f( 1)` | a b |'].join('\n'),
		);
	});

	it('takes apart tables that only lay the page out', async () => {
		const frame = '<table><tr><td><h2>Menu</h2><td><p>Text</p><ul><li>a</ul></table>';
		assert.equal(await markdownOf(frame), '## Menu\n\nText\n\n- a');
		assert.equal(await markdownOf('<table role=presentation><tr><td>a<td>b</table>'), 'a\n\nb');
		assert.equal(await markdownOf('<table><tr><td>a<tr><td>b</table>'), 'a\n\nb');
	});

	it('draws no span that would fill the memory', async () => {
		const cells = '<td colspan=1000 rowspan=65534>x</td>'.repeat(40);
		const table = `<table>${`<tr>${cells}</tr>`.repeat(40)}</table>`;
		assert.ok((await markdownOf(table)).length < 40 * 40 * 10);
		assert.ok((await markdownOf('<table><tr><td colspan=999999999>x<tr><td>y</table>')).length < 500);
	});

	it('keeps a page whole whose parts have the names of surroundings', async () => {
		const body = `<h1>Menus</h1><p>${'How to write a menu. '.repeat(10)}</p><pre>menu()</pre>`;
		assert.match(await markdownOf(`<div class="sidebar menu nav">${body}</div>`), /# Menus[\s\S]*menu\(\)/);
		const long = `<div class="toc">${'<p>Text of a page that is long enough to be content. </p>'.repeat(20)}</div>`;
		assert.match(await markdownOf(long), /long enough/);
	});

	it('loses nothing of lists and tables that are too large for one piece', async () => {
		const words = Array.from({ length: 2_000 }, (_, index) => `w${index}`);
		const all = words.join(' ');
		const found = async (html: string) => (await markdownOf(html)).match(/\bw\d+\b/g)?.join(' ');
		const row = (word: string) => `<tr><td>${word}<td>x`;
		assert.equal(await found(`<ul>${words.map(word => `<li>${word}`).join('')}</ul>`), all);
		assert.equal(await found(`<dl>${words.map(word => `<dt>${word}<dd>x`).join('')}</dl>`), all);
		assert.equal(await found(`<table><tr><th>a<th>b${words.map(row).join('')}</table>`), all);
		assert.equal(await found(`<table><tr>${words.map(word => `<td>${word}`).join('')}</table>`), all);
		assert.equal(await found(`<p>${words.join('<br>')}</p>`), all);
		assert.equal(await found(`<ul><li>${words.map(word => `<p>${word}`).join('')}</ul>`), all);
		const numbered = await markdownOf(`<ol start=5>${words.map(word => `<li>${word}`).join('')}</ol>`);
		assert.match(numbered, /^5\. w0\n/);
		assert.match(numbered, /\n2004\. w1999$/);
		const table = await markdownOf(`<table><tr><th>a<th>b${words.map(row).join('')}</table>`);
		assert.equal(table.match(/\| a \| b \|/g)?.length, table.split('\n\n').length);
	});

	it('reads pages nested without end, or crossed', async () => {
		const deep = `${'<div>'.repeat(5_000)}<p>deep</p>${'</div>'.repeat(5_000)}<p>after</p>`;
		assert.equal(await markdownOf(deep), 'deep\n\nafter');
		assert.equal(await markdownOf(`${'<b><i>'.repeat(2_000)}text`), '***text***');
		for (const tags of [
			'<ul><li>',
			'<dl><dd>',
			'<blockquote>',
			'<table><tr><td>',
			'<table><tr><th>',
			'<a href=x>',
			'<custom-x>',
			'<q>',
		]) {
			assert.match(await markdownOf(`${tags.repeat(2_000)}text`), /text/, tags);
		}
		await assert.rejects(markdownOf('<div>'.repeat(200_000)), /nested too deeply/);
	});

	it('never fails, and loses no word of plain content', async () => {
		const word = fc.stringMatching(/^[a-z]{4,8}$/);
		const tag = fc.constantFrom(
			'p',
			'div',
			'section',
			'b',
			'i',
			'ul',
			'li',
			'td',
			'table',
			'tr',
			'h2',
			'a',
			'span',
			'pre',
			'blockquote',
			'dl',
			'dd',
			'custom-x',
		);
		const piece = fc.oneof(
			word,
			tag.map(name => `<${name}>`),
			tag.map(name => `</${name}>`),
		);
		await fc.assert(
			fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async pieces => {
				const markdown = await markdownOf(pieces.join(' '));
				for (const text of pieces.filter(part => !part.startsWith('<'))) {
					assert.ok(markdown.includes(text), `${text} is lost`);
				}
			}),
			{ numRuns: 200 },
		);
	});

	it('lets others have their turn while it reads a large page', async () => {
		const html = `<p>${'word '.repeat(10)}</p>`.repeat(10_000);
		let turns = 0;
		let isOver = false;
		const count = () => {
			turns += 1;
			if (!isOver) {
				setTimeout(count, 0);
			}
		};
		count();
		await markdownOf(html);
		isOver = true;
		assert.ok(turns > 20, `${turns} turns`);
	});

	it('makes no more of a page than is asked for, and stops when the user stops it', async () => {
		const { blocks } = await htmlToMarkdown('<p>one</p><p>two</p>', PAGE, signal);
		assert.equal((await blocks.next()).value, 'one');
		const stop = new AbortController();
		const reading = htmlToMarkdown('<p>a'.repeat(100_000), PAGE, stop.signal);
		stop.abort();
		await assert.rejects(reading, { name: 'AbortError' });
	});
});
