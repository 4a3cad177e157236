/** Commands that know what is wanted: they only have to find out where. */
import * as vscode from 'vscode';
import { functionRegion, linesAround, type Region } from '../../agent/inline/region.ts';
import type { ChatController } from '../chat/chatController.ts';
import { attachmentOf } from '../chat/editorContext.ts';
import type { InlineRequest } from '../inline/inlineEdits.ts';
import { outlineOf, regionAt } from '../inline/inlinePlace.ts';
import { toInlineProblem } from '../inline/problemsAfter.ts';
import { linesOf } from '../inline/regionWriter.ts';
import type { FixRequest } from './codeActions.ts';

/** Lines around a problem that stands in no function. */
const LINES_AROUND = 8;
/** Functions apart by more than this are fixed in the chat. */
const MAX_FIX_LINES = 400;

const DOCUMENT = `Document this code in the way of its language and of this file: write the documentation comments that are missing and mend those that are wrong. Change nothing of the code itself.`;
const REFACTOR = 'Refactor this code without changing what it does:';
const TESTS = `Write tests for this code. Find the test file that belongs to it and add to that; if there is none, create one where this project keeps its tests, with the tools and in the style of the tests that are there. Run them if you can.`;

export function documentRequest(): InlineRequest {
	return { instruction: DOCUMENT };
}

export function refactorRequest(): InlineRequest {
	return {
		intent: REFACTOR,
		prompt: vscode.l10n.t('Refactor with OpenRouter Agent'),
		placeholder: vscode.l10n.t('How should it be refactored? (Ctrl+Enter to send)'),
	};
}

/** The function that has the problems, or the lines around them. */
export async function fixRequest({ uri, problems }: FixRequest): Promise<InlineRequest> {
	const document = await vscode.workspace.openTextDocument(uri);
	const lines = linesOf(document, { start: 0, end: document.lineCount });
	const outline = await outlineOf(document);
	const regions = problems.map(({ range }) => {
		const region = functionRegion(lines, range.start.line, outline);
		const holdsAll = region !== undefined && range.end.line < region.end;
		return holdsAll ? region : linesAround(lines, range.start.line, LINES_AROUND);
	});
	const told = problems.map(toInlineProblem).map(({ line, severity, message, source }) => {
		return `line ${line}: ${severity}: ${message}${source === undefined ? '' : ` (${source})`}`;
	});
	const what = told.length === 1 ? 'Fix this problem' : 'Fix these problems';
	return {
		uri,
		region: around(regions, problems, lines),
		instruction: `${what}, and change nothing else:\n${told.join('\n')}`,
	};
}

/** Has the agent of the chat write tests for the selection, or for the function at the cursor. */
export async function writeTests(chat: ChatController): Promise<void> {
	const editor = vscode.window.activeTextEditor;
	if (editor === undefined) {
		void vscode.window.showInformationMessage(vscode.l10n.t('Open a file and select the code first.'));
		return;
	}
	const { document, selection } = editor;
	const { start, end } = await regionAt(document, selection);
	const lines = new vscode.Selection(start, 0, end - 1, document.lineAt(end - 1).text.length);
	await chat.ask(TESTS, [attachmentOf(document, lines)], { mode: 'agent' });
}

function around(regions: readonly Region[], problems: readonly vscode.Diagnostic[], lines: readonly string[]): Region {
	const start = Math.min(...regions.map(region => region.start));
	const end = Math.max(...regions.map(region => region.end));
	if (end - start <= MAX_FIX_LINES) {
		return { start, end, kind: 'paragraph' };
	}
	const first = problems[0]?.range.start.line ?? 0;
	return linesAround(lines, first, MAX_FIX_LINES / 2);
}
