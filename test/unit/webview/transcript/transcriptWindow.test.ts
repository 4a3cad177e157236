import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyDelta, type Item, type TranscriptDelta } from '../../../../src/protocol/transcript.ts';
import {
	OutOfStepError,
	RANGE_SIZE,
	TranscriptWindow,
	WINDOW_SIZE,
} from '../../../../src/webview/transcript/transcriptWindow.ts';

const text = (id: number, value = `text ${id}`): Item => ({
	kind: 'text',
	id: `e${id}`,
	text: value,
	state: 'streaming',
});
const many = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => text(from + index));

/** The items a window shows. */
function shown(window: TranscriptWindow): Item[] {
	return window.entries.value.map(entry => {
		const item = entry.item.value;
		return entry.text !== undefined && 'text' in item ? { ...item, text: String(entry.text) } : item;
	});
}

describe('the window of the transcript', () => {
	it('shows the same as the whole transcript at its place, whatever comes', () => {
		const step = fc.oneof(
			{ weight: 4, arbitrary: fc.constant({ kind: 'add' as const }) },
			{
				weight: 4,
				arbitrary: fc.record({ kind: fc.constant('append' as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
			},
			{
				weight: 2,
				arbitrary: fc.record({ kind: fc.constant('set' as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
			},
			{
				weight: 1,
				arbitrary: fc.constantFrom({ kind: 'earlier' as const }, { kind: 'later' as const }, { kind: 'end' as const }),
			},
			{ weight: 1, arbitrary: fc.constant({ kind: 'scroll' as const }) },
		);
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 700 }), fc.array(step, { maxLength: 400 }), (size, steps) => {
				const host = many(0, size);
				const window = new TranscriptWindow();
				const start = Math.max(0, size - RANGE_SIZE);
				window.reset(size, start, host.slice(start));
				let isFollowing = true;
				const change = (delta: TranscriptDelta) => {
					applyDelta(host, delta.index, delta);
					window.apply(delta, isFollowing);
				};
				for (const action of steps) {
					switch (action.kind) {
						case 'add':
							change({ type: 'add', index: host.length, item: text(host.length) });
							break;
						case 'append':
						case 'set': {
							const index = Math.floor(action.at * (host.length - 1));
							const item = host[index];
							if (item?.kind === 'text') {
								change(
									action.kind === 'append'
										? { type: 'append', index, text: ' more' }
										: { type: 'set', index, item: { ...item, state: 'done' } },
								);
							}
							break;
						}
						case 'earlier':
							window.insert(
								Math.max(0, window.from - RANGE_SIZE),
								host.slice(Math.max(0, window.from - RANGE_SIZE), window.from),
							);
							break;
						case 'later':
							window.insert(window.to, host.slice(window.to, window.to + RANGE_SIZE));
							break;
						case 'end':
							window.insert(Math.max(0, host.length - RANGE_SIZE), host.slice(Math.max(0, host.length - RANGE_SIZE)));
							break;
						case 'scroll':
							isFollowing = !isFollowing;
							break;
						default:
							action satisfies never;
					}
					assert.ok(window.entries.value.length <= WINDOW_SIZE);
					assert.equal(window.total.value, host.length);
				}
				assert.deepEqual(shown(window), host.slice(window.from, window.to));
			}),
			{ numRuns: 200 },
		);
	});

	it('keeps the entries that stay, so that nothing is shown anew', () => {
		const window = new TranscriptWindow();
		window.reset(100, 40, many(40, 100));
		const [first] = window.entries.value;
		window.insert(0, many(0, 40));
		assert.equal(window.entries.value[40], first);
		window.apply({ type: 'append', index: 40, text: '!' }, true);
		window.apply({ type: 'set', index: 40, item: { ...text(40, 'text 40!'), state: 'done' } as Item }, true);
		assert.equal(window.entries.value[40], first);
		assert.equal(first?.item.value.kind === 'text' && first.item.value.state, 'done');
	});

	it('tells of a delta without touching the list', () => {
		const window = new TranscriptWindow();
		window.reset(2, 0, many(0, 2));
		const before = window.entries.value;
		window.apply({ type: 'append', index: 1, text: ' more' }, true);
		assert.equal(window.entries.value, before);
		assert.equal(String(before[1]?.text), 'text 1 more');
	});

	it('shows a text anew that became another one', () => {
		const window = new TranscriptWindow();
		window.reset(1, 0, many(0, 1));
		window.apply({ type: 'set', index: 0, item: text(0, 'other') }, true);
		assert.deepEqual(shown(window), [text(0, 'other')]);
	});

	it('stays where the user reads while the transcript grows past it', () => {
		const window = new TranscriptWindow();
		window.reset(WINDOW_SIZE, 0, many(0, WINDOW_SIZE));
		window.apply({ type: 'add', index: WINDOW_SIZE, item: text(WINDOW_SIZE) }, false);
		assert.deepEqual([window.from, window.to, window.hasLater], [0, WINDOW_SIZE, true]);
	});

	it('says so when host and page disagree', () => {
		const window = new TranscriptWindow();
		window.reset(2, 0, [text(0), { kind: 'user', id: 'u', text: 'a', chips: [] }]);
		assert.throws(() => window.apply({ type: 'add', index: 5, item: text(5) }, true), OutOfStepError);
		assert.throws(() => window.apply({ type: 'append', index: 1, text: 'x' }, true), OutOfStepError);
		assert.throws(() => window.apply({ type: 'set', index: 7, item: text(7) }, true), OutOfStepError);
	});
});
