/**
 * Variables that a line must be run with when it is allowed as read-only. Measured with git 2.39: `git diff` and `git
 * describe --dirty` rewrite the index and run a hook even with `GIT_OPTIONAL_LOCKS=0`; without `diff.autoRefreshIndex`
 * `git diff` does neither.
 */
export const readOnlyEnvironment: Readonly<Record<string, string>> = {
	...gitSettings({
		'core.fsmonitor': 'false',
		'core.hooksPath': '/dev/null',
		'diff.autoRefreshIndex': 'false',
		'log.showSignature': 'false',
	}),
	GIT_OPTIONAL_LOCKS: '0',
	GIT_NO_LAZY_FETCH: '1',
	// An empty name is none: a configuration can name a program with --pre.
	RIPGREP_CONFIG_PATH: '',
};

/** Settings of git by environment: they win over those of the repository. */
function gitSettings(settings: Readonly<Record<string, string>>): Record<string, string> {
	const entries = Object.entries(settings);
	return Object.fromEntries([
		['GIT_CONFIG_COUNT', String(entries.length)],
		...entries.flatMap(([key, value], at) => [
			[`GIT_CONFIG_KEY_${at}`, key],
			[`GIT_CONFIG_VALUE_${at}`, value],
		]),
	]);
}
