/**
 * Rules a user gives about commands. They stand in user scope, never in the workspace, and say what was shown: a whole
 * line, or the first words of a command. Words are whole: `git add` is not `git added`.
 */
import * as z from 'zod';
import { commandClass } from './commandClasses.ts';
import { type CommandSegment, type CommandWord, parseCommand } from './commandGrammar.ts';
import { readOnlyCommands } from './commandTable.ts';
import { hasControl, hasHidden, visibleCommand } from './commandText.ts';

/** Lines above this are asked for each time. In characters. */
export const MAX_COMMAND_LENGTH = 4_000;
/** A rule is read before it is kept. In characters. */
const MAX_RULE_LENGTH = 300;

const effect = z.enum(['allow', 'deny']);

/** As stored. What does not fit, or allows first words that no rule may allow, is not a rule. */
export const commandRule = z
	.discriminatedUnion('kind', [
		z.strictObject({ kind: z.literal('line'), effect, line: z.string().min(1).max(MAX_COMMAND_LENGTH) }).readonly(),
		z
			.strictObject({
				kind: z.literal('words'),
				effect,
				words: z
					.array(z.string().regex(/^[\w./:,@%+^~-]+$/))
					.min(1)
					.max(10)
					.readonly(),
			})
			.readonly(),
	])
	.refine(rule => rule.kind === 'line' || rule.effect === 'deny' || canAllowWords(rule.words), {
		error: 'These first words could run anything; allow whole lines instead.',
	});
export type CommandRule = z.infer<typeof commandRule>;

/** Git's subcommands that change the workspace or the local history and run nothing that the line names. */
const RULED_GIT = new Set(
	'add commit status switch checkout restore stash mv branch tag cherry-pick revert'.split(' '),
);

/** Tools for which the first word is a sensible rule: they check, format or test the code of the workspace. */
const PROPOSED_TOOLS = new Set(
	(
		'tsc eslint prettier biome oxlint jest vitest mocha ava pytest ruff mypy black isort flake8 rubocop rspec ' +
		'gofmt golangci-lint rustfmt clang-format shellcheck stylelint markdownlint phpunit phpstan'
	).split(' '),
);

/**
 * Whether a rule may allow every command that starts with these words. Not for interpreters, wrappers, network, package
 * and destructive commands, nor for files given by path; nor for readers such as `sort`, whose dangerous flags are the
 * reason why they were asked for.
 */
function canAllowWords(words: readonly string[]): boolean {
	const [name = '', second = ''] = words;
	if (!/^[A-Za-z][\w.+-]*$/.test(name) || commandClass(name) !== undefined) {
		return false;
	}
	return name.toLowerCase() === 'git' ? RULED_GIT.has(second) : !readOnlyCommands.has(name.toLowerCase());
}

/** The rule to offer for a line that was asked for; undefined when none could be bound to what was shown. */
export function proposeRule(line: string): CommandRule | undefined {
	const text = line.trim();
	if (text === '' || text.length > MAX_RULE_LENGTH || hasControl(text) || hasHidden(text)) {
		return undefined;
	}
	const parsed = parseCommand(text);
	const [only, second] = parsed.ok ? parsed.segments : [];
	const words = only !== undefined && second === undefined ? proposedWords(only.words) : undefined;
	return words !== undefined && canAllowWords(words)
		? { kind: 'words', effect: 'allow', words }
		: { kind: 'line', effect: 'allow', line: text };
}

/** The rule as it is shown, on a card and in the list of rules. */
export function ruleText(rule: CommandRule): string {
	return rule.kind === 'line' ? visibleCommand(rule.line) : `${rule.words.join(' ')} …`;
}

/** The rule that allows exactly this line. */
export function findLineRule(rules: readonly CommandRule[], line: string): CommandRule | undefined {
	const text = line.trim();
	return rules.find(rule => rule.effect === 'allow' && rule.kind === 'line' && rule.line.trim() === text);
}

/** The rule that allows this command by its first words. They were written plainly: quotes would hide the name. */
export function findWordsRule(rules: readonly CommandRule[], { words }: CommandSegment): CommandRule | undefined {
	return rules.find(
		rule =>
			rule.effect === 'allow' &&
			rule.kind === 'words' &&
			canAllowWords(rule.words) &&
			rule.words.every((word, at) => words[at]?.form === 'plain' && words[at]?.value === word),
	);
}

/**
 * The rule that forbids the line. Looks for its words anywhere a command could begin, also in lines that cannot be read
 * exactly, and however long they are: to forbid too much is safe.
 */
export function findDenyRule(rules: readonly CommandRule[], line: string): CommandRule | undefined {
	const denials = rules.filter(rule => rule.effect === 'deny');
	if (denials.length === 0) {
		return undefined;
	}
	const text = line.trim();
	const commands = looseCommands(line);
	return denials.find(rule =>
		rule.kind === 'line' ? rule.line.trim() === text : commands.some(command => holdsWords(command, rule.words)),
	);
}

function proposedWords(words: readonly CommandWord[]): string[] | undefined {
	const [name, second] = words;
	if (name?.form !== 'plain') {
		return undefined;
	}
	if (name.value === 'git') {
		return second?.form === 'plain' ? [name.value, second.value] : undefined;
	}
	return PROPOSED_TOOLS.has(name.value) ? [name.value] : undefined;
}

/**
 * The words of each command. Of a reader that was read exactly, only the beginning counts: `grep curl README.md` is no
 * `curl`.
 */
function looseCommands(line: string): readonly (readonly string[])[] {
	const parsed = parseCommand(line);
	const whole = line.split(/[\s;|&<>(){}$`"'\\=]+/).filter(word => word !== '');
	if (!parsed.ok) {
		return suffixes(whole);
	}
	return parsed.segments.flatMap(({ words }) => {
		const values = words.map(({ value }) => value);
		return readOnlyCommands.has(values[0] ?? '') ? [values] : suffixes(values.flatMap(value => value.split(/[\s=]+/)));
	});
}

/** A wrapper may come before the name: any word may be one. */
function suffixes(words: readonly string[]): readonly (readonly string[])[] {
	return words.map((_, at) => words.slice(at, at + 10));
}

/** Flags may stand between the words: `git --no-pager log` is a `git log`. */
function holdsWords(command: readonly string[], [name, ...others]: readonly string[]): boolean {
	const [first, ...rest] = command;
	let at = 0;
	return (
		fileName(first) === fileName(name) &&
		others.every(word => {
			while (rest[at] !== word && rest[at]?.startsWith('-')) {
				at++;
			}
			return rest[at++] === word;
		})
	);
}

/** Some file systems find `CURL` as well. */
function fileName(path: string | undefined): string | undefined {
	return path?.toLowerCase().split('/').at(-1);
}
