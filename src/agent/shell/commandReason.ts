import { visibleCommand } from './commandText.ts';

/**
 * Why a command is asked for. `subject` is the part of the line it is about, ready to be shown: escaped and short. The
 * host says these in the user's language; `reasonText` is English, for the model and the command line.
 */
export interface CommandReason {
	readonly code: keyof typeof words;
	readonly subject?: string;
}

const MAX_SUBJECT = 60;

/** `{}` stands for the subject. */
const words = {
	hidden: 'holds control or invisible characters',
	lines: 'more than one line',
	long: 'too long to check',
	many: 'too many commands in one line',
	language: 'commands of this shell are not checked',
	empty: 'a command is missing',
	syntax: '{} is not plain',
	redirect: '{} reads or writes a file',
	expansion: '{} is replaced before it runs',
	background: '{} goes on in the background',
	assignment: '{} sets a variable',
	folder: 'runs outside the workspace',
	command: '{} is not a known read-only command',
	changesFolder: '{} changes the folder',
	interpreter: '{} runs code',
	wrapper: '{} runs other commands',
	network: '{} uses the network',
	packages: '{} can run code of packages',
	destructive: '{} changes or deletes',
	flag: '{} is not a known read-only flag',
	operand: '{} is not expected here',
	pattern: '{} may become a flag; write ./{}',
	path: '{} is private or outside the workspace',
	shadowed: '{} is a file of the workspace',
	missing: '{} was not found',
	gitConfig: 'the settings of this repository run programs',
	mixed: '{} is known to read only in a line without other commands',
	held: 'text from outside came in since your last message',
} as const;

export function commandReason(code: CommandReason['code'], subject?: string): CommandReason {
	if (subject === undefined) {
		return { code };
	}
	const shown = visibleCommand(subject);
	return { code, subject: shown.length > MAX_SUBJECT ? `${shown.slice(0, MAX_SUBJECT)}…` : shown };
}

/** The reason in a few English words. */
export function reasonText({ code, subject = 'this' }: CommandReason): string {
	return words[code].replaceAll('{}', () => subject);
}
