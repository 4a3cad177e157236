import assert from 'node:assert/strict';
import { ModelError } from '../../../src/agent/model.ts';
import { accountFault } from '../../../src/host/account/accountFault.ts';
import { accountRows, remainingText } from '../../../src/host/account/accountRows.ts';
import { AccountState } from '../../../src/host/account/accountState.ts';
import { ageText } from '../../../src/host/account/age.ts';
import { parseDollars, parseRaise, withBudget } from '../../../src/host/account/budgetChoice.ts';
import type { KeyInfo } from '../../../src/openrouter/account/keyInfo.ts';
import { readFailure } from '../../../src/openrouter/failure/failure.ts';
import { manualClock } from '../../fakes/manualClock.ts';

const t = (message: string, ...args: (string | number)[]) =>
	message.replace(/\{(\d)\}/g, (_, index: string) => String(args[Number(index)]));

const info = (more: Partial<KeyInfo> = {}): KeyInfo => ({
	label: 'sk-or-v1-abc...123',
	usage: { total: 25.5, day: 0.42, week: 3.1, month: 5.5 },
	byokUsage: { total: 0 },
	isByokLimited: false,
	isFreeTier: false,
	isManagementKey: false,
	dataRegions: ['global'],
	...more,
});

describe('accountRows', () => {
	const now = Date.UTC(2026, 10, 21, 12);
	const rows = (more: Partial<KeyInfo> = {}) =>
		accountRows(info(more), now, t).map(({ label, text, isLow }) => `${isLow ? '! ' : ''}${label}: ${text}`);

	it('show limit, use and free requests', () => {
		assert.deepEqual(
			rows({
				limit: 20,
				limitRemaining: 14.5,
				limitReset: 'monthly',
				freeRequests: { used: 12, limit: 1000, remaining: 988 },
			}),
			[
				'Key: sk-or-v1-abc...123',
				'Limit: $20.00 a month',
				'Remaining: $14.50, 73 %',
				'Used: $0.42 today · $3.10 this week · $5.50 this month · $25.50 in all',
				'Free models today: 988 of 1000 requests left, new ones at midnight UTC',
			],
		);
	});

	it('say of a key without a limit that its credit is not told', () => {
		assert.deepEqual(rows({ usage: {} }), [
			'Key: sk-or-v1-abc...123',
			"Limit: none of its own; the account's credit counts",
			'Remaining: not told for a key without a limit; the credits page has it',
			'Used: not told',
		]);
	});

	it('warn of what is used up or soon will be', () => {
		const low = rows({
			limit: 5,
			limitRemaining: -0.01,
			freeRequests: { used: 50, limit: 50, remaining: 0 },
			expiresAt: now + 3 * 86_400_000,
			isManagementKey: true,
		}).filter(line => line.startsWith('! '));
		assert.deepEqual(low, [
			'! Key: sk-or-v1-abc...123 · administers other keys, cannot ask models',
			'! Remaining: $0.00, 0 %',
			'! Free models today: 0 of 50 requests left, new ones at midnight UTC',
			'! Expires: 2026-11-24, in 3 days',
		]);
	});

	it('show own provider keys, expiry and regions only where there are such', () => {
		const more = rows({ byokUsage: { total: 1.5, day: 0.003 }, expiresAt: now - 1, dataRegions: ['eu'] });
		assert.deepEqual(more.slice(4), [
			'Through your own provider keys: $0.003 today · $1.50 in all',
			'! Expires: 2026-11-21, it is past',
			'Data stays in: eu',
		]);
		assert.equal(rows().length, 4);
	});

	it('are one sentence after a key was stored', () => {
		assert.equal(remainingText(info(), t), 'no spending limit');
		assert.equal(remainingText(info({ limit: 10 }), t), 'limit of $10.00');
		assert.equal(remainingText(info({ limit: 10, limitRemaining: 2.5 }), t), '$2.50 of its limit left');
	});
});

