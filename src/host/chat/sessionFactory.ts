import * as vscode from 'vscode';
import { systemClock } from '../../agent/clock.ts';
import { buildSystemPrompt, writeRules } from '../../agent/prompt.ts';
import { readRules } from '../../agent/rules.ts';
import { Session } from '../../agent/session/session.ts';
import type { SessionOptions } from '../../agent/session/sessionOptions.ts';
import type { Workspace } from '../../agent/workspace.ts';
import { toolDefinition, tools } from '../../tools/index.ts';
import type { ModelChoice } from '../models/modelChoice.ts';
import type { Platform } from '../platform.ts';
import { readSettings } from '../settings.ts';
import type { SessionFactory } from './sessions.ts';

export interface SessionFactoryOptions {
	readonly context: vscode.ExtensionContext;
	readonly platform: Platform;
	readonly models: ModelChoice;
	readonly log: vscode.LogOutputChannel;
}

/** Joins the parts a session is made of: store, workspace, tools, model, and the user's settings. */
export async function createSessionFactory(options: SessionFactoryOptions): Promise<SessionFactory> {
	const { context, platform, models, log } = options;
	const [store, workspace] = await Promise.all([
		platform.openStore(await sessionFolder(context.globalStorageUri)),
		platform.openWorkspace(vscode.env.appRoot),
	]);
	const sessionOptions: SessionOptions = {
		store,
		workspace,
		tools,
		definitions: tools.map(toolDefinition),
		resolveModel: id => models.resolve(id),
		currentRules: async signal => (vscode.workspace.isTrusted ? writeRules(await readRules(workspace, signal)) : ''),
		isTrusted: () => vscode.workspace.isTrusted,
		maxRequests: () => readSettings().maxRequestsPerTurn,
		clock: systemClock,
		newId: () => crypto.randomUUID(),
		onBug: error => log.error(error instanceof Error ? error : String(error)),
	};
	return {
		store,
		create: async () => {
			const system = await systemPrompt(workspace, platform.operatingSystem);
			return Session.create(sessionOptions, { system, workspace: workspace.roots.map(({ uri }) => uri) });
		},
		open: (sessionId, openOptions) => Session.open(sessionOptions, sessionId, openOptions),
	};
}

async function systemPrompt(workspace: Workspace, operatingSystem: string): Promise<string> {
	const { isTrusted } = vscode.workspace;
	const rules = isTrusted ? await readRules(workspace, AbortSignal.timeout(10_000)) : [];
	return buildSystemPrompt(
		{
			operatingSystem,
			roots: workspace.roots.map(({ name }) => name),
			date: new Date().toISOString().slice(0, 10),
			isTrusted,
		},
		rules,
	);
}

/**
 * Where this workspace's sessions lie. Not under `storageUri`: that is another folder when a second window, or a host
 * that outlived a reload, holds the workspace.
 */
async function sessionFolder(globalStorage: vscode.Uri): Promise<vscode.Uri> {
	const { workspaceFile, workspaceFolders } = vscode.workspace;
	const identity = (workspaceFile ?? workspaceFolders?.[0]?.uri)?.toString() ?? 'no folder';
	const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(identity)));
	const name = Array.from(hash.slice(0, 16), byte => byte.toString(16).padStart(2, '0')).join('');
	return vscode.Uri.joinPath(globalStorage, 'sessions', name);
}
