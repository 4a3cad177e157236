/** The OpenRouter key of the command line: from the environment, or from a file that only its owner reads. */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { isCode } from './fileLock.ts';

export const KEY_VARIABLE = 'OPENROUTER_API_KEY';

export interface StoredKey {
	readonly key: string;
	/** The variable's name, or the path of the file. */
	readonly source: string;
}

/** The file with the key is not as it must be. The message says what to do, and holds nothing of the key. */
export class CredentialsError extends Error {
	override readonly name = 'CredentialsError';
}

const credentials = z.object({ openrouter: z.object({ key: z.string() }) });

/**
 * All keys there are, the one that is used first.
 * @param path of the file.
 * @throws CredentialsError when the file is there and others may read it, or it cannot be understood.
 */
export async function readKeys(
	path: string,
	environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly StoredKey[]> {
	const named = cleanKey(environment[KEY_VARIABLE] ?? '');
	const stored = await readStoredKey(path);
	return [
		...(named === undefined ? [] : [{ key: named, source: KEY_VARIABLE }]),
		...(stored === undefined ? [] : [{ key: stored, source: path }]),
	];
}

/** The key that is used. The file is not looked at where the environment has one. @throws as `readKeys` does. */
export async function readKey(
	path: string,
	environment: Readonly<Record<string, string | undefined>>,
): Promise<StoredKey | undefined> {
	const named = cleanKey(environment[KEY_VARIABLE] ?? '');
	if (named !== undefined) {
		return { key: named, source: KEY_VARIABLE };
	}
	const stored = await readStoredKey(path);
	return stored === undefined ? undefined : { key: stored, source: path };
}

/** Stores the key in the place of one that was there. The file is the user's alone from its first moment. */
export async function storeKey(path: string, key: string): Promise<void> {
	await mkdir(dirname(path), { recursive: true, mode: 0o700 });
	const unfinished = `${path}.${randomUUID()}`;
	try {
		const text = `${JSON.stringify({ version: 1, openrouter: { key } }, undefined, '\t')}\n`;
		await writeFile(unfinished, text, { flag: 'wx', mode: 0o600, flush: true });
		// A mask of the process may have taken rights away, never given some.
		await chmod(unfinished, 0o600);
		await rename(unfinished, path);
	} finally {
		await rm(unfinished, { force: true });
	}
}

/** @returns false when no key was stored. */
export async function forgetKey(path: string): Promise<boolean> {
	try {
		await rm(path);
		return true;
	} catch (error) {
		if (isCode(error, 'ENOENT')) {
			return false;
		}
		throw error;
	}
}

/** A key without the blanks around it; undefined for what can be none, such as an empty text or two words. */
export function cleanKey(text: string): string | undefined {
	const key = text.trim();
	return /^[\x21-\x7e]+$/.test(key) ? key : undefined;
}

/** What may be shown of a key. */
export function keyEnd(key: string): string {
	return key.length < 12 ? '…' : `…${key.slice(-4)}`;
}

async function readStoredKey(path: string): Promise<string | undefined> {
	let text: string;
	try {
		await refuseReadable(path);
		text = await readFile(path, 'utf8');
	} catch (error) {
		if (isCode(error, 'ENOENT')) {
			return undefined;
		}
		throw error;
	}
	const key = parseKey(text);
	if (key === undefined) {
		throw new CredentialsError(
			`"${path}" holds no key in the form that auth login writes. Run "openrouter-agent auth login" to write it anew.`,
		);
	}
	return key;
}

/** Windows keeps rights in another way: there a user's own folder is closed to others. */
async function refuseReadable(path: string): Promise<void> {
	const { mode } = await stat(path);
	if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
		const rights = (mode & 0o777).toString(8).padStart(4, '0');
		throw new CredentialsError(
			`"${path}" can be read by others (mode ${rights}), so the key in it is not used. Run: chmod 600 "${path}"`,
		);
	}
}

function parseKey(text: string): string | undefined {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		// The parser's message would quote the file.
		return undefined;
	}
	const parsed = credentials.safeParse(value);
	return parsed.success ? cleanKey(parsed.data.openrouter.key) : undefined;
}
