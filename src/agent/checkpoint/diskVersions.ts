import { ToolError } from '../toolError.ts';
import type { Location, Workspace } from '../workspace.ts';

/**
 * Port to the versions of files and folders on disk, for those who look at many again and again. Implemented by
 * `node/diskVersions.ts`; where it is absent the workspace is asked, which takes ten times longer.
 */
export interface DiskVersions {
	/**
	 * In the order given: what changes whenever the file or the names in the folder do, and is the same word for all that
	 * are not there; undefined where it cannot be told. Links are followed. Never rejects.
	 */
	of(uris: readonly string[]): Promise<readonly (string | undefined)[]>;
	/** What a folder holds, names and kinds, as one word; undefined where it cannot be told. Never rejects. */
	namesIn(uri: string): Promise<string | undefined>;
}

export interface SeenVersion {
	/** Undefined where only reading tells. */
	readonly version: string | undefined;
	/** Of what is saved; else an editor's unsaved text may have it. */
	readonly isOfDisk: boolean;
}

/** Versions of what the workspace has, by the quickest way there is. */
export class VersionLook {
	readonly #workspace: Workspace;
	readonly #disk: DiskVersions | undefined;

	constructor(workspace: Workspace, disk: DiskVersions | undefined) {
		this.#workspace = workspace;
		this.#disk = disk;
	}

	async of(locations: readonly Location[], signal: AbortSignal): Promise<readonly SeenVersion[]> {
		const quick = (await this.#disk?.of(locations.map(({ uri }) => uri))) ?? [];
		signal.throwIfAborted();
		const seen = locations.map((_, at): SeenVersion => ({ version: quick[at], isOfDisk: quick[at] !== undefined }));
		// Mostly there are none: a promise for each file would cost more than the look at it.
		const others = [...seen.keys()].filter(at => quick[at] === undefined);
		await Promise.all(
			others.map(async at => {
				const location = locations[at];
				seen[at] = { version: location && (await this.#slow(location, signal)), isOfDisk: false };
			}),
		);
		return seen;
	}

	async one(location: Location, signal: AbortSignal): Promise<SeenVersion> {
		const [seen] = await this.of([location], signal);
		return seen ?? { version: undefined, isOfDisk: false };
	}

	/** See `DiskVersions`. */
	async namesIn({ uri }: Location): Promise<string | undefined> {
		return this.#disk?.namesIn(uri);
	}

	async #slow(location: Location, signal: AbortSignal): Promise<string | undefined> {
		try {
			return (await this.#workspace.stat(location, signal))?.version;
		} catch (error) {
			if (error instanceof ToolError) {
				return undefined;
			}
			throw error;
		}
	}
}
