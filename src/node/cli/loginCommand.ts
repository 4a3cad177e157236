/** `auth login`: through the browser, from standard input, or from another tool. */
import { homedir } from 'node:os';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { ModelError } from '../../agent/model.ts';
import { type KeyInfo, readKeyInfo } from '../../openrouter/account/keyInfo.ts';
import {
	authorizationUrl,
	CODE_LIFETIME_MS,
	codeIn,
	createPkce,
	exchangeCode,
} from '../../openrouter/account/oauth.ts';
import { cleanKey, KEY_VARIABLE, keyEnd, storeKey } from '../credentials.ts';
import { findKeys } from '../environmentKeys.ts';
import { listenForCode } from '../loopback.ts';
import { openBrowser } from '../openBrowser.ts';
import { CliError, usageError } from './cliError.ts';
import type { LoginOptions } from './commands.ts';
import { type ExitCode, exitCodeOfFailure, exitCodes } from './exitCodes.ts';
import { failureWords } from './failureWords.ts';
import { readInput } from './input.ts';
import { readSettings } from './readSettings.ts';
import type { InputStream, Surroundings } from './surroundings.ts';

/** The key is checked before it is stored, so that a wrong one takes nobody's place. */
export async function loginCommand(options: LoginOptions, surroundings: Surroundings): Promise<ExitCode> {
	const { environment, places, terminal, stopper } = surroundings;
	const { signal } = stopper;
	const { baseUrl } = await readSettings(surroundings);
	try {
		const key = await obtainKey(options, baseUrl, surroundings);
		const info = await readKeyInfo({ baseUrl, key, signal });
		if (info.isManagementKey) {
			throw new CliError(
				exitCodes.auth,
				'This key administers other keys and cannot ask models. Give an ordinary one.',
			);
		}
		await storeKey(places.credentials, key);
		terminal.note(`Signed in with ${nameOf(info)} (${keyEnd(key)}); the key is in ${places.credentials}.`);
		if (environment[KEY_VARIABLE]) {
			terminal.note(`${KEY_VARIABLE} is set as well, and comes first.`);
		}
		return exitCodes.done;
	} catch (error) {
		if (error instanceof ModelError) {
			const { kind, message, fields } = error;
			// A code that was refused is no key that was.
			const words = kind === 'auth' ? message : failureWords({ kind, message, fields });
			throw new CliError(exitCodeOfFailure(kind), `Nothing was stored. ${words}`, { cause: error });
		}
		throw error;
	}
}

async function obtainKey(
	{ key, imports, opensBrowser }: LoginOptions,
	baseUrl: string,
	surroundings: Surroundings,
): Promise<string> {
	if (key !== undefined) {
		const given = cleanKey(key === '-' ? await readKeyInput(surroundings) : key);
		if (given === undefined) {
			throw usageError('That is no key: it is one word, such as sk-or-v1-… .');
		}
		return given;
	}
	return imports ? importKey(surroundings) : signIn(baseUrl, opensBrowser, surroundings);
}

/** To its end, or the line that a person types, which is not shown. */
async function readKeyInput({ openInput, terminal }: Surroundings): Promise<string> {
	const input = openInput();
	if (input.isTTY !== true) {
		return readInput(input);
	}
	terminal.note('Paste the key and press Enter; it is not shown.');
	// Without an output of its own the reader shows nothing, and as a terminal it keeps the system from showing it.
	const reader = createInterface({ input, output: new Writable({ write: (_, __, done) => done() }), terminal: true });
	try {
		return await new Promise((read, fail) => {
			reader.once('line', read);
			reader.once('SIGINT', () => fail(new CliError(exitCodes.interrupted, 'Nothing was stored.')));
			reader.once('close', () => fail(new CliError(exitCodes.usage, 'No key was given. Nothing was stored.')));
		});
	} finally {
		reader.close();
	}
}

async function importKey({ environment, folder, terminal }: Surroundings): Promise<string> {
	const { keys, lookedAt, unreadable } = await findKeys({
		environment,
		home: homedir(),
		platform: process.platform,
		folders: [folder],
	});
	for (const file of unreadable) {
		terminal.note(`Not readable: ${file}`);
	}
	const [found] = keys;
	if (found === undefined) {
		throw new CliError(exitCodes.auth, `No key was found. Looked at: ${lookedAt.join(', ')}.`);
	}
	terminal.note(`Taking the key ${keyEnd(found.key)} from ${found.source}.`);
	return found.key;
}

/** The browser comes back to this machine, or the user pastes what it shows. */
async function signIn(
	baseUrl: string,
	opensBrowser: boolean,
	{ environment, openInput, terminal, stopper: { signal } }: Surroundings,
): Promise<string> {
	const input = openInput();
	const over = AbortSignal.any([signal, AbortSignal.timeout(CODE_LIFETIME_MS)]);
	const { verifier, challenge } = await createPkce();
	const listener = await listenForCode({
		title: 'Signed in',
		text: 'You can close this page and go back to the terminal.',
	});
	const pasted = pastedCode(input, over);
	try {
		const url = authorizationUrl({
			baseUrl,
			challenge,
			callbackUrl: listener.url,
			keyLabel: 'openrouter-agent (command line)',
		});
		terminal.note(`Sign in here: ${url}`);
		if (input.isTTY === true) {
			terminal.note('Or paste the address that the browser ends at, and press Enter.');
		}
		if (opensBrowser) {
			openBrowser(url, environment);
		}
		const code = await Promise.race([listener.query.then(query => query.get('code') ?? undefined), pasted.code]);
		if (code === undefined) {
			throw new CliError(exitCodes.auth, 'The sign-in was not completed: the page gave no code. Run auth login again.');
		}
		return await exchangeCode({ baseUrl, signal: over }, code, verifier);
	} catch (error) {
		throw over.aborted && !signal.aborted
			? new CliError(exitCodes.auth, 'Nobody signed in for ten minutes. Run auth login again.', { cause: error })
			: error;
	} finally {
		pasted.close();
		listener.close();
	}
}

/** Rejects when the signal fires; without a person at the terminal it waits for that alone. */
function pastedCode(input: InputStream, signal: AbortSignal): { readonly code: Promise<string>; close(): void } {
	const reader = input.isTTY === true ? createInterface({ input }) : undefined;
	const code = new Promise<string>((found, fail) => {
		signal.addEventListener('abort', () => fail(signal.reason), { once: true });
		reader?.on('line', line => {
			const pasted = codeIn(line);
			if (pasted !== undefined) {
				found(pasted);
			}
		});
	});
	code.catch(() => {
		// Whoever waits for it gets the rejection; once the browser came back, nobody does.
	});
	return { code, close: () => reader?.close() };
}

function nameOf({ label }: KeyInfo): string {
	// The service names a key without a name of its own by its shortened form.
	return label === '' || label.startsWith('sk-or-') ? 'your key' : `the key "${label}"`;
}
