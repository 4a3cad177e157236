import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as z from 'zod';
import type { FinishReason, ModelClient, ModelEvent, ModelRequest } from '../../../../src/agent/model.ts';
import { askStructured, type StructuredQuestion } from '../../../../src/agent/structured/structured.ts';
import { StructuredError } from '../../../../src/agent/structured/structuredAnswer.ts';
import { parseXml } from '../../../../src/agent/structured/structuredXml.ts';

const plan = z.object({ title: z.string(), pages: z.array(z.object({ name: z.string(), rank: z.number() })) });
const GOOD = { title: 'A "b" {c}', pages: [{ name: 'x', rank: 1 }] };

/** A model that gives these answers in turn, and the requests it got. */
function scripted(...answers: readonly (string | { readonly text: string; readonly finish: FinishReason })[]) {
	const requests: ModelRequest[] = [];
	const client: ModelClient = {
		async *stream(request): AsyncGenerator<ModelEvent> {
			const answer = answers[requests.length];
			assert.ok(answer !== undefined, 'no more requests than answers');
			requests.push(request);
			const { text, finish } = typeof answer === 'string' ? { text: answer, finish: 'stop' as const } : answer;
			for (let at = 0; at < text.length; at += 7) {
				yield { type: 'text', delta: text.slice(at, at + 7) };
			}
			yield { type: 'finish', reason: finish };
		},
	};
	return { client, requests };
}

function question(client: ModelClient, overrides: Partial<StructuredQuestion<typeof plan>> = {}) {
	return {
		client,
		model: 'openai/gpt-5',
		sessionId: 's',
		messages: [
			{ role: 'system' as const, text: 'You plan.' },
			{ role: 'user' as const, text: 'Plan a wiki.' },
		],
		schema: plan,
		name: 'plan',
		signal: new AbortController().signal,
		...overrides,
	};
}

/** What comes of one answer, without a second try. */
async function read(text: string, finish: FinishReason = 'stop', allowCut = false): Promise<unknown> {
	const { client } = scripted({ text, finish }, '');
	try {
		return await askStructured(question(client, { allowCut }));
	} catch (error) {
		assert.ok(error instanceof StructuredError, String(error));
		return 'refused';
	}
}

