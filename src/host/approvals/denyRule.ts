import { type CommandRule, commandRule } from '../../agent/shell/commandRules.ts';

/** What the user typed as a command that must never run: its first words where it is no more than words, else the line. */
export function denyRule(text: string): CommandRule | undefined {
	const line = text.trim();
	const words = line.split(/ +/);
	const candidates: readonly unknown[] = [
		{ kind: 'words', effect: 'deny', words },
		{ kind: 'line', effect: 'deny', line },
	];
	return candidates.map(candidate => commandRule.safeParse(candidate)).find(({ success }) => success)?.data;
}
