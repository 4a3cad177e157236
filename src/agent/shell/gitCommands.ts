/**
 * Git's reading subcommands. A repository's settings can make even these run programs (`core.fsmonitor`, `diff.external`,
 * filters, a signature check), so they count as reading only where gitConfig.ts finds those settings plain, and together
 * with the variables of readOnlyEnvironment.ts.
 */
import { type Arguments, hasFlag } from './commandFlags.ts';
import type { CommandWord } from './commandGrammar.ts';
import { commandReason } from './commandReason.ts';
import {
	type OperandPaths,
	type OperandRule,
	type PathUse,
	type ReadOnlyCommand,
	readOnlyCommand,
} from './readOnlyCommand.ts';

const DIFF = `-puswbRWzat -U?=number -M?=text -C?=text -S=text -G=text --patch --no-patch --stat?=text --numstat
		--shortstat --summary --compact-summary --name-only --name-status --raw --color?=text --no-color
		--word-diff?=text --word-diff-regex=text --ignore-all-space --ignore-space-change --ignore-space-at-eol
		--ignore-blank-lines --unified?=number --find-renames?=text --find-copies?=text --no-renames
		--diff-filter=text --minimal --histogram --patience --diff-algorithm=text --check --exit-code --quiet
		--abbrev?=number --no-ext-diff --no-textconv --full-index --dirstat?=text --function-context
		--inter-hunk-context=number --text --pickaxe-all --pickaxe-regex --no-prefix --relative?=text
		--ita-visible-in-index`;
const LOG = `-# -iEFgmc -n=number -L=text --max-count=number --skip=number --since=text --after=text --until=text
		--before=text --author=text --committer=text --grep=text --regexp-ignore-case --extended-regexp
		--fixed-strings --all-match --invert-grep --all --branches?=text --tags?=text --remotes?=text --graph
		--decorate?=text --no-decorate --reverse --first-parent --merges --no-merges --date-order --topo-order
		--follow --full-history --left-right --left-only --right-only --cherry-pick --cherry-mark --no-walk
		--date=text --relative-date --pretty?=format --format?=format --oneline --abbrev-commit --no-abbrev-commit
		--source --ancestry-path --boundary --walk-reflogs --cc --no-notes --merge-base`;

/** Flags of each subcommand, for the table below and for tests that try them all. */
export const gitFlags = {
	status: `-sbzv -u?=text --short --branch --porcelain?=text --long --verbose --untracked-files?=text
			--ignored?=text --ahead-behind --no-ahead-behind --renames --no-renames --show-stash --column?=text`,
	diff: `${DIFF} --cached --staged --merge-base`,
	log: `${DIFF} ${LOG}`,
	show: `${DIFF} ${LOG}`,
	branch: `-arvi --all --remotes --list --show-current --verbose --ignore-case --color?=text --no-color
			--column?=text --sort=text --format=format --merged*=text --no-merged*=text --contains*=text
			--no-contains*=text --points-at=text`,
	tag: `-li -n?=number --list --ignore-case --sort=text --format=format --color?=text --column?=text --merged*=text
		--no-merged*=text --contains*=text --no-contains*=text --points-at*=text`,
	'rev-parse': `-q --show-toplevel --abbrev-ref?=text --short?=number --verify --quiet --is-inside-work-tree
			--is-inside-git-dir --is-bare-repository --git-dir --absolute-git-dir --git-common-dir --show-prefix
			--show-cdup --symbolic-full-name --symbolic --all --branches --tags --remotes --is-shallow-repository`,
	'ls-files': `-cdmostuvzk --cached --deleted --modified --others --stage --unmerged --killed --ignored
			--exclude-standard --exclude=text --full-name --error-unmatch --directory --no-empty-directory
			--abbrev?=number --eol --deduplicate`,
	'ls-tree': '-rtdlz --name-only --name-status --full-tree --full-name --long --abbrev?=number',
	blame: `-welsftpnc -L=text -M?=text -C?=text --since=text --date=text --porcelain --line-porcelain --root
			--show-name --show-number --show-email --abbrev?=number`,
	grep: `-# -nilLwcEFGPvohHpWqaIz -e=text -A=number -B=number -C=number -m=number --line-number --ignore-case
		--files-with-matches --files-without-match --name-only --word-regexp --count --extended-regexp
		--fixed-strings --basic-regexp --perl-regexp --invert-match --only-matching --show-function
		--function-context --quiet --text --heading --break --cached --and --or --not --all-match --max-depth=number
		--max-count=number --color?=text --no-color --context=number --after-context=number --before-context=number
		--column --full-name`,
	shortlog: `-sne --summary --numbered --email --no-merges --all --since=text --after=text --until=text --before=text
			--group=format`,
	describe: `--tags --always --all --long --exact-match --contains --first-parent --abbrev?=number --match=text
			--exclude=text --candidates=number`,
	'cat-file': '-ptse',
	'merge-base': '-a --all --is-ancestor --fork-point --octopus --independent',
	'rev-list': `${LOG} --count --objects --parents --children --timestamp`,
	'for-each-ref': `--format=format --sort=text --count=number --merged*=text --no-merged*=text --contains*=text
			--no-contains*=text --points-at=text --ignore-case`,
	'name-rev': '--name-only --tags --refs=text --always',
	'check-ignore': '-vqn --verbose --quiet --non-matching --no-index',
	'count-objects': '-vH --verbose --human-readable',
	reflog: `${DIFF} ${LOG}`,
	remote: '-v --verbose',
	stash: '',
	worktree: '-vz --porcelain --verbose',
	config: '--get --get-all --local --global --show-origin',
	version: '',
} as const;