describe('askStructured', () => {
	it('sends the schema of the answer, and the messages as they are', async () => {
		const { client, requests } = scripted(JSON.stringify(GOOD));
		assert.deepEqual(await askStructured(question(client)), GOOD);
		const [request] = requests;
		assert.equal(request?.purpose, 'structured');
		assert.deepEqual(request?.tools, []);
		assert.deepEqual(request?.messages, question(client).messages);
		assert.equal(request?.output?.name, 'plan');
		const { $schema, ...schema } = z.toJSONSchema(plan);
		assert.ok($schema);
		assert.deepEqual(request?.output?.schema, schema);
	});

	it('tells the schema in words where a model takes none, or takes objects only', async () => {
		const { client, requests } = scripted(JSON.stringify(GOOD), '[1]');
		await askStructured(question(client, { sendsSchema: false }));
		assert.deepEqual(await askStructured({ ...question(client), schema: z.array(z.number()) }), [1]);
		for (const request of requests) {
			assert.equal(request.output, undefined);
			assert.equal(request.messages.length, 2);
		}
		assert.match(JSON.stringify(requests[0]?.messages[1]), /Plan a wiki\..*fits this JSON Schema.*\\"rank\\"/);
	});

	it('tells the model once what is wrong, with the place', async () => {
		const { client, requests } = scripted('{"title": 5, "pages": [{"name": "x"}]}', JSON.stringify(GOOD));
		assert.deepEqual(await askStructured(question(client)), GOOD);
		assert.deepEqual(requests[1]?.messages.slice(2), [
			{ role: 'assistant', text: '{"title": 5, "pages": [{"name": "x"}]}', toolCalls: [], model: 'openai/gpt-5' },
			{
				role: 'user',
				text: [
					'Your answer cannot be used:',
					'- title: Invalid input: expected string, received number',
					'- pages[0].rank: Invalid input: expected number, received undefined',
					'Send the whole JSON again, corrected, and nothing else.',
				].join('\n'),
			},
		]);
		assert.deepEqual(requests[1]?.messages.slice(0, 2), requests[0]?.messages, 'the beginning stays the same');
		assert.deepEqual(requests[1]?.output, requests[0]?.output);
	});

	it('gives up after the second answer, with what came nearest', async () => {
		const { client } = scripted('Sorry', 'I say {"title": "only"}');
		await assert.rejects(askStructured(question(client)), (error: unknown) => {
			assert.ok(error instanceof StructuredError);
			assert.deepEqual(error.faults, ['pages: Invalid input: expected array, received undefined']);
			assert.equal(error.nearest, '{"title":"only"}');
			return true;
		});
	});

	it('passes on what the schema makes of the value', async () => {
		const schema = z.object({ tags: z.array(z.string()).default([]) });
		const { client } = scripted('{}');
		assert.deepEqual(await askStructured({ ...question(client), schema }), { tags: [] });
	});

	it('passes on the failure of the client, a refusal, and an answer without an end', async () => {
		const { client } = scripted({ text: 'I will not.', finish: 'contentFilter' });
		await assert.rejects(askStructured(question(client)), { kind: 'moderation', message: 'I will not.' });
		const silent: ModelClient = {
			async *stream() {
				yield { type: 'text', delta: '{}' };
			},
		};
		await assert.rejects(askStructured(question(silent)), { kind: 'cut' });
	});
});

describe('askStructured, JSON in answers', () => {
	const json = JSON.stringify(GOOD, undefined, 2);
	const found: Readonly<Record<string, string>> = {
		alone: json,
		'in a fence': `\`\`\`json\n${json}\n\`\`\``,
		'in prose': `Here it is: ${json}\nI hope it's what {you} wanted [maybe].`,
		'behind an example of another form': `Like {"title": "T"}, so: ${json}`,
		'behind a remark in brackets': `[Note] First {some thoughts, then: ${json}`,
		'with trailing commas': json.replace('1\n', '1,\n').replace(/\}\n\s+\]/, '},\n]'),
		'with single quotes': `{'title': 'A "b" {c}', 'pages': [{'name': 'x', 'rank': 1}]}`,
		'with bare keys': '{title: "A \\"b\\" {c}", pages: [{name: "x", rank: 1}]}',
		'with missing commas': json.replace(/,\n/g, '\n'),
	};
	for (const [how, answer] of Object.entries(found)) {
		it(`is found ${how}`, async () => {
			assert.deepEqual(await read(answer), GOOD);
		});
	}

	it('may have line breaks inside texts', async () => {
		assert.deepEqual(await read('{"title": "two\nlines", "pages": []}'), { title: 'two\nlines', pages: [] });
	});

	const refused: Readonly<Record<string, string>> = {
		'an ellipsis stands for something': '{"title": "t", "pages": [{"name": "x", "rank": 1}, ...]}',
		'a comment says something': '{"title": "t", "pages": [ /* the rest as before */ ]}',
		'a word would be dropped': '{"title": String("t"), "pages": []}',
		'an escape has two readings': '{"title": "C:\\data", "pages": [],}',
		'a bracket is missing': '{"title": "t", "pages": [{"name": "x", "rank": 1}',
		'there is none': 'There is nothing to plan.',
		'it is empty': '',
	};
	for (const [why, answer] of Object.entries(refused)) {
		it(`is not guessed when ${why}`, async () => {
			assert.equal(await read(answer), 'refused');
		});
	}

	it('is never completed when the answer was cut, unless that is allowed', async () => {
		const cut = '{"title": "t", "pages": [{"name": "x", "rank": 1}, {"name": "y", "ra';
		assert.equal(await read(cut, 'length'), 'refused');
		assert.equal(await read(cut, 'length', true), 'refused', 'the last page lacks its rank');
		const whole = '{"title": "t", "pages": [{"name": "x", "rank": 1}, ';
		assert.deepEqual(await read(whole, 'length', true), { title: 't', pages: [{ name: 'x', rank: 1 }] });
	});

	it('is not taken from inside an answer that was cut', async () => {
		const inner = '{"title": "inner", "pages": []}';
		assert.equal(await read(`{"title": "outer", "more": ${inner}, "pages": [`, 'length'), 'refused');
		assert.equal(await read(`For example ${inner}. Now: {"title": "out`, 'length'), 'refused');
	});

	it('tells the model of a cut that it shall be brief', async () => {
		const { client, requests } = scripted({ text: '{"title": "t', finish: 'length' }, JSON.stringify(GOOD));
		await askStructured(question(client));
		assert.match(JSON.stringify(requests[1]?.messages.at(-1)), /cut at its length limit.*answer more briefly/);
	});

	it('comes back as it was whatever is in it, with prose around', async () => {
		const schema = z.object({ value: z.json() });
		await fc.assert(
			fc.asyncProperty(fc.jsonValue(), fc.boolean(), async (value, isPretty) => {
				const text = JSON.stringify({ value }, undefined, isPretty ? 2 : 0);
				const { client } = scripted(`Sure: ${text} Done.`);
				const answer = await askStructured({ ...question(client), schema });
				assert.equal(JSON.stringify(answer), JSON.stringify({ value }));
			}),
			{ numRuns: 100 },
		);
	});

	it('takes time in proportion to its length, however odd', async () => {
		for (const answer of ['{"'.repeat(50_000), '["a",'.repeat(50_000), '{a:'.repeat(50_000), '{}'.repeat(50_000)]) {
			assert.equal(await read(answer), 'refused');
		}
	});
});

