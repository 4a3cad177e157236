import assert from 'node:assert/strict';
import fc from 'fast-check';
import { gatherText } from '../../../../src/agent/turn/gatherText.ts';
import { manualClock } from '../../../fakes/manualClock.ts';

type Event =
	| { readonly type: 'text' | 'reasoning'; readonly delta: string }
	| { readonly type: 'tool'; readonly id: number };

const text = (delta: string): Event => ({ type: 'text', delta });

async function all<Item>(source: AsyncIterable<Item>): Promise<Item[]> {
	const items: Item[] = [];
	for await (const item of source) {
		items.push(item);
	}
	return items;
}

async function* from(events: readonly Event[]): AsyncGenerator<Event> {
	yield* events;
}

const turnOfLoop = () => new Promise(resolve => setImmediate(resolve));

describe('gatherText', () => {
	it('joins neighbours of one kind and keeps all else as it is', async () => {
		const events: Event[] = [
			text('a'),
			text('b'),
			{ type: 'reasoning', delta: 'c' },
			text('d'),
			{ type: 'tool', id: 1 },
			text('e'),
		];
		assert.deepEqual(await all(gatherText(from(events), 30, manualClock())), [
			text('ab'),
			{ type: 'reasoning', delta: 'c' },
			text('d'),
			{ type: 'tool', id: 1 },
			text('e'),
		]);
	});

	it('loses, adds and reorders nothing', async () => {
		const event: fc.Arbitrary<Event> = fc.oneof(
			fc.record({ type: fc.constantFrom('text' as const, 'reasoning' as const), delta: fc.string() }),
			fc.record({ type: fc.constant('tool' as const), id: fc.nat() }),
		);
		/** The one form of which all gatherings are cuts. */
		const flat = (events: readonly Event[]) =>
			events.flatMap((event): Event[] =>
				event.type === 'tool' ? [event] : [...event.delta].map(unit => ({ ...event, delta: unit })),
			);
		await fc.assert(
			fc.asyncProperty(fc.array(event), async events => {
				const gathered = await all(gatherText(from(events), 30, manualClock()));
				assert.deepEqual(flat(gathered), flat(events));
			}),
		);
	});

	it('hands on what it has when the window closes, and goes on with the event it waits for', async () => {
		const clock = manualClock();
		let send: ((event: Event) => void) | undefined;
		async function* slow(): AsyncGenerator<Event> {
			yield text('a');
			yield await new Promise<Event>(resolve => {
				send = resolve;
			});
		}
		const gathered = gatherText(slow(), 30, clock);
		const first = gathered.next();
		await turnOfLoop();
		clock.advance(29);
		assert.equal(await Promise.race([first, turnOfLoop()]), undefined);
		clock.advance(1);
		assert.deepEqual(await first, { done: false, value: text('a') });
		const second = gathered.next();
		send?.({ type: 'tool', id: 1 });
		assert.deepEqual(await second, { done: false, value: { type: 'tool', id: 1 } });
		assert.equal(clock.waiting, 0);
	});

	it('asks for nothing behind an event that is no text before that one was dealt with', async () => {
		const log: string[] = [];
		async function* source(): AsyncGenerator<Event> {
			yield text('a');
			yield { type: 'tool', id: 1 };
			log.push('asked for more');
			yield text('b');
		}
		for await (const event of gatherText(source(), 30, manualClock())) {
			await turnOfLoop();
			log.push(event.type);
		}
		assert.deepEqual(log, ['text', 'tool', 'asked for more', 'text']);
	});

	it('hands on the text before it fails as the source did', async () => {
		async function* source(): AsyncGenerator<Event> {
			yield text('a');
			throw new Error('broken');
		}
		const seen: Event[] = [];
		await assert.rejects(async () => {
			for await (const event of gatherText(source(), 30, manualClock())) {
				seen.push(event);
			}
		}, /broken/);
		assert.deepEqual(seen, [text('a')]);
	});

	it('closes the source when the consumer leaves', async () => {
		let isClosed = false;
		async function* source(): AsyncGenerator<Event> {
			try {
				yield { type: 'tool', id: 1 };
				yield { type: 'tool', id: 2 };
			} finally {
				isClosed = true;
			}
		}
		for await (const _ of gatherText(source(), 30, manualClock())) {
			break;
		}
		assert.equal(isClosed, true);
	});
});
