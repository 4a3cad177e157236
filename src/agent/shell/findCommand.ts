import type { CommandWord } from './commandGrammar.ts';
import { type CommandReason, commandReason } from './commandReason.ts';
import type { CheckedCommand, PathUse, ReadOnlyCommand } from './readOnlyCommand.ts';

/**
 * Tests and printing actions of GNU and BSD find, with what their value is. What deletes, runs or writes is left out, and
 * so is `-L`, which leaves the folder through links.
 */
export const findTests: ReadonlyMap<string, 'none' | 'text' | 'path'> = new Map([
	...(
		'-a -and -o -or -not -true -false -print -print0 -ls -prune -quit -depth -xdev -mount -daystart -empty ' +
		'-executable -readable -writable -nouser -nogroup -noleaf -ignore_readdir_race'
	)
		.split(' ')
		.map(name => [name, 'none'] as const),
	...(
		'-name -iname -path -ipath -wholename -iwholename -regex -iregex -regextype -type -maxdepth -mindepth -size -mtime ' +
		'-mmin -atime -amin -ctime -cmin -perm -user -group -uid -gid -links -inum -printf'
	)
		.split(' ')
		.map(name => [name, 'text'] as const),
	...['-newer', '-anewer', '-cnewer', '-samefile'].map(name => [name, 'path'] as const),
]);

/** Joins tests without being a flag. Written in quotes, as the grammar has it. */
const SIGNS = new Set(['!', '(', ')']);

/** Names of files only: what find lists is not opened. Its tests take the next word whatever it looks like. */
export const findCommand: ReadOnlyCommand = {
	isBuiltin: false,
	check(words) {
		const opening = words[0];
		// Bash puts file names in its place, and a file may be named like a test.
		if (opening?.form === 'pattern' && opening.value.startsWith('*')) {
			return refuse('pattern', opening.value);
		}
		const start = words.findIndex(({ value }) => value.startsWith('-') || SIGNS.has(value));
		const folders = start < 0 ? words : words.slice(0, start);
		const paths: PathUse[] = folders.map(({ value }) => ({ path: value, reach: 'file' }));
		return start < 0 ? { ok: true, paths } : checkTests(words.slice(start), paths);
	},
};

function checkTests(words: readonly CommandWord[], paths: PathUse[]): CheckedCommand {
	for (let at = 0; at < words.length; at++) {
		const word = words[at];
		if (word === undefined || (word.form === 'quoted' && SIGNS.has(word.value))) {
			continue;
		}
		const takes = findTests.get(word.value);
		if (takes === undefined) {
			return refuse(word.value.startsWith('-') ? 'flag' : 'operand', word.value);
		}
		if (takes === 'none') {
			continue;
		}
		at++;
		const value = words[at];
		if (value === undefined) {
			return refuse('operand', word.value);
		}
		// Bash would put several words in its place.
		if (value.form === 'pattern') {
			return refuse('pattern', value.value);
		}
		if (takes === 'path') {
			paths.push({ path: value.value, reach: 'file' });
		}
	}
	return { ok: true, paths };
}

function refuse(code: CommandReason['code'], subject: string): CheckedCommand {
	return { ok: false, reason: commandReason(code, subject) };
}
