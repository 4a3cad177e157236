import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import * as z from 'zod';
import { readFixture } from '../openrouter/fixtures.ts';
import { chat, dataOf, get, readTool, refused, round, withServer } from './calling.ts';

const completionBody = z.looseObject({
	id: z.string(),
	model: z.string(),
	choices: z.array(z.looseObject({ message: z.looseObject({ content: z.string().nullable() }) })),
	usage: z.looseObject({
		prompt_tokens: z.number(),
		cost: z.number(),
	}),
});

describe('local OpenRouter', () => {
	it('lets in its key alone, and everybody to the public lists', () =>
		withServer({}, async server => {
			const without = await fetch(`${server.url}/key`);
			assert.deepEqual(await refused(without), [401, 'Missing Authentication header']);
			const wrong = await get(server, '/key', { authorization: 'Bearer sk-or-v1-x' });
			assert.deepEqual(await refused(wrong), [401, 'User not found.']);
			assert.equal((await fetch(`${server.url}/models`)).status, 200);
			assert.equal((await get(server, '/models/user')).status, 200);
		}));

	it('answers a browser that asks whether it may', () =>
		withServer({}, async server => {
			const asked = 'authorization,content-type,x-openrouter-title';
			const response = await fetch(`${server.url}/chat/completions`, {
				method: 'OPTIONS',
				headers: { 'access-control-request-headers': asked, 'access-control-request-method': 'POST' },
			});
			assert.equal(response.status, 204);
			assert.equal(response.headers.get('access-control-allow-origin'), '*');
			assert.equal(response.headers.get('access-control-allow-headers'), asked);
		}));

	it('gives the recorded endpoints of a model', () =>
		withServer({}, async server => {
			const response = await get(server, '/models/z-ai/glm-5.2/endpoints');
			assert.deepEqual(
				await response.json(),
				JSON.parse(new TextDecoder().decode(readFixture('endpoints/z-ai__glm-5.2.json'))),
			);
			assert.equal((await get(server, '/models/no/such/endpoints')).status, 404);
		}));

	it('plays a recording byte for byte', () =>
		withServer({}, async server => {
			server.script({ stream: 'utf8-multibyte.sse', pieces: 3 });
			const response = await chat(server);
			assert.equal(response.headers.get('content-type'), 'text/event-stream');
			assert.deepEqual(new Uint8Array(await response.arrayBuffer()), readFixture('streams/utf8-multibyte.sse'));
		}));

	it('plays the recording that the user’s text names, but none outside its folder', () =>
		withServer({}, async server => {
			const named = await chat(server, { messages: [{ role: 'user', content: 'Show [[stream:crlf.sse]]' }] });
			assert.deepEqual(new Uint8Array(await named.arrayBuffer()), readFixture('streams/crlf.sse'));
			const outside = { messages: [{ role: 'user', content: '[[stream:../errors/INDEX.json]]' }] };
			assert.match(await (await chat(server, outside)).text(), /Hello!/);
		}));

	it('answers in one piece or as a stream, with the same text, and bills both alike', () =>
		withServer({}, async server => {
			server.script({ text: 'The same.' }, { text: 'The same.' });
			const document = completionBody.parse(await (await chat(server)).json());
			const streamed = await chat(server, { stream: true });
			const chunks = z
				.array(z.looseObject({ choices: z.array(z.looseObject({ delta: z.looseObject({ content: z.string() }) })) }))
				.parse(dataOf(await streamed.text()));
			const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
			assert.equal(document.choices[0]?.message.content, 'The same.');
			assert.equal(text, 'The same.');
			assert.match(streamed.headers.get('x-generation-id') ?? '', /^gen-\d+-\w{20}$/);
			assert.deepEqual(chunks.at(-1)?.['usage'], document.usage);
		}));

	it('counts what was spent, and gives the bill of a generation after a while', () =>
		withServer({ credit: 5 }, async server => {
			const { id, usage } = completionBody.parse(await (await chat(server)).json());
			const key = z
				.object({ data: z.looseObject({ limit_remaining: z.number() }) })
				.parse(await (await get(server, '/key')).json());
			assert.equal(key.data.limit_remaining, 5 - usage.cost);
			const generation = () => get(server, `/generation?id=${id}`);
			assert.deepEqual([(await generation()).status, (await generation()).status], [404, 404]);
			const record = z
				.object({ data: z.looseObject({ total_cost: z.number() }) })
				.parse(await (await generation()).json());
			assert.equal(record.data.total_cost, usage.cost);
		}));

	it('refuses the account totals and unknown paths as the service does', () =>
		withServer({}, async server => {
			assert.equal((await get(server, '/credits')).status, 403);
			assert.equal((await get(server, '/nothing')).status, 405);
		}));

	it('records what came, and whether the client stayed for the answer', () =>
		withServer({}, async server => {
			server.script({ text: 'x', fault: { afterBytes: 10, how: 'stall' } });
			const controller = new AbortController();
			const left = await chat(server, { stream: true }, { signal: controller.signal });
			controller.abort();
			await assert.rejects(left.text());
			await (await chat(server)).text();
			const [first, second] = server.chats;
			assert.deepEqual([await first?.ended, await second?.ended], ['aborted', 'sent']);
			assert.equal(first?.headers['content-type'], 'application/json');
			assert.deepEqual(JSON.parse(first?.text ?? ''), first?.body);
		}));
});

