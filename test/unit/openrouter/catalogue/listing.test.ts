import assert from 'node:assert/strict';
import { fetchListing } from '../../../../src/openrouter/catalogue/listing.ts';
import { startOpenRouterServer } from '../../../openrouter-server/openRouterServer.ts';
import { useServer } from '../asking.ts';

const signal = new AbortController().signal;

describe('fetchListing', () => {
	const context = useServer();

	it('asks for the models of the account where there is a key, and for all where there is none', async () => {
		const { url: baseUrl, key } = context.server;
		const own = await fetchListing({ baseUrl, key, signal });
		const all = await fetchListing({ baseUrl, signal });
		assert.deepEqual(own, all);
		assert.ok(all.length > 300);
		assert.deepEqual(
			context.server.requests.map(({ path, headers }) => [path, headers['authorization'] !== undefined]),
			[
				['/models/user', true],
				['/models', false],
			],
		);
	});

	it('falls back to the public list when the key is refused', async () => {
		const rows = await fetchListing({ baseUrl: context.server.url, key: 'sk-or-v1-old', signal });
		assert.ok(rows.length > 300);
	});

	it('does not fall back when there is no network', async () => {
		const gone = await startOpenRouterServer();
		await gone.close();
		await assert.rejects(fetchListing({ baseUrl: gone.url, key: gone.key, signal }), { kind: 'network' });
	});

	it('follows the pages, on the same host only', async () => {
		const asked: string[] = [];
		const fetch: typeof globalThis.fetch = async input => {
			asked.push(String(input));
			const isFirst = asked.length === 1;
			const links = { next: isFirst ? 'https://elsewhere.example/api/v1/models?offset=1' : null };
			return Response.json({ data: [{ id: `a/${asked.length}` }], links });
		};
		const rows = await fetchListing({ baseUrl: 'http://127.0.0.1:9/api/v1', signal, fetch });
		assert.deepEqual(rows, [{ id: 'a/1' }, { id: 'a/2' }]);
		assert.deepEqual(asked, ['http://127.0.0.1:9/api/v1/models', 'http://127.0.0.1:9/api/v1/models?offset=1']);
	});
});
