import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { readKeyInfo } from '../../../src/openrouter/account/keyInfo.ts';
import { exchangeCode } from '../../../src/openrouter/account/oauth.ts';
import { readGeneration } from '../../../src/openrouter/answer/generation.ts';
import { fetchEndpoints } from '../../../src/openrouter/catalogue/endpoints.ts';
import { fetchListing } from '../../../src/openrouter/catalogue/listing.ts';
import { fetchProviders } from '../../../src/openrouter/catalogue/providers.ts';
import { createEmbeddings } from '../../../src/openrouter/embeddings.ts';
import { createOpenRouterClient } from '../../../src/openrouter/openRouterClient.ts';
import { createWebSearch } from '../../../src/openrouter/webSearch.ts';
import { ask } from './asking.ts';

const key = `sk-or-v1-${'5ecret'.repeat(10)}`;
const { signal } = new AbortController();

/** Listens on the loopback address and keeps what comes. */
async function listen(status: number, location: string) {
	const requests: IncomingMessage[] = [];
	const server: Server = createServer((request, response) => {
		requests.push(request);
		response.writeHead(status, { location }).end();
	});
	await once(server.listen(0, '127.0.0.1'), 'listening');
	const address = server.address();
	assert.ok(typeof address === 'object' && address !== null);
	return {
		requests,
		url: `http://127.0.0.1:${address.port}`,
		close() {
			server.closeAllConnections();
			server.close();
		},
	};
}

/** Everything that is ever asked of the service. */
const asks: Readonly<Record<string, (baseUrl: string) => Promise<unknown>>> = {
	'for an answer': async baseUrl => {
		const { error } = await ask(createOpenRouterClient({ baseUrl, getKey: async () => key }));
		throw error;
	},
	'for a bill': baseUrl => readGeneration({ baseUrl, key, signal }, 'gen-1'),
	'for the state of the key': baseUrl => readKeyInfo({ baseUrl, key, signal }),
	'for a key in exchange for a code': baseUrl => exchangeCode({ baseUrl, signal }, '5ecret-code', '5ecret-verifier'),
	'for the models': baseUrl => fetchListing({ baseUrl, key, signal }),
	'for who offers a model': baseUrl => fetchEndpoints({ baseUrl, key, signal }, 'openai/gpt-4o-mini'),
	'for the providers': baseUrl => fetchProviders({ baseUrl, key, signal }),
	'for vectors': baseUrl =>
		createEmbeddings({ connect: async () => ({ baseUrl, key }) }).embed('a/b', ['5ecret text'], signal),
	'for the models that make vectors': baseUrl =>
		createEmbeddings({ connect: async () => ({ baseUrl, key }) }).price('a/b', signal),
	'for a search of the web': baseUrl =>
		createWebSearch({
			connect: async () => ({ baseUrl, key }),
			chooseModel: async () => 'a/b',
			meter: client => client,
			account: () => ({ sessionId: 's' }),
		}).search('5ecret words', { maxResults: 5, domains: [] }, signal),
};

describe('a service that sends requests on to another address', () => {
	for (const [what, asking] of Object.entries(asks)) {
		it(`gets neither key nor content there when it is asked ${what}`, async () => {
			for (const status of [301, 302, 303, 307, 308]) {
				const other = await listen(200, '');
				const service = await listen(status, `${other.url}/elsewhere`);
				try {
					await assert.rejects(asking(`${service.url}/api/v1`), (error: unknown) => {
						assert.ok(error instanceof Error);
						assert.ok(!`${error.message} ${JSON.stringify(error)}`.includes('5ecret'));
						return true;
					});
					assert.ok(service.requests.length > 0);
					assert.equal(other.requests.length, 0, `status ${status}`);
				} finally {
					service.close();
					other.close();
				}
			}
		});
	}
});
