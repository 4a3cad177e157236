import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as z from 'zod';
import { parseArguments } from '../../../../src/agent/turn/callArguments.ts';

const anything = z.looseObject({});
const edit = z.object({
	path: z.string(),
	edits: z.array(z.object({ oldText: z.string(), newText: z.string(), replaceAll: z.boolean().optional() })).optional(),
	line: z.number().int().min(1).optional(),
	isDry: z.boolean().optional(),
});
const change = { oldText: 'a', newText: 'b' };

function inputOf(text: string, schema: z.ZodType = edit): unknown {
	const parsed = parseArguments(text, schema);
	assert.ok(parsed.ok, parsed.ok ? '' : `${JSON.stringify(text)}: ${parsed.problem}`);
	return parsed.input;
}

function problemOf(text: string, schema: z.ZodType = edit): string {
	const parsed = parseArguments(text, schema);
	assert.ok(!parsed.ok, `${JSON.stringify(text)} ran as ${JSON.stringify(parsed.ok && parsed.input)}`);
	return parsed.problem;
}

/** A JSON value with names and strings that hold what JSON is made of. */
const awkward = fc.string({
	unit: fc.constantFrom('a', '"', '\\', '{', '}', '[', ']', ',', ':', '\n', '\t', "'", '`', '<', 'é', '👍'),
});
const { value } = fc.letrec(tie => ({
	value: fc.oneof({ maxDepth: 3 }, awkward, fc.integer(), fc.boolean(), fc.constant(null), tie('list'), tie('object')),
	list: fc.array(tie('value'), { maxLength: 3 }),
	object: fc.dictionary(awkward, tie('value'), { maxKeys: 3, noNullPrototype: true }),
}));
const args = fc.dictionary(awkward, value, { minKeys: 1, maxKeys: 4, noNullPrototype: true });

/** Writes a value as models do at their worst, where its meaning stays plain. */
function written(item: unknown, pick: () => number): string {
	const maybe = (text: string) => (pick() % 2 === 0 ? text : '');
	if (typeof item === 'string') {
		const strict = JSON.stringify(item);
		return pick() % 2 === 0
			? strict
			: strict.replace(/\\[\s\S]/g, found => ({ '\\n': '\n', '\\t': '\t' })[found] ?? found);
	}
	if (Array.isArray(item)) {
		const items = item.map(part => maybe(' ') + written(part, pick)).join(',');
		return `[${items}${item.length > 0 ? maybe(', ') : ''}${maybe('\n')}]`;
	}
	if (typeof item === 'object' && item !== null) {
		const entries = Object.entries(item);
		const texts = entries.map(
			([name, part]) => `${maybe('\n\t')}${written(name, pick)}${maybe(' ')}:${maybe(' ')}${written(part, pick)}`,
		);
		return `{${texts.join(',')}${entries.length > 0 ? maybe(',') : ''}${maybe('\n')}}`;
	}
	const strict = JSON.stringify(item);
	return pick() % 2 === 0 ? strict : ({ true: 'True', false: 'False', null: 'None' }[strict] ?? strict);
}

/** What a model may put around an object, or behind it. */
const around = fc.constantFrom(
	['', ''],
	['```json\n', '\n```'],
	['<tool_call>\n', '\n</tool_call>'],
	['', '<|tool_call_end|>'],
	['', '<｜tool▁call▁end｜>'],
	['', '}'],
	['', '\n}]'],
	['\uFEFF', '\n'],
);
const loose = fc.tuple(args, fc.infiniteStream(fc.nat(1)), around).map(([item, choices, [before = '', after = '']]) => {
	const pick = () => choices.next().value;
	return { item, text: before + written(item, pick) + after };
});

/** Every text that a cut may leave, in bytes: the last character may be half a one. */
function cuts(text: string): string[] {
	const bytes = new TextEncoder().encode(text);
	return Array.from({ length: bytes.length - 1 }, (_, index) => new TextDecoder().decode(bytes.subarray(0, index + 1)));
}

