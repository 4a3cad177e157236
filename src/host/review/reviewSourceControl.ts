import * as vscode from 'vscode';
import type { BeforeDocuments } from '../chat/beforeDocuments.ts';
import { commandIds } from '../ids.ts';
import { hunkSummary } from './hunkWords.ts';
import type { ShownFile, ShownFiles } from './shownFiles.ts';

/** Names our source controls in `when` clauses of `package.json`. */
const SOURCE_CONTROL_ID = 'openrouterAgent';

interface Control {
	readonly control: vscode.SourceControl;
	readonly group: vscode.SourceControlResourceGroup;
}

/**
 * Lends the review the editor's own marks beside the lines, its peek that shows removed lines, and a list in the source
 * control view. One control a folder with something under review, none without: the view has headings for each.
 */
export class ReviewSourceControl implements vscode.Disposable {
	readonly #shown: ShownFiles;
	readonly #before: BeforeDocuments;
	/** By the folder's URI; the empty one holds files of no folder. */
	readonly #controls = new Map<string, Control>();

	constructor(shown: ShownFiles, before: BeforeDocuments) {
		this.#shown = shown;
		this.#before = before;
	}

	/** Shows these files and no others. */
	show(files: readonly ShownFile[]): void {
		const byFolder = new Map<string, ShownFile[]>();
		for (const file of files) {
			const folder = folderOf(file)?.uri.toString() ?? '';
			byFolder.set(folder, [...(byFolder.get(folder) ?? []), file]);
		}
		for (const [folder, { control }] of this.#controls) {
			if (!byFolder.has(folder)) {
				this.#controls.delete(folder);
				control.dispose();
			}
		}
		for (const [folder, inFolder] of byFolder) {
			const { group } = this.#controls.get(folder) ?? this.#create(folder);
			group.resourceStates = inFolder.map(stateOf);
		}
	}

	dispose(): void {
		for (const { control } of this.#controls.values()) {
			control.dispose();
		}
		this.#controls.clear();
	}

	#create(folder: string): Control {
		const root = folder === '' ? undefined : vscode.Uri.parse(folder);
		const control = vscode.scm.createSourceControl(SOURCE_CONTROL_ID, vscode.l10n.t('Agent Edits'), root);
		control.inputBox.visible = false;
		// The number on the view's icon is git's.
		control.count = 0;
		control.quickDiffProvider = {
			provideOriginalResource: uri =>
				this.#shown.at(uri.toString()) === undefined ? undefined : this.#before.reviewUri(uri),
		};
		const group = control.createResourceGroup('review', vscode.l10n.t('Under Review'));
		group.hideWhenEmpty = true;
		const made = { control, group };
		this.#controls.set(folder, made);
		return made;
	}
}

function folderOf({ key }: ShownFile): vscode.WorkspaceFolder | undefined {
	return vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(key));
}

function stateOf(file: ShownFile): vscode.SourceControlResourceState {
	const resourceUri = vscode.Uri.parse(file.key);
	return {
		resourceUri,
		contextValue: file.isOpen ? 'open' : 'edited',
		decorations: { strikeThrough: file.kind === 'deleted', tooltip: fileTooltip(file) },
		command: {
			command: commandIds.reviewNext,
			title: vscode.l10n.t('Show the first change'),
			arguments: [resourceUri],
		},
	};
}

/** What is under review of a file, in words. */
export function fileTooltip({ hunks, kind }: ShownFile): string {
	const [only] = hunks;
	if (kind === 'created') {
		return vscode.l10n.t('Created by the agent, under review');
	}
	if (kind === 'deleted') {
		return vscode.l10n.t('Deleted by the agent, under review');
	}
	return hunks.length === 1 && only !== undefined
		? vscode.l10n.t('1 change of the agent under review: {0}', hunkSummary(only, vscode.l10n.t))
		: vscode.l10n.t('{0} changes of the agent under review', hunks.length);
}
