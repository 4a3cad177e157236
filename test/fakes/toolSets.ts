import { createTools, type ToolPorts } from '../../src/tools/index.ts';
import { manualClock } from './manualClock.ts';
import { MemoryLanguageServices } from './memoryLanguageServices.ts';
import { memoryShell } from './memoryShell.ts';
import { MemoryWorkspace } from './memoryWorkspace.ts';

const OWN_AGENT = { isDelegate: false, isReadOnly: false };

function onBug(error: unknown): never {
	throw error;
}

function unused(): never {
	throw new Error('This tool is named only, not called.');
}

/** For where there is nothing but files. */
export const fileTools = createTools({ onBug }, OWN_AGENT);

/** A port of every kind, for tools that are named but not called. */
export const everyPort: Required<ToolPorts> = {
	shell: { shell: memoryShell({ clock: manualClock(), folders: new Set(['/project']) }), place: unused },
	web: { fetch: unused },
	allowances: unused,
	search: { search: unused },
	codeSearch: { search: unused },
	languages: new MemoryLanguageServices({ workspace: new MemoryWorkspace(), clock: manualClock() }),
	foreign: { list: () => [], invoke: unused },
	canDelegate: true,
	clock: manualClock(),
	onBug,
};
/** All tools that there can be. */
export const everyTool = createTools(everyPort, OWN_AGENT);
