import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { createOpenRouterClient } from '../../../src/openrouter/openRouterClient.ts';
import { type Answer, answer as answerSchema } from '../../openrouter-server/answer.ts';
import { startOpenRouterServer } from '../../openrouter-server/openRouterServer.ts';
import { eventsOf, textOf } from './answer/readBytes.ts';
import { ask, clientOf, request, useServer } from './asking.ts';
import { readFixture } from './fixtures.ts';
import { ManualClock } from './manualClock.ts';

describe('OpenRouter client', () => {
	const context = useServer();

	it('streams a whole answer: who serves, text, bill, finish', async () => {
		context.server.script({ text: 'Hello there.' });
		const { events, error } = await ask(clientOf(context.server));
		assert.equal(error, undefined);
		assert.equal(textOf(events), 'Hello there.');
		const [served] = eventsOf(events, 'served');
		assert.equal(served?.provider, 'Local');
		assert.match(served?.generationId ?? '', /^gen-/);
		assert.ok((eventsOf(events, 'usage')[0]?.usage.cost ?? 0) > 0);
		assert.deepEqual(events.at(-1), { type: 'finish', reason: 'stop' });
	});

	for (const pieces of ['event', 1, 7] as const) {
		it(`gives the same events when the body comes in pieces of ${pieces}`, async () => {
			const answer: Answer = { stream: 'tool-calls-parallel-interleaved.sse' };
			context.server.script(answer, { ...answer, pieces });
			const client = clientOf(context.server);
			assert.deepEqual(await ask(client), await ask(client));
		});
	}

	it('sends the headers it means to send and no others, whatever the environment says', async () => {
		const before = { ...process.env };
		Object.assign(process.env, {
			OPENAI_ORG_ID: 'org-x',
			OPENAI_PROJECT_ID: 'proj-x',
			OPENAI_CUSTOM_HEADERS: 'x-secret: 1',
			OPENAI_BASE_URL: 'http://127.0.0.1:1',
			OPENAI_API_KEY: 'sk-other',
		});
		try {
			await ask(clientOf(context.server));
		} finally {
			process.env = before;
		}
		const { headers, body } = await context.server.chat(1);
		const added = [
			'host',
			'connection',
			'content-length',
			'accept-encoding',
			'accept-language',
			'sec-fetch-mode',
			'user-agent',
		];
		assert.deepEqual(
			Object.keys(headers)
				.filter(name => !added.includes(name))
				.sort(),
			['accept', 'authorization', 'content-type', 'http-referer', 'x-openrouter-categories', 'x-openrouter-title'],
		);
		assert.equal(headers['authorization'], `Bearer ${context.server.key}`);
		assert.ok(!JSON.stringify(body).includes(context.server.key));
	});

	it('asks for the key at each request, and trims it', async () => {
		const keys = [`  ${context.server.key}\n`, undefined, 'sk-or-v1-wrong'];
		const client = clientOf(context.server, { getKey: async () => keys.shift() });
		assert.equal((await ask(client)).error, undefined);
		const missing = await ask(client);
		assert.equal(missing.error?.kind, 'auth');
		assert.equal(missing.error?.fields.status, undefined);
		const wrong = await ask(client);
		assert.equal(wrong.error?.kind, 'auth');
		assert.equal(wrong.error?.fields.status, 401);
		assert.equal(context.server.chats.length, 2, 'nothing is sent without a key, and a refused key is not retried');
	});

	it('refuses to follow a redirect, so that the key goes nowhere else', async () => {
		const other = await startOpenRouterServer();
		try {
			const location = `${other.url}/chat/completions`;
			context.server.script({ status: 307, headers: { location }, body: '' });
			const { error } = await ask(clientOf(context.server));
			assert.equal(error?.kind, 'notAnAnswer');
			assert.equal(other.requests.length, 0);
			assert.equal(context.server.chats.length, 1);
		} finally {
			await other.close();
		}
	});

	it('says that there is no connection', async () => {
		const gone = await startOpenRouterServer();
		await gone.close();
		const { events, error } = await ask(clientOf(gone));
		assert.equal(error?.kind, 'network');
		assert.equal(error?.fields.isRetryable, true);
		assert.match(error?.fields.details ?? '', /ECONNREFUSED/);
		assert.deepEqual(events, []);
	});
});

