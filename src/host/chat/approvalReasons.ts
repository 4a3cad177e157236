/** Why the user is asked, in sentences for the card. */
import type { CommandReason } from '../../agent/shell/commandReason.ts';
import type { ApprovalItem, ApprovalReason, ToolView } from '../../agent/tool.ts';
import type { Translate } from '../translate.ts';
import { shownLine } from './toolDetail.ts';

/** What is to be thought of, the most telling first. */
export function approvalReasons(item: ApprovalItem, t: Translate): readonly string[] {
	const { reason, commandReasons = [], remoteSchemas = [], view } = item;
	return [
		...commandReasons.map(commandReason => commandReasonText(commandReason, t)),
		...(view?.kind === 'url' ? addressReasons(view, t) : []),
		...(reason === 'command' && commandReasons.length > 0 ? [] : [reasonText(reason, t)]),
		...remoteSchemas.map(shownLine),
	];
}

function reasonText(reason: ApprovalReason, t: Translate): string {
	switch (reason) {
		case 'write':
			return t('Edits are asked for until you allow them in this session.');
		case 'protected':
			return t('This file can change what the editor or your tools run, so it is always asked for.');
		case 'secret':
			return t('Files of this kind hold keys or passwords. The model reads what is in it.');
		case 'outside':
			return t('This is outside the workspace.');
		case 'system':
			return t('This belongs to the system, the editor or the settings of your account, so it is always asked for.');
		case 'schema':
			return t('This adds addresses that an editor fetches by itself:');
		case 'command':
			return t('Commands are asked for unless they are known to only read.');
		case 'fetch':
			return t('Whoever owns the address sees all of it; the model reads what comes back.');
		case 'search':
			return t('The query leaves this computer; the model reads what comes back.');
		case 'foreign':
			return t('This tool belongs to a server or another extension: nobody here knows what it does.');
		case 'several':
			return t('Your answer counts for all of them.');
		case 'unclear':
			return t('It could not be found out what this would do.');
		default:
			return reason satisfies never;
	}
}

function addressReasons({ url, longParts, port }: Extract<ToolView, { kind: 'url' }>, t: Translate): string[] {
	return [
		...(longParts.length > 0 ? [t('The marked part is long: it can carry away what was read here.')] : []),
		...(port === undefined ? [] : [t('Port {0} is unusual for a page.', String(port))]),
		...(url.startsWith('http:') ? [t('The connection is not encrypted.')] : []),
	];
}

/** `{0}` stands for the part of the line it is about. */
const commandReasonTexts: Readonly<Record<CommandReason['code'], string>> = {
	hidden: 'It holds control or invisible characters, written here as \\u{…}.',
	lines: 'It has more than one line.',
	long: 'It is too long to be checked.',
	many: 'It has too many commands to be checked.',
	empty: 'A command is missing in it.',
	syntax: '{0} makes it more than a plain command.',
	redirect: '{0} reads or writes a file.',
	expansion: '{0} is replaced by something else before it runs.',
	background: '{0} lets it go on in the background.',
	assignment: '{0} sets a variable.',
	language: 'Commands of this shell cannot be checked.',
	folder: 'It runs outside the workspace.',
	command: '{0} is not known to only read.',
	changesFolder: '{0} changes the folder of what follows.',
	interpreter: '{0} runs any code it is given.',
	wrapper: '{0} runs another command.',
	network: '{0} uses the network.',
	packages: '{0} can run code of packages.',
	destructive: '{0} changes or deletes files.',
	flag: '{0} is not a flag that is known to only read.',
	operand: '{0} is not expected there.',
	pattern: '{0} may become a flag, if a file is named so.',
	path: '{0} is private or outside the workspace.',
	shadowed: '{0} is a program of the workspace, not of the system.',
	missing: '{0} was not found on this computer.',
	gitConfig: 'The settings of this repository let git run programs.',
	mixed: '{0} is known to only read in a line without other commands.',
	held: 'Text from outside came in since your last message, so rules do not count for it.',
};

/** What is to be thought of at a command. The subject comes escaped and short. */
function commandReasonText({ code, subject }: CommandReason, t: Translate): string {
	return t(commandReasonTexts[code], subject === undefined ? t('This') : `“${subject}”`);
}
