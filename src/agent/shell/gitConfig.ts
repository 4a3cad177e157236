/** Keys that change nothing that git runs while it reads. `core.hooksPath` is overruled by readOnlyEnvironment. */
const PLAIN_KEYS = [
	/^core\.(?:repositoryformatversion|filemode|logallrefupdates|ignorecase|precomposeunicode|symlinks|autocrlf|eol)$/,
	/^core\.(?:safecrlf|longpaths|quotepath|abbrev|hookspath|untrackedcache|preloadindex|fscache|protectntfs)$/,
	/^remote\.(?:url|fetch|push|pushurl|tagopt|prune|gh-resolved|pushdefault)$/,
	/^branch\.[\w-]+$/,
	/^submodule\.(?:url|active|branch)$/,
	/^user\.(?:name|email|signingkey|useconfigonly)$/,
	/^(?:pull|push|fetch|rebase|merge|rerere|gc|advice|init|color|alias)\.[\w-]+$/,
	/^commit\.(?:gpgsign|verbose)$/,
	/^lfs\.(?:repositoryformatversion|locksverify)$/,
];

const SECTION = /^\[([A-Za-z0-9-]+)(?: "(?:[^"\\]|\\["\\])*")?\]$/;
const SETTING = /^([A-Za-z][A-Za-z0-9-]*)(?:\s*=\s*(.*))?$/;

/**
 * Whether reading commands run nothing on account of this configuration file. Only keys known to be harmless count: `git
 * status` starts `core.fsmonitor` and filters, `git diff` also `diff.external` and `textconv`, a signature check the
 * program of `gpg`, an `include` brings any of them in. A file written in an unusual way is not plain.
 * @param text content of `.git/config`, or of another file of that form.
 * @param ownWorktree what `core.worktree` may say: that of a submodule names the submodule's own folder.
 */
export function isPlainGitConfig(text: string, ownWorktree?: string): boolean {
	let section: string | undefined;
	for (const raw of text.split(/\r?\n/)) {
		const line = raw.trim();
		if (line === '' || line.startsWith('#') || line.startsWith(';')) {
			continue;
		}
		const header = SECTION.exec(line)?.[1];
		if (header !== undefined) {
			section = header.toLowerCase();
			continue;
		}
		const [, key, value = ''] = SETTING.exec(line) ?? [];
		const name = `${section}.${key?.toLowerCase()}`;
		const isOwnWorktree = name === 'core.worktree' && ownWorktree !== undefined && value === ownWorktree;
		if (key === undefined || section === undefined || !(isOwnWorktree || isPlainSetting(name, value))) {
			return false;
		}
	}
	return true;
}

function isPlainSetting(name: string, value: string): boolean {
	// A value that goes on in the next line could hide a key of its own.
	if (value.endsWith('\\')) {
		return false;
	}
	// Of a bare repository git takes everything for its own, and a folder that holds one can be made with a file tool.
	return name === 'core.bare' ? value === 'false' : PLAIN_KEYS.some(key => key.test(name));
}