describe('OpenRouter client, when something other than a stream comes', () => {
	const context = useServer();

	it('reports a page as such, with its text', async () => {
		const body = '<html><head><title>x</title></head><body><h1>Sign in</h1> to the hotel network</body></html>';
		context.server.script({ status: 200, headers: { 'content-type': 'text/html' }, body });
		const { error } = await ask(clientOf(context.server));
		assert.equal(error?.kind, 'notAnAnswer');
		assert.match(error?.message ?? '', /Sign in to the hotel network/);
	});

	it('reports a page that claims to be a stream', async () => {
		context.server.script({ stream: 'html-instead-of-sse.txt' });
		assert.equal((await ask(clientOf(context.server))).error?.kind, 'notAnAnswer');
	});

	it('reads an error in a 200 as the status it names', async () => {
		const body = JSON.stringify({ error: { code: 402, message: 'Insufficient credits.' } });
		context.server.script({ status: 200, headers: { 'content-type': 'application/json' }, body });
		const { error } = await ask(clientOf(context.server));
		assert.equal(error?.kind, 'credits');
		assert.equal(error?.fields.status, 402);
	});

	for (const [body, message] of [
		['{"message":"Blocked by policy"}', 'Blocked by policy'],
		['{"error":"Blocked"}', 'Blocked'],
		['{"error":["Blocked"]}', 'Blocked'],
		['{"ok":false}', 'OpenRouter answered with status 403.'],
		['', 'OpenRouter answered with status 403.'],
		['<h1>Blocked</h1> by <b>ACME</b>', 'Blocked by ACME'],
	] as const) {
		it(`says what a gateway says with ${body || 'nothing'}`, async () => {
			context.server.script({ status: 403, body });
			const { error } = await ask(clientOf(context.server));
			assert.deepEqual([error?.kind, error?.message], ['forbidden', message]);
		});
	}

	it('reads an answer that comes in one piece', async () => {
		const body = new TextDecoder().decode(readFixture('completions/tool-call-mistral.json'));
		context.server.script({ status: 200, headers: { 'content-type': 'application/json' }, body });
		const { events, error } = await ask(clientOf(context.server));
		assert.equal(error, undefined);
		assert.equal(eventsOf(events, 'toolCall')[0]?.call.id, '3sniiMddS');
		assert.equal(eventsOf(events, 'usage')[0]?.usage.cost, undefined, 'an unknown cost stays unknown');
	});
});

describe('OpenRouter client, when the connection fails', () => {
	const context = useServer();

	for (const how of ['close', 'reset'] as const) {
		it(`keeps the text and says "cut" when the connection ends with ${how} after it, and asks no second time`, async () => {
			context.server.script({ text: 'The answer is long and good.', pieces: 'event', fault: { afterBytes: 700, how } });
			const { events, error } = await ask(clientOf(context.server));
			assert.equal(error?.kind, 'cut');
			assert.match(error?.fields.generationId ?? '', /^gen-/);
			assert.ok(textOf(events).length > 0);
			assert.equal(context.server.chats.length, 1);
		});

		it(`tells a connection that ends with ${how} before anything was shown, and leaves asking again to the caller`, async () => {
			context.server.script({ text: 'x', fault: { afterBytes: 10, how } });
			const { events, error } = await ask(clientOf(context.server));
			assert.equal(error?.kind, how === 'close' ? 'cut' : 'network');
			assert.equal(error?.fields.isRetryable, true);
			assert.deepEqual(events, []);
			assert.equal(context.server.chats.length, 1);
		});
	}

	it('takes bytes without meaning after some text for a cut', async () => {
		context.server.script({ text: 'Some text.', fault: { afterBytes: 500, how: 'garbage' } });
		assert.equal((await ask(clientOf(context.server))).error?.kind, 'cut');
	});

	it('gives up after the limit when nothing comes, and closes the connection', async () => {
		context.server.script({ text: 'A few words.', pieces: 'event', fault: { afterBytes: 600, how: 'stall' } });
		const clock = new ManualClock();
		const silence = { firstByteMs: 5_000, idleByteMs: 3_000, idleDataMs: 9_000 };
		const client = clientOf(context.server, { clock, silence });
		const asking = ask(client);
		const { ended } = await context.server.chat(1);
		await clock.scheduled(3_000);
		clock.advance(3_000);
		const { error } = await asking;
		assert.equal(error?.kind, 'silent');
		assert.equal(error?.message, 'Nothing has come for 3 s.');
		assert.equal(await ended, 'aborted');
	});

	it('gives up when no headers come, without asking again by itself', async () => {
		context.server.script({ text: 'late', headersDelayMs: 60_000 });
		const clock = new ManualClock();
		const silence = { firstByteMs: 5_000, idleByteMs: 3_000, idleDataMs: 9_000 };
		const asking = ask(clientOf(context.server, { clock, silence }));
		await context.server.chat(1);
		await clock.scheduled(5_000);
		clock.advance(5_000);
		const { error, events } = await asking;
		assert.equal(error?.kind, 'silent');
		assert.deepEqual(events, []);
		assert.equal(context.server.chats.length, 1);
	});
});

