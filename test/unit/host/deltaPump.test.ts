import assert from 'node:assert/strict';
import { DeltaPump } from '../../../src/host/chat/deltaPump.ts';
import type { TranscriptDelta } from '../../../src/protocol/transcript.ts';

const text = (index: number, value: string): TranscriptDelta => ({ type: 'append', index, text: value });

describe('DeltaPump', () => {
	it('joins neighbouring texts of one item and keeps the order of the rest', () => {
		const batches: (readonly TranscriptDelta[])[] = [];
		const pump = new DeltaPump(deltas => batches.push(deltas));
		pump.add([text(1, 'a'), text(1, 'b')]);
		pump.add([text(2, 'c'), text(1, 'd')]);
		pump.flush();
		assert.deepEqual(batches, [[text(1, 'ab'), text(2, 'c'), text(1, 'd')]]);
	});

	it('hands on by itself within a frame', async () => {
		const batch = await new Promise(done => new DeltaPump(done).add([text(0, 'a')]));
		assert.deepEqual(batch, [text(0, 'a')]);
	});

	it('forgets what a snapshot holds already', () => {
		const batches: unknown[] = [];
		const pump = new DeltaPump(deltas => batches.push(deltas));
		pump.add([text(0, 'a')]);
		pump.clear();
		pump.flush();
		assert.deepEqual(batches, []);
	});
});
