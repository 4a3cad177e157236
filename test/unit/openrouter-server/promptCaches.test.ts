import assert from 'node:assert/strict';
import type { OpenRouterServer, OpenRouterServerOptions } from '../../openrouter-server/openRouterServer.ts';
import { chat, readTool, servedBy, withServer } from './calling.ts';

const MINUTE_MS = 60_000;
/** 1,750 tokens and a little. */
const rules = { role: 'system', content: 'Rules. '.repeat(1_000) };
const user = { role: 'user', content: 'Hello' };
const answer = { role: 'assistant', content: 'Hi' };

/** Asks in one session, and gives what was read from the cache and written to it. */
async function cacheOf(server: OpenRouterServer, body: object): Promise<readonly [cached: number, written: number]> {
	const { usage } = await servedBy(await chat(server, { session_id: 's', ...body }));
	const { cached_tokens: cached, cache_write_tokens: written } = usage.prompt_tokens_details;
	return [cached, written];
}

/** A text part that is to be cached up to its end. */
function marked(text: string, ttl?: '1h'): object {
	return { type: 'text', text, cache_control: { type: 'ephemeral', ...(ttl && { ttl }) } };
}

describe('local OpenRouter, prompt caches by themselves', () => {
	const model = 'openai/gpt-4o-mini';

	it('read the common prefix in whole blocks, whoever of the account sent it', () =>
		withServer({}, async server => {
			const messages = [rules, user];
			const longer = [...messages, answer, user];
			const first = await servedBy(await chat(server, { model, messages }));
			const second = await servedBy(await chat(server, { model, messages: longer }));
			assert.deepEqual(
				[first, second].map(({ usage }) => usage.prompt_tokens_details),
				[
					{ cached_tokens: 0, cache_write_tokens: 0 },
					{ cached_tokens: 1_664, cache_write_tokens: 0 },
				],
			);
			assert.ok(second.usage.cost < first.usage.cost);
			const other = await cacheOf(server, { model, messages: longer, session_id: 'other' });
			assert.deepEqual(other, [1_792, 0]);
		}));

	const breaks: Readonly<Record<string, object>> = {
		'another byte near the start': { messages: [{ ...rules, content: `Today: 21. ${rules.content}` }, user] },
		'another tool': { tools: [readTool] },
		'a short prompt': { messages: [user] },
	};
	for (const [name, body] of Object.entries(breaks)) {
		it(`read nothing after ${name}`, () =>
			withServer({}, async server => {
				await cacheOf(server, { model, messages: [rules, user] });
				assert.deepEqual(await cacheOf(server, { model, messages: [rules, user], ...body }), [0, 0]);
			}));
	}

	it('forget what nobody asked for in their lifetime', async () => {
		let now = 0;
		await withServer({ now: () => now }, async server => {
			const ask = () => cacheOf(server, { model, messages: [rules, user] });
			await ask();
			now += 4 * MINUTE_MS;
			assert.ok((await ask())[0] > 0);
			now += 4 * MINUTE_MS;
			assert.ok((await ask())[0] > 0, 'use prolongs it');
			now += 5 * MINUTE_MS;
			assert.deepEqual(await ask(), [0, 0]);
		});
	});

	it('are each provider’s own', () => {
		const providers = [
			{ name: 'One', slug: 'one' },
			{ name: 'Two', slug: 'two' },
		];
		return withServer({ providers }, async server => {
			const ask = (slug: string) =>
				cacheOf(server, { model, messages: [rules, user], provider: { order: [slug] } }).then(([cached]) => cached > 0);
			assert.deepEqual(
				[await ask('one'), await ask('two'), await ask('one'), await ask('two')],
				[false, false, true, true],
			);
		});
	});

	it('bill writing where the model has a price for it', () =>
		withServer({}, async server => {
			const [cached, written] = await cacheOf(server, { model: 'openai/gpt-5.6-luna-pro', messages: [rules, user] });
			assert.equal(cached, 0);
			assert.ok(written > 1_500);
		}));

	it('are not there where the model has no price for them', () =>
		withServer({}, async server => {
			const ask = () => cacheOf(server, { model: 'qwen/qwen3-coder-30b-a3b-instruct', messages: [rules, user] });
			assert.deepEqual(
				[await ask(), await ask()],
				[
					[0, 0],
					[0, 0],
				],
			);
		}));
});

