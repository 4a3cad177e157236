import * as vscode from 'vscode';
import { BEFORE_SCHEME } from '../ids.ts';

/** Hash that stands for "there was no file". */
const ABSENT = 'absent';

/** Read-only documents that show a file as it was before a change, for the diff editor. */
export class BeforeDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
	readonly #readBlob: (hash: string) => Promise<string | undefined>;
	readonly #registration: vscode.Disposable;

	constructor(readBlob: (hash: string) => Promise<string | undefined>) {
		this.#readBlob = readBlob;
		this.#registration = vscode.workspace.registerTextDocumentContentProvider(BEFORE_SCHEME, this);
	}

	/** @param hash names the text in the blob store; undefined shows an empty document. */
	uriOf(path: string, hash: string | undefined): vscode.Uri {
		return vscode.Uri.from({ scheme: BEFORE_SCHEME, path: `/${path.replace(/^\/+/, '')}`, query: hash ?? ABSENT });
	}

	async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
		if (uri.query === ABSENT) {
			return '';
		}
		const text = await this.#readBlob(uri.query);
		if (text === undefined) {
			throw new Error(vscode.l10n.t('The earlier text of {0} is no longer stored.', uri.path));
		}
		return text;
	}

	dispose(): void {
		this.#registration.dispose();
	}
}
