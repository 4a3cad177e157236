import { CredentialsError, readKey, type StoredKey } from '../credentials.ts';
import { CliError } from './cliError.ts';
import { exitCodes } from './exitCodes.ts';
import type { Surroundings } from './surroundings.ts';

/** @throws CliError for a file with a key that is not as it must be. */
export async function findKey({ environment, places }: Surroundings): Promise<StoredKey | undefined> {
	try {
		return await readKey(places.credentials, environment);
	} catch (error) {
		throw error instanceof CredentialsError ? new CliError(exitCodes.auth, error.message, { cause: error }) : error;
	}
}
