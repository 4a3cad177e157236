/** Writes the lines of a region in an open document while the user may type elsewhere in it. */
import * as vscode from 'vscode';
import { type LineEdit, lineEdits } from '../../agent/inline/streamEdits.ts';
import { applyChanges, type TextChange } from '../../editing/lineChanges.ts';
import { carryRegion, type LineRegion } from './carryRegion.ts';
import { regionChanges } from './regionChanges.ts';

export type WriteEnd =
	| 'done'
	/** Somebody changed lines of the region: what they made of it stays. */
	| 'touched'
	/** The editor takes no edit of this document. */
	| 'refused';

/** So often the text may change at the moment of a write. */
const MAX_ATTEMPTS = 20;
/** Until a change that the editor knows of already has come here. */
const SETTLE_MS = 50;

export class RegionWriter implements vscode.Disposable {
	readonly document: vscode.TextDocument;
	readonly #listening: vscode.Disposable;
	readonly #changed = new vscode.EventEmitter<void>();
	#region: LineRegion;
	/** What stands there. */
	#lines: readonly string[];
	#isTouched = false;
	#isAlone = true;
	#hasWritten = false;
	/** The whole text as our own edit, which is under way, will have made it. */
	#coming: { readonly text: string; readonly lines: readonly string[] } | undefined;

	/** The region moved or changed. */
	readonly onDidChange = this.#changed.event;

	constructor(document: vscode.TextDocument, region: LineRegion) {
		this.document = document;
		this.#region = region;
		this.#lines = linesOf(document, region);
		this.#listening = vscode.workspace.onDidChangeTextDocument(event => {
			if (event.document === document && event.contentChanges.length > 0) {
				this.#follow(event.contentChanges);
			}
		});
	}

	get region(): LineRegion {
		return this.#region;
	}

	get lines(): readonly string[] {
		return this.#lines;
	}

	/** Somebody else changed lines of the region since the last `begin`. */
	get isTouched(): boolean {
		return this.#isTouched;
	}

	/** Nobody else changed anything in the text since the last `begin`. */
	get isAlone(): boolean {
		return this.#isAlone;
	}

	get range(): vscode.Range {
		const { start, end } = this.#region;
		return this.document.validateRange(new vscode.Range(start, 0, Math.max(start, end - 1), Number.MAX_SAFE_INTEGER));
	}

	/** Takes the region as it is now for the beginning of a new edit. */
	begin(): void {
		this.#isTouched = false;
		this.#isAlone = true;
		this.#hasWritten = false;
		this.#lines = linesOf(this.document, this.#region);
	}

	/** The whole text with other lines in the place of the region's. */
	textWith(lines: readonly string[]): string {
		return applyChanges(this.document.getText(), this.#changes(lineEdits(this.#lines, lines)));
	}

	/**
	 * Makes the lines of the region these. One after the other: who calls waits for the end of the call before.
	 * @param isLast closes the step of undo that all writes since `begin` are.
	 */
	async write(lines: readonly string[], isLast = false): Promise<WriteEnd> {
		for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
			if (this.#isTouched) {
				return 'touched';
			}
			if (this.document.isClosed) {
				return 'refused';
			}
			const edits = lineEdits(this.#lines, lines);
			if (edits.length === 0) {
				return 'done';
			}
			const { version } = this.document;
			this.#coming = { text: this.textWith(lines), lines };
			const isTaken = await this.#edit(edits, isLast);
			if (this.#coming === undefined) {
				return 'done';
			}
			this.#coming = undefined;
			if (this.document.version === version) {
				if (isTaken) {
					return 'refused';
				}
				await new Promise(resolve => setTimeout(resolve, SETTLE_MS));
			}
		}
		return this.#isTouched ? 'touched' : 'refused';
	}

	dispose(): void {
		this.#listening.dispose();
		this.#changed.dispose();
	}

	async #edit(edits: readonly LineEdit[], isLast: boolean): Promise<boolean> {
		const replacements = this.#changes(edits).map(
			({ start, end, text }) =>
				[new vscode.Range(this.document.positionAt(start), this.document.positionAt(end)), text] as const,
		);
		const editor = vscode.window.visibleTextEditors.find(({ document }) => document === this.document);
		const stops = { undoStopBefore: !this.#hasWritten, undoStopAfter: isLast };
		if (editor !== undefined) {
			try {
				return await editor.edit(builder => {
					for (const [range, text] of replacements) {
						builder.replace(range, text);
					}
				}, stops);
			} catch {
				// The editor closed at this moment; the document may be open still.
				if (this.document.isClosed || this.#coming === undefined) {
					return false;
				}
			}
		}
		const edit = new vscode.WorkspaceEdit();
		edit.set(
			this.document.uri,
			replacements.map(([range, text]) => vscode.TextEdit.replace(range, text)),
		);
		return vscode.workspace.applyEdit(edit);
	}

	#changes(edits: readonly LineEdit[]): readonly TextChange[] {
		const { document } = this;
		const text = {
			lineCount: document.lineCount,
			eol: document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n',
			startOf: (line: number) => document.offsetAt(new vscode.Position(line, 0)),
			endOf: (line: number) => document.offsetAt(document.lineAt(line).range.end),
		};
		return regionChanges(text, this.#region.start, edits);
	}

	#follow(changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
		const coming = this.#coming;
		if (coming !== undefined && this.document.getText() === coming.text) {
			this.#coming = undefined;
			this.#hasWritten = true;
			this.#region = { start: this.#region.start, end: this.#region.start + coming.lines.length };
			this.#lines = coming.lines;
		} else {
			this.#isAlone = false;
			this.#carry(changes);
		}
		this.#changed.fire();
	}

	/** All changes name places of the text before the first of them, so the last place comes first. */
	#carry(changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
		const lastLength = this.#lines.at(-1)?.length ?? 0;
		const ordered = [...changes].sort((a, b) => b.rangeOffset - a.rangeOffset);
		for (const { range, text } of ordered) {
			const change = {
				startLine: range.start.line,
				startCharacter: range.start.character,
				endLine: range.end.line,
				endCharacter: range.end.character,
				text,
			};
			const { isTouched, ...region } = carryRegion(this.#region, change, lastLength);
			this.#region = region;
			this.#isTouched ||= isTouched;
		}
		const { start, end } = this.#region;
		this.#region = { start, end: Math.min(end, this.document.lineCount) };
		if (this.#isTouched) {
			this.#lines = linesOf(this.document, this.#region);
		}
	}
}

export function linesOf(document: vscode.TextDocument, { start, end }: LineRegion): readonly string[] {
	const lines: string[] = [];
	for (let line = start; line < Math.min(end, document.lineCount); line++) {
		lines.push(document.lineAt(line).text);
	}
	return lines;
}
