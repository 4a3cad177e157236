import type { AgentMode, ApprovalLevel } from '../../agent/approval/policy.ts';
import type { Session } from '../../agent/session/session.ts';

export interface SessionRightsOptions {
	/** The one on screen; undefined before the first message of a new one. */
	session(): Session | undefined;
	/** The level that sessions begin with. */
	initialLevel(): ApprovalLevel;
	/** Called when mode or level of a session that is yet to come changed. */
	onChanged(): void;
	/** Asks the user whether everything may be allowed, where neither a page nor a command answers; true for a plain yes. */
	confirm(): Promise<boolean>;
}

/**
 * What the user lets the agent of the session on screen do. Chosen before there is one, it goes to the next one that is
 * made.
 */
export class SessionRights {
	readonly #options: SessionRightsOptions;
	#next: { readonly mode?: AgentMode; readonly level?: ApprovalLevel } = {};

	constructor(options: SessionRightsOptions) {
		this.#options = options;
	}

	get mode(): AgentMode {
		return this.#options.session()?.permissions.mode ?? this.#next.mode ?? 'agent';
	}

	get level(): ApprovalLevel {
		const { session, initialLevel } = this.#options;
		return session()?.permissions.level ?? this.#next.level ?? initialLevel();
	}

	async setMode(mode: AgentMode): Promise<void> {
		const session = this.#options.session();
		if (session !== undefined) {
			return session.setMode(mode);
		}
		this.#next = { ...this.#next, mode };
		this.#options.onChanged();
	}

	/** Allowing everything takes the user's word, whoever asks for it. */
	async setLevel(level: ApprovalLevel): Promise<void> {
		const { session, confirm, onChanged } = this.#options;
		const asked = session();
		if (level === this.level) {
			return;
		}
		if (level === 'everything' && !(await confirm())) {
			// The page may show the choice already.
			onChanged();
			return;
		}
		if (session() !== asked) {
			// The question was about the session that was on screen then.
			return;
		}
		if (asked !== undefined) {
			return asked.setLevel(level);
		}
		this.#next = { ...this.#next, level };
		onChanged();
	}

	/** Gives a session that was just made what was chosen for it. */
	async handOver(session: Session): Promise<void> {
		const { mode, level } = this.#next;
		this.#next = {};
		if (mode !== undefined) {
			await session.setMode(mode);
		}
		if (level !== undefined) {
			await session.setLevel(level);
		}
	}

	/** Forgets what was chosen for the next session: another one comes on screen. */
	clear(): void {
		this.#next = {};
	}
}
