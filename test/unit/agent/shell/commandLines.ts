import fc from 'fast-check';
import { type FlagTable, flagTable } from '../../../../src/agent/shell/commandFlags.ts';
import { commandFlags } from '../../../../src/agent/shell/commandTable.ts';
import { findTests } from '../../../../src/agent/shell/findCommand.ts';
import { gitFlags } from '../../../../src/agent/shell/gitCommands.ts';

/** Files of the sandbox, harmless and not, revisions, patterns, and words that mean something to one command or other. */
const operands = [
	...['a.ts', 'b.ts', 'src', 'src/app.ts', 'data.csv', 'My Notes.md', '.', '', '-', '--', 'PWNED', 'PWNED.list'],
	...['.env', 'private', 'private/server.pem', 'linkOut', 'linkFolder', 'linkFolder/notes.txt', '../outside.txt'],
	...[
		'/etc/hostname',
		'-oPWNED.ts',
		'./-n',
		'src/x.sh',
		'./src/x.sh',
		'touch PWNED',
		'foo',
		'bar',
		'1,5p',
		'$p',
		'1w PWNED',
	],
	...['HEAD', 'HEAD~1', 'HEAD^', 'v1', 'main', 'HEAD:src/app.ts', 'HEAD:.env', ':!.env', 'main..HEAD', 'list', 'show'],
	...['get-url', 'user.name', '+%F', 'git', 'a-z', 'A-Z', '$HOME', '`touch PWNED`', 'x;touch PWNED', "it's"],
];
const patterns = ['*.ts', './*.ts', 'src/*.ts', '*.pem', 'private/*.pem', '--include=*.ts', '../*.txt'];
/** Flags that write, run or read elsewhere; most are in no table. */
const dangers = [
	...[
		'-o',
		'-oPWNED',
		'--output=PWNED',
		'--output',
		'-i',
		'-delete',
		'-exec',
		'--pre=src/x.sh',
		'--pre',
		'-f',
		'-R',
		'-L',
	],
	...[
		'--files0-from=PWNED.list',
		'--ext-diff',
		'--textconv',
		'--no-index',
		'-C',
		'-c',
		'-D',
		'-fprint',
		'--compress-program=./src/x.sh',
	],
];
const texts = [
	'x',
	'a b',
	'*.ts',
	'%h',
	'%G?',
	',',
	'1',
	'1,2',
	'foo',
	'src',
	'../outside.txt',
	'--output=PWNED',
	'always',
];

const pick = <T>(values: readonly T[]) => fc.constantFrom(...values);

/** A word as a line may write it: plainly where it can be, or in quotes. */
function written(value: string): fc.Arbitrary<string> {
	const quoted = pick([value.includes("'") ? `"${value}"` : `'${value}'`, `"${value}"`]);
	return /^[\w./:=,@%+^~-]+$/.test(value) ? fc.oneof({ weight: 4, arbitrary: fc.constant(value) }, quoted) : quoted;
}

/** One listed flag, with a value where it takes one. */
function flagWords(table: FlagTable, values: fc.Arbitrary<string>): fc.Arbitrary<string>[] {
	return [...table].map(([name, { kind, takes }]) => {
		if (name === '-#') {
			return fc.constant('-2');
		}
		if (kind === 'none') {
			return fc.constant(name);
		}
		const value = (kind === 'number' ? pick(['1', '2', '10']) : kind === 'path' ? pick(operands) : values).chain(
			written,
		);
		const attached = value.map(text => (name.startsWith('--') ? `${name}=${text}` : `${name}${text}`));
		return takes === 'attached'
			? fc.oneof(fc.constant(name), attached)
			: fc.oneof(
					attached,
					value.map(text => `${name} ${text}`),
				);
	});
}

function toTable(flags: string): FlagTable {
	return flagTable(...flags.split(/\s+/).filter(flag => flag !== ''));
}

function segment(name: string, flags: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
	const word = fc.oneof(
		...(flags.length === 0 ? [] : [{ weight: 6, arbitrary: fc.oneof(...flags) }]),
		{ weight: 6, arbitrary: pick(operands).chain(written) },
		{ weight: 2, arbitrary: pick(patterns) },
		{ weight: 1, arbitrary: pick(dangers) },
	);
	return fc.array(word, { maxLength: 4 }).map(words => [name, ...words].join(' '));
}

const tables: readonly (readonly [string, readonly fc.Arbitrary<string>[]])[] = [
	...Object.entries(commandFlags).map(([name, flags]) => [name, flagWords(toTable(flags), pick(texts))] as const),
	...Object.entries(gitFlags).map(([name, flags]) => [`git ${name}`, flagWords(toTable(flags), pick(texts))] as const),
	['find', [...findTests].map(([name, takes]) => fc.constant(takes === 'none' ? name : `${name} 1`))],
	['echo', []],
];

/** Lines of known commands with listed flags, words that one may stumble over, and now and then a flag that is not listed. */
export const commandLines: fc.Arbitrary<string> = fc
	.array(
		fc.tuple(
			fc.oneof(...tables.map(([name, flags]) => segment(name, flags))),
			pick(['', '', '', ' 2>&1', ' >/dev/null', ' 2>/dev/null', ' > /dev/null 2>&1']),
			pick([' | ', ' && ', ' || ', '; ', '|', '&&']),
		),
		{ minLength: 1, maxLength: 3 },
	)
	.map(parts => parts.map(([words, redirect, joiner], at) => `${at > 0 ? joiner : ''}${words}${redirect}`).join(''));

/** These take the flags of `git log` and `git diff`. */
const SHARED = new Set(['git show', 'git reflog', 'git rev-list']);

/** Each listed flag of each command once, on operands that suit most. */
export const flagLines: readonly string[] = tables
	.filter(([name]) => !SHARED.has(name))
	.flatMap(([name, flags]) =>
		fc
			.sample(fc.tuple(...flags), { numRuns: 1, seed: 1 })
			.flatMap(words => words.map(word => `${name} ${word} ${suitable(name)}`)),
	);

function suitable(name: string): string {
	switch (name) {
		case 'grep':
		case 'rg':
			return 'foo a.ts src';
		case 'sed':
			return '1,5p a.ts';
		case 'date':
			return '+%F';
		case 'git branch':
		case 'git tag':
			return '--list';
		case 'git stash':
		case 'git worktree':
			return 'list';
		case 'git config':
			return '--get user.name';
		case 'git grep':
			return 'foo';
		case 'git diff':
		case 'git log':
		case 'git show':
		case 'git rev-list':
		case 'git cat-file':
			return 'HEAD';
		case 'git blame':
			return 'a.ts';
		case 'find':
		case 'pwd':
		case 'whoami':
		case 'uname':
		case 'hostname':
		case 'nproc':
			return '';
		default:
			return name.startsWith('git ') ? '' : 'a.ts';
	}
}
