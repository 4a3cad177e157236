/** The service's way to hand a key to an application: OAuth with a proof of possession (PKCE, RFC 7636). */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Account, KeyOptions } from './account.ts';

const CODE_LIFETIME_MS = 10 * 60_000;

interface Code extends KeyOptions {
	readonly challenge: string | undefined;
	readonly method: Method;
	readonly expiresAt: number;
}

const method = z.enum(['S256', 'plain']);
type Method = z.infer<typeof method>;

/** What a browser gets. */
export type Page =
	| { readonly type: 'redirect'; readonly location: string }
	| { readonly type: 'page'; readonly status: number; readonly html: string };

/** Names a body of `errors/`. */
export type Exchange =
	| { readonly type: 'key'; readonly key: string; readonly userId: string }
	| { readonly type: 'refused'; readonly error: string };

const exchangeRequest = z.looseObject({
	code: z.string(),
	code_verifier: z.string().nullish(),
	code_challenge_method: z.string().nullish(),
});

export class SignIn {
	readonly #account: Account;
	readonly #now: () => number;
	readonly #codes = new Map<string, Code>();
	#made = 0;

	/** @param now milliseconds since 1970. */
	constructor(account: Account, now: () => number) {
		this.#account = account;
		this.#now = now;
	}

	/** The page `/auth`, of a user who agrees at once. Without an address to call back it shows the code. */
	open(query: URLSearchParams): Page {
		const callback = query.get('callback_url');
		const challenge = query.get('code_challenge') ?? undefined;
		const wanted = method.safeParse(query.get('code_challenge_method') ?? 'plain');
		if (!wanted.success) {
			return page(400, 'Invalid code_challenge_method');
		}
		if (callback === null && challenge === undefined) {
			return page(400, 'callback_url or code_challenge is required');
		}
		if (callback !== null && !isAllowedCallback(callback)) {
			return page(400, 'callback_url must be https, or http on localhost');
		}
		const label = query.get('key_label') ?? undefined;
		const limit = query.get('limit');
		const code = this.#newCode({
			challenge,
			method: wanted.data,
			expiresAt: this.#now() + CODE_LIFETIME_MS,
			...(label !== undefined && { label }),
			...(limit !== null && { limit: Number(limit) }),
		});
		if (callback === null) {
			return page(200, `<p>Copy this code into the application:</p><code id="code">${code}</code>`);
		}
		const location = new URL(callback);
		location.searchParams.set('code', code);
		return { type: 'redirect', location: location.href };
	}

	/** POST `/auth/keys`: a code and its proof for a new key. A code works once, also where the proof was wrong. */
	exchange(body: unknown): Exchange {
		const request = exchangeRequest.safeParse(body);
		if (!request.success) {
			return { type: 'refused', error: '400-invalid-request.json' };
		}
		const { code, code_verifier: verifier, code_challenge_method: said } = request.data;
		const found = this.#codes.get(code);
		if (found === undefined) {
			return { type: 'refused', error: '403-oauth-code.json' };
		}
		this.#codes.delete(code);
		if (found.challenge !== undefined && (said ?? 'plain') !== found.method) {
			return { type: 'refused', error: '400-oauth-method.json' };
		}
		if (found.expiresAt <= this.#now()) {
			return { type: 'refused', error: '403-oauth-expired.json' };
		}
		if (found.challenge !== undefined && challengeOf(verifier ?? '', found.method) !== found.challenge) {
			return { type: 'refused', error: '403-oauth-code.json' };
		}
		return { type: 'key', key: this.#account.newKey(found), userId: 'user_EXAMPLE' };
	}

	#newCode(code: Code): string {
		this.#made++;
		const text = `auth_code_${createHash('sha256').update(`code ${this.#made}`).digest('hex').slice(0, 32)}`;
		this.#codes.set(text, code);
		return text;
	}
}

/** What the client must have sent as challenge for its verifier. */
function challengeOf(verifier: string, method: Method): string {
	if (!/^[\w.~-]{43,128}$/.test(verifier)) {
		return '';
	}
	return method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url');
}

/** Web addresses must be safe or local. Schemes of applications are taken without a word in the documents. */
function isAllowedCallback(address: string): boolean {
	if (!URL.canParse(address)) {
		return false;
	}
	const { protocol, hostname } = new URL(address);
	return protocol !== 'http:' || hostname === 'localhost' || hostname === '127.0.0.1';
}

function page(status: number, content: string): Page {
	const html = `<!doctype html><html lang="en"><title>Local OpenRouter</title><main>${content}</main></html>`;
	return { type: 'page', status, html };
}
