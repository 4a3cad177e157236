import { ToolError } from './toolError.ts';
import { hiddenNote, visibleText } from './visibleText.ts';
import type { Workspace } from './workspace.ts';

/** Instructions that a repository gives its agents. */
export interface RuleFile {
	/** As the tools show it. */
	readonly path: string;
	readonly text: string;
}

/** In this order; where two hold the same text, the first stands for both. */
const RULE_FILES = ['AGENTS.md', 'CLAUDE.md', '.github/copilot-instructions.md'];
/** UTF-16 units of one file, and of all together: they go with every request. */
const MAX_FILE = 16_000;
const MAX_TOTAL = 32_000;

/**
 * Reads the rule files at the top of every workspace folder. Call it for a trusted workspace only: the text becomes
 * part of the instructions. Files outside the workspace, by way of a link, are left out, and so is what cannot be read.
 */
export async function readRules(workspace: Workspace, signal: AbortSignal): Promise<readonly RuleFile[]> {
	const prefixes = workspace.roots.length > 1 ? workspace.roots.map(({ name }) => `${name}/`) : [''];
	const rules: RuleFile[] = [];
	let remaining = MAX_TOTAL;
	for (const path of prefixes.flatMap(prefix => RULE_FILES.map(name => prefix + name))) {
		const text = await readRule(workspace, path, signal);
		if (text === undefined || remaining === 0 || rules.some(rule => rule.text === text)) {
			continue;
		}
		const limit = Math.min(MAX_FILE, remaining);
		rules.push({ path, text: shorten(text, limit, path) });
		remaining -= Math.min(text.length, limit);
	}
	return rules;
}

async function readRule(workspace: Workspace, path: string, signal: AbortSignal): Promise<string | undefined> {
	try {
		const location = await workspace.locate(path, signal);
		const stat = location.isOutside ? undefined : await workspace.stat(location, signal);
		if (stat?.kind !== 'file') {
			return undefined;
		}
		const { text } = await workspace.readText(location, signal);
		return shown(text).trim() || undefined;
	} catch (error) {
		if (error instanceof ToolError) {
			// Binary, too large, or not to be read: then there are no rules in it.
			return undefined;
		}
		throw error;
	}
}

/** The rules are read as instructions: what nobody sees in them must not be among those. */
function shown(text: string): string {
	const { text: visible, hidden } = visibleText(text.replace(/\r\n?/g, '\n'));
	return hidden > 0 ? `${visible}\n${hiddenNote(hidden)}` : visible;
}

function shorten(text: string, limit: number, path: string): string {
	return text.length <= limit ? text : `${text.slice(0, limit)}\n[cut; read "${path}" for the rest]`;
}
