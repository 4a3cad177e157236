/**
 * Signing in through the browser: OAuth with PKCE (S256), as the service's guide has it. The service knows no `state`
 * parameter, so an attempt is told by a secret part of its callback address, which the caller chooses.
 */
import * as z from 'zod';
import { ModelError } from '../../agent/model.ts';
import { type ApiCall, readText } from '../apiJson.ts';
import { send } from '../connection.ts';
import { parseJson } from '../lenient.ts';
import { siteOf } from './site.ts';

/** How long a code can be exchanged, in milliseconds; it works once. */
export const CODE_LIFETIME_MS = 10 * 60 * 1000;

const MAX_LABEL = 100;
const MAX_CODE = 1_000;

export interface Pkce {
	/** Stays here; proves that who exchanges the code is who asked for it. */
	readonly verifier: string;
	/** Goes to the browser: base64url of the verifier's SHA-256, without padding. */
	readonly challenge: string;
}

export async function createPkce(): Promise<Pkce> {
	const verifier = randomToken();
	const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
	return { verifier, challenge: base64Url(new Uint8Array(digest)) };
}

/** 256 bits that nobody guesses, in 43 characters that need no escape in a URL. */
export function randomToken(): string {
	return base64Url(crypto.getRandomValues(new Uint8Array(32)));
}

/** The page on which the user lets us have a key. */
export function authorizationUrl(options: {
	readonly baseUrl: string;
	readonly challenge: string;
	/** Where the browser goes then, with `code` in the query. Without it the page shows the code to be copied. */
	readonly callbackUrl?: string;
	/** Names the key in the user's list. */
	readonly keyLabel?: string;
}): string {
	const url = new URL('/auth', siteOf(options.baseUrl));
	if (options.callbackUrl !== undefined) {
		url.searchParams.set('callback_url', options.callbackUrl);
	}
	url.searchParams.set('code_challenge', options.challenge);
	url.searchParams.set('code_challenge_method', 'S256');
	if (options.keyLabel !== undefined) {
		url.searchParams.set('key_label', options.keyLabel.slice(0, MAX_LABEL));
	}
	return url.href;
}

/**
 * The code in what a user pasted: the code itself, or the address the browser could not open.
 * @returns undefined when there is none in it.
 */
export function codeIn(pasted: string): string | undefined {
	const text = pasted.trim();
	const code = /[?&#]?\bcode=([^&#\s]+)/.exec(text)?.[1];
	const found = code === undefined ? text : decoded(code);
	return found !== undefined && found.length <= MAX_CODE && /^[\w.~+/=-]+$/.test(found) ? found : undefined;
}

const exchanged = z.object({
	key: z
		.string()
		.trim()
		.regex(/^[\x21-\x7e]+$/),
});

/**
 * Takes the code for a key.
 * @returns the key; it goes into the secret store and nowhere else.
 * @throws ModelError `auth` for a code that is wrong, used or too old, `notAnAnswer` where nobody can be signed in,
 * and what `send` throws besides. No error holds the code, the verifier or the key.
 */
export async function exchangeCode(call: ApiCall, code: string, verifier: string): Promise<string> {
	const body = { code, code_verifier: verifier, code_challenge_method: 'S256' };
	const request = { method: 'post', path: '/auth/keys', body, accept: 'application/json', isPublic: true } as const;
	const response = await send({ ...call, key: undefined }, request, call.signal).catch((error: unknown) => {
		throw error instanceof ModelError ? refusal(error) : error;
	});
	const parsed = exchanged.safeParse(parseJson(await readText(response, call.signal)));
	if (!parsed.success) {
		throw new ModelError('notAnAnswer', 'The answer to the sign-in holds no key.');
	}
	return parsed.data.key;
}

/** The documented refusals in words. What the service said of them may quote what we sent, so it is not kept. */
function refusal(error: ModelError): ModelError {
	const { status } = error.fields;
	switch (status) {
		case 400:
		case 401:
		case 403:
			return /expired/i.test(error.message)
				? new ModelError('auth', 'The sign-in code has expired: it is good for ten minutes.', { status })
				: new ModelError('auth', 'The sign-in code is wrong, or was used already.', { status });
		case 404:
		case 405:
			return new ModelError('notAnAnswer', 'There is no sign-in at the configured address.', { status });
		default:
			return error;
	}
}

function base64Url(bytes: Uint8Array): string {
	return btoa(String.fromCharCode(...bytes))
		.replaceAll('+', '-')
		.replaceAll('/', '_')
		.replaceAll('=', '');
}

function decoded(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch {
		return undefined;
	}
}
