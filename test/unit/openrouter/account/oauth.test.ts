import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ModelError } from '../../../../src/agent/model.ts';
import {
	authorizationUrl,
	codeIn,
	createPkce,
	exchangeCode,
	randomToken,
} from '../../../../src/openrouter/account/oauth.ts';
import { keyPage, sitePages } from '../../../../src/openrouter/account/site.ts';

const { signal } = new AbortController();
const baseUrl = 'https://openrouter.ai/api/v1';

describe('createPkce', () => {
	it('gives a verifier of the allowed form, and the base64url SHA-256 of it', async () => {
		const { verifier, challenge } = await createPkce();
		assert.match(verifier, /^[A-Za-z0-9._~-]{43,128}$/);
		assert.equal(challenge, createHash('sha256').update(verifier).digest('base64url'));
	});

	it('gives another one each time', async () => {
		assert.notEqual((await createPkce()).verifier, (await createPkce()).verifier);
		assert.notEqual(randomToken(), randomToken());
	});
});

describe('authorizationUrl', () => {
	it("leads to the service's page, with a callback that arrives as it was, its own query included", () => {
		const callbackUrl = 'http://127.0.0.1:8080/callback?vscode-reqid=1&vscode-path=/auth/x%20y';
		const url = new URL(authorizationUrl({ baseUrl, challenge: 'abc', callbackUrl, keyLabel: 'k'.repeat(150) }));
		assert.equal(url.origin + url.pathname, 'https://openrouter.ai/auth');
		assert.deepEqual(
			[...url.searchParams],
			[
				['callback_url', callbackUrl],
				['code_challenge', 'abc'],
				['code_challenge_method', 'S256'],
				['key_label', 'k'.repeat(100)],
			],
		);
	});

	it('has no callback where the code is to be copied, and follows the base URL', () => {
		const local = authorizationUrl({ baseUrl: 'http://127.0.0.1:9/api/v1', challenge: 'abc' });
		assert.equal(local, 'http://127.0.0.1:9/auth?code_challenge=abc&code_challenge_method=S256');
		const regional = authorizationUrl({ baseUrl: 'https://eu.openrouter.ai/api/v1', challenge: 'abc' });
		assert.ok(regional.startsWith('https://openrouter.ai/auth?'));
	});
});

describe('codeIn', () => {
	it('finds the code alone, in an address, and among other parameters', () => {
		for (const pasted of [
			'abc-1_2',
			'  abc-1_2\n',
			'http://127.0.0.1:5000/x?code=abc-1_2',
			'http://127.0.0.1:5000/x?a=1&code=abc-1_2&b=2#end',
			'code=abc-1_2',
		]) {
			assert.equal(codeIn(pasted), 'abc-1_2', pasted);
		}
		assert.equal(codeIn('https://x/?code=a%2Bb%3D'), 'a+b=');
	});

	it('takes nothing that is no code', () => {
		for (const pasted of [
			'',
			'   ',
			'two words',
			'https://x/callback',
			'https://x/?code=%zz',
			'x'.repeat(2_000),
			'<b>',
		]) {
			assert.equal(codeIn(pasted), undefined, pasted);
		}
	});
});

describe('exchangeCode', () => {
	const exchange = (answer: () => Response) =>
		exchangeCode({ baseUrl, signal, fetch: async () => answer() }, 'the-code', 'the-verifier');
	const fixture = (name: string, status: number) => () =>
		new Response(readFileSync(`test/fixtures/openrouter/errors/${name}`), { status });

	it('sends code and verifier in the body, and no key', async () => {
		let sent: { url: string; init: RequestInit | undefined } | undefined;
		const fetch: typeof globalThis.fetch = async (url, init) => {
			sent = { url: String(url), init };
			return new Response(readFileSync('test/fixtures/openrouter/account/auth-keys.json'));
		};
		const key = await exchangeCode({ baseUrl, key: 'sk-or-v1-old', signal, fetch }, 'the-code', 'the-verifier');
		assert.match(key, /^sk-or-/);
		assert.equal(sent?.url, `${baseUrl}/auth/keys`);
		assert.equal(new Headers(sent?.init?.headers).get('authorization'), null);
		assert.deepEqual(JSON.parse(String(sent?.init?.body)), {
			code: 'the-code',
			code_verifier: 'the-verifier',
			code_challenge_method: 'S256',
		});
	});

	for (const [name, status, kind, message] of [
		['403-oauth-code.json', 403, 'auth', /wrong, or was used already/],
		['403-oauth-expired.json', 403, 'auth', /expired/],
		['400-oauth-method.json', 400, 'auth', /wrong/],
		['405-method.json', 405, 'notAnAnswer', /no sign-in at the configured address/],
		['500-internal.json', 500, 'unavailable', /./],
	] as const) {
		it(`says what ${name} means`, async () => {
			await assert.rejects(exchange(fixture(name, status)), { kind, message });
		});
	}

	it('throws notAnAnswer where no key comes back, without what came', async () => {
		for (const body of ['<html>', '{}', '{"key":""}', '{"key":"two words"}', '{"key":5}']) {
			const error: unknown = await exchange(() => new Response(body)).catch((thrown: unknown) => thrown);
			assert.ok(error instanceof ModelError && error.kind === 'notAnAnswer', body);
			assert.equal(error.fields.details, undefined);
		}
	});

	it('lets no code and no verifier into an error', async () => {
		const echo = JSON.stringify({ error: { code: 403, message: 'Invalid code the-code or the-verifier' } });
		const error: unknown = await exchange(() => new Response(echo, { status: 403 })).catch((thrown: unknown) => thrown);
		assert.ok(error instanceof ModelError);
		assert.doesNotMatch(JSON.stringify([error.message, error.fields]), /the-code|the-verifier/);
	});

	it('throws network when there is none', async () => {
		const refused = () => {
			throw new TypeError('fetch failed');
		};
		await assert.rejects(exchange(refused), { kind: 'network' });
	});
});

describe('the pages of the site', () => {
	it('stand beside the API, and name a key by its hash alone', async () => {
		assert.equal(sitePages('http://127.0.0.1:9/api/v1').credits, 'http://127.0.0.1:9/credits');
		const key = 'sk-or-v1-secret';
		const hash = createHash('sha256').update(key).digest('hex');
		assert.equal(await keyPage(baseUrl, key), `https://openrouter.ai/keys/${hash}`);
	});
});
