/** Paths of the model to URIs of the editor, and back. */
import * as vscode from 'vscode';
import type { LocalFiles } from '../../agent/search.ts';
import type { Location } from '../../agent/workspace.ts';
import { behindLinks } from '../../files/behindLinks.ts';
import {
	displayPath,
	type PathRules,
	placeAbsolute,
	type ResolvedPath,
	type Root,
	resolvePath,
	uniqueNames,
} from '../../files/paths.ts';
import { foreignUri } from '../../files/refusals.ts';

export interface WorkspaceRoot extends Root {
	readonly uri: vscode.Uri;
}

/** The folders now open. Asked anew each time: the user may add one. */
export function currentRoots(): readonly WorkspaceRoot[] {
	const folders = vscode.workspace.workspaceFolders ?? [];
	const names = uniqueNames(folders.map(({ name }) => name));
	return folders.map(({ uri }, index) => ({
		name: names[index] ?? '',
		origin: originOf(uri),
		path: uri.path.replace(/\/+$/, ''),
		uri,
	}));
}

/** @param operatingSystem Node's name of the platform. Absent in the browser. */
export function pathRulesOf(operatingSystem: string | undefined): PathRules {
	return operatingSystem === 'win32' ? 'windows' : operatingSystem === 'darwin' ? 'mac' : 'other';
}

/** Makes and reads locations. `files` resolves symbolic links; without it links are not looked through. */
export class Locations {
	private readonly rules: PathRules;
	private readonly files: LocalFiles | undefined;

	constructor(rules: PathRules, files: LocalFiles | undefined) {
		this.rules = rules;
		this.files = files;
	}

	/** @throws ToolError for a path that names no single file. */
	async locate(path: string): Promise<Location> {
		const roots = currentRoots();
		const given = /^[a-z][a-z0-9+.-]+:/i.test(path) && !/^[a-z]:/i.test(path) ? parseUri(path, roots) : undefined;
		if (given?.scheme === 'untitled') {
			return { path: given.toString(true), uri: given.toString(), isOutside: false };
		}
		const resolved =
			given === undefined
				? resolvePath(path, roots, this.rules)
				: placeAbsolute({ origin: originOf(given), path: given.path }, roots, this.rules);
		const uri = uriOf(resolved, roots);
		const location = {
			path: displayPath(resolved, roots),
			uri: uri.toString(),
			isOutside: resolved.kind === 'outside',
		};
		if (this.files === undefined || uri.scheme !== 'file') {
			return location;
		}
		const linked = { shown: location.path, path: uri.path, isOutside: location.isOutside };
		return { ...location, ...(await behindLinks(linked, roots, this.rules, real => this.realPath(real))) };
	}

	/** The root a location lies in and the path below it; undefined outside. */
	place(uri: vscode.Uri): { readonly root: WorkspaceRoot; readonly below: string } | undefined {
		const roots = currentRoots();
		const resolved = placeAbsolute({ origin: originOf(uri), path: uri.path }, roots, this.rules);
		const root = resolved.kind === 'inside' ? roots[resolved.root] : undefined;
		return resolved.kind === 'inside' && root !== undefined ? { root, below: resolved.segments.join('/') } : undefined;
	}

	/** As the tools show a file. */
	display(uri: vscode.Uri): string {
		if (uri.scheme === 'untitled') {
			return uri.toString(true);
		}
		const roots = currentRoots();
		return displayPath(placeAbsolute({ origin: originOf(uri), path: uri.path }, roots, this.rules), roots);
	}

	/** Undefined for a loop of links, or where access is refused: nobody knows where that leads. */
	private async realPath(path: string): Promise<string | undefined> {
		try {
			return this.files && vscode.Uri.file(await this.files.realPath(vscode.Uri.file(path).fsPath)).path;
		} catch {
			return undefined;
		}
	}
}

function parseUri(text: string, roots: readonly WorkspaceRoot[]): vscode.Uri | undefined {
	const scheme = text.slice(0, text.indexOf(':')).toLowerCase();
	if (scheme === 'untitled' || text.startsWith(`${scheme}://`)) {
		const uri = vscode.Uri.parse(text, true);
		if (scheme === 'untitled' || scheme === 'file' || roots.some(({ origin }) => origin === originOf(uri))) {
			return uri;
		}
		throw foreignUri(text);
	}
	// A file name may hold a colon.
	return undefined;
}

function uriOf(resolved: ResolvedPath, roots: readonly WorkspaceRoot[]): vscode.Uri {
	if (resolved.kind === 'inside') {
		const root = roots[resolved.root];
		if (root === undefined) {
			throw new Error(`No root ${resolved.root}.`);
		}
		return root.uri.with({ path: [root.path, ...resolved.segments].join('/') || '/' });
	}
	const root = roots.find(({ origin }) => origin === resolved.origin);
	return root === undefined ? vscode.Uri.file(resolved.path) : root.uri.with({ path: resolved.path });
}

function originOf(uri: vscode.Uri): string {
	return `${uri.scheme}://${uri.authority}`;
}
