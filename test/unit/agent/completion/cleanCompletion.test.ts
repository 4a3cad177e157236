import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cleanCompletion } from '../../../../src/agent/completion/cleanCompletion.ts';
import type { CompletionExtent, CompletionPlace } from '../../../../src/agent/completion/completionPlace.ts';

/** @param code has the cursor as `|`. */
function placeAt(code: string, language = 'typescript'): CompletionPlace {
	const at = code.indexOf('|');
	return {
		document: 'file:///app.ts',
		path: 'src/app.ts',
		language,
		before: code.slice(0, at),
		after: code.slice(at + 1),
	};
}

interface Case {
	readonly code: string;
	readonly answer: string;
	readonly wanted: string;
	readonly extent?: CompletionExtent;
	readonly language?: string;
	readonly isCut?: boolean;
}

const cases: Readonly<Record<string, Case>> = {
	'takes what stands in the element': {
		code: 'const sum = |',
		answer: '<insert>a + b;</insert>',
		wanted: 'a + b;',
	},
	'drops words around the element': {
		code: 'const sum = |',
		answer: 'Here you go: <insert>a + b;</insert>\nThis adds both.',
		wanted: 'a + b;',
	},
	'takes an element whose end the stop text took': { code: 'return |', answer: '<insert>total;', wanted: 'total;' },
	'takes an answer without the element': { code: 'return |', answer: 'total;', wanted: 'total;' },
	'takes an answer that has the end alone': { code: 'return |', answer: 'total;</insert>', wanted: 'total;' },
	'drops half an end of the element': {
		code: 'return |',
		answer: '<insert>total;</ins',
		wanted: 'total;',
		isCut: true,
	},
	'unwraps a fence inside the element': {
		code: 'return |',
		answer: '<insert>```ts\ntotal;\n```</insert>',
		wanted: 'total;',
	},
	'unwraps a fence in place of the element': { code: 'return |', answer: '```ts\ntotal;\n```', wanted: 'total;' },
	'unwraps a fence between words': {
		code: 'return |',
		answer: 'The completion is:\n```ts\ntotal;\n```\nIt returns it.',
		wanted: 'total;',
	},
	'unwraps a fence that was cut': {
		code: 'function f() {\n\t|\n}',
		answer: '```ts\nconst a = 1;\nconst b',
		wanted: 'const a = 1;',
		extent: 'block',
		isCut: true,
	},
	'keeps a fence in Markdown': {
		code: 'Run this:\n\n|',
		answer: '<insert>```sh\nnpm test\n```</insert>',
		wanted: '```sh\nnpm test\n```',
		extent: 'block',
		language: 'markdown',
	},
	'refuses talk': { code: 'return |', answer: "I can't tell what comes next.", wanted: '' },
	'refuses talk about the file': { code: 'return |', answer: 'The file ends here, so nothing fits.', wanted: '' },
	'takes nothing for an answer': { code: 'return |', answer: '<insert></insert>', wanted: '' },
	'takes line ends of another system': {
		code: 'function f() {\n\t|\n}',
		answer: '<insert>\r\n\ta();\r\n\tb();\r\n</insert>',
		wanted: 'a();\n\tb();',
		extent: 'block',
	},
	'drops the mark of the cursor': { code: 'return |', answer: '<insert><CURSOR>total;</insert>', wanted: 'total;' },

	'drops the line begun, said again': {
		code: '\tconst total = |',
		answer: '<insert>const total = a + b;</insert>',
		wanted: 'a + b;',
	},
	'drops the word begun, said again': { code: 'con|', answer: '<insert>const a = 1;</insert>', wanted: 'st a = 1;' },
	'drops the call begun, said again': {
		code: 'const a = sum(|)',
		answer: '<insert>sum(1, 2</insert>',
		wanted: '1, 2',
	},
	'drops lines above, said again': {
		code: 'function f() {\n\tconst a = one();\n\t|\n}',
		answer: '<insert>function f() {\n\tconst a = one();\n\tconst b = two();</insert>',
		wanted: 'const b = two();',
		extent: 'block',
	},
	'keeps a letter that happens to be the same': { code: 'const banana = "ba|"', answer: 'a', wanted: 'a' },
	'keeps a name that is used again': { code: 'x = |', answer: '<insert>x + 1;</insert>', wanted: 'x + 1;' },
	'drops a blank that is there': { code: 'const a = |', answer: '<insert> 1;</insert>', wanted: '1;' },
	'keeps a blank that is missing': { code: 'return|', answer: '<insert> total;</insert>', wanted: ' total;' },

	'drops the indentation that is there': {
		code: 'class A {\n    |\n}',
		answer: '<insert>    run() {\n        go();\n    }</insert>',
		wanted: 'run() {\n        go();\n    }',
		extent: 'block',
	},
	'puts back an indentation left out': {
		code: 'class A {\n    |\n}',
		answer: '<insert>run() {\n    go();\n}</insert>',
		wanted: 'run() {\n        go();\n    }',
		extent: 'block',
	},
	'puts back an indentation left out, where brackets mean nothing': {
		code: 'def f():\n    |\n',
		answer: '<insert>if x:\n    return 1</insert>',
		wanted: 'if x:\n        return 1',
		extent: 'block',
		language: 'python',
	},
	'puts it back behind the beginning of a block': {
		code: '    if (x) {|\n    }',
		answer: '<insert>\n    go();\n</insert>',
		wanted: '\n        go();',
		extent: 'block',
	},
	'keeps an indentation that is right': {
		code: '\tif (x) {\n\t\t|',
		answer: '<insert>go();\n\t}</insert>',
		wanted: 'go();\n\t}',
		extent: 'block',
	},

	'drops a bracket that is there': { code: 'log(|);', answer: '<insert>total);</insert>', wanted: 'total' },
	'keeps a bracket that it opened': { code: 'log(|);', answer: '<insert>sum(a, b)</insert>', wanted: 'sum(a, b)' },
	'drops the end of a statement that is there': {
		code: 'log(|);',
		answer: '<insert>sum(a, b);</insert>',
		wanted: 'sum(a, b)',
	},
	'drops one of two brackets': { code: 'log(|)', answer: '<insert>sum(a, b))</insert>', wanted: 'sum(a, b)' },
	'drops a quote that is there': { code: 'log("|")', answer: '<insert>hello"</insert>', wanted: 'hello' },
	'keeps a quote that it opened': { code: 'log(|, "x")', answer: '<insert>"a"</insert>', wanted: '"a"' },
	'drops words that follow on the line': {
		code: 'const a = | + offset;',
		answer: '<insert>base + offset;</insert>',
		wanted: 'base',
	},
	'keeps a word that ends like what follows': { code: 'a = |a', answer: '<insert>data</insert>', wanted: 'data' },
	'gives nothing where all of it is there': { code: 'log(|total);', answer: '<insert>total);</insert>', wanted: '' },
	'stops at the line that is there next': {
		code: 'function f() {\n\tconst a = one();\n\t|\n\treturn a + b;\n}',
		answer: '<insert>const b = two();\n\treturn a + b;\n}</insert>',
		wanted: 'const b = two();',
		extent: 'block',
	},
	'gives nothing where the next line is there': {
		code: 'function f() {\n\t|\n\treturn a + b;\n}',
		answer: '<insert>return a + b;</insert>',
		wanted: '',
		extent: 'block',
	},
	'drops the end of a block that is there': {
		code: 'function f() {\n\t|\n}',
		answer: '<insert>return 1;\n}</insert>',
		wanted: 'return 1;',
		extent: 'block',
	},
	'keeps the end of an inner block': {
		code: 'function f() {\n\tif (x) {\n\t\t|\n}',
		answer: '<insert>go();\n\t}\n}</insert>',
		wanted: 'go();\n\t}',
		extent: 'block',
	},
	'keeps the end of a block that is missing': {
		code: 'function f() {\n\t|',
		answer: '<insert>return 1;\n}\n\nfunction g() {\n}</insert>',
		wanted: 'return 1;\n}',
		extent: 'block',
	},
	'keeps the end of an inner block without brackets': {
		code: 'def f\n  |\nend',
		answer: '<insert>if x\n    y\n  end\nend</insert>',
		wanted: 'if x\n    y\n  end',
		extent: 'block',
		language: 'ruby',
	},

	'gives one line where one is wanted': {
		code: 'const a = |',
		answer: '<insert>1;\nconst b = 2;</insert>',
		wanted: '1;',
	},
	'gives nothing where the line is finished': {
		code: 'const a = 1|',
		answer: '<insert>\nconst b = 2;</insert>',
		wanted: '',
	},
	'stops behind the first block': {
		code: 'type A = 1;\n|',
		answer: '<insert>function f() {\n\treturn 1;\n}\nfunction g() {\n\treturn 2;\n}</insert>',
		wanted: 'function f() {\n\treturn 1;\n}',
		extent: 'block',
	},
	'goes on with an else': {
		code: '\t|',
		answer: '<insert>if (x) {\n\t\ta();\n\t} else {\n\t\tb();\n\t}\n\tc();</insert>',
		wanted: 'if (x) {\n\t\ta();\n\t} else {\n\t\tb();\n\t}',
		extent: 'block',
	},
	'goes on with a chained call': {
		code: '|',
		answer: '<insert>list.map(x => {\n\treturn x;\n})\n\t.filter(Boolean);</insert>',
		wanted: 'list.map(x => {\n\treturn x;\n})\n\t.filter(Boolean);',
		extent: 'block',
	},
	'stops at a paragraph': {
		code: '|',
		answer: '<insert>const a = 1;\nconst b = 2;\n\nconst c = 3;</insert>',
		wanted: 'const a = 1;\nconst b = 2;',
		extent: 'block',
	},
	'keeps a blank line inside a block': {
		code: '|',
		answer: '<insert>function f() {\n\ta();\n\n\tb();\n}</insert>',
		wanted: 'function f() {\n\ta();\n\n\tb();\n}',
		extent: 'block',
	},
	'stops where the indentation ends': {
		code: 'def f():\n    |',
		answer: '<insert>a()\n    b()\nc()</insert>',
		wanted: 'a()\n    b()',
		extent: 'block',
		language: 'python',
	},
	'stops at the most lines': {
		code: '|',
		answer: `<insert>${Array.from({ length: 40 }, (_, index) => `a${index}();`).join('\n')}</insert>`,
		wanted: Array.from({ length: 16 }, (_, index) => `a${index}();`).join('\n'),
		extent: 'block',
	},
	'drops the last line of an answer that was cut': {
		code: '|',
		answer: '<insert>const a = 1;\nconst b = fu',
		wanted: 'const a = 1;',
		extent: 'block',
		isCut: true,
	},
	'is not misled by brackets in texts': {
		code: '|',
		answer: '<insert>log("}");\nlog("{");\nlog(1);</insert>',
		wanted: 'log("}");\nlog("{");\nlog(1);',
		extent: 'block',
	},
};

