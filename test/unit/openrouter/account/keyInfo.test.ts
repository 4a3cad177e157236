import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readKeyInfo } from '../../../../src/openrouter/account/keyInfo.ts';

const { signal } = new AbortController();

describe('readKeyInfo', () => {
	const read = (body: string) =>
		readKeyInfo({
			baseUrl: 'http://127.0.0.1:9/api/v1',
			key: 'sk-or-v1-x',
			signal,
			fetch: async () => new Response(body),
		});
	const fixture = (name: string) => read(readFileSync(`test/fixtures/openrouter/account/${name}`, 'utf8'));
	const data = (fields: object) => read(JSON.stringify({ data: fields }));

	it('reads everything the service tells of a key', async () => {
		assert.deepEqual(await fixture('key.json'), {
			label: 'sk-or-v1-abc...123',
			limit: 20,
			limitRemaining: 14.5,
			limitReset: 'monthly',
			usage: { total: 25.5, day: 0.42, week: 3.1, month: 5.5 },
			byokUsage: { total: 0, day: 0, week: 0, month: 0 },
			isByokLimited: false,
			isFreeTier: false,
			isManagementKey: false,
			dataRegions: ['global'],
			freeRequests: { used: 12, limit: 1000, remaining: 988 },
		});
	});

	it('reads a key without a limit, and one that is used up', async () => {
		const free = await fixture('key-free-tier.json');
		assert.deepEqual([free.limit, free.limitRemaining, free.isFreeTier], [undefined, undefined, true]);
		assert.equal((await fixture('key-exhausted.json')).limitRemaining, 0);
	});

	it('takes what is missing or of another type as not told, never as zero', async () => {
		assert.deepEqual(await data({ usage: '5', limit: {}, free_model_daily_requests: { used: 1 }, new_field: [] }), {
			label: '',
			usage: {},
			byokUsage: {},
			isByokLimited: false,
			isFreeTier: false,
			isManagementKey: false,
			dataRegions: [],
		});
	});

	it('reads a date in any of its forms', async () => {
		const at = Date.UTC(2026, 11, 24);
		for (const expires_at of ['2026-12-24T00:00:00Z', '2026-12-24', at, at / 1000]) {
			assert.equal((await data({ expires_at })).expiresAt, at, String(expires_at));
		}
		for (const expires_at of ['soon', null, {}]) {
			assert.equal((await data({ expires_at })).expiresAt, undefined, String(expires_at));
		}
	});

	it('knows a management key by its new and its old name', async () => {
		assert.equal((await data({ is_management_key: true })).isManagementKey, true);
		assert.equal((await data({ is_provisioning_key: true })).isManagementKey, true);
	});
});