describe('OpenRouter client, stopped', () => {
	const context = useServer();

	it('ends at once before it asks', async () => {
		const { error } = await ask(clientOf(context.server), request(), { signal: AbortSignal.abort() });
		assert.equal(error?.kind, 'aborted');
		assert.equal(context.server.requests.length, 0);
	});

	it('ends while it waits for the headers', async () => {
		context.server.script({ text: 'late', headersDelayMs: 60_000 });
		const controller = new AbortController();
		const asking = ask(clientOf(context.server), request(), { signal: controller.signal });
		const { ended } = await context.server.chat(1);
		controller.abort();
		assert.equal((await asking).error?.kind, 'aborted');
		assert.equal(await ended, 'aborted');
	});

	it('ends in the middle of the text, and names the generation to find its bill', async () => {
		context.server.script({ text: 'word '.repeat(50), pieces: 'event', fault: { afterBytes: 3_000, how: 'stall' } });
		const controller = new AbortController();
		const stream = clientOf(context.server).stream(request(), controller.signal)[Symbol.asyncIterator]();
		let event = await stream.next();
		while (!event.done && event.value.type !== 'text') {
			event = await stream.next();
		}
		controller.abort();
		const { ended } = await context.server.chat(1);
		await assert.rejects(
			async () => {
				while (!(await stream.next()).done) {
					// What was read already may still come.
				}
			},
			(error: unknown) => {
				assert.ok(error instanceof Error && 'kind' in error && 'fields' in error);
				assert.equal(error.kind, 'aborted');
				assert.match(inspect(error.fields), /gen-/);
				return true;
			},
		);
		assert.equal(await ended, 'aborted');
	});

	it('closes the connection when the reader leaves', async () => {
		context.server.script({ text: 'word '.repeat(50), pieces: 'event', fault: { afterBytes: 3_000, how: 'stall' } });
		for await (const event of clientOf(context.server).stream(request(), new AbortController().signal)) {
			if (event.type === 'text') {
				break;
			}
		}
		assert.equal(await (await context.server.chat(1)).ended, 'aborted');
	});

	it('leaves the connection to the next request after a whole answer', async () => {
		context.server.script({ text: 'one' }, { text: 'two' });
		const client = clientOf(context.server);
		for await (const event of client.stream(request(), new AbortController().signal)) {
			if (event.type === 'finish') {
				// As the loop does: it asks for nothing behind the finish.
				break;
			}
		}
		assert.equal(await (await context.server.chat(1)).ended, 'sent');
	});
});

