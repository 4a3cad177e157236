import { check, lines } from './editing.ts';

describe('apply: characters', () => {
	check([
		{
			name: 'no-break spaces in the quote: new text gets plain ones',
			content: lines('let a = 1;', 'let b = 2;'),
			edit: {
				oldText: 'let\u00a0a = 1;\nlet\u00a0b = 2;',
				newText: 'let\u00a0a = 1;\nlet\u00a0c = 3;\nlet\u00a0b = 4;',
			},
			gives: lines('let a = 1;', 'let c = 3;', 'let b = 4;'),
			how: 'characters',
		},
		{
			name: "entities that are the file's own, in the quote encoded once more, in the new text not",
			content: lines('<p>&lt;b&gt;</p>', '<i>x</i>'),
			path: 'a.html',
			edit: {
				oldText: '<p>&amp;lt;b&amp;gt;</p>\n<i>x</i>',
				newText: '<p>&lt;b&gt;</p>\n<i>y</i>',
			},
			gives: lines('<p>&lt;b&gt;</p>', '<i>y</i>'),
		},
		{
			name: 'typographic in the file: lines kept and words kept stay',
			content: lines('# Notes', 'it’s — “done”', 'it’s “open”', 'end'),
			path: 'a.md',
			edit: {
				oldText: lines(`it's - "done"`, `it's "open"`),
				newText: lines(`it's - "done"`, `it's "shut", isn't it`),
			},
			gives: lines('# Notes', 'it’s — “done”', 'it’s “shut”, isn’t it', 'end'),
			how: 'characters',
		},
		{
			name: 'typographic in the quote: new text gets the plain ones',
			content: lines('say("it\'s - done");', 'next();'),
			edit: {
				oldText: lines('say(“it’s — done”);', 'next();'),
				newText: lines('say(“it’s — done”);', 'say(“more”);', 'next();'),
			},
			gives: lines('say("it\'s - done");', 'say("more");', 'next();'),
		},
		{
			name: 'typographic within a part of a line',
			content: lines('// it’s done, really', 'x();'),
			edit: { oldText: "it's done", newText: "it's over" },
			gives: lines('// it’s over, really', 'x();'),
		},
		{
			name: 'a typographic sign in a comment changes nothing in code',
			content: lines('// a — b', 'x = a - b;'),
			edit: { oldText: lines('// a - b', 'x = a - b;'), newText: lines('// a - b', 'x = a - b - c;') },
			gives: lines('// a — b', 'x = a - b - c;'),
		},
		{
			name: 'a no-break space stays in a line that changes',
			content: lines('<p>10\u00a0000 a</p>', '<p>b</p>'),
			path: 'a.html',
			edit: { oldText: lines('<p>10 000 a</p>', '<p>b</p>'), newText: lines('<p>10 000 c</p>', '<p>b</p>') },
			gives: lines('<p>10\u00a0000 c</p>', '<p>b</p>'),
		},
		{
			name: 'escaped as in JSON, in one line',
			content: lines('if (a) {', '\tsay("hi\\n");', '\tnext();', '}'),
			edit: {
				oldText: '\\tsay(\\"hi\\\\n\\");\\n\\tnext();',
				newText: '\\tsay(\\"ho\\\\n\\");\\n\\tnext();\\n\\tlast();',
			},
			gives: lines('if (a) {', '\tsay("ho\\n");', '\tnext();', '\tlast();', '}'),
			how: 'unescaped',
		},
		{
			name: 'escaped quotes alone',
			content: lines('say("hi");', 'next("a");'),
			edit: { oldText: 'say(\\"hi\\");\nnext(\\"a\\");', newText: 'say(\\"ho\\");\nnext(\\"a\\");' },
			gives: lines('say("ho");', 'next("a");'),
		},
		{
			name: 'escaped quotes alone, where a line end in a string stays spelt out',
			content: lines('say("hi");', 'next("a");'),
			edit: { oldText: 'say(\\"hi\\");\nnext(\\"a\\");', newText: 'say(\\"ho\\n\\");\nnext(\\"a\\");' },
			gives: lines('say("ho\\n");', 'next("a");'),
		},
		{
			name: 'entities',
			content: lines('if (a < b && c) {', '  d();', '}'),
			edit: {
				oldText: lines('if (a &lt; b &amp;&amp; c) {', '  d();'),
				newText: lines('if (a &lt;= b &amp;&amp; c) {', '  d();'),
			},
			gives: lines('if (a <= b && c) {', '  d();', '}'),
		},
		{
			name: 'entities that the file has are not decoded',
			content: lines('<p>&lt;b&gt;</p>', '<b>x</b>'),
			path: 'a.html',
			edit: { oldText: '&lt;b&gt;', newText: '&lt;i&gt; &amp;' },
			gives: lines('<p>&lt;i&gt; &amp;</p>', '<b>x</b>'),
		},
		{
			name: 'escapes that the file has are not decoded, other white space or not',
			content: lines('  x = "a\\\\nb";', '  y();'),
			edit: { oldText: lines('x = "a\\\\nb";', 'y();'), newText: lines('x = "a\\\\nb\\\\n";', 'y();') },
			gives: lines('  x = "a\\\\nb\\\\n";', '  y();'),
		},
	]);
});

describe('apply: wrappers', () => {
	const text = lines('a', 'function f() {', '\tb();', '', '\tc();', '}');
	const numbered = (separator: string, from: number, ...all: string[]) =>
		all.map((line, index) => `${from + index}${separator}${line}`).join('\n');
	check([
		{
			name: 'line numbers, the indentation taken away in a new line',
			content: lines('x', '    one();', '    two();'),
			edit: { oldText: lines('2|    one();', '3|    two();'), newText: lines('2|    one();', '3|three();') },
			gives: lines('x', '    one();', 'three();'),
		},
		...['\t', '→', '|', '| ', ': '].flatMap(separator => [
			{
				name: `line numbers in both, ${JSON.stringify(separator)}`,
				content: text,
				edit: {
					oldText: numbered(separator, 2, 'function f() {', '\tb();', '', '\tc();'),
					newText: numbered(separator, 2, 'function f() {', '\tb();', '', '\td();', '\te();'),
				},
				gives: text.replace('\tc();', '\td();\n\te();'),
				how: 'unwrapped',
			},
			{
				name: `line numbers in the quote alone, ${JSON.stringify(separator)}`,
				content: text,
				edit: {
					oldText: numbered(separator, 2, 'function f() {', '\tb();', '', '\tc();'),
					newText: lines('function f() {', '\tb();', '', '\td();'),
				},
				gives: text.replace('c()', 'd()'),
			},
		]),
		{
			name: 'numbers filled up with zeros',
			content: text,
			edit: { oldText: '00005| \tc();\n00006| }', newText: '00005| \td();\n00006| }' },
			gives: text.replace('c()', 'd()'),
		},
		{
			name: 'a fence around both',
			content: text,
			edit: { oldText: '```ts\n\tb();\n\n\tc();\n```', newText: '```ts\n\tb();\n\n\td();\n```' },
			gives: text.replace('c()', 'd()'),
		},
		{
			name: 'a fence that the file has',
			content: lines('# A', '```ts', 'x', '```'),
			path: 'a.md',
			edit: { oldText: '```ts\nx\n```', newText: '```ts\ny\n```' },
			gives: lines('# A', '```ts', 'y', '```'),
		},
	]);
});
