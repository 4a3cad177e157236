import type { ToolContext } from '../../src/agent/tool.ts';

/** What a tool gets for a call that needs nobody's word and makes no calls of its own. */
export function toolContext(more: Pick<ToolContext, 'workspace'> & Partial<ToolContext>): ToolContext {
	return {
		callId: 'call',
		signal: new AbortController().signal,
		recordChange: async () => undefined,
		recordMade: async () => undefined,
		allowed: { why: 'free' },
		seesImages: true,
		onOutput: () => undefined,
		call: () => Promise.reject(new Error('No calls are made here.')),
		...more,
	};
}
