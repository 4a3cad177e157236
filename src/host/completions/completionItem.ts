import * as vscode from 'vscode';
import { commandIds } from '../ids.ts';
import { plainMarkdown } from '../plainMarkdown.ts';
import type { StatusLink, StatusWords } from './completionStatus.ts';

/** Names the item in the editor's own list of items; the user hides it there. */
const ITEM_ID = 'openrouterAgent.completions';

/** The place of inline completions in the status bar. It is made when they are first on: who never had them sees none. */
export class CompletionItem implements vscode.Disposable {
	#item: vscode.StatusBarItem | undefined;
	#shown = '';

	show(words: StatusWords): void {
		const { text, lines, links } = words;
		const key = JSON.stringify(words);
		if (key === this.#shown) {
			// Drawn anew, an open hover would flicker.
			return;
		}
		this.#shown = key;
		this.#item ??= createItem();
		this.#item.text = text;
		this.#item.tooltip = tooltipOf(lines, links);
		const spoken = text.replace(/\$\([^)]*\)\s*/g, '');
		this.#item.accessibilityInformation = { label: [spoken, ...lines].join('. '), role: 'button' };
		this.#item.show();
	}

	dispose(): void {
		this.#item?.dispose();
	}
}

function createItem(): vscode.StatusBarItem {
	const item = vscode.window.createStatusBarItem(ITEM_ID, vscode.StatusBarAlignment.Right);
	item.name = vscode.l10n.t('OpenRouter inline completions');
	item.command = commandIds.toggleCompletions;
	return item;
}

/** The lines are text: what a service said is no markup. */
function tooltipOf(lines: readonly string[], links: readonly StatusLink[]): vscode.MarkdownString {
	const paragraphs = [...lines.map(plainMarkdown), links.map(markdownLink).join(' · ')];
	const tooltip = new vscode.MarkdownString(paragraphs.join('\n\n'));
	tooltip.isTrusted = { enabledCommands: links.map(({ command }) => command) };
	return tooltip;
}

function markdownLink({ label, command, argument }: StatusLink): string {
	const query = argument === undefined ? '' : `?${encodeURIComponent(JSON.stringify([argument]))}`;
	return `[${label}](command:${command}${query})`;
}
