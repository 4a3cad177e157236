import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { usageError } from './cliError.ts';

/**
 * The folder to work in, as an absolute path without links.
 * @param start where a relative path begins.
 * @throws CliError when it is none.
 */
export async function findWorkFolder(given: string | undefined, start: string): Promise<string> {
	const folder = resolve(start, given ?? '.');
	try {
		if ((await stat(folder)).isDirectory()) {
			return await realpath(folder);
		}
	} catch (error) {
		throw usageError(`The folder "${folder}" cannot be opened (${codeOf(error)}).`, { cause: error });
	}
	throw usageError(`"${folder}" is no folder.`);
}

/** Where the sessions of a folder lie. */
export function sessionFolder(sessions: string, folder: string): string {
	const hash = createHash('sha256').update(pathToFileURL(folder).href).digest('hex');
	return join(sessions, hash.slice(0, 32));
}

function codeOf(error: unknown): string {
	return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
