import * as vscode from 'vscode';
import { CommandFiles } from '../../agent/checkpoint/commandFiles.ts';
import type { DiskVersions } from '../../agent/checkpoint/diskVersions.ts';
import { systemClock } from '../../agent/clock.ts';
import type { AgentKind, SessionTools, Spender } from '../../agent/session/sessionOptions.ts';
import { commandPlaces } from '../../agent/shell/commandPlace.ts';
import type { Shell } from '../../agent/shellPort.ts';
import { ToolError } from '../../agent/toolError.ts';
import type { Workspace } from '../../agent/workspace.ts';
import { createTools, type ToolPorts, toolDefinition } from '../../tools/index.ts';
import type { OpenedShell, Platform } from '../platform.ts';
import { readSettings } from '../settings.ts';
import { VisibleShell } from '../shell/visibleShell.ts';
import { createFileNews } from '../workspace/fileNews.ts';
import { createSharedPorts, type SharedPorts, type SharedPortsOptions } from './sharedPorts.ts';

export interface WindowToolsOptions extends SharedPortsOptions {
	readonly context: vscode.ExtensionContext;
	readonly platform: Platform;
	readonly workspace: Workspace;
	/** See `ownFolders`. */
	readonly ownFolders: readonly string[];
	readonly log: vscode.LogOutputChannel;
}

/** The tools of every agent of this window, with what they work on: made when the first one needs it. */
export class WindowTools {
	readonly #options: WindowToolsOptions;
	#shared: Promise<SharedPorts> | undefined;
	#reaping: Promise<void> | undefined;
	readonly #shells = new Set<Shell>();
	/** One for all agents: what one of them writes is no work of another's command. */
	readonly #news: ReturnType<typeof createFileNews>;

	constructor(options: WindowToolsOptions) {
		this.#options = options;
		const { operatingSystem } = options.platform;
		this.#news = createFileNews(operatingSystem === 'browser' ? undefined : operatingSystem);
	}

	/** Commands run where the files are, so those must lie on this machine. */
	get canRunCommands(): boolean {
		const [first] = vscode.workspace.workspaceFolders ?? [];
		return this.#options.platform.openShell !== undefined && (first === undefined || first.uri.scheme === 'file');
	}

	/** What one agent may call, with a shell of its own. */
	async open(agent: AgentKind, spender: Spender): Promise<SessionTools> {
		this.#shared ??= createSharedPorts(this.#options);
		const shared = await this.#shared;
		const opened = agent.isReadOnly ? undefined : await this.#openShell();
		const search = this.#options.services.search(spender);
		const tools = createTools({ ...shared.ports, ...(opened && { shell: opened }), search }, agent);
		return {
			tools,
			definitions: tools.map(toolDefinition),
			dispose: async () => {
				if (opened !== undefined) {
					opened.files?.dispose();
					await opened.shell.dispose();
					this.#shells.delete(opened.shell);
				}
			},
		};
	}

	/** Ends what the commands of all agents left running. First of all that is done at the end: there is little time. */
	async endCommands(): Promise<void> {
		await Promise.all([...this.#shells].map(shell => shell.dispose()));
	}

	async dispose(): Promise<void> {
		await this.endCommands();
		this.#news.dispose();
		(await this.#shared)?.dispose();
	}

	async #openShell(): Promise<ToolPorts['shell']> {
		const { ownFolders, log } = this.#options;
		try {
			const opened = await this.#shellOfPlatform();
			if (opened === undefined) {
				return undefined;
			}
			const { facts, environment, versions } = opened;
			const shell = new VisibleShell(opened.shell, {
				environment,
				isWanted: () => readSettings()['commands.visibleTerminal'],
				onUnseen: () => log.warn('The terminal has no shell integration: commands run unseen.'),
			});
			this.#shells.add(shell);
			return { shell, place: commandPlaces({ facts, ownFolders }), files: this.#filesOf(shell, versions) };
		} catch (error) {
			if (!(error instanceof ToolError)) {
				throw error;
			}
			// A machine without a shell that is known: the tool is not offered.
			log.warn(error.message);
			return undefined;
		}
	}

	#filesOf(shell: Shell, versions: DiskVersions): CommandFiles {
		const { workspace, log } = this.#options;
		return new CommandFiles({
			...{ workspace, news: this.#news, versions, clock: systemClock },
			stillRuns: async () => (await shell.running()).length > 0,
			onBug: error => log.error(error instanceof Error ? error : String(error)),
		});
	}

	async #shellOfPlatform(): Promise<OpenedShell | undefined> {
		const { platform, context, log } = this.#options;
		if (!this.canRunCommands) {
			return undefined;
		}
		const folder = vscode.Uri.joinPath(context.globalStorageUri, 'shells');
		this.#reaping ??= this.#reap(folder);
		return platform.openShell?.({
			folder,
			cwd: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
			workspaceFolders: () =>
				(vscode.workspace.workspaceFolders ?? [])
					.filter(({ uri }) => uri.scheme === 'file')
					.map(({ uri }) => uri.fsPath),
			allowedVariables: readSettings()['commands.allowedVariables'],
			onProblem: error => log.warn(`Commands: ${String(error)}`),
		});
	}

	/** What a window that was killed left. Nobody waits for it. */
	async #reap(folder: vscode.Uri): Promise<void> {
		const { platform, log } = this.#options;
		try {
			const reaped = await platform.reapCommands?.(folder);
			if (reaped !== undefined && reaped.ended + reaped.survivors > 0) {
				log.info(`Commands of a window that was killed: ${reaped.ended} ended, ${reaped.survivors} still run.`);
			}
		} catch (error) {
			log.warn(`Commands of windows that were killed: ${String(error)}`);
		}
	}
}
