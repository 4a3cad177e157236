/** Finds out what a decision about a command has to know of the place where it would run. */

import { readReason } from '../approval/policy.ts';
import { isSecret } from '../approval/protectedPaths.ts';
import type { Shell } from '../shellPort.ts';
import type { CommandPlace, ToolContext } from '../tool.ts';
import { ToolError } from '../toolError.ts';
import { decideCommand } from './commandDecision.ts';
import type { PathUse } from './readOnlyCommand.ts';

/** More files behind one pattern are not looked at one by one. */
const MAX_MATCHES = 500;

/**
 * What only the disk of the machine tells. Paths are absolute, with `/`. Implemented by `node/shell/placeFacts.ts` and, for
 * tests, by `test/fakes/memoryPlaceFacts.ts`. Nothing here rejects but at the signal.
 */
export interface PlaceFacts {
	/** Where commands find the program of this bare name. `inside`: it lies in the workspace, if only by a link. */
	findProgram(name: string): Promise<'outside' | 'inside' | 'missing'>;
	/** See `isGitPlain` of CommandContext. */
	isGitPlain(folder: string): Promise<boolean>;
	/**
	 * Where the system gets with this path: `link/..` leads to the folder above the link's target. Of what is not there:
	 * where it would be. Undefined when nobody knows.
	 */
	realPath(path: string): Promise<string | undefined>;
	kindOf(path: string): Promise<'file' | 'folder' | 'other' | 'missing'>;
	/** Names in a folder; none where it cannot be read. */
	names(folder: string): Promise<readonly string[]>;
	/** Whether the test holds for any path below a folder, links not followed. Undefined when there are too many to tell. */
	someBelow(folder: string, test: (path: string) => boolean, signal: AbortSignal): Promise<boolean | undefined>;
	/**
	 * The same for what ripgrep opens below a path.
	 * @param filters its flags that choose files. @param cwd where it runs.
	 */
	someSearched(
		search: { readonly path: string; readonly filters: readonly string[]; readonly cwd: string },
		test: (path: string) => boolean,
		signal: AbortSignal,
	): Promise<boolean | undefined>;
}

export interface PlaceOptions {
	readonly facts: PlaceFacts;
	/** Absolute paths of folders that are ours or the editor's, asked for like those of the system. */
	readonly ownFolders: readonly string[];
}

type PlaceContext = Pick<ToolContext, 'workspace' | 'signal'>;

/** What is known of the place where a shell would run a command now. */
export type FindPlace = (
	command: string,
	shell: Pick<Shell, 'cwd' | 'language'>,
	context: PlaceContext,
) => Promise<CommandPlace>;

/**
 * Works in two passes, because a decision cannot wait: the first decides about the command as if all were allowed, to
 * learn what it asks for; then that is looked up. What was not looked up gets the strictest answer.
 */
export function commandPlaces(options: PlaceOptions): FindPlace {
	return async (command, { cwd, language }, context) => {
		if (language === 'powershell') {
			return { ...unknownPlace, cwd, isOtherLanguage: true };
		}
		const questions = questionsOf(command);
		const look = new PlaceLook(options, cwd, context);
		const [programs, paths, isGitPlain, cwdIsInside] = await Promise.all([
			answers(questions.names, name => options.facts.findProgram(name)),
			answers(questions.uses.keys(), key => look.readPath(questions.uses.get(key) ?? nothing)),
			questions.needsGit ? options.facts.isGitPlain(cwd) : false,
			look.isInside(),
		]);
		context.signal.throwIfAborted();
		return {
			cwd,
			cwdIsInside,
			isGitPlain,
			resolve: name => programs.get(name) ?? 'inside',
			readPath: (path, reach, filters) => paths.get(keyOf({ path, reach, ...(filters && { filters }) })) ?? 'ask',
		};
	};
}

const unknownPlace: Omit<CommandPlace, 'cwd'> = {
	cwdIsInside: false,
	isGitPlain: false,
	resolve: () => 'inside',
	readPath: () => 'ask',
};

const nothing: PathUse = { path: '', reach: 'tree' };

interface Questions {
	readonly names: ReadonlySet<string>;
	readonly uses: ReadonlyMap<string, PathUse>;
	readonly needsGit: boolean;
}

