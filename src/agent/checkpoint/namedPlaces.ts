import picomatch from 'picomatch';
import { ToolError } from '../toolError.ts';
import type { Workspace } from '../workspace.ts';
import { commandWords } from './commandWords.ts';
import { type FolderImages, joinPath, type Listing, splitPath } from './folderImages.ts';

export interface CommandLine {
	readonly command: string;
	readonly language: 'bash' | 'sh' | 'powershell';
	/** Absolute path. */
	readonly cwd: string;
}

/** Paths as the workspace shows them. */
export interface NamedPlaces {
	/** Named one by one. */
	readonly files: ReadonlySet<string>;
	/** In folders that are named. */
	readonly filesBelow: ReadonlySet<string>;
	/** Where something that is named is, or could come to be. */
	readonly folders: ReadonlySet<string>;
}

/** Files below the folders that a command names. */
const MAX_BELOW = 200;
/** Folders that are looked into for one command. */
const MAX_LOOKS = 60;
const WILD = /[*?[]/;

/** What a command line names of the workspace. Rejects at the signal and for bugs alone. */
export async function namedPlaces(
	line: CommandLine,
	images: FolderImages,
	workspace: Workspace,
	signal: AbortSignal,
): Promise<NamedPlaces> {
	const { words, folders } = commandWords(line.command, line.language);
	const finder = new PlaceFinder(images, workspace, signal);
	const base = await finder.located(line.cwd);
	const bases = base === undefined ? [] : [base];
	for (const folder of folders) {
		for (const start of [...bases]) {
			const found = joinWord(start, folder);
			if (found !== undefined) {
				bases.push(found);
			}
		}
	}
	for (const start of new Set(bases)) {
		await finder.look(start);
	}
	for (const word of words) {
		const starts = isAbsolute(word) ? [undefined] : new Set(bases);
		for (const start of starts) {
			await finder.addWord(start, word);
		}
	}
	await finder.addBelow();
	return finder;
}

class PlaceFinder implements NamedPlaces {
	readonly files = new Set<string>();
	readonly filesBelow = new Set<string>();
	readonly folders = new Set<string>();
	readonly #named = new Set<string>();
	readonly #images: FolderImages;
	readonly #workspace: Workspace;
	readonly #signal: AbortSignal;
	#looks = 0;

	constructor(images: FolderImages, workspace: Workspace, signal: AbortSignal) {
		this.#images = images;
		this.#workspace = workspace;
		this.#signal = signal;
	}

	/** Of an absolute path; undefined outside. */
	async located(path: string): Promise<string | undefined> {
		try {
			const location = await this.#workspace.locate(path, this.#signal);
			return location.isOutside ? undefined : (location.realPath ?? location.path);
		} catch (error) {
			if (error instanceof ToolError) {
				return undefined;
			}
			throw error;
		}
	}

	/** What a folder holds; once looked at, it is one of those where something could come to be. */
	async look(folder: string): Promise<Listing | undefined> {
		if (this.folders.has(folder)) {
			return this.#images.known(folder);
		}
		if (this.#looks === MAX_LOOKS) {
			return undefined;
		}
		this.#looks++;
		const listing = await this.#images.look(folder, this.#signal);
		if (listing !== undefined) {
			this.folders.add(folder);
		}
		return listing;
	}

	/** @param base where a relative word is meant from. */
	async addWord(base: string | undefined, word: string): Promise<void> {
		const path = base === undefined ? await this.located(word) : joinWord(base, word);
		if (path === undefined) {
			return;
		}
		if (WILD.test(path)) {
			return this.#addMatches(path);
		}
		const parent = this.#images.parentOf(path);
		if (parent === undefined) {
			this.#named.add(path);
			return;
		}
		const entry = (await this.#lookDown(parent))?.get(splitPath(path).name);
		if (entry?.kind === 'file') {
			this.files.add(path);
		} else if (entry?.kind === 'folder' && !entry.isIgnored) {
			this.#named.add(path);
		}
	}

	/** The files below the folders that were named, those that are nearer first. */
	async addBelow(): Promise<void> {
		const queue = [...this.#named];
		const seen = new Set(queue);
		for (let folder = queue.shift(); folder !== undefined; folder = queue.shift()) {
			for (const { name, kind, isIgnored } of (await this.look(folder))?.values() ?? []) {
				const path = joinPath(folder, name);
				if (isIgnored || kind === 'other') {
					continue;
				}
				if (kind === 'folder') {
					if (!seen.has(path)) {
						seen.add(path);
						queue.push(path);
					}
				} else if (this.filesBelow.size < MAX_BELOW) {
					this.filesBelow.add(path);
				} else {
					return;
				}
			}
		}
	}

	/** From above, so that a word that is no path costs no look at the disk. */
	async #lookDown(folder: string): Promise<Listing | undefined> {
		const parent = this.#images.parentOf(folder);
		if (parent !== undefined && !this.folders.has(folder)) {
			const entry = (await this.#lookDown(parent))?.get(splitPath(folder).name);
			if (entry?.kind !== 'folder' || entry.isIgnored) {
				return undefined;
			}
		}
		return this.look(folder);
	}

	/** What a shell puts in the place of a pattern. */
	async #addMatches(path: string): Promise<void> {
		const names = path.split('/');
		const wildAt = names.findIndex(name => WILD.test(name));
		const folder = names.slice(0, wildAt).join('/') || this.#top(path);
		const listing = folder === undefined ? undefined : await this.#lookDown(folder);
		if (folder === undefined || listing === undefined) {
			return;
		}
		if (wildAt < names.length - 1) {
			this.#named.add(folder);
			return;
		}
		const isMatch = picomatch(names[wildAt] ?? '');
		for (const { name, kind, isIgnored } of listing.values()) {
			if (!isIgnored && isMatch(name)) {
				if (kind === 'folder') {
					this.#named.add(joinPath(folder, name));
				} else if (kind === 'file' && this.files.size < MAX_BELOW) {
					this.files.add(joinPath(folder, name));
				}
			}
		}
	}

	#top(path: string): string | undefined {
		return this.#images.parentOf(path.split('/')[0] ?? '') === '.' ? '.' : undefined;
	}
}

function isAbsolute(word: string): boolean {
	return /^(?:\/|[A-Za-z]:\/)/.test(word);
}

/** Undefined for what lies above the workspace, or in somebody's home. */
function joinWord(base: string, word: string): string | undefined {
	if (word.startsWith('~')) {
		return undefined;
	}
	const names = base === '.' ? [] : base.split('/');
	for (const name of word.split('/')) {
		if (name === '..') {
			if (names.pop() === undefined) {
				return undefined;
			}
		} else if (name !== '' && name !== '.') {
			names.push(name);
		}
	}
	return names.join('/') || '.';
}
