/** Paths of the model to files below one folder, and back. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { LocalFiles } from '../agent/search.ts';
import { ToolError } from '../agent/toolError.ts';
import type { Location } from '../agent/workspace.ts';
import { behindLinks } from '../files/behindLinks.ts';
import {
	displayPath,
	LOCAL_ORIGIN,
	type PathRules,
	placeAbsolute,
	type ResolvedPath,
	type Root,
	resolvePath,
} from '../files/paths.ts';
import { foreignUri } from '../files/refusals.ts';

/** Makes and reads the locations of a workspace of one folder. */
export class FileWorkspacePaths {
	readonly #roots: readonly [Root];
	readonly #rules: PathRules;
	readonly #files: Pick<LocalFiles, 'realPath'>;
	/** Where the folder itself is: asked once, for it does not move while we work in it. */
	#folder: Promise<string | undefined> | undefined;

	/** @param folder absolute, as the system writes it. @param platform Node's name of the platform. */
	constructor(name: string, folder: string, platform: string, files: Pick<LocalFiles, 'realPath'>) {
		this.#rules = platform === 'win32' ? 'windows' : platform === 'darwin' ? 'mac' : 'other';
		this.#roots = [{ name, origin: LOCAL_ORIGIN, path: this.#toPath(folder).replace(/\/+$/, '') }];
		this.#files = files;
	}

	/** @throws ToolError for a path that names no single file. */
	async locate(given: string): Promise<Location> {
		const resolved = this.#resolve(given);
		const shown = displayPath(resolved, this.#roots);
		const path = this.#absolute(resolved);
		const isOutside = resolved.kind === 'outside';
		const links = await behindLinks({ shown, path, isOutside }, this.#roots, this.#rules, real => this.#realPath(real));
		return { path: shown, uri: pathToFileURL(this.#toFile(path)).href, ...links };
	}

	/** The path below the folder; undefined outside. */
	below(location: Location): string | undefined {
		const place = this.#place(fileURLToPath(location.uri));
		return place.kind === 'inside' ? place.segments.join('/') : undefined;
	}

	/** As the tools show a file. */
	display(file: string): string {
		return displayPath(this.#place(file), this.#roots);
	}

	#resolve(given: string): ResolvedPath {
		const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(given)?.[1]?.toLowerCase();
		if (scheme === undefined) {
			return resolvePath(given, this.#roots, this.#rules);
		}
		if (scheme !== 'file') {
			throw foreignUri(given);
		}
		let file: string;
		try {
			file = fileURLToPath(given);
		} catch (error) {
			throw new ToolError(`"${given}" is no URI of a local file; give a workspace-relative path.`, { cause: error });
		}
		return resolvePath(file, this.#roots, this.#rules);
	}

	#place(file: string): ResolvedPath {
		return placeAbsolute({ origin: LOCAL_ORIGIN, path: this.#toPath(file) }, this.#roots, this.#rules);
	}

	#absolute(resolved: ResolvedPath): string {
		return resolved.kind === 'outside' ? resolved.path : [this.#roots[0].path, ...resolved.segments].join('/') || '/';
	}

	/** Undefined for a loop of links, or where access is refused: nobody knows where that leads. */
	#realPath(path: string): Promise<string | undefined> {
		if (path === this.#roots[0].path) {
			this.#folder ??= this.#askRealPath(path);
			return this.#folder;
		}
		return this.#askRealPath(path);
	}

	async #askRealPath(path: string): Promise<string | undefined> {
		try {
			return this.#toPath(await this.#files.realPath(this.#toFile(path)));
		} catch {
			return undefined;
		}
	}

	/** The path of the file's URI, decoded: Windows paths get a `/` in front. */
	#toPath(file: string): string {
		return this.#rules === 'windows' ? `/${file.replaceAll('\\', '/')}` : file;
	}

	#toFile(path: string): string {
		return this.#rules === 'windows' ? path.slice(1) : path;
	}
}
