/** The editor's language servers as the agent's port. */
import * as vscode from 'vscode';
import { abortable } from '../../agent/abortable.ts';
import type { Clock } from '../../agent/clock.ts';
import type {
	AskedDiagnostics,
	CodePlace,
	Diagnostic,
	FileEdits,
	LanguageEvent,
	LanguageServices,
	OpenedFile,
	OutlineSymbol,
	PlaceKind,
	TextPosition,
	WorkspaceSymbol,
} from '../../agent/languageServices.ts';
import { ToolError } from '../../agent/toolError.ts';
import type { Location, Workspace } from '../../agent/workspace.ts';
import { findDocument } from '../workspace/openDocument.ts';
import { fromDiagnostic, fromRange, kindWord, toPosition } from './convert.ts';
import { findPlaces } from './findPlaces.ts';
import { LocatedUris } from './locatedUris.ts';
import { ServedLanguages } from './servedLanguages.ts';
import { askTypeScript, typeScriptLoaded } from './typeScriptServer.ts';

export interface LanguageServicesOptions {
	readonly workspace: Workspace;
	readonly clock: Clock;
}

export function createLanguageServices(options: LanguageServicesOptions): LanguageServices {
	return new VsCodeLanguageServices(options);
}

class VsCodeLanguageServices implements LanguageServices {
	private readonly uris: LocatedUris;
	private readonly languages: ServedLanguages;

	constructor({ workspace, clock }: LanguageServicesOptions) {
		this.uris = new LocatedUris(workspace);
		this.languages = new ServedLanguages(clock);
	}

	reported(location?: Location): readonly Diagnostic[] {
		if (location !== undefined) {
			const uri = vscode.Uri.parse(location.uri, true);
			return vscode.languages.getDiagnostics(uri).map(diagnostic => fromDiagnostic(location.path, diagnostic));
		}
		return vscode.languages.getDiagnostics().flatMap(([uri, diagnostics]) => {
			const path = diagnostics.length === 0 ? undefined : this.uris.pathInside(uri);
			return path === undefined ? [] : diagnostics.map(diagnostic => fromDiagnostic(path, diagnostic));
		});
	}

	async open(location: Location, signal: AbortSignal): Promise<OpenedFile> {
		const wasOpen = findDocument(vscode.Uri.parse(location.uri, true)) !== undefined;
		const document = await this.document(location, signal);
		return { wasOpen, isShown: isShown(document.uri), isServed: this.languages.isServed(document) };
	}

	async ask(location: Location, signal: AbortSignal): Promise<AskedDiagnostics | undefined> {
		const document = await this.document(location, signal);
		return abortable(askTypeScript(document, location.path), signal);
	}

