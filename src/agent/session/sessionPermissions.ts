import type { ApprovalRule, RuleScope } from '../approval/approvalRules.ts';
import { isSameRule, type RuleStore } from '../approval/approvalRules.ts';
import type { AgentMode, ApprovalLevel, Permissions } from '../approval/policy.ts';
import type { SessionEvent } from '../events.ts';

export interface SessionPermissionsOptions {
	/** What holds beyond this session. */
	readonly rules: RuleStore;
	/** Whether the user trusts the workspace. */
	isTrusted(): boolean;
	/** Absolute paths of folders that are ours or the editor's. */
	readonly ownFolders: readonly string[];
	/** The level that a session begins with, at each start of the editor. */
	readonly initialLevel: ApprovalLevel;
	readonly onBug: (error: unknown) => void;
}

/**
 * What the user lets the session's agent do. Mode and rules follow from the session's events; the level does not, so
 * that a session that is opened again begins with the usual one.
 */
export class SessionPermissions {
	readonly #options: SessionPermissionsOptions;
	#mode: AgentMode = 'agent';
	#level: ApprovalLevel;
	#rules: readonly ApprovalRule[] = [];
	#isHeld = false;
	#hasSeenOutside = false;

	constructor(options: SessionPermissionsOptions) {
		this.#options = options;
		this.#level = options.initialLevel;
	}

	get mode(): AgentMode {
		return this.#mode;
	}
	/** Edits that the user allowed for the session by a card count as the level that allows them. */
	get level(): ApprovalLevel {
		return this.#level === 'ask' && this.#rules.some(({ kind }) => kind === 'edits') ? 'edits' : this.#level;
	}
	/** Text from outside came in at all. */
	get hasSeenOutside(): boolean {
		return this.#hasSeenOutside;
	}
	/** Text from outside came in since the user's last message. */
	get isHeld(): boolean {
		return this.#isHeld;
	}

	apply(event: SessionEvent): void {
		switch (event.type) {
			case 'modeSet':
				this.#mode = event.mode;
				return;
			case 'ruleAdded':
				if (!this.#rules.some(rule => isSameRule(rule, event.rule))) {
					this.#rules = [...this.#rules, event.rule];
				}
				return;
			case 'levelSet':
				// To be asked again takes back what cards allowed for the session; to be asked less leaves it.
				this.#rules = event.level === 'ask' ? [] : this.#rules.filter(({ kind }) => kind !== 'edits');
				return;
			case 'toolEnd':
				if (event.result.isFromOutside) {
					this.#isHeld = true;
					this.#hasSeenOutside = true;
				}
				return;
			case 'user':
			case 'steer':
				this.#isHeld = false;
				return;
			default:
		}
	}

	/** Not by an event: see the class. */
	setLevel(level: ApprovalLevel): void {
		this.#level = level;
	}

	/**
	 * As they are now. Where stored rules cannot be read there are none; and since some forbid, it is as if text from outside
	 * had come in: what rules and level would free is asked for.
	 */
	async current(): Promise<Permissions> {
		const { rules, isTrusted, ownFolders, onBug } = this.#options;
		let stored: readonly ApprovalRule[] = [];
		let isUnsure = false;
		try {
			stored = (await rules.rules()).map(({ rule }) => rule);
		} catch (error) {
			onBug(error);
			isUnsure = true;
		}
		return {
			mode: this.#mode,
			level: this.#level,
			isTrusted: isTrusted(),
			isHeld: this.#isHeld || isUnsure,
			rules: [...this.#rules, ...stored],
			ownFolders,
		};
	}

	/** Keeps a rule beyond this session. */
	async store(rule: ApprovalRule, scope: Exclude<RuleScope, 'session'>): Promise<void> {
		await this.#options.rules.add(rule, scope);
	}
}