const git = (name: keyof typeof gitFlags, operands: OperandRule) =>
	[name, readOnlyCommand({ flags: gitFlags[name], operands })] as const;

const subcommands: ReadonlyMap<string, ReadOnlyCommand> = new Map<string, ReadOnlyCommand>([
	git('status', revisions),
	git('diff', revisions),
	git('log', revisions),
	git('show', revisions),
	git('blame', revisions),
	git('ls-files', revisions),
	git('ls-tree', revisions),
	git('rev-list', revisions),
	git('cat-file', revisions),
	git('check-ignore', revisions),
	git('shortlog', revisions),
	git('grep', given => withPaths(hasFlag(given, '-e') ? given.operands : given.operands.slice(1))),
	// A name without --list is a branch to create.
	git('branch', listed('--list')),
	git('tag', listed('--list', '-l')),
	git('rev-parse', revisions),
	git('describe', 'text'),
	git('merge-base', 'text'),
	git('for-each-ref', 'text'),
	git('name-rev', 'text'),
	git('count-objects', 'none'),
	git('version', 'none'),
	git('reflog', given => (given.operands.length === 0 ? { paths: [] } : after('show', given))),
	git('remote', given => (given.operands.length === 0 ? { paths: [] } : remoteAddress(given))),
	git('stash', given => exactly('list', given)),
	git('worktree', given => exactly('list', given)),
	git('config', harmlessSetting),
]);

/** Flags of git itself that read-only lines carry. */
const GLOBAL_FLAGS = new Set(['--no-pager', '-P', '--no-optional-locks']);

export const gitCommand: ReadOnlyCommand = {
	isBuiltin: false,
	check(words, isPiped) {
		const at = words.findIndex(({ value }) => !GLOBAL_FLAGS.has(value));
		const name = words[at];
		if (name === undefined) {
			return { ok: false, reason: commandReason('operand', 'git') };
		}
		if (name.value === '--version' && at === words.length - 1) {
			return { ok: true, paths: [] };
		}
		const subcommand = name.form === 'plain' ? subcommands.get(name.value) : undefined;
		return subcommand === undefined
			? { ok: false, reason: commandReason('command', `git ${name.value}`) }
			: subcommand.check(words.slice(at + 1), isPiped);
	},
};

/**
 * Each operand may be a revision or a path: `git diff` compares files anywhere on the disk when one lies outside. A
 * revision that is taken for a path is a file that does not exist.
 */
function revisions({ operands }: Arguments): OperandPaths {
	return withPaths(operands);
}

function withPaths(operands: readonly CommandWord[]): OperandPaths {
	return { paths: operands.flatMap(({ value }) => pathsOf(value)) };
}

/** `HEAD:.env`, `:0:.env` and `:(top).env` name a file behind a colon. */
function pathsOf(operand: string): PathUse[] {
	const parts = operand.split(':').map((_, at, all) => all.slice(at).join(':'));
	const paths = parts.map((part, at) => (at === 0 ? part : part.replace(/^(?:\([^)]*\)|[!^]+)/, '')));
	return paths.filter(path => path !== '').map(path => ({ path, reach: 'file' }));
}

function listed(...flags: readonly string[]): OperandRule {
	return given => {
		const [first] = given.operands;
		return first === undefined || hasFlag(given, ...flags) ? { paths: [] } : { refused: first.value };
	};
}

function exactly(word: string, { operands }: Arguments): OperandPaths {
	return operands.length === 1 && operands[0]?.value === word
		? { paths: [] }
		: { refused: (operands[1] ?? operands[0])?.value ?? 'git' };
}

function after(word: string, { operands }: Arguments): OperandPaths {
	const [first, ...rest] = operands;
	return first?.value === word ? withPaths(rest) : { refused: first?.value ?? 'git' };
}

/** `git remote get-url origin`. Other subcommands change the remotes or ask them. */
function remoteAddress(given: Arguments): OperandPaths {
	const [verb, name] = given.operands;
	return verb?.value === 'get-url' && name !== undefined && given.operands.length === 2
		? { paths: [] }
		: { refused: verb?.value ?? 'git' };
}

const HARMLESS_SETTING =
	/^(?:user\.(?:name|email)|remote\.[\w-]+\.url|branch\.[\w/-]+\.\w+|init\.defaultbranch|core\.\w+)$/i;

/** Other settings can hold passwords, and a second operand is the value to set. */
function harmlessSetting(given: Arguments): OperandPaths {
	const [name, second] = given.operands;
	const isRead = hasFlag(given, '--get', '--get-all') && second === undefined;
	return isRead && name !== undefined && HARMLESS_SETTING.test(name.value)
		? { paths: [] }
		: { refused: (second ?? name)?.value ?? 'git config' };
}
