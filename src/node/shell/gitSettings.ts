/** Whether git runs nothing on account of a repository's own settings. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { isPlainGitConfig } from '../../agent/shell/gitConfig.ts';
import { isCode } from '../fileLock.ts';
import { gitlinksOf } from './gitIndex.ts';

/** Bytes: an index of a million files has about 100 MB, and is not looked through for each command. */
const MAX_INDEX_BYTES = 64 * 1024 * 1024;
const MAX_TEXT_BYTES = 256 * 1024;
const MAX_REPOSITORIES = 50;

/**
 * Follows git's own way to the repository of a folder, and looks at all settings that a reading command there obeys: of
 * the repository, of a linked worktree, and of the submodules that are there, for `git status` asks each of them.
 * @param folder absolute, without links.
 * @returns false also where there is no repository, and where something is unusual.
 */
export async function hasPlainGitSettings(folder: string): Promise<boolean> {
	try {
		for (let at = folder; ; at = dirname(at)) {
			// Git takes such a folder itself for a repository; anybody can make one with a file tool.
			if (await looksBare(at)) {
				return false;
			}
			const gitFolder = await gitFolderOf(at);
			if (gitFolder !== undefined) {
				return await isPlainRepository(gitFolder, at, new Set());
			}
			if (at === dirname(at)) {
				return false;
			}
		}
	} catch (error) {
		if (error instanceof UnusualFile || (error instanceof Error && 'code' in error)) {
			// It is not for us to read, so nothing is known.
			return false;
		}
		throw error;
	}
}

async function isPlainRepository(gitFolder: string, worktree: string, seen: Set<string>): Promise<boolean> {
	if (seen.has(gitFolder)) {
		return true;
	}
	seen.add(gitFolder);
	if (seen.size > MAX_REPOSITORIES) {
		return false;
	}
	const common = (await readText(join(gitFolder, 'commondir')))?.trim();
	const config = await readText(join(resolve(gitFolder, common ?? '.'), 'config'));
	const ownConfig = (await readText(join(gitFolder, 'config.worktree'))) ?? '';
	const ownWorktree = relative(gitFolder, worktree);
	if (config === undefined || ![config, ownConfig].every(text => isPlainGitConfig(text, ownWorktree))) {
		return false;
	}
	const links = await linksOf(join(gitFolder, 'index'));
	for (const link of links ?? []) {
		const submodule = join(worktree, link);
		const inner = await gitFolderOf(submodule);
		if (inner !== undefined && !(await isPlainRepository(inner, submodule, seen))) {
			return false;
		}
	}
	return links !== undefined;
}

/** Without an index there is nothing linked in; undefined for one that is not read here. */
async function linksOf(path: string): Promise<readonly string[] | undefined> {
	const size = await sizeOf(path);
	if (size === undefined) {
		return [];
	}
	return size > MAX_INDEX_BYTES ? undefined : gitlinksOf(await readFile(path));
}

/** What `.git` is, or says that it is. */
async function gitFolderOf(worktree: string): Promise<string | undefined> {
	const path = join(worktree, '.git');
	const kind = await kindOf(path);
	if (kind !== 'file') {
		return kind === 'folder' ? path : undefined;
	}
	const target = /^gitdir: (.+?)[\r\n]*$/.exec((await readText(path)) ?? '')?.[1];
	// What says nothing is no settings file either, and so refused.
	return resolve(worktree, target ?? '.git');
}

async function looksBare(folder: string): Promise<boolean> {
	const [head, common, objects, refs] = await Promise.all(
		['HEAD', 'commondir', 'objects', 'refs'].map(async name => (await kindOf(join(folder, name))) !== undefined),
	);
	return head === true && (common === true || (objects === true && refs === true));
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
	const facts = await statOf(path);
	return facts === undefined ? undefined : facts.isDirectory() ? 'folder' : 'file';
}

async function sizeOf(path: string): Promise<number | undefined> {
	return (await statOf(path))?.size;
}

async function statOf(path: string) {
	try {
		return await stat(path);
	} catch (error) {
		if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) {
			return undefined;
		}
		throw error;
	}
}

/** Undefined when there is none. @throws UnusualFile */
async function readText(path: string): Promise<string | undefined> {
	const facts = await statOf(path);
	if (facts === undefined) {
		return undefined;
	}
	if (!facts.isFile() || facts.size > MAX_TEXT_BYTES) {
		throw new UnusualFile();
	}
	return readFile(path, 'utf8');
}

/** Where a small text belongs stands something else. */
class UnusualFile extends Error {}