describe('OpenRouter client, refused', () => {
	const context = useServer();
	const CLAUDE = 'anthropic/claude-sonnet-4.6';
	const json = { 'content-type': 'application/json' };

	function refusal(status: number, message: string): Answer {
		return { status, headers: json, body: JSON.stringify({ error: { code: status, message } }) };
	}

	function sent(): readonly Readonly<Record<string, unknown>>[] {
		return context.server.chats.map(({ body }) => {
			assert.ok(typeof body === 'object' && body !== null);
			return { ...body };
		});
	}

	for (const status of [400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 529]) {
		it(`asks once and tells ${status}: waiting and asking again is the caller's`, async () => {
			context.server.script(refusal(status, 'no'), { text: 'Done.' });
			const { events, error } = await ask(clientOf(context.server));
			assert.equal(error?.fields.status, status);
			assert.deepEqual(events, []);
			assert.equal(context.server.chats.length, 1);
		});
	}

	it('tells the bill of an empty answer with its failure', async () => {
		context.server.script({ stream: 'empty-completion.sse' });
		const { events, error } = await ask(clientOf(context.server));
		assert.equal(error?.kind, 'unavailable');
		assert.equal(eventsOf(events, 'usage').length, 1);
	});

	it('asks once for a shorter answer when the credit pays for one', async () => {
		context.server.script({ error: '402-fewer-max-tokens.json' }, { text: 'Done.' });
		const { events, error } = await ask(clientOf(context.server));
		assert.equal(error, undefined);
		assert.deepEqual(
			sent().map(body => body['max_tokens']),
			[32_000, 28_598],
		);
		const [repaired] = eventsOf(events, 'repaired');
		assert.equal(repaired?.kind, 'credits');
		assert.match(repaired?.message ?? '', /^Asked again for at most 28598 tokens of answer\. This request requires/);
	});

	it('asks once for a shorter answer when the context has room for one', async () => {
		const text =
			"This endpoint's maximum context length is 100000 tokens. However, you requested about 120000 tokens (88000 of text input, 32000 in the output).";
		context.server.script(refusal(400, text), refusal(400, text), { text: 'Done.' });
		const { error } = await ask(clientOf(context.server));
		assert.equal(error?.kind, 'contextLength', 'no second repair of the same kind');
		assert.deepEqual(
			sent().map(body => body['max_tokens']),
			[32_000, 11_400],
		);
	});

	it('leaves out reasoning whose signature is refused, and remembers it for the session and model alone', async () => {
		const details = [{ type: 'reasoning.text', text: 'Hm', signature: 'S', format: 'anthropic-claude-v1', index: 0 }];
		const wanted = request({
			model: CLAUDE,
			messages: [
				{ role: 'user', text: 'Hi' },
				{ role: 'assistant', text: 'Yes', toolCalls: [], model: CLAUDE, reasoningDetails: details },
				{ role: 'user', text: 'More' },
			],
		});
		context.server.script({ error: '400-anthropic-invalid-signature.json' });
		const client = clientOf(context.server);
		assert.equal(eventsOf((await ask(client, wanted)).events, 'repaired').length, 1);
		assert.equal(eventsOf((await ask(client, wanted)).events, 'repaired').length, 0);
		await ask(client, { ...wanted, sessionId: 'other' });
		await ask(client, { ...wanted, model: 'anthropic/claude-opus-4.6' });
		assert.deepEqual(
			sent().map(({ messages }) => JSON.stringify(messages).includes('reasoning_details')),
			[true, false, false, true, true],
		);
	});

	it('does not remember a repair that did not help', async () => {
		const wanted = request({ model: CLAUDE });
		const error = { error: '400-anthropic-invalid-signature.json' };
		context.server.script(error, error, error);
		const client = clientOf(context.server);
		assert.equal((await ask(client, wanted)).error?.kind, 'badRequest');
		assert.equal(eventsOf((await ask(client, wanted)).events, 'repaired').length, 1);
	});

	it('asks in words when no provider takes the schema of the answer, and does so at once the next time', async () => {
		const output = { name: 'plan', schema: { type: 'object', properties: { steps: { type: 'array' } } } };
		context.server.script({ error: '404-no-endpoints-parameters.json' });
		const client = clientOf(context.server);
		const { error, events } = await ask(client, request({ output }));
		assert.equal(error, undefined);
		assert.match(eventsOf(events, 'repaired')[0]?.message ?? '', /^Asked again without response_format\./);
		await ask(client, request({ output }));
		const [first, ...others] = sent();
		assert.ok(first?.['response_format']);
		assert.equal(others.length, 2);
		for (const body of others) {
			assert.equal(body['response_format'], undefined);
			assert.ok(JSON.stringify(body['messages']).includes('\\"steps\\"'), 'the schema stands in the message');
		}
	});

	it('leaves out the parameters that a provider names as not supported, one after the other', async () => {
		const refuses = (name: string): Answer => {
			const raw = JSON.stringify({
				error: { message: `Unsupported parameter: '${name}' is not supported with this model.` },
			});
			const error = { code: 400, message: 'Provider returned error', metadata: { raw, provider_name: 'OpenAI' } };
			return { status: 400, headers: json, body: JSON.stringify({ error }) };
		};
		context.server.script(refuses('temperature'), refuses('top_p'), { text: 'Done.' }, refuses('temperature'));
		const client = clientOf(context.server);
		const wanted = request({ parameters: { temperature: 0.2, topP: 0.5, seed: 1 } });
		const { error, events } = await ask(client, wanted);
		assert.equal(error, undefined);
		assert.equal(eventsOf(events, 'repaired').length, 2);
		assert.equal((await ask(client, wanted)).error?.kind, 'badRequest', 'nothing is left to leave out');
		assert.deepEqual(
			sent().map(({ temperature, top_p, seed }) => [temperature, top_p, seed]),
			[
				[0.2, 0.5, 1],
				[undefined, 0.5, 1],
				[undefined, undefined, 1],
				[undefined, undefined, 1],
			],
		);
	});

	it('asks without the pinned provider when the service cannot ask it, but never against the order of the user', async () => {
		context.server.script(refusal(404, 'No endpoints found.'), { text: 'Done.' }, refusal(404, 'No endpoints found.'));
		const client = clientOf(context.server);
		assert.equal((await ask(client, request({ pinnedProvider: 'Gone AI' }))).error, undefined);
		const routing = { order: ['openai'] };
		const own = await ask(client, request({ pinnedProvider: 'Gone AI', routing }));
		assert.equal(own.error?.kind, 'modelNotFound');
		assert.deepEqual(
			sent().map(({ provider }) => provider),
			[{ order: ['gone-ai'] }, undefined, { order: ['openai'] }],
		);
	});
});

