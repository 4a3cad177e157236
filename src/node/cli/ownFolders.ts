import { dirname } from 'node:path';
import { createLocalFiles } from '../localFiles.ts';
import type { Places } from './places.ts';

/** The folders that are ours, as named and without links: touching them is never a matter of course. */
export async function ownFolders(places: Places): Promise<readonly string[]> {
	const { settings, credentials, sessions, ledger, shells, cache } = places;
	const folders = [dirname(settings), dirname(credentials), sessions, ledger, shells, cache];
	const { realPath } = createLocalFiles();
	const real = await Promise.all(folders.map(folder => realPath(folder)));
	return [...new Set([...folders, ...real])];
}
