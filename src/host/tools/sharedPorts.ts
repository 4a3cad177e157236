import type * as vscode from 'vscode';
import { systemClock } from '../../agent/clock.ts';
import type { Workspace } from '../../agent/workspace.ts';
import { createCodeSearch } from '../../files/codeIndex/createCodeSearch.ts';
import type { ToolPorts } from '../../tools/index.ts';
import { createLmTools } from '../integrations/lmTools.ts';
import { createLanguageServices } from '../language/vscodeLanguageServices.ts';
import type { Platform } from '../platform.ts';
import type { Services } from '../services.ts';
import { readSettings } from '../settings.ts';
import { createWorkspaceChanges } from '../workspace/workspaceChanges.ts';

export interface SharedPortsOptions {
	readonly context: vscode.ExtensionContext;
	readonly platform: Platform;
	readonly workspace: Workspace;
	readonly services: Services;
	readonly log: vscode.LogOutputChannel;
}

/** What the tools of all agents of a window work on together. */
export interface SharedPorts extends vscode.Disposable {
	/** Without those that each agent has for itself. */
	readonly ports: Omit<ToolPorts, 'shell' | 'search'>;
}

/** Nothing here starts, reads or watches anything before a tool asks for it. */
export async function createSharedPorts(options: SharedPortsOptions): Promise<SharedPorts> {
	const { context, platform, workspace, services, log } = options;
	const loopbackPorts = () => readSettings()['web.loopbackPorts'];
	const codeSearch = createCodeSearch({
		workspace,
		changes: createWorkspaceChanges(platform.operatingSystem === 'browser' ? undefined : platform.operatingSystem),
		similarity: () => services.similarity(),
		clock: systemClock,
	});
	return {
		ports: {
			clock: systemClock,
			canDelegate: true,
			onBug: error => log.error(error instanceof Error ? error : String(error)),
			web: await platform.openWeb(loopbackPorts),
			allowances: () => ({ loopbackPorts: loopbackPorts() }),
			languages: createLanguageServices({ workspace, clock: systemClock }),
			foreign: createLmTools({ extensionId: context.extension.id }),
			codeSearch,
		},
		dispose: () => codeSearch.dispose(),
	};
}
