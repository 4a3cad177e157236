/** Commands that know what is wanted: they only have to find out where. */
import * as vscode from 'vscode';
import { describeProblem } from '../../agent/inline/inlinePrompt.ts';
import { functionRegion, linesAround, type Region } from '../../agent/inline/region.ts';
import type { ChatController } from '../chat/chatController.ts';
import { attachmentOf } from '../chat/editorContext.ts';
import type { LineRegion } from '../inline/carryRegion.ts';
import type { InlineEdits, InlineRequest } from '../inline/inlineEdits.ts';
import { outlineOf, refuseDocument, refuseRegion, regionAt } from '../inline/inlinePlace.ts';
import { problemsOf, toInlineProblem } from '../inline/problemsAfter.ts';
import { linesOf } from '../inline/regionWriter.ts';
import type { FixRequest } from './codeActions.ts';

/** Lines around a problem that stands in no function. */
const LINES_AROUND = 8;
/** Problems further apart than this are fixed in the chat, which edits piece by piece. */
const MAX_FIX_LINES = 400;

const DOCUMENT = `Document this code in the way of its language and of this file: write the documentation comments that are missing and mend those that are wrong. Change nothing of the code itself.`;
const REFACTOR = 'Refactor this code without changing what it does:';
const TESTS = `Write tests for this code. Find the test file that belongs to it and add to that; if there is none, create one where this project keeps its tests, with the tools and in the style of the tests that are there. Run them if you can.`;

export function documentRequest(): InlineRequest {
	return { instruction: DOCUMENT, needsCode: true };
}

export function refactorRequest(): InlineRequest {
	return {
		intent: REFACTOR,
		needsCode: true,
		prompt: vscode.l10n.t('Refactor with OpenRouter Agent'),
		placeholder: vscode.l10n.t('How should it be refactored?'),
	};
}

/** An edit of the functions that have the problems, or of the lines around them, in one piece. */
export async function fixRequest({
	uri,
	problems,
}: FixRequest): Promise<InlineRequest & { readonly region: LineRegion }> {
	const document = await vscode.workspace.openTextDocument(uri);
	const places = problems.map(({ range }) => range);
	const what = problems.length === 1 ? 'Fix this problem' : 'Fix these problems';
	return {
		uri,
		region: await regionOf(document, places),
		instruction: `${what}, and change nothing else:\n${described(problems)}`,
	};
}

/** Mends problems where they stand, or has the chat do it where they are too far apart. */
export async function fixProblems(inline: InlineEdits, chat: ChatController, fix: FixRequest): Promise<void> {
	const request = await fixRequest(fix);
	if (request.region.end - request.region.start <= MAX_FIX_LINES) {
		await inline.start(request);
		return;
	}
	const path = vscode.workspace.asRelativePath(fix.uri);
	const attachment = {
		label: vscode.l10n.t('{0} problems', fix.problems.length),
		text: `Problems in ${path}:\n${described(fix.problems)}`,
	};
	await chat.ask(vscode.l10n.t('Fix these problems in {0}.', path), [attachment]);
}

/** Mends what is reported for the selection, or for the line of the cursor; where nothing is, or not in place, asks in the chat. */
export async function fixSelection(inline: InlineEdits, chat: ChatController): Promise<void> {
	const editor = vscode.window.activeTextEditor;
	const found = editor === undefined ? [] : problemsOf(editor.document, wholeLines(editor.selection));
	const { model } = await chat.models.resolve();
	const isInPlace = found.length > 0 && !model.isBuiltIn;
	if (editor === undefined || !isInPlace || (await refuseDocument(editor.document)) !== undefined) {
		await chat.askAboutSelection('fix');
		return;
	}
	await fixProblems(inline, chat, { uri: editor.document.uri, problems: found });
}

/** Has the agent of the chat write tests for the selection, or for the function at the cursor. */
export async function writeTests(chat: ChatController): Promise<void> {
	const editor = vscode.window.activeTextEditor;
	const region = editor && (await regionAt(editor.document, editor.selection));
	const misplaced =
		editor === undefined || region === undefined
			? vscode.l10n.t('Open a file and select the code first.')
			: refuseRegion(editor.document, region, true);
	if (editor === undefined || region === undefined || misplaced !== undefined) {
		void vscode.window.showInformationMessage(misplaced ?? '');
		return;
	}
	const { start, end } = region;
	const lines = new vscode.Selection(start, 0, end - 1, editor.document.lineAt(end - 1).text.length);
	await chat.ask(TESTS, [attachmentOf(editor.document, lines)], { mode: 'agent' });
}

async function regionOf(document: vscode.TextDocument, places: readonly vscode.Range[]): Promise<LineRegion> {
	const lines = linesOf(document, { start: 0, end: document.lineCount });
	const outline = await outlineOf(document);
	const regions = places.map((place): Region => {
		const { start, end } = document.validateRange(place);
		const around = functionRegion(lines, start.line, outline);
		return around !== undefined && end.line < around.end ? around : linesAround(lines, start.line, LINES_AROUND);
	});
	return {
		start: Math.min(...regions.map(region => region.start)),
		end: Math.max(...regions.map(region => region.end)),
	};
}

function described(problems: readonly vscode.Diagnostic[]): string {
	return problems.map(problem => describeProblem(toInlineProblem(problem))).join('\n');
}

function wholeLines({ start, end }: vscode.Range): vscode.Range {
	return new vscode.Range(start.line, 0, end.line, Number.MAX_SAFE_INTEGER);
}
