import assert from 'node:assert/strict';
import { Lexer, type Token } from 'marked';
import { code, codeBlock, counted, fileLink } from '../../../../src/offline/plans/markdown.ts';
import { linkTarget } from '../../../../src/webview/markdown/links.ts';

/** The one inline token that the text is, as the page reads it. */
function onlyToken(text: string): Token {
	const tokens = Lexer.lexInline(text);
	assert.equal(tokens.length, 1, text);
	return tokens[0] ?? assert.fail();
}

describe('Markdown of answers', () => {
	const names = [
		'src/app.ts',
		'a (copy).ts',
		'a[1]_x*.ts',
		'100%.md',
		'ü/😀.ts',
		'a`b.ts',
		'index.js',
		'<b>.ts',
		'a|b.md',
	];
	for (const name of names) {
		it(`links to ${name} as the page resolves it`, () => {
			const token = onlyToken(fileLink(name, 12));
			assert.ok(token.type === 'link');
			assert.deepEqual(linkTarget(token['href']), { kind: 'file', path: name, line: 12 });
		});
	}

	for (const text of ['x', 'a`b', '``', '`a`', ' a ', 'a\\', '[x](y)', '<b>', '|']) {
		it(`shows ${JSON.stringify(text)} in a code span as it is`, () => {
			const token = onlyToken(code(text));
			assert.ok(token.type === 'codespan');
			assert.equal(token['text'], text);
		});
	}

	it('closes a block behind its text only, and names the file', () => {
		const tokens = Lexer.lex(codeBlock(['````', 'x', '```'], 'docs/a.md'));
		assert.deepEqual(
			tokens.map(token => [token.type, 'lang' in token && token['lang'], 'text' in token && token['text']]),
			[['code', 'md docs/a.md', '````\nx\n```']],
		);
	});

	it('counts', () => {
		assert.deepEqual(
			[counted(1, 'entry'), counted(2, 'entry'), counted(0, 'match')],
			['1 entry', '2 entries', '0 matches'],
		);
	});
});
