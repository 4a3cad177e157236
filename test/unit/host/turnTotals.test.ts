import assert from 'node:assert/strict';
import type { Usage } from '../../../src/agent/model.ts';
import { TurnTotals } from '../../../src/host/chat/turnTotals.ts';

const model = { id: 'a/b', name: 'B', isBuiltIn: false };
const known = { nameOf: () => undefined, priceOf: () => undefined };
const t = (message: string) => message;
const usage = (cost?: number): Usage => ({
	promptTokens: 10,
	completionTokens: 1,
	cachedTokens: 0,
	cacheWriteTokens: 0,
	reasoningTokens: 0,
	...(cost !== undefined && { cost }),
});

/** A turn with one answered request for each cost. */
function turnWith(costs: readonly (number | undefined)[], isBuiltIn = false): TurnTotals {
	const turn = new TurnTotals({ ...model, isBuiltIn }, 0, known);
	for (const [index, cost] of costs.entries()) {
		const requestId = `r${index}`;
		turn.start({ type: 'requestStart', requestId }, 0);
		turn.response({
			type: 'response',
			requestId,
			finish: 'stop',
			toolCalls: [],
			usage: usage(cost),
			durationMs: 1,
		});
	}
	return turn;
}

const costsOf = (turn: TurnTotals) => {
	const receipt = turn.receipt('r', 0, t);
	return [receipt?.cost, receipt?.requests.map(({ cost }) => cost)];
};

describe('TurnTotals', () => {
	it('shows what counts of a request that costs next to nothing', () => {
		assert.deepEqual(costsOf(turnWith([0, 0.000_004, 0.000_12, 0.003_14, 0.031, 1.5])), [
			'$1.53',
			['$0.00', '<$0.00001', '$0.00012', '$0.0031', '$0.031', '$1.50'],
		]);
	});

	it('has no sum when one part of it is unknown, until its bill comes', () => {
		const turn = turnWith([0.01, undefined]);
		assert.deepEqual(costsOf(turn), ['cost unknown', ['$0.010', 'cost unknown']]);
		turn.settle('r1', usage(0.02));
		assert.deepEqual(costsOf(turn), ['$0.030', ['$0.010', '$0.020']]);
	});

	it('costs nothing with the built-in assistant', () => {
		assert.deepEqual(costsOf(turnWith([undefined], true)), ['no cost', ['no cost']]);
	});

	it('keeps a request that was open when the editor closed as interrupted and unknown', () => {
		const turn = new TurnTotals(model, 0, known);
		turn.start({ type: 'requestStart', requestId: 'r', purpose: 'compaction' }, 0);
		assert.equal(turn.receipt('r', 1, t), undefined);
		turn.served({ type: 'served', model: 'a/b', provider: 'P' });
		assert.deepEqual(turn.receipt('r', 1, t)?.requests, [
			{ model: 'B', provider: 'P', purpose: 'Compaction', note: 'interrupted', cost: 'cost unknown' },
		]);
	});
});
