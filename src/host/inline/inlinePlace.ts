/** Where an inline edit is made: the lines that are meant, or the reason why there can be none. */
import * as vscode from 'vscode';
import { isSecret, protectionOf } from '../../agent/approval/protectedPaths.ts';
import { indentUnitOf } from '../../agent/inline/indentation.ts';
import type { InlineContext } from '../../agent/inline/inlinePrompt.ts';
import { chooseRegion, indentAt, type OutlineItem, type Region } from '../../agent/inline/region.ts';
import type { Location } from '../../agent/workspace.ts';
import { isReadOnlyBySettings } from '../workspace/readOnlySettings.ts';
import type { LineRegion } from './carryRegion.ts';
import { otherSchemes } from './otherSchemes.ts';
import { problemsOf, toInlineProblem } from './problemsAfter.ts';
import { linesOf } from './regionWriter.ts';

/** More than this is a matter for the chat, which edits piece by piece. */
const MAX_REGION_LINES = 1500;
const MAX_REGION_CHARACTERS = 100_000;
/** UTF-16 units: comparing whole texts at each step would be felt. */
const MAX_FILE_CHARACTERS = 5_000_000;
/** For the language server to name the functions; without it the paragraph is taken. */
const OUTLINE_MS = 1500;

/** Why there can be no inline edit in this document, in words for the user; undefined when there can. */
export async function refuseDocument(document: vscode.TextDocument): Promise<string | undefined> {
	const { uri } = document;
	if (uri.scheme === 'vscode-notebook-cell') {
		return vscode.l10n.t('Cells of notebooks are edited in the chat, not inline.');
	}
	const readOnly = vscode.l10n.t('This file is read-only.');
	if (
		otherSchemes.has(uri.scheme) ||
		(uri.scheme !== 'untitled' && vscode.workspace.fs.isWritableFileSystem(uri.scheme) === false)
	) {
		return readOnly;
	}
	if (document.getText().length > MAX_FILE_CHARACTERS) {
		return vscode.l10n.t('This file is too large for an inline edit.');
	}
	if (uri.scheme === 'untitled') {
		return undefined;
	}
	const folder = vscode.workspace.getWorkspaceFolder(uri);
	const below = folder && vscode.workspace.asRelativePath(uri, false);
	return isReadOnlyBySettings(uri, below) || (await isReadOnlyOnDisk(uri)) ? readOnly : undefined;
}

async function isReadOnlyOnDisk(uri: vscode.Uri): Promise<boolean> {
	try {
		return (await vscode.workspace.fs.stat(uri)).permissions === vscode.FilePermission.Readonly;
	} catch (error) {
		if (error instanceof vscode.FileSystemError) {
			// Deleted since it was opened: the text in the editor can be edited all the same.
			return false;
		}
		throw error;
	}
}

/** Whether the text may go to a model: asked for where a file holds secrets by custom, refused within a repository's own folder. */
export async function maySend({ path, realPath = path }: Location): Promise<boolean> {
	if (protectionOf(path) === 'forbidden' || protectionOf(realPath) === 'forbidden') {
		void vscode.window.showWarningMessage(
			vscode.l10n.t('{0} belongs to the repository itself and is not edited.', path),
		);
		return false;
	}
	if (!isSecret(path) && !isSecret(realPath)) {
		return true;
	}
	const send = vscode.l10n.t('Send');
	const detail = vscode.l10n.t(
		'The text around the edit goes to the model. By its name this file holds keys or passwords.',
	);
	const title = vscode.l10n.t('Send parts of {0} to the model?', path);
	return (await vscode.window.showWarningMessage(title, { modal: true, detail }, send)) === send;
}

/** The lines that are meant by where the cursor is. */
export async function regionAt(document: vscode.TextDocument, selection: vscode.Selection): Promise<Region> {
	const { start, end, isEmpty } = selection;
	const place = { startLine: start.line, endLine: end.line, endColumn: end.character, isEmpty };
	const needsOutline = isEmpty && document.lineAt(start.line).text.trim() !== '';
	const outline = needsOutline ? await outlineOf(document) : [];
	return chooseRegion(linesOf(document, { start: 0, end: document.lineCount }), place, outline);
}

/**
 * Why a region cannot be edited; undefined when it can.
 * @param needsCode whether there must be something in it.
 */
export function refuseRegion(
	document: vscode.TextDocument,
	region: LineRegion,
	needsCode: boolean,
): string | undefined {
	const lines = linesOf(document, region);
	if (needsCode && lines.every(line => line.trim() === '')) {
		return vscode.l10n.t('There is no code here. Select some, or put the cursor into it.');
	}
	return lines.length > MAX_REGION_LINES || lines.join('\n').length > MAX_REGION_CHARACTERS
		? vscode.l10n.t('The selection is too long for an inline edit: select less, or ask in the chat.')
		: undefined;
}

/** All symbols of the file; none where nobody names them in time. */
export async function outlineOf(document: vscode.TextDocument): Promise<readonly OutlineItem[]> {
	const found = await Promise.race([
		vscode.commands.executeCommand<unknown>('vscode.executeDocumentSymbolProvider', document.uri),
		new Promise<undefined>(resolve => setTimeout(() => resolve(undefined), OUTLINE_MS)),
	]);
	return Array.isArray(found) ? found.flatMap(outlineItems) : [];
}

const functionKinds: ReadonlySet<vscode.SymbolKind> = new Set([
	vscode.SymbolKind.Function,
	vscode.SymbolKind.Method,
	vscode.SymbolKind.Constructor,
]);

function outlineItems(symbol: unknown): readonly OutlineItem[] {
	if (symbol instanceof vscode.DocumentSymbol) {
		return [itemOf(symbol.name, symbol.kind, symbol.range), ...symbol.children.flatMap(outlineItems)];
	}
	return symbol instanceof vscode.SymbolInformation ? [itemOf(symbol.name, symbol.kind, symbol.location.range)] : [];
}

function itemOf(name: string, kind: vscode.SymbolKind, { start, end }: vscode.Range): OutlineItem {
	return { name, start: start.line, end: end.line, isFunction: functionKinds.has(kind) };
}

/** What the model is told of the place, and how its answer is read. */
export function contextOf(document: vscode.TextDocument, region: LineRegion, location: Location): InlineContext {
	const all = linesOf(document, { start: 0, end: document.lineCount });
	const file = {
		before: all.slice(0, region.start),
		region: all.slice(region.start, region.end),
		after: all.slice(region.end),
	};
	const unit = indentUnitOf(all, editorUnit(document));
	const isInsertion = file.region.every(line => line.trim() === '');
	const range = new vscode.Range(region.start, 0, Math.max(region.start, region.end - 1), Number.MAX_SAFE_INTEGER);
	return {
		path: location.path,
		language: document.languageId,
		file,
		unit,
		indent: isInsertion ? indentAt(all, { ...region, kind: 'insertion' }, unit) : '',
		isInsertion,
		problems: problemsOf(document, range).map(toInlineProblem),
	};
}

function editorUnit(document: vscode.TextDocument): string {
	const options = vscode.window.visibleTextEditors.find(editor => editor.document === document)?.options;
	const width = typeof options?.tabSize === 'number' ? options.tabSize : 4;
	return options?.insertSpaces === false ? '\t' : ' '.repeat(width);
}