describe('parseArguments', () => {
	describe('puts right', () => {
		for (const [what, text, expected] of [
			['line ends and tabs inside a string', '{"path":"a\n\tb\r\n"}', { path: 'a\n\tb\r\n' }],
			[
				'a comma behind the last item',
				'{"path":"a","edits":[{"oldText":"a","newText":"b",},],}',
				{ path: 'a', edits: [change] },
			],
			['literals of Python', '{"path": "True", "isDry": True}', { path: 'True', isDry: true }],
			['a code fence', '```json\n{"path":"a"}\n```', { path: 'a' }],
			['tags of a chat format', '<tool_call>{"path":"a"}</tool_call><|im_end|>', { path: 'a' }],
			['brackets closed too often', '{"path":"a"}}]', { path: 'a' }],
			['an empty object before the real one', '{}{"path":"a"}', { path: 'a' }],
			['arguments that came twice', '{"path":"a"}\n{ "path": "a" }', { path: 'a' }],
			['arguments that were encoded twice', '"{\\"path\\":\\"a\\"}"', { path: 'a' }],
			['arguments inside themselves', '{"arguments":{"path":"a"}}', { path: 'a' }],
			['arguments as text inside themselves', '{"input":"{\\"path\\":\\"a\\"}"}', { path: 'a' }],
			[
				'a number and a boolean in quotes',
				'{"path":"5","line":"5","isDry":"false"}',
				{ path: '5', line: 5, isDry: false },
			],
			[
				'a list as text',
				'{"path":"a","edits":"[{\\"oldText\\":\\"a\\",\\"newText\\":\\"b\\"}]"}',
				{ path: 'a', edits: [change] },
			],
			[
				'an object in place of a list of one',
				'{"path":"a","edits":{"oldText":"a","newText":"b"}}',
				{ path: 'a', edits: [change] },
			],
			[
				'a text of an object in place of a list of one',
				'{"path":"a","edits":"{\\"oldText\\":\\"a\\",\\"newText\\":\\"b\\",\\"replaceAll\\":\\"true\\"}"}',
				{ path: 'a', edits: [{ ...change, replaceAll: true }] },
			],
			['null for what may be left out', '{"path":"a","line":null,"edits":null}', { path: 'a' }],
			['an empty text, for a call without arguments', ' \n', {}],
		] as const) {
			it(what, () => assert.deepEqual(inputOf(text, what.startsWith('an empty text') ? anything : edit), expected));
		}

		it('arguments inside themselves where the schema would take anything else for nothing', () => {
			const list = z.object({ path: z.string().optional() });
			assert.deepEqual(inputOf('{"parameters":{"path":"src"}}', list), { path: 'src' });
			assert.match(problemOf('{"parameters":{"path":5}}', list), /path: send a string/);
			assert.deepEqual(inputOf('{"input":{"path":"src"}}', anything), { input: { path: 'src' } });
		});

		it('whatever a model writes loosely, to the letter', () => {
			fc.assert(
				fc.property(loose, ({ item, text }) => assert.deepEqual(inputOf(text, anything), item)),
				{ numRuns: 500 },
			);
		});

		it('and freezes it', () => {
			const input = inputOf('{"path":"a","edits":"[{\\"oldText\\":\\"a\\",\\"newText\\":\\"b\\"}]",}');
			const { edits } = edit.parse(input);
			assert.deepEqual(edits, [change]);
			assert.ok(Object.isFrozen(input) && Object.isFrozen(Reflect.get(Object(input), 'edits')));
		});
	});

	describe('refuses, with the place and what to send', () => {
		for (const [what, text, problem] of [
			[
				'a string that was cut',
				'{"path": "a\nb',
				/end at position 13, where the closing " of the string is missing\. Nothing was run\. Send the whole call again/,
			],
			['an object that was cut', '{"path": "a"', /end at position 12, where "," or "}" is missing/],
			[
				'an object cut behind a repair',
				'```json\n{"path":"a",\n',
				/end at position 21, where a property name in double quotes is missing/,
			],
			['an inner object that is whole', '{"edits":{"path":"a"}', /end at position 21/],
			[
				'names without quotes',
				"{path:'a'}",
				/a property name in double quotes at position 1: .* names and strings in double quotes\. Send the call again/,
			],
			['strings in single quotes', '{"path":\'a\'}', /a value at position 8: .* double quotes/],
			[
				'a quote that is not escaped',
				'{"path":"say "hi""}',
				/expected "," or "}" at position 14: .*write each " as \\"/,
			],
			[
				'an escape that does not exist',
				'{"path":"\\d+"}',
				/expected a valid escape at position 9: .*each backslash as \\\\\./,
			],
			['a line end behind a backslash', '{"path":"a\\\nb"}', /expected a valid escape at position 10/],
			['a comma too many', '{"path":"a",,}', /a property name .* at position 12/],
			['a comma alone', '{,}', /a property name .* at position 1/],
			['a comma too few', '{"path":"a" "line":1}', /expected "," or "}" at position 12/],
			['NaN', '{"path": NaN}', /expected a value at position 9/],
			['undefined', '{"path": undefined}', /expected a value at position 9/],
			['a number in another notation', '{"line": 0x10}', /expected "," or "}" at position 10/],
			['a comment', '{"path":"a" /* here */}', /expected "," or "}" at position 12/],
			[
				'words before the object',
				'Do not run: {"path":"a"}',
				/expected a JSON object at position 0: .*nothing around it/,
			],
			[
				'words behind the object',
				'{"path":"a"}, but not now',
				/expected nothing more at position 12: .*nothing around it/,
			],
			['a brace too early', '{"path":"a"}, "line": 1}', /expected nothing more at position 12/],
			[
				'two objects that differ',
				'{"path":"a"}{"path":"b"}',
				/they hold 2 objects that differ\. Make one call for each/,
			],
			['words alone', 'src/a.ts', /expected a JSON object at position 0/],
			['a list', '[{"path":"a"},]', /expected a JSON object at position 0/],
			['null', 'null', /do not fit: send an object, not null\. Send the call again/],
			['a text that holds half an object', '"{\\"path\\":\\"a\\""', /do not fit: send an object, not a string/],
			[
				'something missing',
				'{"file_path":"a","line":1}',
				/do not fit: path: missing, send a string \(sent: "file_path", "line"\)\./,
			],
			['another type', '{"path":3}', /path: send a string, not a number/],
			['null for what is needed', '{"path":null}', /path: send a string, not null/],
			['words for a number', '{"path":"a","line":"five"}', /line: send a number, not a string/],
			['a number with digits that would be lost', '{"path":"a","line":"9007199254740993"}', /line: send a number/],
			['a number in quotes that is out of range', '{"path":"a","line":"0"}', /line: send a number/],
			['yes for true', '{"path":"a","isDry":"yes"}', /isDry: send true or false, not a string/],
			['a text for a list', '{"path":"a","edits":"a"}', /edits: send an array, not a string/],
			[
				'a list as text that was cut',
				'{"path":"a","edits":"[{\\"oldText\\":\\"a\\""}',
				/edits: send an array, not a string/,
			],
			[
				'a fault deep inside',
				'{"path":"a","edits":[{"oldText":1,"newText":"b"}]}',
				/edits\[0\]\.oldText: send a string, not a number/,
			],
			[
				'arguments inside themselves that do not fit',
				'{"arguments":{"file":"a"}}',
				/path: missing, send a string \(sent: "file"\)/,
			],
		] as const) {
			it(what, () => assert.match(problemOf(text), problem));
		}

		it('everything that was cut, at every byte, however it was written', () => {
			fc.assert(
				fc.property(args, fc.constantFrom(undefined, '\t'), (item, indent) => {
					for (const text of [JSON.stringify(item, undefined, indent), JSON.stringify(JSON.stringify(item))]) {
						for (const cut of cuts(text)) {
							problemOf(cut, anything);
						}
					}
				}),
			);
		});

		it('what was cut and loosely written, until all of it is there', () => {
			fc.assert(
				fc.property(loose, ({ item, text }) => {
					for (const cut of cuts(text).filter(part => part.trim() !== '')) {
						const parsed = parseArguments(cut, anything);
						if (parsed.ok) {
							assert.deepEqual(parsed.input, item);
						}
					}
				}),
			);
		});

		it('whatever lacks a quote, or a bracket of an object', () => {
			fc.assert(
				fc.property(args, item => {
					const text = JSON.stringify(item);
					for (const { index } of text.replace(/\\[\s\S]/g, '__').matchAll(/"/g)) {
						problemOf(text.slice(0, index) + text.slice(index + 1), anything);
					}
					problemOf(text.slice(1), anything);
				}),
			);
		});

		it('takes megabytes in its stride', () => {
			const content = 'line\n'.repeat(400_000);
			assert.deepEqual(inputOf(`{"path":"${content}",}`), { path: content });
			assert.match(problemOf(`{"path":"${content}`), /end at position 2000009/);
			assert.match(problemOf('{"a":['.repeat(100_000)), /end at position 600000/);
		});
	});
});
