import type { RuleStore } from '../../agent/approval/approvalRules.ts';

/** Nothing is allowed for longer than a run: what the user allowed in the editor was allowed where they look on. */
export const noRules: RuleStore = {
	rules: async () => [],
	add: () => Promise.reject(new Error('On the command line no rule is kept.')),
	remove: async () => undefined,
};