describe('local OpenRouter, prompt caches by marks', () => {
	const model = 'anthropic/claude-sonnet-4.6';
	const automatic = { cache_control: { type: 'ephemeral' } };

	function withClaude(
		run: (ask: (body: object) => Promise<readonly [number, number]>) => Promise<void>,
		options: OpenRouterServerOptions = {},
	): Promise<void> {
		return withServer(options, server => run(body => cacheOf(server, { model, messages: [rules, user], ...body })));
	}

	it('keep only what they are asked to, and bill the writing', () =>
		withClaude(async ask => {
			assert.deepEqual(await ask({}), [0, 0]);
			assert.deepEqual(await ask({}), [0, 0]);
			const [, written] = await ask(automatic);
			assert.ok(written > 1_750);
			assert.deepEqual(await ask(automatic), [written, 0]);
		}));

	it('read up to the last mark and write from there, as the mark of the whole request moves along', () =>
		withClaude(async ask => {
			const [, written] = await ask(automatic);
			const messages = [rules, user, answer, { role: 'user', content: 'More. '.repeat(100) }];
			const [cached, added] = await ask({ ...automatic, messages });
			assert.equal(cached, written);
			assert.ok(added > 150 && added < 200);
		}));

	it('read up to a mark of a block, and see a text and its one part as the same', () =>
		withClaude(async ask => {
			const [, written] = await ask({ messages: [{ ...rules, content: [marked(rules.content)] }, user] });
			assert.ok(written > 1_750);
			const moved = [rules, { ...user, content: [marked('Hello')] }];
			const [cached, added] = await ask({ messages: moved });
			assert.equal(cached, written);
			assert.ok(added > 0 && added < 30);
		}));

	it('do not find a mark that lies more than twenty blocks back', () =>
		withClaude(async ask => {
			await ask(automatic);
			const more = (count: number) => Array.from({ length: count }, () => [answer, user]).flat();
			const near = await ask({ ...automatic, messages: [rules, user, ...more(9)] });
			assert.ok(near[0] > 1_750, 'eighteen blocks further on');
			const far = await ask({ ...automatic, messages: [rules, user, ...more(9), ...more(10)] });
			assert.equal(far[0], 0, 'twenty blocks further on');
		}));

	it('forget the conversation, not the system prompt, when the reasoning is set anew', () =>
		withClaude(async ask => {
			const messages = [{ ...rules, content: [marked(rules.content)] }, user];
			const [, written] = await ask({ ...automatic, messages });
			const [cached] = await ask({ ...automatic, messages, reasoning: { effort: 'high' } });
			assert.ok(cached > 1_740 && cached < written);
		}));

	it('keep a mark of one hour for an hour, and bill it higher', async () => {
		let now = 0;
		await withServer({ now: () => now }, async server => {
			const ask = async (ttl?: '1h') => {
				const messages = [{ ...rules, content: [marked(rules.content, ttl)] }, user];
				return (await servedBy(await chat(server, { model, messages, session_id: 's' }))).usage;
			};
			const short = await ask();
			now += 5 * MINUTE_MS;
			const long = await ask('1h');
			assert.equal(long.prompt_tokens_details.cached_tokens, 0);
			assert.ok(long.cost > short.cost);
			now += 59 * MINUTE_MS;
			assert.ok((await ask('1h')).prompt_tokens_details.cached_tokens > 1_740);
		});
	});

	it('take four marks in a request and no more', () =>
		withServer({}, async server => {
			const messages = Array.from({ length: 5 }, () => ({ role: 'user', content: [marked('x')] }));
			assert.equal((await chat(server, { model, messages: messages.slice(1) })).status, 200);
			assert.equal((await chat(server, { model, messages })).status, 400);
			assert.equal((await chat(server, { model, messages: messages.slice(1), ...automatic })).status, 400);
		}));

	it('take no mark of the whole request where the vendor knows none', () =>
		withServer({}, async server => {
			const qwen = { model: 'qwen/qwen3-coder-plus', messages: [rules, user] };
			assert.deepEqual(await cacheOf(server, { ...qwen, ...automatic }), [0, 0]);
			const messages = [{ ...rules, content: [marked(rules.content)] }, user];
			const [, written] = await cacheOf(server, { ...qwen, messages });
			assert.ok(written > 1_740);
			assert.deepEqual(await cacheOf(server, { ...qwen, messages }), [written, 0]);
		}));
});

describe('local OpenRouter, what a session could have had from the caches', () => {
	const model = 'anthropic/claude-sonnet-4.6';
	const mark = { cache_control: { type: 'ephemeral' } };

	it('counts what was shared, marked and read, and notices a prefix that broke', () =>
		withServer({}, async server => {
			const later = [rules, user, answer, user];
			await chat(server, { model, session_id: 's', messages: [rules, user], ...mark });
			await chat(server, { model, session_id: 's', messages: later, ...mark });
			await chat(server, { model, session_id: 's', messages: [{ ...rules, content: `1. ${rules.content}` }, user] });
			const [first, second, third] = server.stats;
			assert.deepEqual([first?.cacheable, first?.keepsPrefix], [0, true]);
			assert.equal(second?.cacheable, first?.promptTokens);
			assert.deepEqual([second?.marked, second?.cached], [second?.cacheable, second?.cacheable]);
			assert.deepEqual([third?.cacheable, third?.keepsPrefix], [0, false]);
		}));

	it('counts as shared, not as marked, what nobody marked', () =>
		withServer({}, async server => {
			for (const messages of [
				[rules, user],
				[rules, user, answer, user],
			]) {
				await chat(server, { model, session_id: 's', messages });
			}
			const second = server.stats[1];
			assert.ok((second?.cacheable ?? 0) > 1_750);
			assert.deepEqual([second?.marked, second?.cached], [0, 0]);
		}));
});
