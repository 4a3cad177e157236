/** Where commands find their programs. */
import { access, constants, realpath, stat } from 'node:fs/promises';
import { basename, delimiter, isAbsolute, join, relative, sep } from 'node:path';

const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin';

/**
 * The folders of PATH that a repository cannot put programs into: neither relative ones nor any inside the workspace,
 * by name or through a symbolic link. Folders that are not there are left out too: they may be made later.
 */
export async function safeSearchPath(searchPath: string, workspaceFolders: readonly string[]): Promise<string> {
	const roots = await Promise.all(workspaceFolders.map(async folder => [folder, (await realPath(folder)) ?? folder]));
	const isOutside = (path: string) => !roots.flat().some(root => isInside(root, path));
	const folders = searchPath.split(delimiter).filter(isAbsolute);
	const safe = await Promise.all(
		folders.map(async folder => {
			const real = await realPath(folder);
			return real !== undefined && isOutside(folder) && isOutside(real);
		}),
	);
	const left = folders.filter((_, index) => safe[index]);
	// An empty PATH would mean the directory that the command runs in.
	return left.length === 0 && sep === '/' ? SYSTEM_PATH : left.join(delimiter);
}

/** The program that has this bare name: in the first of the folders that has one. */
export async function findProgram(searchPath: string, name: string): Promise<string | undefined> {
	if (name === '' || name !== basename(name)) {
		return undefined;
	}
	const paths = searchPath
		.split(delimiter)
		.filter(folder => folder !== '')
		.map(folder => join(folder, name));
	const areThere = await Promise.all(paths.map(isProgram));
	return paths.find((_, index) => areThere[index]);
}

/** Whether a path, or where it leads, lies in one of the folders. */
export async function leadsInto(folders: readonly string[], path: string): Promise<boolean> {
	const roots = await Promise.all(folders.map(async folder => [folder, (await realPath(folder)) ?? folder]));
	const names = [path, (await realPath(path)) ?? path];
	return roots.flat().some(root => names.some(name => isInside(root, name)));
}

/** On Windows every file is; the endings that make one a program are not looked at there. */
async function isProgram(path: string): Promise<boolean> {
	try {
		await access(path, constants.X_OK);
		return (await stat(path)).isFile();
	} catch {
		// Not there, or not for us to run.
		return false;
	}
}

function isInside(root: string, path: string): boolean {
	const way = relative(root, path);
	return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way));
}

async function realPath(path: string): Promise<string | undefined> {
	try {
		return await realpath(path);
	} catch {
		// Nothing there, or not for us: no program is found through it either.
		return undefined;
	}
}
