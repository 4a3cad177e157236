import assert from 'node:assert/strict';
import { type AdviceAction, advise } from '../../../src/agent/advice.ts';
import type { FailureRecord } from '../../../src/agent/events.ts';
import type { PanelAction } from '../../../src/protocol/panelAction.ts';

/** Every kind once; a new one is a compile error here until it has its line. */
const KINDS: Readonly<Record<FailureRecord['kind'], AdviceAction>> = {
	auth: 'signIn',
	credits: 'addCredits',
	keyLimit: 'keySettings',
	budget: 'raiseBudget',
	rateLimit: 'retry',
	freeQuota: 'chooseModel',
	contextLength: 'chooseModel',
	modelNotFound: 'chooseModel',
	noRoute: 'editRouting',
	unsupported: 'chooseModel',
	moderation: 'chooseModel',
	forbidden: 'chooseModel',
	badRequest: 'retry',
	unavailable: 'retry',
	network: 'retry',
	cut: 'continue',
	silent: 'retry',
	notAnAnswer: 'retry',
	malformed: 'retry',
	aborted: 'continue',
	internal: 'continue',
};

function advice(kind: string, fields: FailureRecord['fields'] = {}) {
	const failure = Object.keys(KINDS).find((name): name is FailureRecord['kind'] => name === kind);
	assert.ok(failure);
	return advise({ kind: failure, message: 'The service said so.', fields });
}

describe('advise', () => {
	for (const [kind, action] of Object.entries(KINDS)) {
		it(`${kind}: says what happened and offers ${action} first`, () => {
			const { title, text, actions } = advice(kind);
			assert.ok(title.length <= 30 && /^[A-Z][^.!]*$/.test(title), title);
			assert.match(text, /^[A-Z].*\.$/);
			assert.doesNotMatch(text, /!|undefined|please|oops/i);
			assert.equal(actions[0]?.action, action);
			assert.ok(actions.every(({ label }) => label !== ''));
			const buttons = actions.map(({ action: name, argument }) => `${name} ${argument ?? ''}`);
			assert.equal(new Set(buttons).size, buttons.length, 'no button twice');
		});
	}

	it('names actions that the panel has', () => {
		const actions = Object.keys(KINDS).flatMap(kind => advice(kind).actions.map(({ action }): PanelAction => action));
		assert.ok(actions.length > 0);
	});

	it('tells a missing key from a refused one', () => {
		assert.equal(advice('auth').title, 'No usable key');
		assert.equal(advice('auth', { status: 401 }).title, 'Key refused');
	});

	it('tells what a budget lacks, and offers to raise it by enough', () => {
		const session = advice('budget', { budget: { scope: 'session', limit: 2, spent: 1.98, needed: 0.05 } });
		assert.equal(
			session.text,
			'The next request may cost $0.05, which your session budget of $2.00 does not cover. $1.98 of it is used. Nothing was lost.',
		);
		assert.deepEqual(session.actions[0], { action: 'raiseBudget', label: 'Raise to $4.00', argument: 'session:4' });
		const request = advice('budget', { budget: { scope: 'request', limit: 0.01, spent: 0, needed: 0.5 } });
		assert.equal(request.actions[0]?.argument, 'request:0.63');
		assert.doesNotMatch(request.text, /is used/);
	});

	it('says how long to wait, rounded up', () => {
		assert.match(
			advice('rateLimit', { provider: 'BaseTen', retryAfterMs: 17_200 }).text,
			/by BaseTen\. It asks to wait 18 s\./,
		);
		assert.match(advice('freeQuota', { retryAfterMs: 7.2 * 3_600_000 }).text, /They return in 8 h\./);
		assert.match(advice('rateLimit', { retryAfterMs: 150_000 }).text, /wait 3 min\./);
	});

	it('offers the models that the service names, two at most', () => {
		const { actions } = advice('modelNotFound', { alternatives: ['a/1', 'a/2', 'a/3'] });
		assert.deepEqual(
			actions.map(({ argument }) => argument),
			['a/1', 'a/2', undefined],
		);
	});
});
