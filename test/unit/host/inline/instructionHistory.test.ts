import assert from 'node:assert/strict';
import { InstructionHistory } from '../../../../src/host/inline/instructionHistory.ts';

function memory(): { get(key: string): unknown; update(key: string, value: readonly string[]): Promise<void> } {
	const values = new Map<string, readonly string[]>();
	return {
		get: key => values.get(key),
		async update(key, value) {
			values.set(key, value);
		},
	};
}

describe('history of instructions', () => {
	it('has the newest first, each once', async () => {
		const history = new InstructionHistory(memory());
		for (const text of ['one', 'two', ' one ']) {
			await history.add(text);
		}
		assert.deepEqual(history.entries, ['one', 'two']);
	});

	it('keeps twenty', async () => {
		const history = new InstructionHistory(memory());
		for (let number = 0; number < 30; number++) {
			await history.add(`${number}`);
		}
		assert.equal(history.entries.length, 20);
		assert.equal(history.entries[0], '29');
	});

	it('takes nothing empty, and reads nothing that is no list', async () => {
		const stored = memory();
		const history = new InstructionHistory(stored);
		await history.add('  ');
		assert.deepEqual(history.entries, []);
		assert.deepEqual(new InstructionHistory({ ...stored, get: () => ({ a: 1 }) }).entries, []);
	});
});
