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
		return Promise.all(
			locations.map(async (location, at) => {
				const version = quick[at];
				return version === undefined
					? { version: await this.#slow(location, signal), isOfDisk: false }
					: { version, isOfDisk: true };
			}),
		);
	}

	async one(location: Location, signal: AbortSignal): Promise<SeenVersion> {
		const [seen] = await this.of([location], signal);
		return seen ?? { version: undefined, isOfDisk: false };
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
