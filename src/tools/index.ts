/** The tools, in the order in which every request names them: part of the cached prefix, so it never varies. */
import { type Clock, systemClock } from '../agent/clock.ts';
import type { CodeSearch } from '../agent/codeSearch.ts';
import type { ForeignTools } from '../agent/foreignTools.ts';
import type { LanguageServices } from '../agent/languageServices.ts';
import type { AgentKind } from '../agent/session/sessionOptions.ts';
import type { Tool } from '../agent/tool.ts';
import type { UrlAllowances } from '../agent/urlPolicy.ts';
import type { SearchClient, Web } from '../agent/webPort.ts';
import { type BashOptions, createBashTool } from './bash.ts';
import { batchTool } from './batch.ts';
import { createCodesearchTool } from './codesearch.ts';
import { diagnosticsTool } from './diagnostics.ts';
import { editTool } from './edit.ts';
import { followingFiles } from './followFiles.ts';
import { globTool } from './glob.ts';
import { grepTool } from './grep.ts';
import { EditProblems } from './language/editProblems.ts';
import { listTool } from './list.ts';
import { patchTool } from './patch.ts';
import { readTool } from './read.ts';
import { renameTool } from './rename.ts';
import { SeenFiles } from './seenFiles.ts';
import { symbolsTool } from './symbols.ts';
import { taskTool } from './task.ts';
import { todoTool } from './todo.ts';
import { foreignTools } from './toolSearch.ts';
import { createWebfetchTool } from './webfetch.ts';
import { createWebsearchTool } from './websearch.ts';
import { writeTool } from './write.ts';

/** What there is where the agent runs. What is absent has no tool. */
export interface ToolPorts {
	/** The agent's own: it keeps a working directory. */
	readonly shell?: BashOptions;
	readonly web?: Web;
	/** What of the web is allowed beyond the usual, asked at each call. */
	readonly allowances?: () => UrlAllowances;
	readonly search?: SearchClient;
	readonly codeSearch?: CodeSearch;
	readonly languages?: LanguageServices;
	readonly foreign?: ForeignTools;
	/** Other agents can be had. */
	readonly canDelegate?: boolean;
	readonly clock?: Clock;
	/** Takes errors that are bugs, of ours or of a language server. Must not throw. */
	onBug(error: unknown): void;
}

/**
 * The tools of one agent; what they keep, such as where reading stopped, is its own. An agent that works for another has
 * none for having others work and none for the plan that the user sees; one that only reads has what only reads.
 */
export function createTools(ports: ToolPorts, { isDelegate, isReadOnly }: AgentKind): readonly Tool[] {
	const { languages: services, codeSearch, clock = systemClock } = ports;
	const websearch = ports.search && createWebsearchTool(ports.search, { clock });
	const problems = services && !isReadOnly ? new EditProblems({ services, clock, onBug: ports.onBug }) : undefined;
	const seen = new SeenFiles();
	const own = [
		...[readTool(seen), listTool, globTool, grepTool],
		...(codeSearch ? [createCodesearchTool({ codeSearch, ...(websearch && { searchWeb: websearch.run }) })] : []),
		...(services ? [symbolsTool({ services }), diagnosticsTool({ services, clock })] : []),
		...(isReadOnly ? [] : [editTool(problems, seen), writeTool(problems, seen), patchTool(problems, seen)]),
		...(services && !isReadOnly ? [renameTool({ services, problems })] : []),
		...(ports.shell && !isReadOnly ? [createBashTool(ports.shell)] : []),
		...(ports.web ? [createWebfetchTool(ports.web, ports.allowances)] : []),
		...(websearch ? [websearch] : []),
		batchTool(problems),
		...(ports.canDelegate && !isDelegate ? [taskTool] : []),
		...(isDelegate ? [] : [todoTool]),
	];
	const taken = new Set(own.map(({ name }) => name));
	const foreign = ports.foreign === undefined || isReadOnly ? [] : foreignTools({ foreign: ports.foreign, taken });
	const files = isReadOnly ? undefined : ports.shell?.files;
	// Of those that only have others make calls, each call is followed by itself; the tool for commands follows its own.
	const isFollowed = ({ name, effect }: Tool) => name !== 'bash' && effect !== 'session';
	return [...own, ...foreign].map(tool => (files && isFollowed(tool) ? followingFiles(tool, files) : tool));
}

export { toolDefinition } from './toolDefinition.ts';
