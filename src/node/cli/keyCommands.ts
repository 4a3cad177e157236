import { CredentialsError, forgetKey, KEY_VARIABLE, keyEnd, readKeys } from '../credentials.ts';
import { CliError } from './cliError.ts';
import { type ExitCode, exitCodes } from './exitCodes.ts';
import type { Surroundings } from './surroundings.ts';

/** Prints where keys come from, and their last four characters. */
export async function listKeysCommand(
	json: boolean,
	{ environment, places, terminal }: Surroundings,
): Promise<ExitCode> {
	let keys: Awaited<ReturnType<typeof readKeys>>;
	try {
		keys = await readKeys(places.credentials, environment);
	} catch (error) {
		throw error instanceof CredentialsError ? new CliError(exitCodes.auth, error.message, { cause: error }) : error;
	}
	const rows = keys.map(({ key, source }, index) => ({ source, key: keyEnd(key), isUsed: index === 0 }));
	if (json) {
		terminal.write(`${JSON.stringify({ version: 1, keys: rows })}\n`);
		return rows.length > 0 ? exitCodes.done : exitCodes.auth;
	}
	for (const { source, key, isUsed } of rows) {
		terminal.write(`${source}  ${key}  ${isUsed ? 'used' : `not used: ${KEY_VARIABLE} comes first`}\n`);
	}
	if (rows.length === 0) {
		terminal.note(`There is no key. Set ${KEY_VARIABLE} or run "openrouter-agent auth login".`);
		return exitCodes.auth;
	}
	return exitCodes.done;
}

export async function logoutCommand({ environment, places, terminal }: Surroundings): Promise<ExitCode> {
	const wasThere = await forgetKey(places.credentials);
	terminal.note(wasThere ? 'The stored key is gone from this machine. Sessions stay.' : 'No key was stored.');
	if (environment[KEY_VARIABLE]) {
		terminal.note(`${KEY_VARIABLE} is still set, and is used.`);
	}
	return exitCodes.done;
}
