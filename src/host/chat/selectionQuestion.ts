import * as vscode from 'vscode';
import type { Attachment } from '../../agent/events.ts';
import { attachmentOf } from './editorContext.ts';

/** Problems named in a question; the rest is found by the agent itself. */
const MAX_PROBLEMS = 20;

/** The message a palette action sends: a question, the selected code, and for a fix the problems reported there. */
export function selectionQuestion(
	intent: 'explain' | 'fix',
	{ document, selection }: vscode.TextEditor,
): { text: string; attachments: Attachment[] } {
	const code = selection.isEmpty ? wholeLine(document, selection) : selection;
	const attachments = [attachmentOf(document, code)];
	if (intent === 'explain') {
		return { text: vscode.l10n.t('Explain this code.'), attachments };
	}
	const problems = vscode.languages.getDiagnostics(document.uri).filter(({ range }) => code.intersection(range));
	if (problems.length > 0) {
		attachments.push({
			label: vscode.l10n.t('{0} problems', problems.length),
			text: `Problems reported there:\n${problems.slice(0, MAX_PROBLEMS).map(problemLine).join('\n')}`,
		});
	}
	return { text: vscode.l10n.t('Fix this code.'), attachments };
}

function wholeLine(document: vscode.TextDocument, { active }: vscode.Selection): vscode.Selection {
	const { range } = document.lineAt(active.line);
	return new vscode.Selection(range.start, range.end);
}

function problemLine({ range, message, source }: vscode.Diagnostic): string {
	return `line ${range.start.line + 1}: ${message}${source ? ` (${source})` : ''}`;
}
