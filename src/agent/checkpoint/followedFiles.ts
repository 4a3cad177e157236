import { ToolError } from '../toolError.ts';
import { inParallel } from '../turn/inOrder.ts';
import type { Location, Workspace } from '../workspace.ts';
import { readState, type SeenState } from './diskState.ts';
import type { SeenVersion, VersionLook } from './diskVersions.ts';
import { dropOldest } from './dropOldest.ts';
import { type FileImage, FileImages } from './fileImages.ts';
import { type FolderImages, isFollowable } from './folderImages.ts';

/** Files that the agent itself had to do with, the newest: to look at more of them would be felt at each command. */
const MAX_TOUCHED = 100;
/** Files that are compared at once. */
const MAX_IN_PLAY = 500;
const MAX_LOCATIONS = 2000;
const PARALLEL = 16;

/** The files that commands are followed in, as they were seen last. */
export class FollowedFiles {
	readonly #workspace: Workspace;
	readonly #versions: VersionLook;
	readonly #folders: FolderImages;
	readonly #images = new FileImages(path => this.inPlay.has(path));
	/** Paths as they were given, the newest last. */
	readonly #touched = new Set<string>();
	/** By path as it was given. */
	readonly #locations = new Map<string, Location>();
	/** What is compared after the commands under way, by path. */
	readonly inPlay = new Set<string>();

	constructor(workspace: Workspace, versions: VersionLook, folders: FolderImages) {
		this.#workspace = workspace;
		this.#versions = versions;
		this.#folders = folders;
	}

	/** The newest first. */
	get touched(): readonly string[] {
		return [...this.#touched].reverse();
	}

	/** The agent had to do with the file, if the path leads to one. */
	touch(path: string): void {
		this.#touched.delete(path);
		this.#touched.add(path);
		dropOldest(this.#touched, MAX_TOUCHED);
	}

	get(path: string): FileImage | undefined {
		return this.#images.get(path);
	}

	set(image: FileImage): void {
		this.#images.set(image);
	}

	clear(): void {
		this.#images.clear();
	}

	/** Has the files as they are now compared later. Those that are compared already were looked at before. */
	async follow(given: readonly string[], maxBytes: number, signal: AbortSignal): Promise<void> {
		await inParallel(
			given.filter(path => !this.#locations.has(path)),
			PARALLEL,
			path => this.#locate(path, signal),
		);
		const wanted = new Map<string, Location>();
		for (const path of given) {
			const location = this.#locations.get(path);
			if (location === undefined) {
				this.#touched.delete(path);
			} else if (!this.inPlay.has(location.path)) {
				wanted.set(location.path, location);
			}
		}
		const locations = [...wanted.values()].slice(0, Math.max(0, MAX_IN_PLAY - this.inPlay.size));
		const changed: { readonly location: Location; readonly seen: SeenVersion }[] = [];
		for (const [at, seen] of (await this.#versions.of(locations, signal)).entries()) {
			const location = locations[at];
			const image = location && this.#images.get(location.path);
			if (location !== undefined && (image === undefined || !isVersion(image.seen, seen.version))) {
				changed.push({ location, seen });
			}
		}
		await inParallel(changed, PARALLEL, ({ location, seen }) => this.look(location, seen, maxBytes, signal));
		for (const { path } of locations) {
			if (this.#images.get(path) !== undefined) {
				this.inPlay.add(path);
			}
		}
	}

	/**
	 * Remembers where the path leads: under its own name, so that two links to it are one file. Not where what it leads to
	 * is not followed: no file, outside, hidden.
	 */
	async #locate(given: string, signal: AbortSignal): Promise<void> {
		const workspace = this.#workspace;
		try {
			const found = await workspace.locate(given, signal);
			const isLink = found.realPath !== undefined && !found.isOutside;
			const location = isLink ? await workspace.locate(found.realPath, signal) : found;
			if (!isFollowable(location) || (await this.#isInIgnoredFolder(location.path, signal))) {
				return;
			}
			const stat = await workspace.stat(location, signal);
			if (stat === undefined || stat.kind === 'file') {
				this.#locations.set(given, location);
				dropOldest(this.#locations, MAX_LOCATIONS);
			}
		} catch (error) {
			// A path that leads nowhere, or where we may not look.
			ignoreToolError(error);
		}
	}

	#isInIgnoredFolder(path: string, signal: AbortSignal): Promise<boolean> | false {
		const parent = this.#folders.parentOf(path);
		return parent !== undefined && this.#folders.isIgnored(parent, signal);
	}

	/** Reads the file, if the path still leads to one of the workspace. */
	async look(location: Location, seen: SeenVersion, maxBytes: number, signal: AbortSignal): Promise<void> {
		const workspace = this.#workspace;
		try {
			if (isFollowable(await workspace.locate(location.path, signal))) {
				this.#images.set({ location, seen: await readState(location, seen, workspace, signal, maxBytes) });
			}
		} catch (error) {
			ignoreToolError(error);
		}
	}
}

/** Known to be the same without reading. */
export function isVersion({ version }: SeenState, now: string | undefined): boolean {
	return version !== undefined && version === now;
}

/** @throws what is no `ToolError`. */
export function ignoreToolError(error: unknown): ToolError {
	if (error instanceof ToolError) {
		return error;
	}
	throw error;
}