describe('parseXml', () => {
	const schema = z.object({
		title: z.string(),
		pages: z.object({
			page: z.array(z.object({ '@id': z.string(), title: z.string(), file: z.array(z.string()) })),
		}),
	});
	const form = {
		root: 'wiki',
		shape: { title: 'text', pages: { page: [{ '@id': 'text', title: 'text', file: ['text'] }] } },
		schema,
	} as const;
	const GOOD_XML = `<wiki>
	<title>One</title>
	<pages>
		<page id="a"><title>First</title><file>a.ts</file><file>b.ts</file></page>
		<page id="b"><title>Second</title></page>
	</pages>
</wiki>`;
	const value = {
		title: 'One',
		pages: {
			page: [
				{ '@id': 'a', title: 'First', file: ['a.ts', 'b.ts'] },
				{ '@id': 'b', title: 'Second', file: [] },
			],
		},
	};

	const same: Readonly<Record<string, string>> = {
		alone: GOOD_XML,
		'in prose and a fence': `I use <wiki> as asked:\n\`\`\`xml\n<?xml version="1.0"?>\n${GOOD_XML}\n\`\`\`\n1 < 2 <done>`,
		'with end tags left out': GOOD_XML.replace('First</title>', 'First').replace('</page>\n\t</pages>', '\n\t</pages>'),
		'with a comment and tags that are not declared': GOOD_XML.replace(
			'<pages>',
			'<!-- <page> --><thought>x</thought><pages>',
		),
		'with CDATA': GOOD_XML.replace('First', '<![CDATA[First]]>'),
	};
	for (const [how, text] of Object.entries(same)) {
		it(`reads an element ${how}`, async () => {
			assert.deepEqual(await parseXml(text, form), value);
		});
	}

	const texts: readonly (readonly [written: string, read: string])[] = [
		['a &lt; b &amp; c &#65;&quot;', 'a < b & c A"'],
		['if a<b && c>d', 'if a<b && c>d'],
		['List<String> and <T extends X>', 'List<String> and <T extends X>'],
		['<b>bold</b>', '<b>bold</b>'],
		['<![CDATA[<title>raw</title> & <x>]]>', '<title>raw</title> & <x>'],
		['the <title> element', 'the <title> element'],
		['a <page id="1">page</page> in text', 'a <page id="1">page</page> in text'],
		['&nbsp;&unknown; & done', '&nbsp;&unknown; & done'],
		['', ''],
	];
	for (const [written, text] of texts) {
		it(`reads the text ${JSON.stringify(written)}`, async () => {
			const note = { root: 'note', shape: { body: 'text', title: 'text', page: ['text'] } } as const;
			const shape = z.object({ body: z.string(), title: z.string().optional(), page: z.array(z.string()) });
			const answer = await parseXml(`<note><body>${written}</body><title>T</title></note>`, { ...note, schema: shape });
			assert.deepEqual(answer, { body: text, title: 'T', page: [] });
		});
	}

	it('reads an element that is empty by itself', async () => {
		const { pages } = await parseXml(GOOD_XML.replace('<file>a.ts</file>', '<file/>'), form);
		assert.deepEqual(pages.page[0]?.file, ['', 'b.ts']);
		const none = { root: 'notes', shape: { note: ['text'] }, schema: z.object({ note: z.array(z.string()) }) } as const;
		assert.deepEqual(await parseXml('None: <notes />.', none), { note: [] });
		assert.deepEqual(await parseXml('<notes><note>a <note/> b</note></notes>', none), { note: ['a <note/> b'] });
	});

	it('refuses what was cut, and takes it where that is allowed', async () => {
		const cut = GOOD_XML.slice(0, GOOD_XML.indexOf('Second') + 3);
		await assert.rejects(parseXml(cut, form), {
			name: 'StructuredError',
			faults: ['it was cut before the end of <wiki>; answer more briefly'],
		});
		const { pages } = await parseXml(cut, { ...form, allowCut: true });
		assert.deepEqual(pages.page.at(-1), { '@id': 'b', title: 'Sec', file: [] });
	});

	const faulty: readonly (readonly [text: string, fault: RegExp])[] = [
		['No pages today.', /^there is no <wiki> element in it$/],
		[GOOD_XML.replace('</title>', '</title><title>Two</title>'), /^<wiki> has <title> more than once$/],
		[GOOD_XML.replace(' id="b"', ''), /^pages\.page\[1\]\.@id: /],
	];
	for (const [text, fault] of faulty) {
		it(`says what is wrong: ${fault.source}`, async () => {
			await assert.rejects(parseXml(text, form), (error: unknown) => {
				assert.ok(error instanceof StructuredError);
				assert.match(error.faults[0] ?? '', fault);
				return true;
			});
		});
	}

	it('can be asked for, with one try to mend it', async () => {
		const { client, requests } = scripted('<wiki><title>One</title>', GOOD_XML);
		const { root, shape } = form;
		assert.deepEqual(await askStructured({ ...question(client), schema, xml: { root, shape } }), value);
		assert.equal(requests[0]?.output, undefined);
		assert.deepEqual(requests[0]?.messages, question(client).messages, 'the messages describe the form');
		assert.match(JSON.stringify(requests[1]?.messages.at(-1)), /Send the whole <wiki> element again/);
	});

	it('reads back any text that was escaped', async () => {
		const note = { root: 'note', shape: { body: 'text' }, schema: z.object({ body: z.string() }) } as const;
		await fc.assert(
			fc.asyncProperty(fc.string({ unit: 'grapheme' }), async body => {
				const escaped = body.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
				const read = await parseXml(`<note><body>${escaped}</body></note>`, note);
				assert.equal(read.body, body.trim());
			}),
			{ numRuns: 200 },
		);
	});
});
