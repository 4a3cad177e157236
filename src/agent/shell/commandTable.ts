/**
 * Commands that read and do nothing else, each with the flags that keep it so. Flags are those of GNU coreutils 9.1, grep
 * 3.8, findutils 4.9, sed 4.9, ripgrep 15 and git 2.39, and mean nothing worse in BSD's tools. Left out on purpose: what
 * follows links out of the workspace (`grep -R`, `rg -L`, all of `diff`), starts programs (`rg --pre`, `file -z`, `sort
 * --compress-program`), writes (`sort -o`, `tree -o`), reads names from files (`wc --files0-from`), asks the network
 * (`hostname -f`) or does not end (`tail -f`). Where tools differ in whether a flag takes a value (`ls -I`), it is left
 * out too: the next word would be a value here and a file there.
 */
import { type Arguments, type Flag, hasFlag } from './commandFlags.ts';
import { findCommand } from './findCommand.ts';
import { gitCommand } from './gitCommands.ts';
import { type OperandPaths, type ReadOnlyCommand, readOnlyCommand, toPaths } from './readOnlyCommand.ts';

/** Flags of each plain command, for the tables below and for tests that try them all. */
export const commandFlags = {
	pwd: '-LP',
	ls: `-aAbBcCdfFgGhiklmnNopqQrRsStuUvxXZ1 -w=number -I=text -T=number --all --almost-all --human-readable
		--recursive --reverse --size --sort=text --time=text --time-style=text --color?=text
		--group-directories-first --classify --directory --inode --ignore=text --hide=text --full-time --format=text
		--si`,
	cat: '-AbeEnstTuv --number --number-nonblank --squeeze-blank --show-all --show-ends --show-tabs --show-nonprinting',
	head: '-# -qvz -n=number -c=number --lines=number --bytes=number --quiet --silent --verbose',
	tail: '-# -qvz -n=number -c=number --lines=number --bytes=number --quiet --silent --verbose',
	wc: '-lwcmL --lines --words --bytes --chars --max-line-length',
	cut: `-szn -d=text -f=text -c=text -b=text --delimiter=text --fields=text --characters=text --bytes=text
		--complement --only-delimited --output-delimiter=text`,
	uniq: `-cdDuiz -f=number -s=number -w=number --count --repeated --unique --ignore-case --skip-fields=number
		--skip-chars=number --check-chars=number`,
	basename: '-az -s=text --multiple --suffix=text',
	dirname: '-z --zero',
	realpath:
		'-emsPqz --canonicalize-existing --canonicalize-missing --no-symlinks --relative-to=path --relative-base=path',
	readlink: '-femnqsvz --canonicalize --canonicalize-existing --canonicalize-missing --no-newline',
	stat: '-fLt -c=text --format=text --printf=text --terse --dereference --file-system',
	file: '-biN --brief --mime --mime-type --mime-encoding',
	du: `-ahsckmbx0S -d=number --all --human-readable --summarize --total --bytes --apparent-size --one-file-system
		--max-depth=number --exclude=text --si`,
	df: '-ahTikPlH --all --human-readable --print-type --inodes --local --portability --total --output?=text',
	which: '-a --all',
	date: '-uR -I?=text --utc --universal --rfc-email --iso-8601?=text --rfc-3339=text',
	whoami: '',
	uname: '-asnrvmpio --all --kernel-name --nodename --kernel-release --kernel-version --machine --operating-system',
	hostname: '-s --short',
	id: '-ugGnrz --user --group --groups --name --real',
	nproc: '--all',
	true: '',
	nl: `-p -i=number -b=text -n=text -s=text -v=number -w=number --body-numbering=text --number-width=number
		--number-separator=text`,
	tac: '-br -s=text --separator=text',
	tr: '-cCdst --complement --delete --squeeze-repeats --truncate-set1',
	cmp: '-bls -n=number --print-bytes --verbose --silent --quiet --bytes=number',
	comm: '-123iz --check-order --nocheck-order --total --output-delimiter=text',
	md5sum: '-bt --tag --zero',
	sha1sum: '-bt --tag --zero',
	sha256sum: '-bt --tag --zero',
	sort: `-nrufbdighMVszcCm -k=text -t=text --numeric-sort --reverse --unique --ignore-case --ignore-leading-blanks
		--dictionary-order --general-numeric-sort --human-numeric-sort --month-sort --version-sort --stable
		--zero-terminated --key=text --field-separator=text --check?=text --sort=text`,
	tree: `-adfshDFpugitrUvCnAQ -L=number -P=text -I=text --dirsfirst --noreport --prune --gitignore --charset=text
		--du --si --sort=text --filelimit=number`,
	sed: '-nEr --quiet --silent --regexp-extended',
	grep: `-# -nrilLcwxFEGPovHhsqaIzZbTUy -e=text -f=path -A=number -B=number -C=number -m=number --line-number
		--recursive --ignore-case --no-ignore-case --files-with-matches --files-without-match --count --word-regexp
		--line-regexp --fixed-strings --extended-regexp --basic-regexp --perl-regexp --only-matching --invert-match
		--with-filename --no-filename --no-messages --quiet --silent --text --null --byte-offset --initial-tab
		--regexp=text --file=path --after-context=number --before-context=number --context=number --max-count=number
		--include=text --exclude=text --exclude-dir=text --binary-files=text --color?=text --colour?=text
		--line-buffered`,
	rg: `-nilcwxFvosSUqPINHpau0b -e=text -f=path -g=text -t=text -T=text -A=number -B=number -C=number -m=number
		-M=number -r=text --files --hidden --no-ignore --no-ignore-vcs --no-config --json --stats --sort=text
		--sortr=text --max-depth=number --max-columns=number --max-columns-preview --no-heading --heading
		--line-number --no-line-number --column --no-column --vimgrep --color=text --context=number
		--after-context=number --before-context=number --count --count-matches --files-with-matches
		--files-without-match --type-list --multiline --multiline-dotall --pcre2 --fixed-strings --glob=text
		--iglob=text --type=text --type-not=text --trim --only-matching --replace=text --no-filename --with-filename
		--pretty --text --ignore-case --smart-case --case-sensitive --word-regexp --line-regexp --invert-match
		--max-count=number --regexp=text --file=path --quiet --passthru --unrestricted --max-filesize=text --null
		--ignore-file=path --no-messages`,
	type: '-atpP',
	command: '-vV',
} as const;

