import type { SessionOptions } from '../../src/agent/session/sessionOptions.ts';
import type { Tool } from '../../src/agent/tool.ts';
import { toolDefinition } from '../../src/tools/toolDefinition.ts';
import { MemoryRuleStore } from './memoryRuleStore.ts';

/** For a session whose tools keep nothing, and for which the user allowed nothing beforehand. */
export function plainRights(
	tools: readonly Tool[],
): Pick<SessionOptions, 'openTools' | 'rules' | 'ownFolders' | 'initialLevel'> {
	const definitions = tools.map(toolDefinition);
	return {
		openTools: async () => ({ tools, definitions, dispose: async () => undefined }),
		rules: new MemoryRuleStore(),
		ownFolders: [],
		initialLevel: () => 'ask',
	};
}
