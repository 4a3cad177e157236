import * as vscode from 'vscode';
import { tidyStore } from '../../agent/checkpoint/tidyStore.ts';
import { systemClock } from '../../agent/clock.ts';
import { INLINE_SYSTEM } from '../../agent/inline/inlinePrompt.ts';
import { buildSystemPrompt, type Environment, writeRules } from '../../agent/prompt.ts';
import { readRules } from '../../agent/rules.ts';
import { Session } from '../../agent/session/session.ts';
import type { AgentKind, SessionOptions, SessionTools } from '../../agent/session/sessionOptions.ts';
import type { Workspace } from '../../agent/workspace.ts';
import { StoredRules } from '../approvals/storedRules.ts';
import type { Platform } from '../platform.ts';
import type { Services } from '../services.ts';
import { readSettings } from '../settings.ts';
import { ownFolders } from '../tools/ownFolders.ts';
import { WindowTools } from '../tools/windowTools.ts';
import { workspaceIdentity } from '../workspaceIdentity.ts';
import type { SessionFactory } from './sessions.ts';

export interface SessionFactoryOptions {
	readonly context: vscode.ExtensionContext;
	readonly platform: Platform;
	readonly services: Services;
	readonly log: vscode.LogOutputChannel;
}

/** Where the rules lie that the user gave for longer than a session. */
async function openRules(platform: Platform, globalStorage: vscode.Uri): Promise<StoredRules> {
	const file = await platform.openSharedFile(vscode.Uri.joinPath(globalStorage, 'approvals', 'rules.json'));
	return new StoredRules({ file, workspace: await workspaceIdentity() });
}

const noTools: SessionTools = {
	tools: [],
	definitions: [],
	async dispose() {
		// There is nothing to end.
	},
};

/** Joins the parts a session is made of: store, workspace, tools, model, and the user's settings and rules. */
export async function createSessionFactory(options: SessionFactoryOptions): Promise<SessionFactory> {
	const { context, platform, services, log } = options;
	const { globalStorageUri } = context;
	const [opened, workspace, rules] = await Promise.all([
		platform.openStore(vscode.Uri.joinPath(globalStorageUri, 'sessions', await workspaceIdentity())),
		platform.openWorkspace(vscode.env.appRoot),
		openRules(platform, globalStorageUri),
	]);
	const store = tidyStore(opened, {
		clock: systemClock,
		onProblem: error => log.warn(`Texts of old sessions could not be collected: ${String(error)}`),
	});
	const folders = await ownFolders(context, workspace);
	const tools = new WindowTools({ context, platform, workspace, services, ownFolders: folders, log });
	const system = (agent: AgentKind) => {
		const { canRunCommands } = tools;
		return systemPrompt(workspace, { operatingSystem: platform.operatingSystem, canRunCommands, agent });
	};
	const currentRules = async (signal: AbortSignal) =>
		vscode.workspace.isTrusted ? writeRules(await readRules(workspace, signal)) : '';
	const withoutTools: SessionOptions = {
		store,
		workspace,
		rules,
		ownFolders: folders,
		openTools: async () => noTools,
		initialLevel: () => readSettings()['approvals.level'],
		delegateSystem: system,
		resolveModel: id => services.models.resolve(id),
		currentRules: async () => '',
		isTrusted: () => vscode.workspace.isTrusted,
		maxRequests: () => readSettings().maxRequestsPerTurn,
		clock: systemClock,
		newId: () => crypto.randomUUID(),
		onBug: error => log.error(error instanceof Error ? error : String(error)),
	};
	const sessionOptions: SessionOptions = {
		...withoutTools,
		openTools: (agent, spender) => tools.open(agent, spender),
		delegateSystem: system,
		currentRules,
	};
	const roots = () => workspace.roots.map(({ uri }) => uri);
	return {
		store,
		workspace,
		rules,
		currentRules,
		create: async () =>
			Session.create(sessionOptions, {
				system: await system({ isDelegate: false, isReadOnly: false }),
				workspace: roots(),
			}),
		createInline: () =>
			Session.create(
				{ ...withoutTools, purpose: 'inline' },
				{ system: INLINE_SYSTEM, workspace: roots(), kind: 'inline' },
			),
		open: (sessionId, openOptions) => Session.open(sessionOptions, sessionId, openOptions),
		endCommands: () => tools.endCommands(),
		dispose: () => tools.dispose(),
	};
}

async function systemPrompt(
	workspace: Workspace,
	here: Pick<Environment, 'operatingSystem' | 'canRunCommands' | 'agent'>,
): Promise<string> {
	const { isTrusted } = vscode.workspace;
	const rules = isTrusted ? await readRules(workspace, AbortSignal.timeout(10_000)) : [];
	return buildSystemPrompt(
		{
			...here,
			roots: workspace.roots.map(({ name }) => name),
			date: new Date().toISOString().slice(0, 10),
			isTrusted,
		},
		rules,
	);
}