type TableName = keyof typeof commandFlags;

const plain = (name: TableName, operands: 'none' | 'text' | 'paths') =>
	readOnlyCommand({ flags: commandFlags[name], operands });
const harmless = (name: TableName, operands: 'paths') =>
	readOnlyCommand({ flags: commandFlags[name], operands, takesAnyFlag: true });

const each = <Name extends TableName>(names: readonly Name[], build: (name: Name) => ReadOnlyCommand) =>
	names.map(name => [name, build(name)] as const);

/** By the name that bash looks up. */
export const readOnlyCommands: ReadonlyMap<string, ReadOnlyCommand> = new Map<string, ReadOnlyCommand>([
	...each(['cat', 'head', 'ls', 'stat'], name => harmless(name, 'paths')),
	...each(['tail', 'wc', 'cut', 'realpath', 'readlink', 'file', 'du', 'df', 'sort', 'nl', 'tac'], name =>
		plain(name, 'paths'),
	),
	...each(['cmp', 'comm', 'md5sum', 'sha1sum', 'sha256sum', 'tree'], name => plain(name, 'paths')),
	...each(['basename', 'dirname', 'tr'], name => plain(name, 'text')),
	...each(['whoami', 'uname', 'hostname', 'nproc'], name => plain(name, 'none')),
	...each(['which', 'id'], name => readOnlyCommand({ flags: commandFlags[name], operands: bareNames })),
	['pwd', readOnlyCommand({ flags: commandFlags.pwd, operands: 'none', isBuiltin: true })],
	['true', readOnlyCommand({ flags: commandFlags.true, operands: 'text', isBuiltin: true })],
	['type', readOnlyCommand({ flags: commandFlags.type, operands: bareNames, isBuiltin: true })],
	['command', readOnlyCommand({ flags: commandFlags.command, operands: lookedUpNames, isBuiltin: true })],
	['echo', { isBuiltin: true, check: words => ({ ok: true, paths: toPaths(words.filter(isPattern)) }) }],
	// A second operand is the file that uniq writes.
	['uniq', readOnlyCommand({ flags: commandFlags.uniq, operands: onePath })],
	['date', readOnlyCommand({ flags: commandFlags.date, operands: dateFormat })],
	['sed', readOnlyCommand({ flags: commandFlags.sed, operands: sedPaths })],
	['grep', readOnlyCommand({ flags: commandFlags.grep, operands: grepPaths })],
	['rg', readOnlyCommand({ flags: commandFlags.rg, operands: ripgrepPaths })],
	['find', findCommand],
	['git', gitCommand],
]);

