import * as vscode from 'vscode';

/** The document that an editor or another extension holds open. Reading never opens one. */
export function findDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
	const key = uri.toString();
	return vscode.workspace.textDocuments.find(document => !document.isClosed && document.uri.toString() === key);
}

/**
 * Its text is the user's alone so far, and no file has it. The document alone does not tell: where it changes while it is
 * saved, extensions are told that it is saved until its next change. The mark on its tab stays right.
 */
export function hasUnsavedWork(document: vscode.TextDocument | undefined): boolean {
	return (
		document !== undefined && (document.isDirty || document.isUntitled || dirtyTabs().has(document.uri.toString()))
	);
}

/** Files that a tab shows as unsaved. */
function dirtyTabs(): ReadonlySet<string> {
	return new Set(
		vscode.window.tabGroups.all
			.flatMap(({ tabs }) => tabs)
			.flatMap(({ isDirty, input }) => (isDirty ? (shownFile(input)?.toString() ?? []) : [])),
	);
}

function shownFile(input: unknown): vscode.Uri | undefined {
	if (input instanceof vscode.TabInputText) {
		return input.uri;
	}
	return input instanceof vscode.TabInputTextDiff ? input.modified : undefined;
}

/** Documents with unsaved work that a file has already. */
export function unsavedDocuments(): readonly vscode.TextDocument[] {
	const tabs = dirtyTabs();
	return vscode.workspace.textDocuments.filter(
		({ isClosed, isUntitled, isDirty, uri }) => !isClosed && !isUntitled && (isDirty || tabs.has(uri.toString())),
	);
}

/**
 * Waits until the document is as wanted, or is closed.
 * @returns whether it is as wanted; false when it is not after `limitMs`.
 */
export async function documentIs(
	document: vscode.TextDocument,
	isWanted: () => boolean,
	limitMs: number,
): Promise<boolean> {
	if (isWanted()) {
		return true;
	}
	const listeners: vscode.Disposable[] = [];
	let timer: ReturnType<typeof setTimeout> | undefined;
	try {
		await new Promise<void>(resolve => {
			const look = (changed: vscode.TextDocument) => {
				if (changed === document && (document.isClosed || isWanted())) {
					resolve();
				}
			};
			listeners.push(
				vscode.workspace.onDidChangeTextDocument(event => look(event.document)),
				vscode.workspace.onDidCloseTextDocument(look),
			);
			timer = setTimeout(resolve, limitMs);
		});
	} finally {
		clearTimeout(timer);
		vscode.Disposable.from(...listeners).dispose();
	}
	return isWanted();
}

/** Names what documents hold, at no cost. */
export class DocumentVersions {
	private readonly numbers = new WeakMap<vscode.TextDocument, number>();
	private last = 0;

	/** Changes with every change of the text. The editor counts anew when a document is opened again, this does not. */
	of(document: vscode.TextDocument): string {
		const number = this.numbers.get(document) ?? ++this.last;
		this.numbers.set(document, number);
		return `open-${number}-${document.version}`;
	}
}