	watch(listener: (event: LanguageEvent) => void): () => void {
		const subscription = vscode.Disposable.from(
			vscode.languages.onDidChangeDiagnostics(({ uris }) => listener({ kind: 'diagnostics', uris: uris.map(String) })),
			vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
				// Without a change it is the state that changed, such as having been saved.
				if (contentChanges.length > 0) {
					listener({ kind: 'text', uris: [document.uri.toString()] });
				}
			}),
		);
		return () => subscription.dispose();
	}

	async places(
		kind: PlaceKind,
		location: Location,
		at: TextPosition,
		signal: AbortSignal,
	): Promise<readonly CodePlace[]> {
		const { uri } = await this.document(location, signal);
		const found = await answer(findPlaces(kind, uri, toPosition(at)), signal);
		return Promise.all(
			found.map(async place => ({
				location: await this.uris.locate(place.uri, signal),
				span: fromRange(place.range),
				...(place.symbol !== undefined && { name: place.symbol.name, kind: kindWord(place.symbol.kind) }),
			})),
		);
	}

	async outline(location: Location, signal: AbortSignal): Promise<readonly OutlineSymbol[]> {
		const { uri } = await this.document(location, signal);
		const symbols = await answer(
			vscode.commands.executeCommand<(vscode.DocumentSymbol | vscode.SymbolInformation)[] | undefined>(
				'vscode.executeDocumentSymbolProvider',
				uri,
			),
			signal,
		);
		return (symbols ?? []).map(toOutline);
	}

	async workspaceSymbols(query: string, signal: AbortSignal): Promise<readonly WorkspaceSymbol[]> {
		signal.throwIfAborted();
		const found = await answer(
			vscode.commands.executeCommand<vscode.SymbolInformation[] | undefined>(
				'vscode.executeWorkspaceSymbolProvider',
				query,
			),
			signal,
		);
		return Promise.all(
			(found ?? []).map(async ({ name, kind, containerName, location: { uri, range } }) => ({
				location: await this.uris.locate(uri, signal),
				span: fromRange(range),
				name,
				kind: kindWord(kind),
				...(containerName !== '' && { container: containerName }),
			})),
		);
	}

	async rename(
		location: Location,
		at: TextPosition,
		newName: string,
		signal: AbortSignal,
	): Promise<readonly FileEdits[]> {
		const { uri } = await this.document(location, signal);
		const edit = await abortable(requestRename(uri, toPosition(at), newName), signal);
		return Promise.all(
			edit.entries().map(async ([file, edits]) => ({
				location: await this.uris.locate(file, signal),
				edits: edits.map(({ range, newText }) => ({ span: fromRange(range), newText })),
			})),
		);
	}

	/** The editor closes it again some minutes after its last use, if no tab shows it. */
	private async document(location: Location, signal: AbortSignal): Promise<vscode.TextDocument> {
		signal.throwIfAborted();
		const uri = vscode.Uri.parse(location.uri, true);
		const document = findDocument(uri) ?? (await abortable(openDocument(uri, location.path), signal));
		await this.languages.started(document, signal);
		await abortable(typeScriptLoaded(document), signal);
		return document;
	}
}

async function openDocument(uri: vscode.Uri, path: string): Promise<vscode.TextDocument> {
	try {
		return await vscode.workspace.openTextDocument(uri);
	} catch (error) {
		throw new ToolError(`The editor cannot open "${path}": ${wordsOf(error)}`, { cause: error });
	}
}

/** Servers' failures are the editor's to log; what arrives here is that the request itself was not possible. */
async function answer<Value>(request: Thenable<Value>, signal: AbortSignal): Promise<Value> {
	try {
		return await abortable(Promise.resolve(request), signal);
	} catch (error) {
		signal.throwIfAborted();
		throw new ToolError(`The language server cannot be asked: ${wordsOf(error)}`, { cause: error });
	}
}

async function requestRename(uri: vscode.Uri, at: vscode.Position, newName: string): Promise<vscode.WorkspaceEdit> {
	try {
		return await vscode.commands.executeCommand('vscode.executeDocumentRenameProvider', uri, at, newName);
	} catch (error) {
		// The editor's own words for "no provider" are "Unexpected type".
		const words = wordsOf(error);
		const why = words === 'Unexpected type' ? 'No language server renames what stands there.' : words;
		throw new ToolError(`Nothing was renamed: ${why}`, { cause: error });
	}
}

function wordsOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

function isShown(uri: vscode.Uri): boolean {
	const key = uri.toString();
	return vscode.window.tabGroups.all.some(({ tabs }) =>
		tabs.some(({ input }) => {
			if (input instanceof vscode.TabInputTextDiff) {
				return input.modified.toString() === key;
			}
			return input instanceof vscode.TabInputText && input.uri.toString() === key;
		}),
	);
}

function toOutline(symbol: vscode.DocumentSymbol | vscode.SymbolInformation): OutlineSymbol {
	const { name, kind } = symbol;
	if ('selectionRange' in symbol) {
		const { range, selectionRange, children } = symbol;
		return {
			name,
			kind: kindWord(kind),
			span: fromRange(range),
			at: fromRange(selectionRange).start,
			children: children.map(toOutline),
		};
	}
	const span = fromRange(symbol.location.range);
	return { name, kind: kindWord(kind), span, at: span.start, children: [] };
}