describe('ageText', () => {
	it('takes the unit that suits, and no negative age', () => {
		const minute = 60_000;
		assert.deepEqual(
			[-5, 0, minute - 1, minute, 59 * minute, 60 * minute, 47 * 60 * minute, 48 * 60 * minute].map(ms =>
				ageText(ms, t),
			),
			['just now', 'just now', 'just now', '1 min ago', '59 min ago', '1 h ago', '47 h ago', '2 days ago'],
		);
	});
});

describe('accountFault', () => {
	const network = (details: string) => new ModelError('network', 'No connection to openrouter.ai.', { details });
	const rows: readonly (readonly [string, ModelError, RegExp, readonly string[]])[] = [
		[
			'a wrong or revoked key',
			readFailure({ status: 401, error: { code: 401, message: 'User not found.' }, now: 0 }),
			/wrong, or was revoked/,
			['setKey', 'signIn'],
		],
		[
			'an expired key',
			readFailure({ status: 401, error: { code: 401, message: 'API key expired' }, now: 0 }),
			/has expired/,
			['setKey', 'signIn'],
		],
		[
			'a key that can be none',
			new ModelError('auth', 'The API key has characters that no key has.'),
			/characters that no key has/,
			['setKey', 'signIn'],
		],
		[
			'a certificate of a proxy that reads along',
			network('fetch failed: self-signed certificate in certificate chain (SELF_SIGNED_CERT_IN_CHAIN)'),
			/certificate is not trusted/,
			['proxySettings', 'retry'],
		],
		[
			'a certificate of an unknown issuer',
			network('fetch failed: unable to get local issuer certificate (UNABLE_TO_GET_ISSUER_CERT_LOCALLY)'),
			/certificate is not trusted/,
			['proxySettings', 'retry'],
		],
		[
			'a proxy that wants a password',
			network('fetch failed: Proxy response (407) !== 200 when HTTP Tunneling (UND_ERR_ABORTED)'),
			/proxy did not let it through/,
			['proxySettings', 'retry'],
		],
		[
			'no network',
			network('getaddrinfo ENOTFOUND openrouter.ai (ENOTFOUND)'),
			/name is not known/,
			['retry', 'proxySettings'],
		],
		[
			'a closed port',
			network('connect ECONNREFUSED 127.0.0.1:9 (ECONNREFUSED)'),
			/Nothing listens/,
			['retry', 'baseUrlSetting'],
		],
		['anything else of the network', network('socket hang up'), /No connection/, ['retry', 'proxySettings']],
		['silence', new ModelError('silent', 'No answer came in time.'), /in time/, ['retry', 'proxySettings']],
		[
			'a captive portal',
			new ModelError('notAnAnswer', 'It has an unknown form.'),
			/sign-in page/,
			['retry', 'baseUrlSetting'],
		],
		['trouble of the service', new ModelError('unavailable', 'Overloaded.'), /Overloaded/, ['retry']],
	];
	for (const [what, error, text, mends] of rows) {
		it(`gives a sentence and its buttons for ${what}`, () => {
			const fault = accountFault(error, t);
			assert.match(fault.text, text);
			assert.deepEqual(fault.mends, mends);
		});
	}
});

