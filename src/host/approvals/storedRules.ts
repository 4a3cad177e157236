import * as z from 'zod';
import {
	type ApprovalRule,
	approvalRule,
	isSameRule,
	type RuleStore,
	type StoredRule,
	type StoredScope,
} from '../../agent/approval/approvalRules.ts';
import type { SharedFile } from '../platform.ts';

/** Entries stand as they were written: only what parses as a rule counts, and what does not is left in its place. */
const entries = z.array(z.unknown());
const ruleFile = z.looseObject({
	version: z.literal(1),
	always: entries.default([]),
	/** By the identity of the workspace. */
	workspaces: z.record(z.string(), entries).default({}),
});
type RuleFile = z.infer<typeof ruleFile>;

const NO_RULES: RuleFile = { version: 1, always: [], workspaces: {} };

export interface StoredRulesOptions {
	/** Outside every workspace, shared by all windows. */
	readonly file: SharedFile;
	/** Tells this workspace from others, see `workspaceIdentity`. */
	readonly workspace: string;
}

/** The rules that hold beyond a session, in one file for all workspaces. Read at each call: another window may have added. */
export class StoredRules implements RuleStore {
	readonly #file: SharedFile;
	readonly #workspace: string;
	/** What was read last, so that the same text is parsed once. */
	#parsed: { readonly text: string | undefined; readonly rules: readonly StoredRule[] } | undefined;

	constructor({ file, workspace }: StoredRulesOptions) {
		this.#file = file;
		this.#workspace = workspace;
	}

	async rules(): Promise<readonly StoredRule[]> {
		const text = await this.#file.read();
		if (this.#parsed === undefined || this.#parsed.text !== text) {
			this.#parsed = { text, rules: this.#rulesOf(parse(text) ?? NO_RULES) };
		}
		return this.#parsed.rules;
	}

	async add(rule: ApprovalRule, scope: StoredScope): Promise<void> {
		const stored = approvalRule.parse(rule);
		await this.#change(scope, present =>
			present.some(entry => isRule(entry, stored)) ? present : [...present, stored],
		);
	}

	async remove({ rule, scope }: StoredRule): Promise<void> {
		await this.#change(scope, present => present.filter(entry => !isRule(entry, rule)));
	}

	/** Removes every rule for this workspace and for everywhere. Those of other workspaces stay. */
	async removeAll(): Promise<void> {
		const withoutRules = (present: readonly unknown[]) => present.filter(entry => ruleOf(entry) === undefined);
		await this.#change('always', withoutRules);
		await this.#change('workspace', withoutRules);
	}

	#rulesOf(file: RuleFile): readonly StoredRule[] {
		return [...rulesIn(entriesOf(file, this.#workspace), 'workspace'), ...rulesIn(file.always, 'always')];
	}

	async #change(scope: StoredScope, edit: (present: readonly unknown[]) => readonly unknown[]): Promise<void> {
		await this.#file.change(text => {
			const parsed = parse(text);
			const file = parsed ?? NO_RULES;
			const own = this.#workspace;
			const next =
				scope === 'always'
					? { ...file, always: edit(file.always) }
					: { ...file, workspaces: { ...file.workspaces, [own]: edit(entriesOf(file, own)) } };
			return {
				text: `${JSON.stringify(next, undefined, '\t')}\n`,
				keepsOld: text !== undefined && parsed === undefined,
			};
		});
	}
}

/** @returns undefined for what is no file of rules: then there are none. */
function parse(text: string | undefined): RuleFile | undefined {
	if (text === undefined) {
		return undefined;
	}
	try {
		const parsed = ruleFile.safeParse(JSON.parse(text));
		return parsed.success ? parsed.data : undefined;
	} catch {
		// Half a file, or somebody else's: what it meant cannot be told.
		return undefined;
	}
}

function entriesOf({ workspaces }: RuleFile, workspace: string): readonly unknown[] {
	return (Object.hasOwn(workspaces, workspace) ? workspaces[workspace] : undefined) ?? [];
}

function rulesIn(present: readonly unknown[], scope: StoredScope): readonly StoredRule[] {
	return present.flatMap(entry => {
		const rule = ruleOf(entry);
		return rule === undefined ? [] : [{ rule, scope }];
	});
}

function ruleOf(entry: unknown): ApprovalRule | undefined {
	const parsed = approvalRule.safeParse(entry);
	return parsed.success ? parsed.data : undefined;
}

function isRule(entry: unknown, rule: ApprovalRule): boolean {
	const found = ruleOf(entry);
	return found !== undefined && isSameRule(found, rule);
}
