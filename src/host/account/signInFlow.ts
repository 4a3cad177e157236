import type { Clock } from '../../agent/clock.ts';
import { ModelError } from '../../agent/model.ts';
import { authorizationUrl, CODE_LIFETIME_MS, createPkce } from '../../openrouter/account/oauth.ts';

/** A way back for the browser. */
export interface Callback {
	/** Where the browser is sent; a secret part of it tells our attempt from everybody else's. */
	readonly url: string;
	/** What it brings in its query. */
	readonly query: Promise<URLSearchParams>;
	close(): void;
}

/** Pages of the service for one attempt. A code of either is good. */
export interface SignInPages {
	/** Sends the browser back by itself; the same as `code` where it cannot come back. */
	readonly main: string;
	/** Shows a code to be copied. */
	readonly code: string;
	readonly comesBack: boolean;
}

export interface SignInPorts {
	/** With the version, as `Connection` has it. */
	readonly baseUrl: string;
	/** Opens a way back; undefined where there is none. */
	listen(): Promise<Callback | undefined>;
	/**
	 * Opens the page and waits beside the browser, so that a code can be pasted at any time. Resolves with undefined
	 * when the user gives up. Nobody waits for it any more once the signal fires.
	 */
	askForCode(pages: SignInPages, signal: AbortSignal): Promise<string | undefined>;
	/** Takes the code for a key. */
	exchange(code: string, verifier: string, signal: AbortSignal): PromiseLike<string>;
}

/** Signs in, one attempt at a time: a new one ends the one before. */
export class SignInFlow {
	readonly #clock: Clock;
	#attempt: AbortController | undefined;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/**
	 * @returns the key, or undefined when the user gave up or began anew.
	 * @throws ModelError when the service refused, nothing came in time, or the network failed.
	 */
	async run(ports: SignInPorts): Promise<string | undefined> {
		this.cancel();
		const attempt = new AbortController();
		this.#attempt = attempt;
		const stopTimer = this.#clock.schedule(CODE_LIFETIME_MS, () =>
			attempt.abort(new ModelError('silent', 'The sign-in was not finished within ten minutes.')),
		);
		try {
			return await signIn(ports, attempt.signal);
		} catch (error) {
			if (attempt.signal.aborted) {
				if (attempt.signal.reason instanceof GivenUp) {
					return undefined;
				}
				throw attempt.signal.reason;
			}
			throw error;
		} finally {
			stopTimer();
			// Whatever still waits for this attempt ends with it.
			attempt.abort(new GivenUp());
		}
	}

	/** Ends the attempt that runs, if any; its `run` resolves with undefined. */
	cancel(): void {
		this.#attempt?.abort(new GivenUp());
	}
}

class GivenUp extends Error {
	override readonly name = 'GivenUp';
}

async function signIn(ports: SignInPorts, signal: AbortSignal): Promise<string | undefined> {
	const { verifier, challenge } = await createPkce();
	const callback = await ports.listen();
	const waiting = new AbortController();
	try {
		signal.throwIfAborted();
		const page = { baseUrl: ports.baseUrl, challenge, keyLabel: 'OpenRouter Agent (VS Code)' };
		const code = authorizationUrl(page);
		const main = callback ? authorizationUrl({ ...page, callbackUrl: callback.url }) : code;
		const brought = await Promise.race([
			...(callback ? [callback.query.then(codeOf)] : []),
			ports.askForCode({ main, code, comesBack: callback !== undefined }, AbortSignal.any([signal, waiting.signal])),
			stopped(signal),
		]);
		signal.throwIfAborted();
		// There is a code, or the user left: nothing is waited for any more.
		waiting.abort();
		const key = brought === undefined ? undefined : await ports.exchange(brought, verifier, signal);
		signal.throwIfAborted();
		return key;
	} finally {
		waiting.abort();
		callback?.close();
	}
}

function codeOf(query: URLSearchParams): string {
	if (query.has('error')) {
		throw new ModelError('auth', 'The sign-in was declined in the browser.');
	}
	const code = query.get('code');
	if (!code) {
		throw new ModelError('notAnAnswer', 'The browser came back without a code.');
	}
	return code;
}

function stopped(signal: AbortSignal): Promise<never> {
	return new Promise((_, reject) => {
		signal.addEventListener('abort', () => reject(signal.reason), { once: true });
	});
}
