import * as vscode from 'vscode';
import type { Finding, Severity } from '../../agent/uncommitted/findings.ts';
import { shiftLine } from '../../agent/uncommitted/shiftLine.ts';
import { contextKeys, FINDINGS_CONTROLLER } from '../ids.ts';
import { plainMarkdown } from '../plainMarkdown.ts';
import { lineEdits } from './lineMoves.ts';

/** A finding where it stands now. */
export interface PlacedFinding extends Finding {
	readonly uri: vscode.Uri;
	/** The whole line. */
	readonly range: vscode.Range;
}

/** Findings as comments in the editor. They move with their lines, and are gone with the window. */
export class FindingThreads implements vscode.Disposable {
	readonly #threads = new Map<vscode.CommentThread, Finding>();
	#controller: vscode.CommentController | undefined;
	readonly #subscription = vscode.workspace.onDidChangeTextDocument(change => this.#move(change));

	/** How many there are. */
	get size(): number {
		return this.#threads.size;
	}

	/** For tests: what is shown. */
	get threads(): readonly vscode.CommentThread[] {
		return [...this.#threads.keys()];
	}

	/** @param author what the comments come from. */
	async add(findings: readonly (Finding & { readonly uri: vscode.Uri })[], author: string): Promise<void> {
		if (findings.length === 0) {
			return;
		}
		this.#controller ??= vscode.comments.createCommentController(FINDINGS_CONTROLLER, vscode.l10n.t('Review findings'));
		for (const { uri, ...finding } of findings) {
			const body = new vscode.MarkdownString(`**${plainMarkdown(finding.title)}**\n\n${plainMarkdown(finding.text)}`);
			const thread = this.#controller.createCommentThread(uri, wholeLine(finding.line - 1), [
				{ author: { name: author }, body, mode: vscode.CommentMode.Preview },
			]);
			thread.label = severityName(finding.severity);
			thread.canReply = false;
			thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
			this.#threads.set(thread, finding);
		}
		await this.#changed();
	}

	/** What a thread of ours says, with the line where it stands now. */
	find(thread: unknown): PlacedFinding | undefined {
		const own = this.#own(thread);
		const finding = own && this.#threads.get(own);
		const line = own?.range?.start.line;
		return own === undefined || finding === undefined || line === undefined
			? undefined
			: { ...finding, line: line + 1, uri: own.uri, range: wholeLine(line) };
	}

	async dismiss(thread: unknown): Promise<void> {
		const own = this.#own(thread);
		if (own !== undefined) {
			this.#threads.delete(own);
			own.dispose();
			await this.#changed();
		}
	}

	async clear(): Promise<void> {
		for (const thread of this.#threads.keys()) {
			thread.dispose();
		}
		this.#threads.clear();
		await this.#changed();
	}

	dispose(): void {
		this.#subscription.dispose();
		this.#controller?.dispose();
	}

	/** The argument of a command may be anything. */
	#own(thread: unknown): vscode.CommentThread | undefined {
		return [...this.#threads.keys()].find(candidate => candidate === thread);
	}

	/** Without a thread there is no controller: it would stand in the comments view. */
	async #changed(): Promise<void> {
		if (this.#threads.size === 0) {
			this.#controller?.dispose();
			this.#controller = undefined;
		}
		await vscode.commands.executeCommand('setContext', contextKeys.hasFindings, this.#threads.size > 0);
	}

	#move(event: vscode.TextDocumentChangeEvent): void {
		const uri = event.document.uri.toString();
		for (const thread of this.#threads.keys()) {
			if (thread.uri.toString() === uri && thread.range !== undefined) {
				const before = thread.range.start.line;
				const line = lineEdits(event).reduce(shiftLine, before);
				if (line !== before) {
					thread.range = wholeLine(line);
				}
			}
		}
	}
}

function wholeLine(line: number): vscode.Range {
	return new vscode.Range(line, 0, line, Number.MAX_SAFE_INTEGER);
}

function severityName(severity: Severity): string {
	switch (severity) {
		case 'high':
			return vscode.l10n.t('High severity');
		case 'medium':
			return vscode.l10n.t('Medium severity');
		case 'low':
			return vscode.l10n.t('Low severity');
		default:
			return severity satisfies never;
	}
}
