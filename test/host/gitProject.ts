import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { type GitApi, type GitRepository, openGit } from '../../src/host/git/gitApi.ts';
import { poll } from '../ui/poll.ts';
import { workspaceRoot } from './agentHarness.ts';

const run = promisify(execFile);

/** A repository below the open folder, as the editor's Git extension knows it. */
export class GitProject {
	readonly root: string;
	readonly repository: GitRepository;

	private constructor(root: string, repository: GitRepository) {
		this.root = root;
		this.repository = repository;
	}

	/** @param files of the first commit. */
	static async create(name: string, files: Readonly<Record<string, string>>, message: string): Promise<GitProject> {
		const root = join(workspaceRoot(), name);
		await mkdir(root, { recursive: true });
		await git(root, 'init', '--initial-branch=main');
		await putAll(root, files);
		await git(root, 'add', '.');
		await git(root, 'commit', '--message', message);
		const api = await openGit();
		assert.ok(api !== undefined, 'There is no Git extension.');
		// Part of the same interface, and needed by tests alone.
		const { openRepository } = api as GitApi & { openRepository(root: vscode.Uri): Promise<GitRepository | null> };
		const repository = await openRepository.call(api, vscode.Uri.file(root));
		return new GitProject(root, repository ?? assert.fail('The Git extension did not open the repository.'));
	}

	uri(path: string): vscode.Uri {
		return vscode.Uri.file(join(this.root, path));
	}

	async put(files: Readonly<Record<string, string>>): Promise<void> {
		await putAll(this.root, files);
		for (const [path, text] of Object.entries(files)) {
			await poll(
				() => openText(this.uri(path)) ?? text,
				shown => shown === text,
			);
		}
		await this.repository.status();
	}

	async git(...args: readonly string[]): Promise<void> {
		await git(this.root, ...args);
		await this.repository.status();
	}

	/** What the button of this repository gives to a command. */
	get argument(): object {
		return { rootUri: this.repository.rootUri };
	}

	async remove(): Promise<void> {
		const edit = new vscode.WorkspaceEdit();
		edit.deleteFile(vscode.Uri.file(this.root), { recursive: true, ignoreIfNotExists: true });
		assert.ok(await vscode.workspace.applyEdit(edit));
	}
}

/** What an editor shows of a file, which follows the disk in its own time; undefined where none has it open. */
function openText(uri: vscode.Uri): string | undefined {
	const isOf = (document: vscode.TextDocument) => document.uri.toString() === uri.toString();
	return vscode.workspace.textDocuments.find(isOf)?.getText();
}

async function putAll(root: string, files: Readonly<Record<string, string>>): Promise<void> {
	for (const [path, text] of Object.entries(files)) {
		const file = join(root, path);
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, text);
	}
}

async function git(cwd: string, ...args: readonly string[]): Promise<void> {
	const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'commit.gpgsign=false'];
	await run('git', [...author, ...args], { cwd });
}
