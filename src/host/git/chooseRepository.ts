import * as vscode from 'vscode';
import { type GitApi, type GitRepository, openGit } from './gitApi.ts';

/**
 * The repository that a command is for: the one whose button was pressed, the only one, or the one that the user chooses.
 * Where there is none that is told.
 * @param argument of the command: the `SourceControl` of the button, nothing from the palette.
 */
export async function chooseRepository(argument: unknown): Promise<GitRepository | undefined> {
	const git = await openGit();
	if (git === undefined) {
		void vscode.window.showInformationMessage(
			vscode.l10n.t("This needs the editor's Git extension, which is off or not available here."),
		);
		return undefined;
	}
	const pressed = rootOf(argument);
	if (pressed !== undefined) {
		return git.repositories.find(({ rootUri }) => rootUri.toString() === pressed.toString()) ?? choose(git);
	}
	return choose(git);
}

async function choose(git: GitApi): Promise<GitRepository | undefined> {
	const [first, ...others] = git.repositories;
	if (first === undefined) {
		void vscode.window.showInformationMessage(vscode.l10n.t('No Git repository is open.'));
		return undefined;
	}
	if (others.length === 0) {
		return first;
	}
	const active = vscode.window.activeTextEditor?.document.uri;
	const current = active && git.getRepository(active);
	const items = git.repositories.map(repository => ({
		label: repository.rootUri.path.slice(repository.rootUri.path.lastIndexOf('/') + 1),
		description: repository.state.HEAD?.name ?? '',
		detail: repository.rootUri.fsPath,
		repository,
	}));
	items.sort((a, b) => Number(b.repository === current) - Number(a.repository === current));
	const picked = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Which repository?') });
	return picked?.repository;
}

/** The root of the repository whose button was pressed; undefined for a command from the palette. */
export function rootOf(argument: unknown): vscode.Uri | undefined {
	const isObject = typeof argument === 'object' && argument !== null;
	return isObject && 'rootUri' in argument && argument.rootUri instanceof vscode.Uri ? argument.rootUri : undefined;
}