/** All that any decision about the command can ask: a refusal only ever spares questions. */
function questionsOf(command: string): Questions {
	const names = new Set<string>();
	const uses = new Map<string, PathUse>();
	let needsGit = false;
	decideCommand(command, {
		rules: [],
		isHeld: false,
		cwdIsInside: true,
		get isGitPlain() {
			needsGit = true;
			return true;
		},
		resolve(name) {
			names.add(name);
			return 'outside';
		},
		readPath(path, reach, filters) {
			const use: PathUse = { path, reach, ...(filters && { filters }) };
			uses.set(keyOf(use), use);
			return 'free';
		},
	});
	return { names, uses, needsGit };
}

/** The answers of one moment, in one folder. */
class PlaceLook {
	readonly #options: PlaceOptions;
	readonly #cwd: string;
	readonly #context: PlaceContext;

	constructor(options: PlaceOptions, cwd: string, context: PlaceContext) {
		this.#options = options;
		this.#cwd = cwd;
		this.#context = context;
	}

	/** A folder that is gone is not: the shell would run the command elsewhere. */
	async isInside(): Promise<boolean> {
		const { facts } = this.#options;
		return (await facts.kindOf(this.#cwd)) === 'folder' && (await this.#isFree(this.#cwd));
	}

	async readPath(use: PathUse): Promise<'free' | 'ask'> {
		if (use.path === '') {
			return 'ask';
		}
		const paths = await this.#matches(this.#absolute(use.path));
		if (paths.length > MAX_MATCHES) {
			return 'ask';
		}
		for (const path of paths) {
			if (!(await this.#isFree(path)) || !(await this.#isContentFree(path, use))) {
				return 'ask';
			}
		}
		return 'free';
	}

	/** By its name, by where it leads, and as a thing that is read to its end. */
	async #isFree(path: string): Promise<boolean> {
		const { facts, ownFolders } = this.#options;
		const { workspace, signal } = this.#context;
		const real = await facts.realPath(path);
		if (real === undefined || (await facts.kindOf(real)) === 'other') {
			return false;
		}
		try {
			for (const given of new Set([path, real])) {
				const location = await workspace.locate(given, signal);
				if (readReason({ given, location }, ownFolders) !== undefined) {
					return false;
				}
			}
			return true;
		} catch (error) {
			if (error instanceof ToolError) {
				// A path that no tool may resolve.
				return false;
			}
			throw error;
		}
	}

	/** What lies below it, where that is read too. */
	async #isContentFree(path: string, use: PathUse): Promise<boolean> {
		const { facts, ownFolders } = this.#options;
		if (use.reach === 'file' || (await facts.kindOf(path)) !== 'folder') {
			return true;
		}
		const { signal } = this.#context;
		const real = (await facts.realPath(path)) ?? path;
		if (ownFolders.some(folder => folder.startsWith(`${real.replace(/\/$/, '')}/`))) {
			return false;
		}
		const found =
			use.reach === 'tree'
				? await facts.someBelow(path, isSecret, signal)
				: await facts.someSearched({ path, filters: use.filters ?? [], cwd: this.#cwd }, isSecret, signal);
		return found === false;
	}

	/** The files that bash puts in the place of a pattern, and the pattern itself, which it leaves where there are none. */
	async #matches(path: string): Promise<readonly string[]> {
		const at = path.lastIndexOf('/');
		const [folder, name] = [path.slice(0, at), path.slice(at + 1)];
		if (!name.startsWith('*.')) {
			return [path];
		}
		const ending = name.slice(1);
		const names = await this.#options.facts.names(folder || '/');
		const matching = names.filter(found => found.endsWith(ending) && !found.startsWith('.'));
		return [path, ...matching.map(found => `${folder}/${found}`)];
	}

	#absolute(path: string): string {
		return path.startsWith('/') ? path : `${this.#cwd}/${path}`;
	}
}

async function answers<Answer>(
	keys: Iterable<string>,
	answer: (key: string) => Promise<Answer>,
): Promise<ReadonlyMap<string, Answer>> {
	return new Map(await Promise.all([...keys].map(async key => [key, await answer(key)] as const)));
}

function keyOf({ path, reach, filters = [] }: PathUse): string {
	return JSON.stringify([path, reach, filters]);
}
