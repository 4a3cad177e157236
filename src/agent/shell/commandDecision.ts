/** Decides about a shell command: what may run without asking, what is asked for, what never runs. Pure. */
import { commandClass } from './commandClasses.ts';
import { type CommandSegment, parseCommand } from './commandGrammar.ts';
import { type CommandReason, commandReason } from './commandReason.ts';
import {
	type CommandRule,
	findDenyRule,
	findLineRule,
	findWordsRule,
	MAX_COMMAND_LENGTH,
	proposeRule,
	ruleText,
} from './commandRules.ts';
import { readOnlyCommands } from './commandTable.ts';
import { hasControl, hasHidden, visibleCommand } from './commandText.ts';
import type { PathUse } from './readOnlyCommand.ts';

const MAX_SEGMENTS = 20;
/** A card has room for so many. */
const MAX_REASONS = 5;

/** What the host knows about the place where the command would run. */
export interface CommandContext {
	/** Where the shell would find the program: in the workspace, or in a relative entry of PATH, is `inside`. */
	readonly resolve: (name: string) => 'outside' | 'inside' | 'missing';
	/**
	 * The read policy for a path, relative to the working directory or absolute, after links. A path may end in a pattern
	 * (`src/*.ts`): then the answer is the strictest for all that it matches. For a `tree` it is the strictest for what
	 * lies below, for what is `searched` the strictest for what ripgrep opens with these filters.
	 */
	readonly readPath: (path: string, reach: PathUse['reach'], filters?: PathUse['filters']) => 'free' | 'ask' | 'deny';
	readonly rules: readonly CommandRule[];
	readonly cwdIsInside: boolean;
	/**
	 * Whether the working directory is in a repository whose own settings, and those of its submodules and of a linked
	 * worktree, are plain: see isPlainGitConfig. False without a repository, for there `git diff` compares any files, and
	 * below a folder that holds `HEAD`, `objects` and `refs` itself: git takes it for a bare repository.
	 */
	readonly isGitPlain: boolean;
	/** Text from outside came into the turn: rules allow nothing until the user's next message. */
	readonly isHeld: boolean;
	/** The shell reads lines otherwise than bash does, so nothing is known of any. */
	readonly isOtherLanguage?: boolean;
}

export type CommandDecision =
	/** To be run with the variables of `readOnlyEnvironment`. */
	| { readonly kind: 'allow'; readonly why: 'readOnly' }
	/** `rules` are those that allowed parts of the line, to be shown. */
	| { readonly kind: 'allow'; readonly why: 'rule'; readonly rules: readonly CommandRule[] }
	| {
			readonly kind: 'ask';
			readonly reasons: readonly CommandReason[];
			/** What *Always allow* may offer; absent where no rule would be safe or would help. */
			readonly proposedRule?: CommandRule;
	  }
	/** `reason` is for the model. */
	| { readonly kind: 'deny'; readonly reason: string };

/** Reasons that no rule takes away: the next time they would be as serious. */
const PERSISTENT: ReadonlySet<CommandReason['code']> = new Set([
	...(['hidden', 'lines', 'long', 'many', 'language', 'folder', 'path', 'shadowed', 'held'] as const),
]);

/**
 * Decides about one line for bash. Denials come first and hold for lines of any length and form; then what no rule takes
 * away; then the user's rules; then the tables of reading commands. Whatever none of them knows is asked for.
 */
export function decideCommand(line: string, context: CommandContext): CommandDecision {
	if (line.includes('\0')) {
		return { kind: 'deny', reason: 'A command cannot contain a NUL character.' };
	}
	const denial = findDenyRule(context.rules, line);
	if (denial !== undefined) {
		return { kind: 'deny', reason: `The user forbids "${ruleText(denial)}". Do not try it in another form.` };
	}
	const early = earlyReasons(line, context);
	if (early.length > 0) {
		return ask(line, early);
	}
	const lineRule = context.isHeld ? undefined : findLineRule(context.rules, line);
	const parsed = parseCommand(line);
	if (!parsed.ok) {
		return lineRule === undefined
			? askHeld(line, [syntaxReason(parsed.found)], context)
			: { kind: 'allow', why: 'rule', rules: [lineRule] };
	}
	if (parsed.segments.length > MAX_SEGMENTS) {
		return ask(line, [commandReason('many')]);
	}
	return decideSegments(line, parsed.segments, lineRule, context);
}

