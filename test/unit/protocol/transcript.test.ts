import assert from 'node:assert/strict';
import fc from 'fast-check';
import { addOutput, applyDelta, type Item, type LiveOutput } from '../../../src/protocol/transcript.ts';

const row: Item = { kind: 'tool', id: 'c', name: 'bash', state: 'running', verb: 'Running', subject: 'x', note: '' };
const update = (text: string, openLine = '', isCut = false) => ({ text, openLine, isCut });

describe('output of a running call', () => {
	it('grows by what is new, and its open line is replaced', () => {
		const first = addOutput(undefined, update('a\n', '10 %'));
		assert.deepEqual(first, { text: 'a\n', openLine: '10 %', isCut: false });
		assert.deepEqual(addOutput(first, update('b\n', '20 %')), { text: 'a\nb\n', openLine: '20 %', isCut: false });
	});

	it('begins anew behind a gap, and says that something is missing from then on', () => {
		const after = addOutput(addOutput(undefined, update('a\n')), update('z\n', '', true));
		assert.deepEqual(after, { text: 'z\n', openLine: '', isCut: true });
		assert.equal(addOutput(after, update('y\n')).isCut, true);
	});

	it('keeps its last 200 lines whole', () => {
		const lines = Array.from({ length: 300 }, (_, at) => `${at}\n`);
		const { text, isCut } = addOutput(undefined, update(lines.join('')));
		assert.equal(text, lines.slice(100).join(''));
		assert.ok(isCut);
	});

	it('is the end of all that came, bounded, however it was cut into pieces', () => {
		fc.assert(
			fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n', ' '), maxLength: 3000 })), pieces => {
				let live: LiveOutput | undefined;
				for (const piece of pieces) {
					live = addOutput(live, update(piece));
				}
				const whole = pieces.join('');
				const { text, isCut } = live ?? { text: '', isCut: false };
				assert.ok(whole.endsWith(text));
				assert.equal(isCut, text.length < whole.length);
				assert.ok(text.length <= 8000 && text.split('\n').length <= 201);
			}),
		);
	});

	it('belongs to calls alone', () => {
		const delta = { type: 'output', index: 0, ...update('a') } as const;
		const items: Item[] = [row];
		applyDelta(items, 0, delta);
		assert.deepEqual(items, [{ ...row, live: update('a') }]);
		assert.throws(() => applyDelta([], 0, delta));
		assert.throws(() => applyDelta([{ kind: 'user', id: 'u', text: '', chips: [] }], 0, delta));
	});
});