describe('AccountState', () => {
	/** A service and a key store in the test's hand. */
	const make = () => {
		const clock = manualClock();
		const asked: string[] = [];
		const world = {
			clock,
			asked,
			key: 'one' as string | undefined,
			answer: async (key: string): Promise<KeyInfo> => info({ label: key }),
			changes: 0,
		};
		const state = new AccountState({
			getKey: async () => world.key,
			readInfo: key => {
				asked.push(key);
				return world.answer(key);
			},
			now: clock.now,
		});
		state.onDidChange(() => world.changes++);
		return { world, state };
	};
	const labelOf = (state: AccountState) => state.known?.info.label;

	it('asks nothing by itself', async () => {
		const { world, state } = make();
		assert.deepEqual([state.reading, world.asked], [undefined, []]);
	});

	it('asks once for those who ask together, and again only when what it has is older than wanted', async () => {
		const { world, state } = make();
		await Promise.all([state.refresh(60_000), state.refresh(60_000), state.refresh()]);
		assert.deepEqual(world.asked, ['one']);
		world.clock.advance(59_999);
		await state.refresh(60_000);
		assert.equal(world.asked.length, 1);
		world.clock.advance(1);
		await state.refresh(60_000);
		await state.refresh();
		assert.equal(world.asked.length, 3);
	});

	it('asks no more often while it fails, and keeps what was known of the same key', async () => {
		const { world, state } = make();
		await state.refresh();
		world.clock.advance(60_000);
		world.answer = () => Promise.reject(new ModelError('network', 'Gone.'));
		const reading = await state.refresh(60_000);
		assert.equal(reading.type, 'failed');
		assert.equal(labelOf(state), 'one');
		await state.refresh(60_000);
		assert.equal(world.asked.length, 2);
	});

	it('forgets what belongs to another key, and keeps no answer that was asked for before', async () => {
		const { world, state } = make();
		await state.refresh();
		let answerOld: (old: KeyInfo) => void = () => assert.fail('Not asked.');
		const isAsked = new Promise<void>(resolve => {
			world.answer = () => {
				resolve();
				return new Promise(give => {
					answerOld = give;
				});
			};
		});
		const late = state.refresh();
		await isAsked;
		world.key = 'two';
		world.answer = async key => info({ label: key });
		state.forget();
		assert.equal(state.reading, undefined);
		await state.refresh(60_000);
		answerOld(info({ label: 'old' }));
		await late;
		assert.equal(labelOf(state), 'two');
	});

	it('knows that there is no key, without asking the service', async () => {
		const { world, state } = make();
		world.key = undefined;
		assert.deepEqual(await state.refresh(), { type: 'noKey' });
		assert.deepEqual([world.asked, world.changes], [[], 1]);
	});

	it('passes on a key store that cannot be read, and asks again the next time', async () => {
		const { world, state } = make();
		world.answer = () => Promise.reject(new TypeError('a bug'));
		await assert.rejects(state.refresh(60_000), TypeError);
		world.answer = async key => info({ label: key });
		await state.refresh(60_000);
		assert.equal(labelOf(state), 'one');
	});
});

describe('budgets', () => {
	it('are read from any form of an amount', () => {
		for (const [text, amount] of [
			['5', 5],
			[' $2.50 ', 2.5],
			['0,75', 0.75],
			['.5', 0.5],
			['3 USD', 3],
			['', 'none'],
			['  ', 'none'],
		] as const) {
			assert.equal(parseDollars(text), amount, text);
		}
		for (const text of ['0', '-1', 'five', '1e9', '1.2.3', '12345678', 'Infinity', '1 000', '0.00']) {
			assert.equal(parseDollars(text), undefined, text);
		}
	});

	it('are raised by what the card asks for, and by nothing else', () => {
		assert.deepEqual(parseRaise('session:4'), { scope: 'session', limit: 4 });
		assert.deepEqual(parseRaise('month:12.34'), { scope: 'month', limit: 12.34 });
		for (const argument of ['', 'session', 'session:', 'year:4', 'session:-1', 'session:x', ' day:1', '__proto__:1']) {
			assert.equal(parseRaise(argument), undefined, argument);
		}
	});

	it('change alone in the setting: what else is in it stays, also what is wrong', () => {
		assert.deepEqual(withBudget({ day: 'five', month: 3 }, 'month', 4), { day: 'five', month: 4 });
		assert.deepEqual(withBudget({ day: 1, month: 3 }, 'day', 'none'), { month: 3 });
		for (const stored of [undefined, null, 5, [1]]) {
			assert.deepEqual(withBudget(stored, 'day', 2), { day: 2 });
		}
	});
});
