/** What `.gitignore` files and the exclude settings hide, folder by folder. */
import ignore from 'ignore';
import { excluder } from './globs.ts';

/** Reads an ignore file; undefined where there is none. */
export type IgnoreFileReader = (path: string) => Promise<string | undefined>;

const IGNORE_FILES = ['.gitignore', '.ignore'] as const;

/**
 * The rules that hold in one folder: its own ignore files and those of the folders above. Immutable; `enter` gives the
 * rules of a folder below.
 */
export class IgnoreRules {
	private readonly isExcluded: (path: string) => boolean;
	/** The nearest folder first. */
	private readonly levels: readonly { readonly folder: string; readonly rules: ignore.Ignore }[];

	private constructor(isExcluded: (path: string) => boolean, levels: IgnoreRules['levels']) {
		this.isExcluded = isExcluded;
		this.levels = levels;
	}

	/** Rules above the root: the exclude settings alone. `.git` is always among them. */
	static above(excludes: readonly string[]): IgnoreRules {
		return new IgnoreRules(excluder(['**/.git', ...excludes]), []);
	}

	/** @param names the folder's files, where known: saves looking for ignore files that are not there. */
	async enter(folder: string, read: IgnoreFileReader, names?: ReadonlySet<string>): Promise<IgnoreRules> {
		let levels = this.levels;
		for (const name of IGNORE_FILES) {
			if (names !== undefined && !names.has(name)) {
				continue;
			}
			const text = await read(join(folder, name));
			if (text !== undefined) {
				levels = [{ folder, rules: ignore().add(text) }, ...levels];
			}
		}
		return levels === this.levels ? this : new IgnoreRules(this.isExcluded, levels);
	}

	/** @param path relative to the root. Folders above it are taken as not ignored. */
	ignores(path: string, isFolder: boolean): boolean {
		if (this.isExcluded(path)) {
			return true;
		}
		for (const { folder, rules } of this.levels) {
			const relative = folder === '' ? path : path.slice(folder.length + 1);
			const { ignored, unignored } = rules.test(isFolder ? `${relative}/` : relative);
			if (ignored || unignored) {
				return ignored;
			}
		}
		return false;
	}
}

/** The rules inside `folder`, and whether it is hidden itself. */
export async function rulesFor(
	folder: string,
	excludes: readonly string[],
	read: IgnoreFileReader,
): Promise<{ rules: IgnoreRules; isIgnored: boolean }> {
	let rules = await IgnoreRules.above(excludes).enter('', read);
	let path = '';
	let isIgnored = false;
	for (const segment of folder.split('/').filter(part => part !== '')) {
		path = join(path, segment);
		isIgnored ||= rules.ignores(path, true);
		rules = await rules.enter(path, read);
	}
	return { rules, isIgnored };
}

export function join(folder: string, name: string): string {
	return folder === '' ? name : `${folder}/${name}`;
}