describe('OpenRouter client, asked for a bill', () => {
	const signal = new AbortController().signal;

	it('finds that of an answer that was cut', async () => {
		const server = await startOpenRouterServer({ lateRecords: 0 });
		try {
			server.script({ text: 'A long answer.', pieces: 'event', fault: { afterBytes: 800, how: 'close' } });
			const client = clientOf(server);
			const { error } = await ask(client);
			const usage = await client.bill?.(error?.fields.generationId ?? '', signal);
			assert.ok((usage?.cost ?? 0) > 0);
			assert.equal(server.requests.at(-1)?.headers['authorization'], `Bearer ${server.key}`);
		} finally {
			await server.close();
		}
	});

	it('says why it cannot', async () => {
		const client = createOpenRouterClient({ baseUrl: 'http://127.0.0.1:1', getKey: async () => undefined });
		await assert.rejects(async () => client.bill?.('gen-1', signal), { kind: 'auth' });
	});
});

describe('OpenRouter client and the key', () => {
	const key = `sk-or-v1-${'5ecret'.repeat(10)}`;
	const echo = JSON.stringify({
		error: { code: 400, message: `Bad header Bearer ${key}`, metadata: { raw: `key=${key}`, provider_name: key } },
	});
	const json = { 'content-type': 'application/json' };
	const answers: Readonly<Record<string, Answer>> = {
		'an error that quotes it': { status: 400, headers: json, body: echo },
		'an error in a 200': { status: 200, headers: json, body: echo },
		'an error inside a stream': {
			status: 200,
			headers: { 'content-type': 'text/event-stream' },
			body: `data: ${echo}\n\n`,
		},
		'a page that quotes it': { status: 200, headers: { 'content-type': 'text/html' }, body: `<p>${key}</p>` },
		'a chunk that breaks its format': {
			status: 200,
			headers: { 'content-type': 'text/event-stream' },
			body: `data: ${JSON.stringify({ choices: [{ delta: { content: 5, key } }] })}\n\n`,
		},
		'a broken connection': { text: 'x', fault: { afterBytes: 5, how: 'reset' } },
	};

	for (const [name, answer] of Object.entries(answers)) {
		it(`does not show it in the failure after ${name}`, async () => {
			const server = await startOpenRouterServer({ key });
			try {
				server.script(answerSchema.parse(answer));
				const { events, error } = await ask(clientOf(server));
				assert.ok(error);
				const everything = inspect([events, error, error.stack, JSON.stringify(error.fields)], {
					depth: 20,
					showHidden: true,
				});
				assert.ok(!everything.includes('5ecret'), everything);
			} finally {
				await server.close();
			}
		});
	}

	it('does not show a key that is no header value', async () => {
		const client = createOpenRouterClient({ baseUrl: 'http://127.0.0.1:1', getKey: async () => 'sk-ør\u2028secret' });
		const { error } = await ask(client);
		assert.equal(error?.kind, 'auth');
		assert.ok(!inspect(error, { depth: 20 }).includes('secret'));
	});
});
