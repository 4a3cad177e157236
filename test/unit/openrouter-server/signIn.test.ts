import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { OpenRouterServer } from '../../openrouter-server/openRouterServer.ts';
import { get, refused, withServer } from './calling.ts';

const verifier = 'v'.repeat(43);
const challenge = createHash('sha256').update(verifier).digest('base64url');
const proof = { code_challenge: challenge, code_challenge_method: 'S256' };
const keyBody = z.object({ key: z.string(), user_id: z.string() });
const keyInfo = z.object({
	data: z.looseObject({ label: z.string(), limit: z.number().nullable(), usage: z.number() }),
});

function open(server: OpenRouterServer, query: Record<string, string>): Promise<Response> {
	return fetch(`${server.signInUrl}?${new URLSearchParams(query)}`, { redirect: 'manual' });
}

async function codeFor(server: OpenRouterServer, query: Record<string, string> = {}): Promise<string> {
	const response = await open(server, { callback_url: 'http://localhost:1234/done', ...proof, ...query });
	return new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? '';
}

function exchange(server: OpenRouterServer, body: object): Promise<Response> {
	return fetch(`${server.url}/auth/keys`, { method: 'POST', body: JSON.stringify(body) });
}

const withProof = { code_verifier: verifier, code_challenge_method: 'S256' };

describe('local OpenRouter, signing in', () => {
	it('leads back with a code, and keeps what the address had', () =>
		withServer({}, async server => {
			const response = await open(server, { callback_url: 'vscode://our.extension/done?state=1', ...proof });
			assert.equal(response.status, 302);
			assert.match(response.headers.get('location') ?? '', /^vscode:\/\/our\.extension\/done\?state=1&code=\w+$/);
		}));

	it('shows the code where there is no address', () =>
		withServer({}, async server => {
			const html = await (await open(server, proof)).text();
			const code = /<code id="code">(\w+)<\/code>/.exec(html)?.[1] ?? '';
			assert.equal((await exchange(server, { code, ...withProof })).status, 200);
		}));

	const refusedPages: readonly Record<string, string>[] = [
		{},
		{ callback_url: 'http://example.test/', ...proof },
		{ callback_url: 'no address', ...proof },
		{ callback_url: 'https://example.test/', code_challenge: challenge, code_challenge_method: 'S512' },
	];
	for (const query of refusedPages) {
		it(`gives no code for ${JSON.stringify(query)}`, () =>
			withServer({}, async server => assert.equal((await open(server, query)).status, 400)));
	}

	it('gives a new key for each code, with its label and limit', () =>
		withServer({}, async server => {
			const keys: string[] = [];
			for (const key_label of ['One', 'Two']) {
				const code = await codeFor(server, { key_label, limit: '3' });
				keys.push(keyBody.parse(await (await exchange(server, { code, ...withProof })).json()).key);
			}
			assert.equal(new Set([...keys, server.key]).size, 3);
			const response = await get(server, '/key', { authorization: `Bearer ${keys[1]}` });
			const { label, limit, usage } = keyInfo.parse(await response.json()).data;
			assert.deepEqual([label, limit, usage], ['Two', 3, 0]);
		}));

	it('takes a code once', () =>
		withServer({}, async server => {
			const code = await codeFor(server);
			assert.equal((await exchange(server, { code, ...withProof })).status, 200);
			const again = await exchange(server, { code, ...withProof });
			assert.deepEqual(await refused(again), [403, 'Invalid code or code_verifier']);
		}));

	it('refuses a wrong proof, another method and a late code', async () => {
		let now = 0;
		await withServer({ now: () => now }, async server => {
			const answers = async (body: object) => refused(await exchange(server, { code: await codeFor(server), ...body }));
			const wrong = await answers({ ...withProof, code_verifier: 'w'.repeat(43) });
			assert.deepEqual(wrong, [403, 'Invalid code or code_verifier']);
			assert.deepEqual(await answers({}), [400, 'Invalid code_challenge_method']);
			const code = await codeFor(server);
			now += 600_000;
			const late = await exchange(server, { code, ...withProof });
			assert.deepEqual(await refused(late), [403, 'Authorization code expired']);
		});
	});

	it('refuses what is no exchange', () =>
		withServer({}, async server => {
			assert.equal((await exchange(server, { code: 1 })).status, 400);
			assert.equal((await fetch(`${server.url}/auth/keys`)).status, 405);
		}));
});
