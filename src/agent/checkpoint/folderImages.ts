import { ToolError } from '../toolError.ts';
import { inParallel } from '../turn/inOrder.ts';
import type { DirectoryEntry, Location, Workspace } from '../workspace.ts';
import type { VersionLook } from './diskVersions.ts';
import { dropOldest } from './dropOldest.ts';

/** What is in a folder, by name. */
export type Listing = ReadonlyMap<string, DirectoryEntry>;

interface FolderImage {
	/** Undefined for a path that cannot be resolved. */
	readonly location: Location | undefined;
	readonly version: string | undefined;
	/** See `DiskVersions`. Of the listing or of a moment before it. */
	readonly names?: string | undefined;
	/** Undefined for what is no folder of the workspace, cannot be read, or holds too much. */
	readonly listing: Listing | undefined;
}

/** More names than this in one folder are not kept: listing them at each command would be felt. */
const MAX_ENTRIES = 5000;
/** Folders whose names are kept. */
const MAX_IMAGES = 300;
const PARALLEL = 16;

/**
 * What folders of the workspace hold. A folder is read only when its version tells that something in it came or went,
 * so looking again costs one look at the folder itself.
 */
export class FolderImages {
	readonly #workspace: Workspace;
	readonly #versions: VersionLook;
	/** By path, as the workspace shows it; the newest last. */
	readonly #images = new Map<string, FolderImage>();

	constructor(workspace: Workspace, versions: VersionLook) {
		this.#workspace = workspace;
		this.#versions = versions;
	}

	/** As it was seen last. */
	known(path: string): Listing | undefined {
		return this.#images.get(path)?.listing;
	}

	/** As it is now. Undefined where that cannot be told: no folder, outside, behind a link, too large. */
	async look(path: string, signal: AbortSignal): Promise<Listing | undefined> {
		const [listing] = await this.lookAll([path], signal);
		return listing;
	}

	/** The same for many, in their order. */
	async lookAll(paths: readonly string[], signal: AbortSignal): Promise<readonly (Listing | undefined)[]> {
		const images = paths.map(path => this.#images.get(path));
		const known = images.flatMap(image => (image?.location && image.version !== undefined ? [image.location] : []));
		const versions = new Map((await this.#versions.of(known, signal)).map((seen, at) => [known[at], seen.version]));
		const others = [...paths.entries()].filter(([at]) => {
			const image = images[at];
			return image?.version === undefined || versions.get(image.location) !== image.version;
		});
		await inParallel(others, PARALLEL, async ([at, path]) => {
			images[at] = await this.#read(path, images[at], signal);
		});
		for (const [at, path] of paths.entries()) {
			const image = images[at];
			if (image !== undefined) {
				this.#images.delete(path);
				this.#images.set(path, image);
			}
		}
		dropOldest(this.#images, MAX_IMAGES);
		return images.map(image => image?.listing);
	}

	/**
	 * Whether the workspace hides the folder by its ignore rules or settings, itself or one above it. From above, so that
	 * nothing below a hidden folder is looked at.
	 */
	async isIgnored(path: string, signal: AbortSignal): Promise<boolean> {
		for (const { folder, name } of this.#stepsTo(path)) {
			const listing = this.known(folder) ?? (await this.look(folder, signal));
			if (listing?.get(name)?.isIgnored === true) {
				return true;
			}
		}
		return false;
	}

	/** The same by what was looked at already: false where that does not tell. */
	isKnownIgnored(path: string): boolean {
		return this.#stepsTo(path).some(({ folder, name }) => this.known(folder)?.get(name)?.isIgnored === true);
	}

	/** Undefined for a root of the workspace. */
	parentOf(path: string): string | undefined {
		const { folder } = splitPath(path);
		if (path === '.' || (this.#workspace.roots.length > 1 && folder === '')) {
			return undefined;
		}
		return folder === '' ? '.' : folder;
	}

	/** The folders above, the root first, each with the name of the next one. */
	#stepsTo(path: string): readonly { readonly folder: string; readonly name: string }[] {
		const parent = this.parentOf(path);
		return parent === undefined ? [] : [...this.#stepsTo(parent), { folder: parent, name: splitPath(path).name }];
	}

	async #read(path: string, before: FolderImage | undefined, signal: AbortSignal): Promise<FolderImage> {
		const workspace = this.#workspace;
		let location: Location | undefined;
		let version: string | undefined;
		try {
			location = await workspace.locate(path, signal);
			if (!isFollowable(location)) {
				return { location, version, listing: undefined };
			}
			// Before it is listed: what comes meanwhile gives it another version.
			({ version } = await this.#versions.one(location, signal));
			const names = await this.#versions.namesIn(location);
			if (names !== undefined && names === before?.names && before.listing !== undefined) {
				// A file in it was replaced. What is ignored need not be found out again, for which rules would be read.
				return { location, version, names, listing: before.listing };
			}
			const entries = await workspace.list(location, signal);
			const isKept = entries.length <= MAX_ENTRIES;
			const listing = isKept ? new Map(entries.map(entry => [entry.name, entry])) : undefined;
			return { location, version, names, listing };
		} catch (error) {
			if (error instanceof ToolError) {
				return { location, version, listing: undefined };
			}
			throw error;
		}
	}
}

/** In the workspace, and where its path says: what links lead to is followed under its own name, or not at all. */
export function isFollowable({ isOutside, realPath, uri }: Location): boolean {
	return !isOutside && realPath === undefined && !uri.startsWith('untitled:');
}

export function joinPath(folder: string, name: string): string {
	return folder === '.' ? name : `${folder}/${name}`;
}

/** @returns the folder without the last name; empty when there is but one. */
export function splitPath(path: string): { readonly folder: string; readonly name: string } {
	const at = path.lastIndexOf('/');
	return { folder: path.slice(0, Math.max(0, at)), name: path.slice(at + 1) };
}
