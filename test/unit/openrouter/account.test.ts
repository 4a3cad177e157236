import assert from 'node:assert/strict';
import { readKeyInfo } from '../../../src/openrouter/account/keyInfo.ts';
import { readGeneration } from '../../../src/openrouter/answer/generation.ts';
import { startOpenRouterServer } from '../../openrouter-server/openRouterServer.ts';
import { eventsOf } from './answer/readBytes.ts';
import { ask, clientOf, useServer } from './asking.ts';
import { ManualClock } from './manualClock.ts';

const signal = new AbortController().signal;

describe('readKeyInfo', () => {
	const context = useServer();

	it('gives limits, use and free requests, and trims what was pasted', async () => {
		const { url: baseUrl, key } = context.server;
		const { label, limit, limitRemaining, freeRequests } = await readKeyInfo({ baseUrl, key: ` ${key}\n`, signal });
		assert.match(label, /^sk-or-v1-012/);
		assert.deepEqual([limit, limitRemaining], [10, 10]);
		assert.deepEqual(freeRequests, { used: 0, limit: 1000, remaining: 1000 });
	});

	it('throws auth for a key that is refused, empty or no key at all', async () => {
		const { url: baseUrl } = context.server;
		for (const key of ['sk-or-v1-wrong', '  ', 'two words']) {
			await assert.rejects(readKeyInfo({ baseUrl, key, signal }), { kind: 'auth' });
		}
	});

	it('says so when something else answers at the address', async () => {
		const { url: baseUrl, key } = context.server;
		for (const body of ['<html>Sign in</html>', '{"hello":1}', '[]', '']) {
			const fetch = async () => new Response(body);
			await assert.rejects(readKeyInfo({ baseUrl, key, signal, fetch }), { kind: 'notAnAnswer' });
		}
	});

	it('stops with its signal, and tells a time limit from the user', async () => {
		const { url: baseUrl, key } = context.server;
		const late = AbortSignal.abort(new DOMException('Too late.', 'TimeoutError'));
		await assert.rejects(readKeyInfo({ baseUrl, key, signal: AbortSignal.abort() }), { kind: 'aborted' });
		await assert.rejects(readKeyInfo({ baseUrl, key, signal: late }), { kind: 'silent' });
	});
});

describe('readGeneration', () => {
	const context = useServer();

	it('finds the bill of an answer that was cut, though it comes late', async () => {
		context.server.script({ text: 'A long answer.', pieces: 'event', fault: { afterBytes: 800, how: 'close' } });
		const { error } = await ask(clientOf(context.server));
		const clock = new ManualClock();
		const { url: baseUrl, key } = context.server;
		const reading = readGeneration({ baseUrl, key, signal, clock }, error?.fields.generationId ?? '');
		for (const ms of [500, 1_000]) {
			await clock.scheduled(ms);
			clock.advance(ms);
		}
		const usage = await reading;
		assert.ok((usage?.cost ?? 0) > 0);
		assert.ok((usage?.promptTokens ?? 0) > 0);
	});

	it('gives up in the end, so that the cost stays unknown', async () => {
		const clock = new ManualClock();
		const { url: baseUrl, key } = context.server;
		const reading = readGeneration({ baseUrl, key, signal, clock }, 'gen-none');
		for (const ms of [500, 1_000, 2_000, 4_000, 8_000]) {
			await clock.scheduled(ms);
			clock.advance(ms);
		}
		assert.equal(await reading, undefined);
	});

	it('agrees with the bill in the stream', async () => {
		const server = await startOpenRouterServer({ lateRecords: 0 });
		try {
			const { events } = await ask(clientOf(server));
			const id = eventsOf(events, 'served')[0]?.generationId ?? '';
			const usage = await readGeneration({ baseUrl: server.url, key: server.key, signal }, id);
			assert.equal(usage?.cost, eventsOf(events, 'usage')[0]?.usage.cost);
		} finally {
			await server.close();
		}
	});
});
