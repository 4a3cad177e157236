import assert from 'node:assert/strict';
import { readRetryAfter } from '../../../../src/openrouter/failure/retryAfter.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z');

function wait(value: string): number | undefined {
	return readRetryAfter(new Headers({ 'retry-after': value }), undefined, NOW);
}

describe('Retry-After', () => {
	for (const [value, ms] of [
		['0', 0],
		['1', 1_000],
		['0.5', 500],
		['120', 120_000],
		[' 7 ', 7_000],
		['Sat, 21 Nov 2026 10:01:30 GMT', 90_000],
		['2026-11-21T10:01:30Z', 90_000],
	] as const) {
		it(`is read from ${JSON.stringify(value)}`, () => assert.equal(wait(value), ms));
	}

	for (const value of [
		'-5',
		'abc',
		'',
		'NaN',
		'Infinity',
		'1e400',
		'5s',
		'Sat, 21 Nov 2026 09:59:59 GMT',
		'0x',
		'--',
	]) {
		it(`is not known from ${JSON.stringify(value)}`, () => assert.equal(wait(value), undefined));
	}
});
