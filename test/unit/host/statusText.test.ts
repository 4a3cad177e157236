import assert from 'node:assert/strict';
import { ModelError } from '../../../src/agent/model.ts';
import type { AccountReading } from '../../../src/host/account/accountState.ts';
import { isRunningOut, type StatusFacts, statusText, statusTooltip } from '../../../src/host/status/statusText.ts';
import type { KeyInfo } from '../../../src/openrouter/account/keyInfo.ts';

const t = (message: string, ...args: (string | number)[]) =>
	message.replace(/\{(\d)\}/g, (_, index: string) => String(args[Number(index)]));
const now = 1_795_219_200_000;
const known = (more: Partial<KeyInfo>, ageMs = 0): AccountReading & { type: 'known' } => ({
	type: 'known',
	info: {
		label: 'k',
		usage: {},
		byokUsage: {},
		isByokLimited: false,
		isFreeTier: false,
		isManagementKey: false,
		dataRegions: [],
		...more,
	},
	at: now - ageMs,
});
const cost = (dollars: number, unknownRequests = 0) => ({ known: dollars, unknownRequests });
const facts = (more: Partial<StatusFacts> = {}): StatusFacts => ({
	model: { name: 'Sonnet 4.6', isBuiltIn: false },
	budgets: {},
	now,
	...more,
});

describe('statusText', () => {
	const text = (more: Partial<StatusFacts>) => statusText(facts(more), t).replace('$(comment-discussion) ', '');

	it('says model, cost and what remains', () => {
		assert.equal(
			text({ session: cost(0.184), account: known({ limit: 20, limitRemaining: 14.5 }) }),
			'Sonnet 4.6 · $0.184 · $14.50 left',
		);
	});

	it('leaves out what nobody knows', () => {
		assert.equal(text({ session: cost(0.184) }), 'Sonnet 4.6 · $0.184');
		assert.equal(text({ session: cost(0.184), account: known({}) }), 'Sonnet 4.6 · $0.184');
		assert.equal(text({}), 'Sonnet 4.6 · $0.00');
	});

	it('shows an unknown cost as unknown, never as nothing', () => {
		assert.equal(text({ session: cost(0.031, 1) }), 'Sonnet 4.6 · ≥ $0.031');
		assert.equal(text({ session: cost(0, 2) }), 'Sonnet 4.6 · cost unknown');
	});

	it('shows the smallest of account and budgets, and that it may be less', () => {
		const account = known({ limit: 20, limitRemaining: 14.5 });
		const spent = { session: cost(0.5), day: cost(2), month: cost(9) };
		assert.equal(text({ ...spent, account, budgets: { day: 5, month: 30 } }), 'Sonnet 4.6 · $0.500 · $3.00 left');
		assert.equal(text({ ...spent, account, budgets: { session: 1, day: 5 } }), 'Sonnet 4.6 · $0.500 · $0.50 left');
		assert.equal(
			text({ ...spent, day: cost(2, 1), account, budgets: { day: 5 } }),
			'Sonnet 4.6 · $0.500 · ≤ $3.00 left',
		);
		assert.equal(text({ ...spent, budgets: { day: 1 } }), 'Sonnet 4.6 · $0.500 · $0.00 left');
	});

	it('does not take the budget of one request for what remains', () => {
		assert.equal(text({ budgets: { request: 0.1 } }), 'Sonnet 4.6 · $0.00');
	});

	it('is short for the built-in assistant', () => {
		const model = { name: 'Built-in, no model', isBuiltIn: true };
		assert.equal(text({ model, account: known({ limitRemaining: 1 }) }), 'Built-in, no model');
		assert.equal(text({ model, session: cost(0.2) }), 'Built-in, no model · $0.200');
	});

	it('lets no name draw an icon', () => {
		assert.equal(text({ model: { name: '$(trash) x', isBuiltIn: false } }), '(trash) x · $0.00');
	});
});

describe('isRunningOut', () => {
	it('is so with a tenth or less of a limit or budget left', () => {
		const low = (more: Partial<StatusFacts>) => isRunningOut(facts(more));
		assert.equal(low({ account: known({ limit: 20, limitRemaining: 2 }) }), true);
		assert.equal(low({ account: known({ limit: 20, limitRemaining: 2.1 }) }), false);
		assert.equal(low({ budgets: { day: 5 }, day: cost(4.6) }), true);
		assert.equal(low({}), false);
		assert.equal(low({ model: { name: 'Built-in', isBuiltIn: true }, budgets: { day: 1 }, day: cost(1) }), false);
	});
});

describe('statusTooltip', () => {
	/** The table's rows without the escapes. */
	const rows = (more: Partial<StatusFacts>) =>
		statusTooltip(facts(more), t)
			.split('\n')
			.slice(2)
			.map(line => line.slice(2, -2).replace(/\\(.)/g, '$1'));

	it('has a row for each of what is known', () => {
		assert.deepEqual(
			rows({
				provider: 'Anthropic',
				session: cost(0.184),
				day: cost(1.2, 1),
				month: cost(9),
				budgets: { day: 5, request: 0.5 },
				account: known({ limit: 20, limitRemaining: 14.5 }, 4 * 60_000),
			}),
			[
				'Model | Sonnet 4.6',
				'Answered by | Anthropic',
				'This session | $0.184',
				'Today | $1.20 + 1 unknown of $5.00',
				'This month | $9.00',
				'One request | at most $0.50',
				'Account | $14.50 left (4 min ago)',
			],
		);
	});

	it('says of the account that it was not asked, refused, or could not be asked', () => {
		const account = (more: Pick<StatusFacts, 'account'> | object) => rows(more).at(-1);
		assert.equal(account({}), 'Account | not asked yet');
		assert.equal(account({ account: { type: 'noKey' } }), 'Account | no key');
		assert.equal(account({ account: known({}) }), 'Account | no limit of its own (just now)');
		const error = new ModelError('unavailable', 'Overloaded.');
		assert.equal(
			account({ account: { type: 'failed', error } }),
			'Account | OpenRouter could not be asked: Overloaded.',
		);
		const { info, at } = known({ limitRemaining: 3 }, 3_600_000);
		assert.equal(
			account({ account: { type: 'failed', error, last: { info, at } } }),
			'Account | $3.00 left (1 h ago). OpenRouter could not be asked: Overloaded.',
		);
	});

	it('shows sums that were not read yet as unknown', () => {
		assert.ok(rows({}).includes('Today | unknown'));
	});

	it('takes nothing of a name for markup', () => {
		const name = 'a|b <img src=x> [x](command:y) `c` *d*\n| e';
		const line = statusTooltip(facts({ model: { name, isBuiltIn: false } }), t).split('\n')[2] ?? '';
		assert.doesNotMatch(line.slice(2, -2).replace(' | ', ''), /(?<!\\)[|<>[\]()`*]/);
	});
});
