import { CommandFiles } from '../../agent/checkpoint/commandFiles.ts';
import { ownFileNews } from '../../agent/checkpoint/fileNews.ts';
import { systemClock } from '../../agent/clock.ts';
import type { AgentKind, SessionTools, Spender } from '../../agent/session/sessionOptions.ts';
import { commandPlaces } from '../../agent/shell/commandPlace.ts';
import type { Shell } from '../../agent/shellPort.ts';
import { ToolError } from '../../agent/toolError.ts';
import type { SearchClient } from '../../agent/webPort.ts';
import type { Workspace } from '../../agent/workspace.ts';
import { createCodeSearch } from '../../files/codeIndex/createCodeSearch.ts';
import type { BashOptions } from '../../tools/bash.ts';
import { createTools, toolDefinition } from '../../tools/index.ts';
import { createDiskVersions } from '../diskVersions.ts';
import { openNodeShell } from '../shell/nodeShell.ts';
import { createPlaceFacts } from '../shell/placeFacts.ts';
import { findShell, shellCandidates } from '../shell/shellProgram.ts';
import { reapOrphans } from '../shell/shellRecord.ts';
import { createNodeWeb } from '../web/nodeWeb.ts';
import type { CliSettings } from './settingsFile.ts';

export interface CliToolsOptions {
	readonly workspace: Workspace;
	/** Where it works: absolute, without links. */
	readonly folder: string;
	/** Where shells keep outputs and what runs. Need not exist. */
	readonly shells: string;
	/** See `ownFolders`. */
	readonly ownFolders: readonly string[];
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly settings: Pick<CliSettings, 'commands.allowedVariables' | 'web.loopbackPorts'>;
	/** Searches the web for an agent; undefined without a key. */
	search(spender: Spender): SearchClient | undefined;
	/** Takes what went wrong beside the work, for those who look for it. */
	onFault(what: string, error: unknown): void;
}

/** The tools of the agents of one run: all that make sense without an editor. */
export class CliTools {
	readonly #options: CliToolsOptions;
	readonly #codeSearch: ReturnType<typeof createCodeSearch>;
	readonly #shells = new Set<Shell>();
	/** One for all agents: what one of them writes is no work of another's command. */
	readonly #news = ownFileNews();
	/** What the user's own agent may call. */
	names: readonly string[] = [];
	#reaping: Promise<void> | undefined;

	constructor(options: CliToolsOptions) {
		this.#options = options;
		this.#codeSearch = createCodeSearch({ workspace: options.workspace });
	}

	/** What one agent may call, with a shell of its own. @param spender absent where no model is asked. */
	async open(agent: AgentKind, spender?: Spender): Promise<SessionTools> {
		const { search: searchFor, settings, onFault } = this.#options;
		const loopbackPorts = () => settings['web.loopbackPorts'];
		const bash = agent.isReadOnly ? undefined : await this.#openShell();
		const search = spender && searchFor(spender);
		const tools = createTools(
			{
				...(bash && { shell: bash }),
				web: createNodeWeb({ loopbackPorts }),
				allowances: () => ({ loopbackPorts: loopbackPorts() }),
				...(search && { search }),
				codeSearch: this.#codeSearch,
				canDelegate: spender !== undefined,
				onBug: error => onFault('A tool failed inside.', error),
			},
			agent,
		);
		if (!agent.isDelegate) {
			this.names = tools.map(({ name }) => name);
		}
		return {
			tools,
			definitions: tools.map(toolDefinition),
			dispose: async () => {
				if (bash !== undefined) {
					bash.files?.dispose();
					await bash.shell.dispose();
					this.#shells.delete(bash.shell);
				}
			},
		};
	}

	/** Whether the agents get a tool for commands. */
	async canRunCommands(): Promise<boolean> {
		try {
			await findShell(shellCandidates(process.platform, this.#options.environment));
			return true;
		} catch (error) {
			if (error instanceof ToolError) {
				return false;
			}
			throw error;
		}
	}

	/** Ends what the commands of all agents run, within a moment. No shell takes a command after that. */
	async endCommands(): Promise<void> {
		await Promise.all([...this.#shells].map(shell => shell.dispose()));
	}

	async dispose(): Promise<void> {
		await this.endCommands();
		this.#codeSearch.dispose();
	}

	/** Undefined on a machine without a shell that is known. */
	async #openShell(): Promise<BashOptions | undefined> {
		if (!(await this.canRunCommands())) {
			return undefined;
		}
		const { folder, shells, environment, settings, ownFolders, onFault } = this.#options;
		const workspaceFolders = () => [folder];
		const allowedVariables = settings['commands.allowedVariables'];
		this.#reaping ??= this.#reap();
		const shell = await openNodeShell({
			...{ folder: shells, cwd: folder, workspaceFolders, environment, allowedVariables },
			onProblem: error => onFault('What runs could not be noted on disk.', error),
		});
		this.#shells.add(shell);
		const facts = createPlaceFacts({ workspaceFolders, environment, allowedVariables });
		const files = new CommandFiles({
			...{ workspace: this.#options.workspace, news: this.#news, versions: createDiskVersions(), clock: systemClock },
			stillRuns: async () => (await shell.running()).length > 0,
			onBug: error => onFault('What commands changed could not be followed.', error),
		});
		return { shell, place: commandPlaces({ facts, ownFolders }), files };
	}

	/** Ends what a run that was killed left. Nobody waits for it. */
	async #reap(): Promise<void> {
		const { shells, onFault } = this.#options;
		try {
			await reapOrphans(shells);
		} catch (error) {
			onFault('Commands of runs that were killed could not be ended.', error);
		}
	}
}
