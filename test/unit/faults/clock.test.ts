import assert from 'node:assert/strict';
import type { Clock } from '../../../src/agent/clock.ts';
import { ModelError } from '../../../src/agent/model.ts';
import { Session } from '../../../src/agent/session/session.ts';
import type { SessionOptions } from '../../../src/agent/session/sessionOptions.ts';
import { Watchdog } from '../../../src/openrouter/answer/watchdog.ts';
import { hurriedClock } from '../../fakes/hurriedClock.ts';
import { memorySessionStore } from '../../fakes/memorySessionStore.ts';
import { MemoryWorkspace } from '../../fakes/memoryWorkspace.ts';
import { call, calls, says, scriptedModel } from '../../fakes/scriptedModel.ts';
import { plainRights } from '../../fakes/sessionParts.ts';
import { fakeTool, resolvedModel } from '../../fakes/turnHarness.ts';
import { ManualClock } from '../openrouter/manualClock.ts';

const DAY_MS = 86_400_000;

/** The user, or a time server, sets the clock back and forth by a day at every look. */
function jumping<Inner extends Clock>(inner: Inner): Clock {
	let looks = 0;
	return {
		now: () => inner.now() + (looks++ % 2 === 0 ? DAY_MS : -DAY_MS),
		monotonic: () => inner.monotonic(),
		schedule: (ms, callback) => inner.schedule(ms, callback),
	};
}

describe('a clock that is set back and forth', () => {
	it('changes neither the order of a session nor how long anything took, nor how long is waited', async () => {
		const clock = hurriedClock();
		const store = memorySessionStore(jumping(clock).now);
		let ids = 0;
		const client = scriptedModel(
			() => {
				throw new ModelError('rateLimit', 'Slow down.', { retryAfterMs: 7_000 });
			},
			calls(call('c1', 'read', { path: 'a' }), call('c2', 'read', { path: 'b' })),
			says('Done.'),
			says('Again.'),
		);
		const options: SessionOptions = {
			...plainRights([fakeTool('read')]),
			store,
			workspace: new MemoryWorkspace(),
			resolveModel: async () => resolvedModel(client),
			currentRules: async () => '',
			isTrusted: () => true,
			maxRequests: () => 5,
			clock: jumping(clock),
			newId: () => `id-${++ids}`,
			onBug: error => {
				throw error;
			},
		};
		const session = await Session.create(options, { system: 'Rules.', workspace: [] });
		await session.send('Go.');
		await session.whenIdle();
		assert.equal(session.state.lastEnd?.reason, 'done');
		assert.ok(clock.waits.includes(7_000), 'the wait is the one asked for');
		const durations = session.events.flatMap(({ event }) => {
			switch (event.type) {
				case 'toolEnd':
					return [event.result.durationMs];
				case 'response':
					return [event.durationMs];
				default:
					return [];
			}
		});
		assert.equal(durations.length, 4);
		assert.ok(
			durations.every(ms => ms >= 0 && ms < 60_000),
			`${durations}`,
		);
		const told = session.events.map(({ event }) => event);
		await session.dispose();
		const again = await Session.open(options, session.id);
		assert.deepEqual(
			again.events.map(({ event }) => event),
			told,
		);
		assert.deepEqual(
			again.events.map(({ sequence }) => sequence),
			told.map((_, index) => index),
		);
		await again.send('Again.');
		await again.whenIdle();
		assert.equal(again.state.lastEnd?.reason, 'done');
		await again.dispose();
	});

	it('neither ends nor prolongs the patience with a silent service', async () => {
		const inner = new ManualClock();
		const limits = { firstByteMs: 120_000, idleByteMs: 60_000, idleDataMs: 300_000 };
		const dog = new Watchdog(jumping(inner), limits, new AbortController().signal);
		dog.sawHeaders();
		const piece = dog.wait(new Promise<void>(resolve => inner.schedule(59_000, resolve)));
		inner.advance(59_000);
		await piece;
		const silence = assert.rejects(dog.wait(new Promise(() => undefined)), { kind: 'silent' });
		inner.advance(60_000);
		await silence;
	});
});
