import * as vscode from 'vscode';
import { BEFORE_SCHEME } from '../ids.ts';

/** Hash that stands for "there was no file". */
const ABSENT = 'absent';
/** Begins the query of a text that stands for a file without the edits under review; the file's URI follows. */
const REVIEW = 'review:';

/** Read-only documents that show a file as it was before a change, for the diff editor. */
export class BeforeDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
	readonly #readBlob: (hash: string) => Promise<string | undefined>;
	readonly #changed = new vscode.EventEmitter<vscode.Uri>();
	readonly onDidChange = this.#changed.event;
	readonly #registration: vscode.Disposable;
	/** What was last given of files that are or were under review, by URI, as long as somebody shows it. */
	readonly #given = new Map<string, { readonly text: string; readonly isUnderReview: boolean }>();
	#textWithoutEdits: (key: string) => string | undefined = () => undefined;

	constructor(readBlob: (hash: string) => Promise<string | undefined>) {
		this.#readBlob = readBlob;
		this.#registration = vscode.Disposable.from(
			this.#changed,
			vscode.workspace.registerTextDocumentContentProvider(BEFORE_SCHEME, this),
			vscode.workspace.onDidCloseTextDocument(({ uri }) => {
				const key = this.reviewedUri(uri);
				if (key !== undefined) {
					this.#given.delete(key);
				}
			}),
		);
	}

	/** @param hash names the text in the blob store; undefined shows an empty document. */
	uriOf(path: string, hash: string | undefined): vscode.Uri {
		return vscode.Uri.from({ scheme: BEFORE_SCHEME, path: `/${path.replace(/^\/+/, '')}`, query: hash ?? ABSENT });
	}

	/** @param textOf gives a file without what is under review of it; undefined where nothing is. */
	review(textOf: (key: string) => string | undefined): void {
		this.#textWithoutEdits = textOf;
	}

	/** A document that follows a file under review: it holds what the file would be without the edits. */
	reviewUri(uri: vscode.Uri): vscode.Uri {
		return uri.with({ scheme: BEFORE_SCHEME, query: `${REVIEW}${uri.toString()}`, fragment: '' });
	}

	/** The file that such a document stands for; undefined for other documents. */
	reviewedUri({ scheme, query }: vscode.Uri): string | undefined {
		return scheme === BEFORE_SCHEME && query.startsWith(REVIEW) ? query.slice(REVIEW.length) : undefined;
	}

	/** Shows files under review that have another text without the edits by now, or nothing under review any more. */
	refresh(): void {
		for (const [key, { text, isUnderReview }] of this.#given) {
			const now = this.#textWithoutEdits(key);
			if (now === undefined ? isUnderReview : now !== text) {
				this.#changed.fire(this.reviewUri(vscode.Uri.parse(key)));
			}
		}
	}

	async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
		if (uri.query === ABSENT) {
			return '';
		}
		const reviewed = this.reviewedUri(uri);
		const text = await (reviewed === undefined ? this.#readBlob(uri.query) : this.#reviewText(reviewed));
		if (text === undefined) {
			throw new Error(vscode.l10n.t('The earlier text of {0} is no longer stored.', uri.path));
		}
		return text;
	}

	dispose(): void {
		this.#registration.dispose();
	}

	/** With nothing under review the text as it is: then no line differs. */
	async #reviewText(key: string): Promise<string> {
		const reviewed = this.#textWithoutEdits(key);
		const text = reviewed ?? (await textNow(vscode.Uri.parse(key)));
		this.#given.set(key, { text, isUnderReview: reviewed !== undefined });
		return text;
	}
}

/** Of the editor that holds it, else of the disk; empty where there is no file. */
async function textNow(uri: vscode.Uri): Promise<string> {
	const open = vscode.workspace.textDocuments.find(document => document.uri.toString() === uri.toString());
	if (open !== undefined) {
		return open.getText();
	}
	try {
		return await vscode.workspace.decode(await vscode.workspace.fs.readFile(uri), { uri });
	} catch (error) {
		if (error instanceof vscode.FileSystemError) {
			return '';
		}
		throw error;
	}
}