describe('the answer to a completion', () => {
	for (const [name, { code, answer, wanted, extent = 'line', language, isCut = false }] of Object.entries(cases)) {
		it(name, () => {
			assert.equal(cleanCompletion({ text: answer, isCut }, placeAt(code, language), extent), wanted);
		});
	}

	const line = fc.constantFrom(
		...['', '\t', '}', '\t}', '});', 'end', 'if (a) {', '\tif (a) {', 'return value;', '\treturn value;'],
		...[
			'const name = call(a, "b");',
			'```ts',
			'```',
			'<insert>',
			'</insert>',
			'<CURSOR>',
			"it's",
			'// see (1',
			'x: [',
			')',
		],
	);
	const lines = fc.array(line, { maxLength: 8 }).map(all => all.join('\n'));
	const anything = fc.oneof(lines, fc.string({ unit: 'binary' }), fc.string());
	const extents = fc.constantFrom('line', 'block' as const);
	const places = fc.record({
		document: fc.constant('file:///a.ts'),
		path: fc.constant('a.ts'),
		language: fc.constantFrom('typescript', 'python', 'markdown'),
		before: anything,
		after: anything,
	});

	it('never throws, and never begins or ends with a line end to no purpose', () => {
		fc.assert(
			fc.property(anything, fc.boolean(), places, extents, (text, isCut, place, extent) => {
				const cleaned = cleanCompletion({ text, isCut }, place, extent);
				assert.equal(cleaned.endsWith('\n'), false);
				assert.ok(extent === 'block' || !cleaned.includes('\n'));
				assert.ok(cleaned === '' || cleaned.trim() !== '');
			}),
			{ numRuns: 2_000 },
		);
	});

	it('never has the line that stands next below the cursor', () => {
		const words = fc.constantFrom('\treturn value;', 'const name = call(a, "b");', '\tbreak;', 'end', '\t\tgo();');
		fc.assert(
			fc.property(lines, words, lines, fc.constantFrom('', '\t', '\t\t'), (start, next, rest, indentation) => {
				const place = { ...placeAt('|'), before: `begin\n${indentation}`, after: `\n${next}\n${rest}` };
				const answer = `<insert>${start}\n${next}\n${rest}</insert>`;
				const cleaned = cleanCompletion({ text: answer, isCut: false }, place, 'block');
				assert.equal((indentation + cleaned).split('\n').includes(next), false, JSON.stringify(cleaned));
			}),
			{ numRuns: 2_000 },
		);
	});

	it('never ends with what its line goes on with', () => {
		const starts = fc.constantFrom('', 'value', 'a + b ', 'call(a, "b")', '[1, 2]', "'x'");
		const rests = fc.constantFrom(
			' + offset;',
			');',
			'));',
			'], other)',
			' // the rest of it',
			', name: string) {',
			'");',
		);
		fc.assert(
			fc.property(starts, rests, fc.boolean(), (start, after, isTagged) => {
				const place = { ...placeAt('|'), before: 'let begun = ', after };
				const text = isTagged ? `<insert>${start}${after}</insert>` : `${start}${after}`;
				const cleaned = cleanCompletion({ text, isCut: false }, place, 'line');
				assert.equal(cleaned.trimEnd(), start.trimEnd(), JSON.stringify(after));
			}),
		);
	});
});
