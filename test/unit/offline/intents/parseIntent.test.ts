import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Intent, Scope } from '../../../../src/offline/intents/intent.ts';
import { parseIntents } from '../../../../src/offline/intents/parseIntent.ts';

const glob = (pattern: string): Scope => ({ kind: 'glob', glob: pattern });
const path = (name: string) => ({ kind: 'path', path: name }) as const;
const current = { kind: 'current' } as const;

function find(text: string, more: Partial<Extract<Intent, { kind: 'find' }>> = {}): Intent {
	return { kind: 'find', search: { text, isRegex: false, isWholeWord: false }, want: 'places', ...more };
}

function findWord(text: string, more: Partial<Extract<Intent, { kind: 'find' }>> = {}): Intent {
	return { kind: 'find', search: { text, isRegex: false, isWholeWord: true }, want: 'places', ...more };
}

function replace(from: string, to: string, scope?: Scope): Intent {
	return { kind: 'replace', from, to, isWholeWord: /^\w+$/.test(from), ...(scope && { scope }) };
}

const paths = { kind: 'findFiles', want: 'paths' } as const;
const lines = (from: number, to?: number) => ({ range: { kind: 'span' as const, from, ...(to && { to }) } });

const PHRASES: Readonly<Record<string, readonly (readonly [string, Intent])[]>> = {
	'searches for text': [
		['find every TODO', find('TODO')],
		['Find all TODOs in src', find('TODO', { scope: path('src') })],
		['hi, find TODO', find('TODO')],
		['what TODOs are left?', findWord('TODO')],
		['are there any FIXMEs', findWord('FIXME')],
		['search for "hello world" in *.md', find('hello world', { scope: glob('**/*.md') })],
		['can you find process.emitWarning', find('process.emitWarning')],
		['look for emitted in src and test', find('emitted', { scope: glob('{src/**,test/**}') })],
		['find option in this file', find('option', { scope: current })],
		['find the word “emitted” in the tests', find('emitted', { scope: path('tests') })],
		['grep foo in TypeScript files', find('foo', { scope: glob('**/*.{ts,tsx,mts,cts}') })],
		["find don't panic", find("don't panic")],
		['search for x in y in src', find('x in y', { scope: path('src') })],
		[
			'grep /foo\\d+/ in src',
			find('', { search: { text: 'foo\\d+', isRegex: true, isWholeWord: false }, scope: path('src') }),
		],
		['where is createWarning used?', findWord('createWarning')],
		['find where unlimited is used', findWord('unlimited')],
		['who calls createDeprecation()', findWord('createDeprecation')],
		['usages of emitted in index.js', findWord('emitted', { scope: path('index.js') })],
		['show me all references to `format`', findWord('format')],
		['which files use zod', find('zod', { want: 'files' })],
		['which files import "node:util"?', find('node:util', { want: 'files' })],
		['how many files mention stopEarly?', find('stopEarly', { want: 'count' })],
		['how often is unlimited used in test/', find('unlimited', { want: 'count', scope: path('test') })],
		['count TODO', find('TODO', { want: 'count' })],
	],
	'looks for declarations': [
		['where is parseArgs defined?', { kind: 'definition', name: 'parseArgs' }],
		['Where do we define createWarning?', { kind: 'definition', name: 'createWarning' }],
		['find the definition of `format`', { kind: 'definition', name: 'format' }],
		['go to definition of parse in src', { kind: 'definition', name: 'parse', scope: path('src') }],
		['show me the function parse', { kind: 'definition', name: 'parse' }],
		['show parseArgs', { kind: 'definition', name: 'parseArgs' }],
	],
	'finds files': [
		['find *.ts', { ...paths, glob: '**/*.ts' }],
		['find app.ts', { ...paths, glob: '**/app.ts' }],
		['where is app.ts', { ...paths, glob: '**/app.ts' }],
		['find files named test in lib', { ...paths, glob: '**/*test*', scope: path('lib') }],
		['list all TypeScript files', { ...paths, glob: '**/*.{ts,tsx,mts,cts}' }],
		['find all .md files', { ...paths, glob: '**/*.md' }],
		['is there a license file', { ...paths, glob: '**/*license*' }],
		['how many files are there', { kind: 'findFiles', glob: '**/*', want: 'count' }],
		[
			'how many ts files are in src',
			{ kind: 'findFiles', glob: '**/*.{ts,tsx,mts,cts}', want: 'count', scope: path('src') },
		],
	],
	'lists folders': [
		['what files are there', { kind: 'list' }],
		['What files are there in src?', { kind: 'list', folder: path('src') }],
		['ls', { kind: 'list' }],
		['ls src/agent', { kind: 'list', folder: path('src/agent') }],
		['list the files in the src folder', { kind: 'list', folder: path('src') }],
		["what's in src", { kind: 'list', folder: path('src') }],
		['show me the project structure', { kind: 'list' }],
	],
	'shows files': [
		['show src/app.ts lines 10-40', { kind: 'read', file: path('src/app.ts'), ...lines(10, 40) }],
		['show lines 40 to 10 of src/app.ts', { kind: 'read', file: path('src/app.ts'), ...lines(10, 40) }],
		['show me ./README.md', { kind: 'read', file: path('README.md') }],
		['cat `src/my-file.ts`', { kind: 'read', file: path('src/my-file.ts') }],
		['src/app.ts:10-40', { kind: 'read', file: path('src/app.ts'), ...lines(10, 40) }],
		['src/app.ts:10:5', { kind: 'read', file: path('src/app.ts'), ...lines(10, 10) }],
		['index.js', { kind: 'read', file: path('index.js') }],
		['show line 5 of index.js', { kind: 'read', file: path('index.js'), ...lines(5, 5) }],
		['show index.js from line 30', { kind: 'read', file: path('index.js'), ...lines(30) }],
		['show the first 20 lines of index.js', { kind: 'read', file: path('index.js'), ...lines(1, 20) }],
		['last 10 lines of index.js', { kind: 'read', file: path('index.js'), range: { kind: 'last', count: 10 } }],
		['show this file', { kind: 'read', file: current }],
		["what's in package.json?", { kind: 'read', file: path('package.json') }],
	],
	'outlines files': [
		['outline this file', { kind: 'outline', file: current }],
		['outline src/app.ts', { kind: 'outline', file: path('src/app.ts') }],
		['show me the structure of index.js', { kind: 'outline', file: path('index.js') }],
		['what functions are in index.js', { kind: 'outline', file: path('index.js'), filter: 'function' }],
		['Which functions does index.js have?', { kind: 'outline', file: path('index.js'), filter: 'function' }],
		['what does index.js export?', { kind: 'outline', file: path('index.js'), filter: 'export' }],
		['list headings of README.md', { kind: 'outline', file: path('README.md'), filter: 'heading' }],
	],
	'replaces text': [
		['rename stopEarly to haltEarly in src/**', replace('stopEarly', 'haltEarly', glob('src/**'))],
		['rename the option unlimited to repeatable', replace('unlimited', 'repeatable')],
		['Could you please rename `foo` to `bar` everywhere?', replace('foo', 'bar')],
		['please rename unlimited to repeatable in test/*.js.', replace('unlimited', 'repeatable', glob('test/*.js'))],
		['replace `a` with `b`', replace('a', 'b')],
		['Replace "foo bar" by "baz with qux" in test/', replace('foo bar', 'baz with qux', path('test'))],
		['replace all occurrences of foo with bar in this file', replace('foo', 'bar', current)],
		['change wasEmitted to wasSent in index.js', replace('wasEmitted', 'wasSent', path('index.js'))],
		['rename a to b in src and test', replace('a', 'b', glob('{src/**,test/**}'))],
	],
	'sees what needs a model': [
		['explain this code', { kind: 'needsModel', task: 'Explaining code', file: current }],
		['what does parseArgs do', { kind: 'needsModel', task: 'Explaining code', name: 'parseArgs' }],
		['write tests for parseArgs', { kind: 'needsModel', task: 'Writing tests', name: 'parseArgs' }],
		['fix this', { kind: 'needsModel', task: 'Fixing problems', file: current }],
		['find bugs in index.js', { kind: 'needsModel', task: 'Reviewing code', file: path('index.js') }],
		['run the tests', { kind: 'needsModel', task: 'Running commands' }],
		['commit my changes', { kind: 'needsModel', task: 'Working with Git' }],
		['change the tests to vitest', { kind: 'needsModel', task: 'Writing code' }],
		['add a flag to index.js', { kind: 'needsModel', task: 'Writing code', file: path('index.js') }],
	],
	talks: [
		['help', { kind: 'talk', topic: 'help' }],
		['What can you do?', { kind: 'talk', topic: 'help' }],
		['hello', { kind: 'talk', topic: 'hello' }],
		['thanks!', { kind: 'talk', topic: 'thanks' }],
		['stop', { kind: 'talk', topic: 'stop' }],
		['undo that', { kind: 'talk', topic: 'undo' }],
		['yes', { kind: 'talk', topic: 'yesOrNo' }],
		['show problems', { kind: 'talk', topic: 'problems' }],
		['are there any errors?', { kind: 'talk', topic: 'problems' }],
		['rename app.ts to main.ts', { kind: 'talk', topic: 'moveFile' }],
		['replace foo bar with baz', { kind: 'talk', topic: 'needsQuotes' }],
	],
	'follows up': [
		['again', { kind: 'again' }],
		['again in test/', { kind: 'again', scope: path('test') }],
		['only in this file', { kind: 'again', scope: current }],
		['more', { kind: 'more' }],
		['go on', { kind: 'more' }],
	],
	'admits what it does not know': [
		['asdf', { kind: 'unknown' }],
		['', { kind: 'unknown' }],
		['```\nfind TODO\n```', { kind: 'unknown' }],
	],
};

