import assert from 'node:assert/strict';
import {
	ModelError,
	type ModelErrorFields,
	type ModelErrorKind,
	type ModelEvent,
} from '../../../../src/agent/model.ts';
import type { ModelSettings } from '../../../../src/agent/settings/modelSettings.ts';
import { RetryWait } from '../../../../src/agent/turn/retryWait.ts';
import { hurriedClock } from '../../../fakes/hurriedClock.ts';
import { manualClock } from '../../../fakes/manualClock.ts';
import { type Answer, call, calls, says, scriptedModel } from '../../../fakes/scriptedModel.ts';
import { fakeTool, resolvedModel, runToEnd } from '../../../fakes/turnHarness.ts';

/** An answer that brings some events and then fails. */
function fails(kind: ModelErrorKind, fields: ModelErrorFields = {}, ...before: readonly ModelEvent[]): Answer {
	return function* () {
		yield* before;
		throw new ModelError(kind, `It is ${kind}.`, fields);
	};
}

const half: ModelEvent = { type: 'text', delta: 'Half an ans' };

describe('ModelAsker', () => {
	it('waits for what passes and asks again, longer each time', async () => {
		const clock = hurriedClock();
		const client = scriptedModel(fails('unavailable'), fails('unavailable'), says('Here.'));
		const { events, end, bugs } = await runToEnd({ client, clock });
		assert.deepEqual(bugs, []);
		assert.equal(end.reason, 'done');
		assert.deepEqual(clock.waits, [750, 1_500]);
		const retries = events.filter(({ type }) => type === 'retry');
		const text = { type: 'retry', kind: 'unavailable', message: 'It is unavailable.' };
		assert.deepEqual(retries, [
			{ ...text, attempt: 1, delayMs: 750 },
			{ ...text, attempt: 2, delayMs: 1_500 },
		]);
	});

	it('gives up after three attempts with the last failure', async () => {
		const client = scriptedModel(fails('rateLimit'), fails('rateLimit'), fails('unavailable'));
		const { end } = await runToEnd({ client, clock: hurriedClock() });
		assert.equal(end.reason, 'failed');
		assert.equal(end.failure?.kind, 'unavailable');
		assert.equal(client.requests.length, 3);
	});

	it('obeys what the service asks for, however long', async () => {
		const clock = hurriedClock();
		const client = scriptedModel(fails('rateLimit', { retryAfterMs: 7_200_000 }), says('Here.'));
		const { end } = await runToEnd({ client, clock });
		assert.equal(end.reason, 'done');
		assert.deepEqual(clock.waits, [7_200_000]);
	});

	for (const kind of ['auth', 'credits', 'keyLimit', 'forbidden', 'badRequest', 'freeQuota', 'budget'] as const) {
		it(`does not ask again after ${kind}`, async () => {
			const client = scriptedModel(fails(kind));
			const { end } = await runToEnd({ client, clock: hurriedClock() });
			assert.equal(end.failure?.kind, kind);
			assert.equal(client.requests.length, 1);
		});
	}

	it('takes the word of the service before its own rule', async () => {
		const no = scriptedModel(fails('unavailable', { isRetryable: false }));
		assert.equal((await runToEnd({ client: no, clock: hurriedClock() })).end.reason, 'failed');
		const yes = scriptedModel(fails('noRoute', { isRetryable: true }), says('Here.'));
		assert.equal((await runToEnd({ client: yes, clock: hurriedClock() })).end.reason, 'done');
	});

	it('asks again after a break in mid-answer, and doubles nothing in the conversation', async () => {
		const broken = fails('cut', {}, half, { type: 'toolCall', call: call('c1', 'read', { path: 'a' }) });
		const client = scriptedModel(broken, calls(call('c1', 'read', { path: 'a' })), says('Whole.'));
		const { events, end, results } = await runToEnd({ client, clock: hurriedClock(), tools: [fakeTool('read')] });
		assert.equal(end.reason, 'done');
		assert.deepEqual(results, { c1: 'read a' });
		assert.equal(events.filter(({ type }) => type === 'toolStart').length, 1);
		assert.deepEqual(client.requests[1]?.messages, client.requests[0]?.messages);
		assert.ok(!JSON.stringify(client.requests[2]?.messages).includes('Half an ans'));
	});

	it('goes on with the fallback models, one after the other, and stays there for the turn', async () => {
		const settings: ModelSettings = { fallbackModels: ['b/b', 'c/c'] };
		const client = scriptedModel(
			fails('moderation'),
			fails('noRoute'),
			calls(call('c1', 'read', { path: 'a' })),
			says('Here.'),
		);
		const resolved = resolvedModel(client, { settings });
		const { events, end } = await runToEnd({ client, resolved, clock: hurriedClock(), tools: [fakeTool('read')] });
		assert.equal(end.reason, 'done');
		assert.deepEqual(
			client.requests.map(({ model, fallbacks }) => [model, fallbacks]),
			[
				['vendor/model', ['b/b', 'c/c']],
				['b/b', ['c/c']],
				['c/c', undefined],
				['c/c', undefined],
			],
		);
		assert.deepEqual(
			events.flatMap(event => (event.type === 'modelSwitched' ? [[event.from, event.to.id, event.kind]] : [])),
			[
				['Model', 'b/b', 'moderation'],
				['b/b', 'c/c', 'noRoute'],
			],
		);
	});

	it('passes over a fallback that cannot be had', async () => {
		const client = scriptedModel(fails('moderation'), says('Here.'));
		const { events } = await runToEnd({
			client,
			resolved: resolvedModel(client, { settings: { fallbackModels: ['gone', 'c/c'] } }),
			resolveModel: async id => {
				if (id === 'gone') {
					throw new ModelError('modelNotFound', 'Gone.');
				}
				return resolvedModel(client, { model: { id, name: id, isBuiltIn: false } });
			},
		});
		assert.ok(events.some(event => event.type === 'modelSwitched' && event.to.id === 'c/c'));
	});

	it('takes a fallback rather than wait longer than a minute', async () => {
		const clock = hurriedClock();
		const client = scriptedModel(fails('rateLimit', { retryAfterMs: 61_000 }), says('Here.'));
		await runToEnd({ client, clock, resolved: resolvedModel(client, { settings: { fallbackModels: ['b/b'] } }) });
		assert.deepEqual(clock.waits, []);
		assert.equal(client.requests[1]?.model, 'b/b');
	});

	it('stops in the middle of a wait', async () => {
		const clock = manualClock();
		const stop = new AbortController();
		const client = scriptedModel(fails('rateLimit', { retryAfterMs: 60_000 }));
		const { end } = await runToEnd({
			client,
			clock,
			signal: stop.signal,
			onEvent: event => {
				if (event.type === 'retry') {
					setImmediate(() => stop.abort());
				}
			},
		});
		assert.equal(end.reason, 'stopped');
		assert.equal(client.requests.length, 1);
		assert.equal(clock.waiting, 0);
	});

	it('asks at once when the user does not want to wait', async () => {
		const clock = manualClock();
		const retryWait = new RetryWait(clock);
		const client = scriptedModel(fails('rateLimit', { retryAfterMs: 60_000 }), says('Here.'));
		const skips: boolean[] = [];
		const { end } = await runToEnd({
			client,
			clock,
			retryWait,
			onEvent: event => {
				if (event.type === 'retry') {
					setImmediate(() => skips.push(retryWait.skip()));
				}
			},
		});
		assert.equal(end.reason, 'done');
		assert.deepEqual(skips, [true]);
		assert.equal(clock.waiting, 0);
		assert.equal(retryWait.skip(), false);
	});

	it('says once what of the settings the model does not take', async () => {
		const client = scriptedModel(calls(call('c1', 'read', { path: 'a' })), says('Here.'));
		const resolved = resolvedModel(client, { leftOut: ['topK'] });
		const { events } = await runToEnd({ client, resolved, tools: [fakeTool('read')] });
		assert.deepEqual(
			events.filter(({ type }) => type === 'leftOut'),
			[{ type: 'leftOut', model: 'vendor/model', parameters: ['topK'] }],
		);
	});

	it('sends what the user set, the warm provider and their budget', async () => {
		const client = scriptedModel(says('Here.'));
		const settings: ModelSettings = {
			temperature: 0.2,
			maxOutputTokens: 4_000,
			routing: { sort: 'price' },
			preset: 'mine',
			fallbackModels: ['b/b'],
		};
		await runToEnd({
			client,
			resolved: resolvedModel(client, { settings }),
			pinnedProvider: model => (model === 'vendor/model' ? 'Warm' : undefined),
			sessionBudget: () => 2,
		});
		const { messages: _messages, tools: _tools, ...rest } = client.requests[0] ?? {};
		assert.deepEqual(rest, {
			model: 'vendor/model',
			sessionId: 'session',
			maxOutputTokens: 4_000,
			parameters: { temperature: 0.2 },
			routing: { sort: 'price' },
			preset: 'mine',
			fallbacks: ['b/b'],
			pinnedProvider: 'Warm',
			sessionBudget: 2,
		});
	});

	it('pins no provider where the user does not want it', async () => {
		const client = scriptedModel(says('Here.'));
		const resolved = resolvedModel(client, { settings: { pinProvider: false } });
		await runToEnd({ client, resolved, pinnedProvider: () => 'Warm' });
		assert.equal(client.requests[0]?.pinnedProvider, undefined);
	});
});
