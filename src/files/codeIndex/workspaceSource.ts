import { isSecret } from '../../agent/approval/protectedPaths.ts';
import { type Clock, systemClock } from '../../agent/clock.ts';
import { ToolError } from '../../agent/toolError.ts';
import type { Workspace } from '../../agent/workspace.ts';
import { Breather } from '../breather.ts';
import type { CodeFile, CodeSource, WorkspaceChanges } from './codeSource.ts';

/** Files that are listed. */
const MAX_FILES = 50_000;
/** Bytes; larger files are generated or data. */
const MAX_SIZE = 1_000_000;
/** Files asked about at a time. */
const PARALLEL = 16;
/** Milliseconds for which no news counts as no change: a watcher can be told to leave folders out, and can lose events. */
const TRUST_MS = 60_000;
/** Text that is no code, or no text. */
const OTHER =
	/\.(?:min\.\w+|map|lock|lockb|snap|svg|csv|tsv|log|png|jpe?g|gif|webp|ico|bmp|pdf|zip|gz|tgz|bz2|xz|7z|jar|class|so|dll|dylib|exe|bin|wasm|woff2?|ttf|otf|eot|mp[34]|mov|avi|webm|wav|sqlite|db|pyc|o|a|vsix)$|(?:^|\/)(?:package-lock\.json|pnpm-lock\.yaml|npm-shrinkwrap\.json)$/i;

export interface WorkspaceSourceOptions {
	/** Saves looking at every file again. */
	readonly changes?: WorkspaceChanges;
	readonly clock?: Clock;
}

/** The files of a workspace as the code index takes them: what the user sees, unsaved text included. */
export function workspaceSource(workspace: Workspace, options: WorkspaceSourceOptions = {}): CodeSource {
	const source = new WorkspaceSource(workspace, options);
	return {
		files: signal => source.files(signal),
		read: (path, signal) => source.read(path, signal),
		dispose: () => source.dispose(),
	};
}

class WorkspaceSource {
	readonly #workspace: Workspace;
	readonly #changes: WorkspaceChanges | undefined;
	readonly #clock: Clock;
	readonly #breather = new Breather();
	#stopWatching: (() => void) | undefined;
	/** As last looked at. */
	#files: readonly CodeFile[] = [];
	/** When all of them were. Undefined: they are to be looked at anew. */
	#wholeSince: number | undefined;
	/** Paths of which there was news since. */
	#changed = new Set<string>();

	constructor(workspace: Workspace, { changes, clock = systemClock }: WorkspaceSourceOptions) {
		this.#workspace = workspace;
		this.#changes = changes;
		this.#clock = clock;
	}

	async files(signal: AbortSignal): Promise<readonly CodeFile[]> {
		this.#stopWatching ??= this.#changes?.watch(changed => this.#note(changed));
		const now = this.#clock.monotonic();
		const isKnown =
			this.#stopWatching !== undefined && this.#wholeSince !== undefined && now - this.#wholeSince < TRUST_MS;
		const changed = this.#changed;
		if (isKnown && changed.size === 0) {
			return this.#files;
		}
		// What changes from here on may come too late for this look, and is for the next.
		this.#changed = new Set();
		this.#wholeSince = isKnown ? this.#wholeSince : now;
		try {
			const known = new Map(isKnown ? this.#files.map(file => [file.path, file]) : []);
			const isListed = isKnown && [...changed].every(path => known.has(path));
			const paths = isListed ? [...known.keys()] : await this.#list(signal);
			this.#files = await this.#stamp(paths, path => (changed.has(path) ? undefined : known.get(path)), signal);
			return this.#files;
		} catch (error) {
			this.#wholeSince = undefined;
			throw error;
		}
	}

	async read(path: string, signal: AbortSignal): Promise<string | undefined> {
		const text = async () => {
			const location = await this.#workspace.locate(path, signal);
			return (await this.#workspace.readText(location, signal)).text;
		};
		return unlessRefused(text());
	}

	dispose(): void {
		this.#stopWatching?.();
		this.#stopWatching = undefined;
	}

	#note(changed: readonly string[] | 'anything'): void {
		if (changed === 'anything') {
			this.#wholeSince = undefined;
			return;
		}
		for (const path of changed.filter(isWanted)) {
			this.#changed.add(path);
		}
	}

	async #list(signal: AbortSignal): Promise<readonly string[]> {
		const query = { glob: '**/*', in: undefined, limit: MAX_FILES };
		const wanted: string[] = [];
		for (const path of (await this.#workspace.findFiles(query, signal)).paths) {
			if (this.#breather.isDue()) {
				await this.#breather.rest(signal);
			}
			if (isWanted(path)) {
				wanted.push(path);
			}
		}
		return wanted;
	}

	/** @param known gives what needs no look. */
	async #stamp(
		paths: readonly string[],
		known: (path: string) => CodeFile | undefined,
		signal: AbortSignal,
	): Promise<readonly CodeFile[]> {
		const files: CodeFile[] = [];
		const asked = paths.filter(path => {
			const file = known(path);
			if (file !== undefined) {
				files.push(file);
			}
			return file === undefined;
		});
		for (let from = 0; from < asked.length; from += PARALLEL) {
			const some = asked.slice(from, from + PARALLEL);
			const found = await Promise.all(some.map(path => unlessRefused(this.#fileAt(path, signal))));
			files.push(...found.filter(file => file !== undefined));
		}
		return files;
	}

	async #fileAt(path: string, signal: AbortSignal): Promise<CodeFile | undefined> {
		const location = await this.#workspace.locate(path, signal);
		const stat = await this.#workspace.stat(location, signal);
		if (stat?.kind !== 'file' || stat.size > MAX_SIZE) {
			return undefined;
		}
		return { path, stamp: stat.version ?? (await this.#workspace.readText(location, signal)).stamp };
	}
}

function isWanted(path: string): boolean {
	return !OTHER.test(path) && !isSecret(path);
}

/** Undefined for a file that is gone, binary, too large or of a name that cannot be given: an index goes on without it. */
async function unlessRefused<Value>(reading: Promise<Value>): Promise<Value | undefined> {
	try {
		return await reading;
	} catch (error) {
		if (error instanceof ToolError) {
			return undefined;
		}
		throw error;
	}
}