function decideSegments(
	line: string,
	segments: readonly CommandSegment[],
	lineRule: CommandRule | undefined,
	context: CommandContext,
): CommandDecision {
	const verdicts = segments.map(segment => judge(segment, context));
	const denied = verdicts.find(verdict => verdict.kind === 'deny');
	if (denied?.kind === 'deny') {
		return { kind: 'deny', reason: `"${visibleCommand(denied.path)}" must not be read.` };
	}
	const shadowed = segments.flatMap(segment => shadowReason(segment, context));
	const reasons = [...shadowed, ...verdicts.flatMap(verdict => (verdict.kind === 'ask' ? verdict.reasons : []))];
	if (lineRule !== undefined && !reasons.some(isPersistent)) {
		return { kind: 'allow', why: 'rule', rules: [lineRule] };
	}
	if (reasons.length > 0) {
		return askHeld(line, reasons, context);
	}
	const rules = verdicts.flatMap(verdict => (verdict.kind === 'rule' ? [verdict.rule] : []));
	if (rules.length === 0) {
		return { kind: 'allow', why: 'readOnly' };
	}
	// The variables that keep git from running hooks would keep the ruled commands from it too, so the line has none.
	const bare = segments.filter(({ words }, at) => verdicts[at]?.kind === 'readOnly' && words[0]?.value === 'git');
	return bare.length === 0
		? { kind: 'allow', why: 'rule', rules: [...new Set(rules)] }
		: askHeld(line, [commandReason('mixed', 'git')], context);
}

type Verdict =
	| { readonly kind: 'readOnly' }
	| { readonly kind: 'rule'; readonly rule: CommandRule }
	| { readonly kind: 'ask'; readonly reasons: readonly CommandReason[] }
	| { readonly kind: 'deny'; readonly path: string };

function judge(segment: CommandSegment, context: CommandContext): Verdict {
	const reading = judgeReading(segment, context);
	if (reading.kind !== 'ask' || context.isHeld) {
		return reading;
	}
	const rule = findWordsRule(context.rules, segment);
	return rule === undefined || reading.reasons.some(isPersistent) ? reading : { kind: 'rule', rule };
}

function judgeReading({ words, isPiped }: CommandSegment, context: CommandContext): Verdict {
	const [name, ...rest] = words;
	const command = name?.form === 'plain' ? readOnlyCommands.get(name.value) : undefined;
	if (name === undefined || command === undefined) {
		return asking(unknownReason(name?.value ?? ''));
	}
	const checked = command.check(rest, isPiped);
	if (!checked.ok) {
		return asking(checked.reason);
	}
	if (!command.isBuiltin && context.resolve(name.value) === 'missing') {
		return asking(commandReason('missing', name.value));
	}
	if (name.value === 'git' && !context.isGitPlain) {
		return asking(commandReason('gitConfig'));
	}
	const answers = checked.paths.map(({ path, reach, filters }) => ({
		path,
		answer: path === '' ? 'ask' : context.readPath(path, reach, filters),
	}));
	const denied = answers.find(({ answer }) => answer === 'deny');
	if (denied !== undefined) {
		return { kind: 'deny', path: denied.path };
	}
	const asked = answers.filter(({ answer }) => answer === 'ask');
	return asked.length === 0
		? { kind: 'readOnly' }
		: { kind: 'ask', reasons: asked.map(({ path }) => commandReason('path', path)) };
}

/** A program of the workspace must not run under the name of a known one. A file given by its path says what it is. */
function shadowReason({ words }: CommandSegment, context: CommandContext): CommandReason[] {
	const name = words[0]?.value ?? '';
	const isSearched = name !== '' && !name.includes('/') && !readOnlyCommands.get(name)?.isBuiltin;
	return isSearched && context.resolve(name) === 'inside' ? [commandReason('shadowed', name)] : [];
}

function earlyReasons(line: string, { cwdIsInside, isOtherLanguage }: CommandContext): CommandReason[] {
	const inLine = line.replace(/[\r\n]/g, '');
	return [
		...(inLine.length < line.length ? [commandReason('lines')] : []),
		...(hasControl(inLine) || hasHidden(inLine) ? [commandReason('hidden')] : []),
		...(line.length > MAX_COMMAND_LENGTH ? [commandReason('long')] : []),
		...(isOtherLanguage ? [commandReason('language')] : cwdIsInside ? [] : [commandReason('folder')]),
	];
}

function unknownReason(name: string): CommandReason {
	return commandReason(name.includes('=') ? 'assignment' : (commandClass(name) ?? 'command'), name);
}

function syntaxReason(found: string): CommandReason {
	switch (found) {
		case '':
			return commandReason('empty');
		case '<':
		case '>':
			return commandReason('redirect', found);
		case '$':
		case '`':
			return commandReason('expansion', found);
		case '&':
			return commandReason('background', found);
		default:
			return commandReason('syntax', found);
	}
}

function isPersistent({ code }: CommandReason): boolean {
	return PERSISTENT.has(code);
}

function asking(reason: CommandReason): Verdict {
	return { kind: 'ask', reasons: [reason] };
}

function askHeld(line: string, reasons: readonly CommandReason[], { isHeld }: CommandContext): CommandDecision {
	return ask(line, isHeld ? [...reasons, commandReason('held')] : reasons);
}

function ask(line: string, all: readonly CommandReason[]): CommandDecision {
	const reasons = [...new Map(all.map(reason => [`${reason.code} ${reason.subject}`, reason])).values()];
	const rule = reasons.some(isPersistent) ? undefined : proposeRule(line);
	return { kind: 'ask', reasons: reasons.slice(0, MAX_REASONS), ...(rule === undefined ? {} : { proposedRule: rule }) };
}
