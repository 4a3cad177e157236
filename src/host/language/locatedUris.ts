/** URIs of language servers as locations of the workspace. */
import * as vscode from 'vscode';
import type { Location, Workspace } from '../../agent/workspace.ts';
import { currentRoots } from '../workspace/locations.ts';

export class LocatedUris {
	private readonly workspace: Workspace;

	constructor(workspace: Workspace) {
		this.workspace = workspace;
	}

	/** A URI that is no file, such as one of a library's source in an archive, lies outside. */
	async locate(uri: vscode.Uri, signal: AbortSignal): Promise<Location> {
		const inside = this.pathInside(uri);
		if (inside === undefined && uri.scheme !== 'file') {
			return { path: uri.toString(true), uri: uri.toString(), isOutside: true };
		}
		return this.workspace.locate(inside ?? uri.toString(), signal);
	}

	/** As the workspace shows it, without a look at links; undefined outside. */
	pathInside(uri: vscode.Uri): string | undefined {
		if (uri.scheme === 'untitled') {
			return uri.toString(true);
		}
		const folder = vscode.workspace.getWorkspaceFolder(uri);
		const roots = currentRoots();
		const root = roots.find(candidate => candidate.uri.toString() === folder?.uri.toString());
		if (root === undefined || !uri.path.startsWith(`${root.path}/`)) {
			return undefined;
		}
		const below = uri.path.slice(root.path.length + 1);
		return roots.length > 1 ? `${root.name}/${below}` : below;
	}
}
