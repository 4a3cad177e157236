import {
	type ApprovalRule,
	isSameRule,
	type RuleStore,
	type StoredRule,
	type StoredScope,
} from '../../src/agent/approval/approvalRules.ts';

/** Rules in memory, as a file outside the workspace keeps them. */
export class MemoryRuleStore implements RuleStore {
	#stored: readonly StoredRule[] = [];

	constructor(stored: readonly StoredRule[] = []) {
		this.#stored = stored;
	}

	async rules(): Promise<readonly StoredRule[]> {
		return this.#stored;
	}

	async add(rule: ApprovalRule, scope: StoredScope): Promise<void> {
		if (!this.#stored.some(stored => stored.scope === scope && isSameRule(stored.rule, rule))) {
			this.#stored = [...this.#stored, { rule, scope }];
		}
	}

	async remove({ rule, scope }: StoredRule): Promise<void> {
		this.#stored = this.#stored.filter(stored => stored.scope !== scope || !isSameRule(stored.rule, rule));
	}
}