describe('local OpenRouter, checks', () => {
	const tools = [readTool];
	const user = { role: 'user', content: 'Hello' };

	it('refuses what is no chat request', () =>
		withServer({}, async server => {
			for (const body of [{ messages: [] }, { messages: 'x' }, { session_id: 's'.repeat(257) }]) {
				assert.deepEqual(await refused(await chat(server, body)), [400, 'Invalid request parameters']);
			}
		}));

	it('refuses an unknown model, and knows suffixes, aliases and dated names', () =>
		withServer({}, async server => {
			const unknown = await chat(server, { model: 'acme/none' });
			assert.deepEqual(await refused(unknown), [400, 'acme/none is not a valid model ID']);
			for (const model of ['openai/gpt-4o-mini:nitro', '~x-ai/grok-latest', 'deepseek/deepseek-v4-flash-0731']) {
				assert.equal((await chat(server, { model })).status, 200, model);
			}
		}));

	it('refuses tools for a model that has none', () =>
		withServer({}, async server => {
			const models = z
				.object({ data: z.array(z.object({ id: z.string(), supported_parameters: z.array(z.string()) })) })
				.parse(await (await get(server, '/models')).json()).data;
			const model = models.find(row => !row.supported_parameters.includes('tools'))?.id;
			const [status, message] = await refused(await chat(server, { model, tools }));
			assert.equal(status, 404);
			assert.match(message, /support tool use\. Try disabling "read"/);
		}));

	const histories: Readonly<Record<string, readonly object[]>> = {
		'a call without its result': [user, round('a')[0] ?? {}, user],
		'a call without its result at the end': [user, round('a')[0] ?? {}],
		'a result twice': [user, ...round('a'), round('a')[1] ?? {}],
		'a result without its call': [user, round('a')[1] ?? {}],
		'an empty text beside calls': [user, ...round('a', { content: '' })],
	};
	for (const [name, messages] of Object.entries(histories)) {
		it(`refuses ${name}`, () =>
			withServer({}, async server => assert.equal((await chat(server, { messages, tools })).status, 400)));
	}

	it('takes a whole conversation', () =>
		withServer({}, async server => {
			const messages = [user, ...round('a'), ...round('b'), { role: 'assistant', content: 'Done.' }, user];
			assert.equal((await chat(server, { messages, tools })).status, 200);
		}));

	it('wants the reasoning back that it sent with a call', () =>
		withServer({}, async server => {
			const model = 'google/gemini-3.6-flash';
			const reasoningDetails = [
				{ type: 'reasoning.encrypted', data: 'D', id: 'c1', format: 'google-gemini-v1', index: 0 },
			];
			server.script({ reasoningDetails, toolCalls: [{ id: 'c1', name: 'read' }] });
			await (await chat(server, { model, tools })).text();
			const replay = (fields: object) => chat(server, { model, tools, messages: [user, ...round('c1', fields)] });
			assert.equal((await replay({})).status, 400);
			assert.equal((await replay({ reasoning_details: [{ ...reasoningDetails[0], data: 'E' }] })).status, 400);
			assert.equal((await replay({ reasoning_details: reasoningDetails })).status, 200);
		}));

	it('refuses more than the context holds, with the numbers', () =>
		withServer({}, async server => {
			const [status, message] = await refused(await chat(server, { max_tokens: 200_000 }));
			assert.equal(status, 400);
			assert.match(message, /maximum context length is 128000 tokens.*of text input, 200000 in the output/);
		}));

	it('refuses an answer that the credit does not pay for, and says what it pays for', () =>
		withServer({ credit: 0.0003 }, async server => {
			const [status, message] = await refused(await chat(server));
			assert.equal(status, 402);
			assert.match(message, /up to 1000 tokens, but can only afford 500\b/);
			assert.equal((await chat(server, { max_tokens: 499 })).status, 200);
		}));
});