describe('parseIntents', () => {
	for (const [behaviour, phrases] of Object.entries(PHRASES)) {
		describe(behaviour, () => {
			for (const [phrase, intent] of phrases) {
				it(JSON.stringify(phrase), () => {
					assert.deepEqual(
						parseIntents(phrase).map(part => part.intent),
						[intent],
					);
				});
			}
		});
	}

	it('serves the sentences of a message in order', () => {
		const parts = parseIntents('Rename foo to bar in index.js and then show index.js lines 4-6. Thanks for it');
		assert.deepEqual(
			parts.map(({ intent }) => intent.kind),
			['replace', 'read', 'unknown'],
		);
		assert.equal(parts.at(-1)?.text, 'Thanks for it');
	});

	it('takes what is quoted as text and not as words of the request', () => {
		assert.deepEqual(
			parseIntents('replace "x in src. Then stop" with "y"').map(part => part.intent),
			[replace('x in src. Then stop', 'y')],
		);
	});

	it('finds some intent for any message, quickly, and without throwing', () => {
		const words = fc.constantFrom(
			...'find replace rename show list outline in of to with the all this file lines src/a.ts *.ts `x` "a b" 10-40 and then where is used ? . ``` \' \uE000'.split(
				' ',
			),
		);
		const message = fc.oneof(
			fc.string({ unit: 'binary' }),
			fc.array(words, { maxLength: 30 }).map(parts => parts.join(' ')),
		);
		fc.assert(
			fc.property(message, text => {
				assert.ok(parseIntents(text).length > 0);
			}),
			{ numRuns: 60, seed: 1 },
		);
	});

	it('stays linear on long messages of quotes and spaces', () => {
		for (const unit of ['`', '"', "'", '``` ', 'in ', 'a in ', 'the all ', '  ', 'and ', '.', 'x,']) {
			assert.ok(parseIntents(`find ${unit.repeat(20_000)}`).length > 0);
		}
	});
});
