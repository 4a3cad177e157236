import { ToolError } from '../agent/toolError.ts';
import type { Location, Stamp, Workspace } from '../agent/workspace.ts';

const NEVER = new AbortController().signal;

/** The versions of files that an agent has seen or made, by URI. */
export class SeenFiles {
	readonly #versions = new Map<string, string>();

	/** To be noted before it is looked at: what changes meanwhile is then told as changed. */
	note({ uri }: Location, version: string | undefined): void {
		if (version === undefined) {
			this.#versions.delete(uri);
		} else {
			this.#versions.set(uri, version);
		}
	}

	/**
	 * What the agent itself wrote, as long as that is what there is. It is done by then, so nothing here stops or fails it.
	 * @param stamp of the text after it.
	 */
	async noteWritten(location: Location, stamp: Stamp, workspace: Workspace): Promise<void> {
		try {
			const now = await workspace.readText(location, NEVER);
			if (now.stamp === stamp) {
				this.note(location, now.version);
			}
		} catch (error) {
			if (!(error instanceof ToolError)) {
				throw error;
			}
			this.note(location, undefined);
		}
	}

	/** Whether the agent saw what there is now. */
	isNewest({ uri }: Location, version: string | undefined): boolean {
		return version !== undefined && this.#versions.get(uri) === version;
	}

	/** Whether the agent saw another text than there is now. False for a file that it never saw. */
	isOutdated({ uri }: Location, version: string | undefined): boolean {
		const seen = this.#versions.get(uri);
		return seen !== undefined && version !== undefined && seen !== version;
	}
}
