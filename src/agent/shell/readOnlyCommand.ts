import { type Arguments, type FlagTable, flagTable, readArguments } from './commandFlags.ts';
import type { CommandWord } from './commandGrammar.ts';
import { type CommandReason, commandReason } from './commandReason.ts';

/** What a command reads. */
export interface PathUse {
	/** Relative to the working directory, or absolute. It may end in a pattern: then it stands for all that it matches. */
	readonly path: string;
	/**
	 * `file`: this one, or the names in a folder. `tree`: what lies below the folder too. `searched`: of that what ripgrep
	 * opens, which leaves out hidden and ignored files.
	 */
	readonly reach: 'file' | 'tree' | 'searched';
	/** For `searched`: the flags that choose files, as given. */
	readonly filters?: readonly string[];
}

export type CheckedCommand =
	| { readonly ok: true; readonly paths: readonly PathUse[] }
	| { readonly ok: false; readonly reason: CommandReason };

export interface ReadOnlyCommand {
	/** Bash runs it itself, whatever lies in PATH. */
	readonly isBuiltin: boolean;
	/** @param words what follows the name. */
	readonly check: (words: readonly CommandWord[], isPiped: boolean) => CheckedCommand;
}

/** `paths`: each operand is a file or folder. `text`: none is. A function gives the paths, or the operand it refuses. */
export type OperandRule = 'none' | 'text' | 'paths' | ((given: Arguments, isPiped: boolean) => OperandPaths);
export type OperandPaths = { readonly paths: readonly PathUse[] } | { readonly refused: string };

interface CommandShape {
	/** See flagTable. */
	readonly flags?: FlagTable | string;
	readonly operands: OperandRule;
	/** No flag does harm, also none that the table lacks: a pattern may become what it will. */
	readonly takesAnyFlag?: boolean;
	readonly isBuiltin?: boolean;
}

/** Builds a command from its flags and what its operands are. */
export function readOnlyCommand(shape: CommandShape): ReadOnlyCommand {
	const { flags = '', operands, takesAnyFlag = false, isBuiltin = false } = shape;
	const table = typeof flags === 'string' ? flagTable(...flags.split(/\s+/).filter(flag => flag !== '')) : flags;
	return {
		isBuiltin,
		check(words, isPiped) {
			const read = readArguments(table, words, takesAnyFlag);
			if (!read.ok) {
				return read;
			}
			const found = operandPaths(operands, read.arguments, isPiped);
			if ('refused' in found) {
				return { ok: false, reason: commandReason('operand', found.refused) };
			}
			return { ok: true, paths: [...flagPaths(read.arguments), ...found.paths] };
		},
	};
}

export function toPaths(
	words: readonly CommandWord[],
	reach: Omit<PathUse, 'path'> = { reach: 'file' },
): readonly PathUse[] {
	// A hyphen is the standard input.
	return words.filter(({ value }) => value !== '-').map(({ value }) => ({ path: value, ...reach }));
}

function operandPaths(rule: OperandRule, given: Arguments, isPiped: boolean): OperandPaths {
	if (typeof rule === 'function') {
		return rule(given, isPiped);
	}
	const [first] = given.operands;
	if (rule === 'none' && first !== undefined) {
		return { refused: first.value };
	}
	// What a pattern stands for is a file's name in any case.
	const files = rule === 'paths' ? given.operands : given.operands.filter(({ form }) => form === 'pattern');
	return { paths: toPaths(files) };
}

function flagPaths({ flags }: Arguments): PathUse[] {
	return flags.flatMap(({ kind, value }) =>
		kind === 'path' && value !== undefined && value !== '-' ? [{ path: value, reach: 'file' as const }] : [],
	);
}
