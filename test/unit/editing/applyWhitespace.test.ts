import { check, lines } from './editing.ts';

const py = lines('def f(xs):', '    total = 0  ', '    for x in xs:', '        total += x\t', '    return total');
const go = lines('func f() {', '\tif a {', '\t\tb()', '\t}', '}');
const ts = lines('function f() {', '        if (a) {', '                b();', '        }', '        return x;', '}');

describe('apply: white space', () => {
	describe('at the end of lines', () => {
		check([
			{
				name: 'is not kept in a line that changes',
				content: py,
				edit: {
					oldText: lines('    total = 0', '    for x in xs:'),
					newText: lines('    total = 1', '    for x in xs:'),
				},
				gives: py.replace('total = 0  ', 'total = 1'),
			},
			{
				name: 'that breaks a line of Markdown stays',
				content: 'one  \ntwo  \nthree\n',
				path: 'a.md',
				edit: { oldText: 'one\ntwo\nthree', newText: 'one\ntwo more\nthree' },
				gives: 'one  \ntwo more  \nthree\n',
			},
			{
				name: 'lost in the quote stays in the lines kept',
				content: py,
				edit: {
					oldText: lines('    total = 0', '    for x in xs:', '        total += x', '    return total'),
					newText: lines('    total = 0', '    for x in xs:', '        total += x', '    return -total'),
				},
				gives: py.replace('return total', 'return -total'),
				how: 'trailingSpace',
			},
			{
				name: 'added in the quote is not written',
				content: lines('a = 1', 'b = 2', 'c = 3'),
				edit: { oldText: 'a = 1  \nb = 2  \nc = 3', newText: 'a = 1  \nb = 4  \nnew = 1  \nc = 3' },
				gives: lines('a = 1', 'b = 4', 'new = 1', 'c = 3'),
			},
			{
				name: 'of blank lines stays',
				content: lines('a = 1', '    ', 'b = 2'),
				edit: { oldText: lines('a = 1', '', 'b = 2'), newText: lines('a = 1', '', 'b = 3') },
				gives: lines('a = 1', '    ', 'b = 3'),
			},
		]);
	});

	describe('before lines', () => {
		check([
			{
				name: 'less in both: a block put around some lines is not taken for their depth',
				content: lines('f {', '\tone();', '\ttwo();', '\tthree();', '}'),
				edit: {
					oldText: lines('one();', 'two();', 'three();'),
					newText: lines('one();', 'if (a) {', '\ttwo();', '\tthree();', '}'),
				},
				gives: lines('f {', '\tone();', '\tif (a) {', '\t\ttwo();', '\t\tthree();', '\t}', '}'),
			},
			{
				name: 'more in the quote alone: a block put around some lines has the depth of the new text',
				content: lines('f {', '  one();', '  two();', '}'),
				edit: {
					oldText: lines('    one();', '    two();'),
					newText: lines('  one();', '  if (a) {', '    two();', '  }'),
				},
				gives: lines('f {', '  one();', '  if (a) {', '    two();', '  }', '}'),
			},
			{
				name: 'less in the quote alone: lines freed of their block have the depth of the new text',
				content: lines('f {', '  if (a) {', '    one();', '  }', '  two();', '}'),
				edit: {
					oldText: lines('if (a) {', '  one();', '}', 'two();'),
					newText: lines('  one();', '  two();'),
				},
				gives: lines('f {', '  one();', '  two();', '}'),
			},
			{
				name: 'a line a space off says nothing about lines put in',
				content: lines('f {', '\tone();', '\ttwo();', '\tthree();', '}'),
				edit: {
					oldText: lines('\tone();', ' \ttwo();', '\tthree();'),
					newText: lines('\tone();', ' \ttwo();', '\tif (a) {', '\t\tb();', '\t}', '\tthree();'),
				},
				gives: lines('f {', '\tone();', '\ttwo();', '\tif (a) {', '\t\tb();', '\t}', '\tthree();', '}'),
			},
			{
				name: 'less in both: new lines get the depth of the file',
				content: ts,
				edit: {
					oldText: lines('if (a) {', '        b();', '}', 'return x;'),
					newText: lines('if (a) {', '        b();', '        c();', '}', 'd();', 'return x;'),
				},
				gives: lines(
					'function f() {',
					'        if (a) {',
					'                b();',
					'                c();',
					'        }',
					'        d();',
					'        return x;',
					'}',
				),
				how: 'indent',
			},
			{
				name: 'more in both',
				content: lines('if a:', '    b()', '    c()'),
				edit: {
					oldText: '        b()\n        c()',
					newText: '        b()\n        if d:\n            e()\n        c()',
				},
				gives: lines('if a:', '    b()', '    if d:', '        e()', '    c()'),
			},
			{
				name: 'less in both, one line that becomes a block',
				content: lines('def f():', '    if a:', '        return x'),
				edit: { oldText: 'return x', newText: 'if y:\n    return x' },
				gives: lines('def f():', '    if a:', '        if y:', '            return x'),
			},
			{
				name: 'less in both, a block put around',
				content: lines('def f():', '    a()', '    b()'),
				edit: { oldText: lines('a()', 'b()'), newText: lines('if c:', '    a()', '    b()') },
				gives: lines('def f():', '    if c:', '        a()', '        b()'),
			},
			{
				name: 'lost by the first line of both',
				content: ts,
				edit: {
					oldText: 'if (a) {\n                b();\n        }',
					newText: 'if (a2) {\n                b();\n        }',
				},
				gives: ts.replace('(a)', '(a2)'),
				how: 'exact',
			},
			{
				name: 'lost by the first line of the quote alone: not doubled',
				content: ts,
				edit: {
					oldText: 'if (a) {\n                b();\n        }',
					newText: '        if (a) {\n                c();\n                b();\n        }',
				},
				gives: ts.replace('                b();', '                c();\n                b();'),
			},
			{
				name: 'wrong in the quote alone: the new text is right already',
				content: ts,
				edit: {
					oldText: lines('  if (a) {', '    b();', '  }'),
					newText: lines('        if (a) {', '                c();', '        }'),
				},
				gives: ts.replace('b()', 'c()'),
			},
			{
				name: 'wrong in the quote alone, one line',
				content: ts,
				edit: { oldText: '    return x;', newText: '        return y;' },
				gives: ts.replace('return x', 'return y'),
			},
			{
				name: 'wrong in both, one line',
				content: ts,
				edit: { oldText: '    return x;', newText: '    return y;' },
				gives: ts.replace('return x', 'return y'),
			},
			{
				name: 'one line a space off pulls nothing along',
				content: lines('{', '    x();', '    y();', '    z();', '}'),
				edit: {
					oldText: lines('   x();', '    y();', '    z();'),
					newText: lines('   x();', '    y();', '    new();', '    z();'),
				},
				gives: lines('{', '    x();', '    y();', '    new();', '    z();', '}'),
			},
			...[2, 4, 8].map(width => ({
				name: `tabs quoted as ${width} spaces`,
				content: go,
				path: 'a.go',
				edit: {
					oldText: lines('\tif a {', '\t\tb()', '\t}').replaceAll('\t', ' '.repeat(width)),
					newText: lines('\tif a {', '\t\tb()', '\t\tfor {', '\t\t\tc()', '\t\t}', '\t}').replaceAll(
						'\t',
						' '.repeat(width),
					),
				},
				gives: lines('func f() {', '\tif a {', '\t\tb()', '\t\tfor {', '\t\t\tc()', '\t\t}', '\t}', '}'),
				how: 'indent',
			})),
			{
				name: 'a recipe of make quoted with spaces',
				content: lines('all: a', '\tcc -o a a.c', '', 'clean:', '\trm a'),
				path: 'Makefile',
				edit: { oldText: 'clean:\n    rm a', newText: 'clean:\n    rm -f a\n    rm -f b' },
				gives: lines('all: a', '\tcc -o a a.c', '', 'clean:', '\trm -f a', '\trm -f b'),
			},
			...[2, 4].map(width => ({
				name: `${width} spaces quoted as tabs`,
				content: go.replaceAll('\t', ' '.repeat(width)),
				edit: {
					oldText: lines('\tif a {', '\t\tb()', '\t}'),
					newText: lines('\tif a {', '\t\tb()', '\t\tc()', '\t}', '\td()'),
				},
				gives: lines('func f() {', '\tif a {', '\t\tb()', '\t\tc()', '\t}', '\td()', '}').replaceAll(
					'\t',
					' '.repeat(width),
				),
			})),
			{
				name: 'two spaces a step quoted as four',
				content: lines('a:', '  b:', '    c: 1', '  d: 2'),
				path: 'a.yaml',
				edit: {
					oldText: lines('    b:', '        c: 1', '    d: 2'),
					newText: lines('    b:', '        c: 1', '        e: 3', '    d: 2'),
				},
				gives: lines('a:', '  b:', '    c: 1', '    e: 3', '  d: 2'),
			},
			{
				name: 'is refused where it can be meant in two ways',
				content: lines('{', '        a();', '}'),
				edit: { oldText: '    a();\n}', newText: '      b();\n}' },
				refused: 'unclear',
			},
		]);
	});

	describe('within lines', () => {
		check([
			{
				name: 'stays before a word that changes',
				content: lines('#  if A', '#  endif', '#endif'),
				path: 'a.h',
				edit: { oldText: lines('# if A', '# endif'), newText: lines('# if A', '# else') },
				gives: lines('#  if A', '#  else', '#endif'),
			},
			{
				name: 'stays in a line that moves',
				content: lines('CC\t= gcc', 'CFLAGS\t= -g', 'x:'),
				path: 'Makefile',
				edit: { oldText: 'CC = gcc\nCFLAGS = -g', newText: 'CFLAGS = -g\nCC = gcc' },
				gives: lines('CFLAGS\t= -g', 'CC\t= gcc', 'x:'),
			},
			{
				name: 'collapsed in the quote stays, also in a line that changes',
				content: lines('a      = 1', 'long   = 2', 'longer = 3'),
				edit: { oldText: lines('a = 1', 'long = 2', 'longer = 3'), newText: lines('a = 1', 'long = 4', 'longer = 3') },
				gives: lines('a      = 1', 'long   = 4', 'longer = 3'),
				how: 'spacing',
			},
		]);
	});

	describe('blank lines', () => {
		const text = lines('a();', '', 'b();', 'c();', '', 'd();');
		check([
			{
				name: 'added around the quote',
				content: text,
				edit: { oldText: '\n\nb();\nc();\n\n\n', newText: '\n\nb();\nx();\n\n\n' },
				gives: text.replace('c()', 'x()'),
				how: 'blankLines',
			},
			{
				name: 'left out of both',
				content: text,
				edit: { oldText: lines('a();', 'b();', 'c();'), newText: lines('a();', 'b();', 'x();') },
				gives: text.replace('c()', 'x()'),
			},
			{
				name: 'left out of the quote alone',
				content: text,
				edit: { oldText: lines('a();', 'b();', 'c();'), newText: lines('a();', '', 'b();', 'x();') },
				gives: text.replace('c()', 'x()'),
			},
			{
				name: 'added in both',
				content: text,
				edit: { oldText: lines('a();', '', 'b();', '', 'c();'), newText: lines('a();', '', 'b();', '', 'x();') },
				gives: text.replace('c()', 'x()'),
			},
			{
				name: 'left out among changed lines stays between them',
				content: text,
				edit: { oldText: lines('a();', 'b();'), newText: lines('a(1);', 'b(1);') },
				gives: text.replace('a()', 'a(1)').replace('b()', 'b(1)'),
			},
			{
				name: 'left out where lines are added: no telling on which side',
				content: text,
				edit: { oldText: lines('a();', 'b();'), newText: lines('a();', 'x();', 'b();') },
				refused: 'unclear',
			},
			{
				name: 'brought along by the new text where the quote left them out',
				content: text,
				edit: { oldText: lines('a();', 'b();'), newText: lines('a();', '', 'x();', 'b();') },
				gives: text.replace('b();', 'x();\nb();'),
			},
			{
				name: 'go with the lines that are deleted around them',
				content: text,
				edit: { oldText: lines('b();', 'c();', 'd();'), newText: lines('d();') },
				gives: lines('a();', '', '', 'd();'),
			},
		]);
	});
});