describe('local OpenRouter, faults', () => {
	/** Bytes that arrive, and how the connection ended. */
	function receive(url: string, key: string): Promise<{ text: string; end: string }> {
		return new Promise((resolve, reject) => {
			const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
			const request = httpRequest(`${url}/chat/completions`, { method: 'POST', headers }, response => {
				let text = '';
				response.setEncoding('latin1');
				response.on('data', (piece: string) => {
					text += piece;
				});
				response.on('end', () => resolve({ text, end: 'end' }));
				response.on('error', error => resolve({ text, end: 'code' in error ? String(error.code) : error.message }));
			});
			request.on('error', reject);
			request.end(JSON.stringify({ model: 'openai/gpt-4o-mini', messages: [{ role: 'user', content: 'x' }] }));
		});
	}

	it('closes, resets or goes mad after exactly so many bytes', () =>
		withServer({}, async server => {
			const body = 'abcdefghij';
			const cut = (how: 'close' | 'reset' | 'garbage') => ({
				status: 200,
				body,
				pieces: 1,
				fault: { afterBytes: 7, how },
			});
			server.script(cut('close'), cut('reset'), cut('garbage'));
			const outcomes = [];
			for (let count = 0; count < 3; count++) {
				outcomes.push(await receive(server.url, server.key));
			}
			assert.deepEqual(
				outcomes.map(({ text, end }) => [text.slice(0, 7), text.length > 7, end]),
				[
					['abcdefg', false, 'end'],
					['abcdefg', false, 'ECONNRESET'],
					['abcdefg', true, 'end'],
				],
			);
		}));

	it('sends keep-alives in front of the body', () =>
		withServer({}, async server => {
			server.script({ text: 'x', keepAlives: { count: 3 } });
			const text = await (await chat(server, { stream: true })).text();
			assert.equal(text.split(': OPENROUTER PROCESSING\n\n').length - 1, 4);
		}));

	it('gives error bodies with their status and headers', () =>
		withServer({}, async server => {
			server.script({ error: '429-upstream-shared-pool.json' });
			const response = await chat(server);
			assert.deepEqual([response.status, response.headers.get('retry-after')], [429, '30']);
		}));

	it('does not take an answer that it does not understand', () =>
		withServer({}, async server => {
			assert.throws(() => server.script(JSON.parse('{"text":"x","typo":1}')));
			assert.throws(() => server.script(JSON.parse('{"error":"x","delayMs":-1}')));
		}));
});