const NO_PATHS: OperandPaths = { paths: [] };

function isPattern({ form }: { readonly form: string }): boolean {
	return form === 'pattern';
}

function bareNames({ operands }: Arguments): OperandPaths {
	const other = operands.find(({ value, form }) => form === 'pattern' || !/^[\w.+-]+$/.test(value));
	return other === undefined ? NO_PATHS : { refused: other.value };
}

/** Without `-v` it runs the command. */
function lookedUpNames(given: Arguments): OperandPaths {
	return hasFlag(given, '-v', '-V') ? bareNames(given) : { refused: given.operands[0]?.value ?? 'command' };
}

function onePath({ operands }: Arguments): OperandPaths {
	const [, second] = operands;
	const isMany = second !== undefined || operands.some(isPattern);
	return isMany ? { refused: (second ?? operands[0])?.value ?? '' } : { paths: toPaths(operands) };
}

/** Any other operand sets the clock. */
function dateFormat({ operands }: Arguments): OperandPaths {
	const other = operands.find(({ value }) => !value.startsWith('+'));
	return other === undefined ? NO_PATHS : { refused: other.value };
}

/** Prints lines by number. Other scripts can write files (`w`) and run programs (`e`). */
const PRINTED_LINES = /^(?:(?:\d+|\$)(?:,(?:\+?\d+|\$))?p|\d+q)(?:; ?(?:(?:\d+|\$)(?:,(?:\+?\d+|\$))?p|\d+q))*$/;

function sedPaths(given: Arguments): OperandPaths {
	const [script, ...files] = given.operands;
	return script !== undefined && PRINTED_LINES.test(script.value)
		? { paths: toPaths(files) }
		: { refused: script?.value ?? 'sed' };
}

function grepPaths(given: Arguments): OperandPaths {
	const files = withoutPattern(given, '-e', '--regexp', '-f', '--file');
	if (!hasFlag(given, '-r', '--recursive')) {
		return { paths: toPaths(files) };
	}
	return { paths: files.length === 0 ? [{ path: '.', reach: 'tree' }] : toPaths(files, { reach: 'tree' }) };
}

function ripgrepPaths(given: Arguments, isPiped: boolean): OperandPaths {
	if (hasFlag(given, '--type-list')) {
		return NO_PATHS;
	}
	const isList = hasFlag(given, '--files');
	const files = isList ? given.operands : withoutPattern(given, '-e', '--regexp', '-f', '--file');
	const reach = isList ? ({ reach: 'file' } as const) : searched(given);
	return { paths: files.length === 0 && !isPiped ? [{ path: '.', ...reach }] : toPaths(files, reach) };
}

/** Flags of ripgrep that say which files it opens; the globs among them also bring hidden and ignored ones back. */
const FILTERS: ReadonlySet<string> = new Set([
	...['-g', '--glob', '--iglob', '-t', '--type', '-T', '--type-not', '--hidden', '--no-ignore', '--no-ignore-vcs'],
	...['-u', '--unrestricted', '--max-depth', '--max-filesize', '--ignore-file'],
]);

function searched({ flags }: Arguments) {
	const filters = flags.filter(({ name }) => FILTERS.has(name)).map(asWord);
	return { reach: 'searched', ...(filters.length > 0 && { filters }) } as const;
}

/** With its value attached, so that no value is taken for a flag. */
function asWord({ name, value }: Flag): string {
	return value === undefined ? name : name.startsWith('--') ? `${name}=${value}` : `${name}${value}`;
}

/** What is left when the first operand is what to look for, unless a flag said it. */
function withoutPattern(given: Arguments, ...flags: readonly string[]) {
	return hasFlag(given, ...flags) ? given.operands : given.operands.slice(1);
}
