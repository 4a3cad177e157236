import { homedir } from 'node:os';
import type { DiskVersions } from '../../agent/checkpoint/diskVersions.ts';
import type { PlaceFacts } from '../../agent/shell/commandPlace.ts';
import type { Shell } from '../../agent/shellPort.ts';
import { createDiskVersions } from '../diskVersions.ts';
import { commandEnvironment } from './environment.ts';
import { type NodeShellOptions, openNodeShell } from './nodeShell.ts';
import { createPlaceFacts } from './placeFacts.ts';
import { safeSearchPath } from './searchPath.ts';

export interface EditorShellOptions extends Omit<NodeShellOptions, 'cwd' | 'environment'> {
	/** The user's home when absent. */
	readonly cwd: string | undefined;
}

/**
 * A shell for an agent of the editor, in the environment that the editor itself runs in, and what decides about its
 * commands looks up. @throws ToolError when the machine has none.
 */
export async function openEditorShell(options: EditorShellOptions): Promise<{
	readonly shell: Shell;
	readonly facts: PlaceFacts;
	readonly versions: DiskVersions;
	readonly environment: Readonly<Record<string, string>>;
}> {
	const environment = process.env;
	const { workspaceFolders, allowedVariables, cwd = homedir() } = options;
	const shell = await openNodeShell({ ...options, cwd, environment });
	return {
		shell,
		versions: createDiskVersions(),
		facts: createPlaceFacts({ workspaceFolders, environment, allowedVariables }),
		environment: await terminalEnvironment(options),
	};
}

/** As commands have it, but for what is said of terminals: the editor's own is none that is dumb. */
async function terminalEnvironment({
	workspaceFolders,
	allowedVariables,
}: EditorShellOptions): Promise<Readonly<Record<string, string>>> {
	const { variables } = commandEnvironment({ environment: process.env, allowed: allowedVariables });
	const { TERM: _, NO_COLOR: __, ...rest } = variables;
	return { ...rest, PATH: await safeSearchPath(process.env['PATH'] ?? '', workspaceFolders()) };
}
