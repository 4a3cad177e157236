/**
 * What the user allowed once and for longer. Rules are kept outside the workspace, so that no repository brings its own,
 * and each is bound to what was shown when it was given.
 */
import * as z from 'zod';
import { type CommandRule, commandRule, ruleText } from '../shell/commandRules.ts';
import { visibleCommand } from '../shell/commandText.ts';
import { serverApproval } from './serverApprovals.ts';

/** How long a rule holds: in this session; in every session of this workspace; everywhere. */
export const ruleScopes = ['session', 'workspace', 'always'] as const;
export type RuleScope = (typeof ruleScopes)[number];

export const approvalRule = z
	.discriminatedUnion('kind', [
		/** Edits of unprotected files of the workspace. */
		z.strictObject({ kind: z.literal('edits') }),
		z.strictObject({ kind: z.literal('command'), rule: commandRule }),
		/** Pages of this host, port included, over https. */
		z.strictObject({ kind: z.literal('host'), host: z.string().min(1) }),
		z.strictObject({ kind: z.literal('search') }),
		z.strictObject({ kind: z.literal('server'), approval: serverApproval }),
		/** Reads of this path outside the workspace, or of this secret, and of what is below that is no secret. */
		z.strictObject({ kind: z.literal('read'), path: z.string().min(1) }),
		/** Writes below this folder outside the workspace. */
		z.strictObject({ kind: z.literal('write'), folder: z.string().min(1) }),
	])
	.readonly();
export type ApprovalRule = z.infer<typeof approvalRule>;

/** Rules that hold beyond a session. Implemented over a file outside the workspace, and in memory. */
export interface RuleStore {
	/** Those for this workspace and for everywhere, as they are now. What is stored and is no rule is left out. */
	rules(): Promise<readonly StoredRule[]>;
	/** Durable when it resolves. Adding what is there already changes nothing. */
	add(rule: ApprovalRule, scope: StoredScope): Promise<void>;
	remove(rule: StoredRule): Promise<void>;
}

export type StoredScope = Exclude<RuleScope, 'session'>;

export interface StoredRule {
	readonly rule: ApprovalRule;
	readonly scope: StoredScope;
}

/** The rule in a few words, for cards and lists. */
export function describeRule(rule: ApprovalRule): string {
	switch (rule.kind) {
		case 'edits':
			return 'edits of unprotected files';
		case 'command':
			return `${rule.rule.effect === 'deny' ? 'never: ' : ''}${ruleText(rule.rule)}`;
		case 'host':
			return `pages of ${rule.host}`;
		case 'search':
			return 'web searches';
		case 'server':
			return `tools of ${rule.approval.server}`;
		case 'read':
			return `reading ${visibleCommand(rule.path)}`;
		case 'write':
			return `writing below ${visibleCommand(rule.folder)}`;
		default:
			return rule satisfies never;
	}
}

export function commandRules(rules: readonly ApprovalRule[]): readonly CommandRule[] {
	return rules.flatMap(rule => (rule.kind === 'command' ? [rule.rule] : []));
}

/** Two rules that allow the same. */
export function isSameRule(a: ApprovalRule, b: ApprovalRule): boolean {
	return JSON.stringify(a) === JSON.stringify(b);
}
