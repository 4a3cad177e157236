import type { SessionStore, SessionSummary } from '../../agent/session/log.ts';
import type { Session } from '../../agent/session/session.ts';
import type { SessionView } from '../../protocol/messages.ts';
import type { StoredRules } from '../approvals/storedRules.ts';
import type { Translate } from '../translate.ts';

/** What `Sessions` needs to bring a session to life. */
export interface SessionFactory {
	readonly store: SessionStore;
	/** What the user allowed for longer than a session. */
	readonly rules: StoredRules;
	/** The rules of the repository as the prompt has them; empty when there are none, or the user does not trust it. */
	currentRules(signal: AbortSignal): Promise<string>;
	create(): Promise<Session>;
	open(sessionId: string, options?: { readonly takeOver: boolean }): Promise<Session>;
	/** Ends what the commands of all sessions run. */
	endCommands(): Promise<void>;
	dispose(): Promise<void>;
}

/** The sessions of this workspace: those that live in this window, and the stored rest. */
export class Sessions {
	readonly #factory: SessionFactory;
	readonly #live = new Map<string, Session>();

	constructor(factory: SessionFactory) {
		this.#factory = factory;
	}

	async create(): Promise<Session> {
		const session = await this.#factory.create();
		this.#live.set(session.id, session);
		return session;
	}

	/** The living session, or the stored one brought to life. @throws Error when there is none with this id. */
	async open(sessionId: string): Promise<Session> {
		const live = this.#live.get(sessionId);
		if (live !== undefined) {
			return live;
		}
		const session = await this.#factory.open(sessionId);
		this.#live.set(sessionId, session);
		return session;
	}

	/** Opens the session for writing although another window has it; that window then only reads. */
	async takeOver(sessionId: string): Promise<Session> {
		await this.release(sessionId);
		const session = await this.#factory.open(sessionId, { takeOver: true });
		this.#live.set(sessionId, session);
		return session;
	}

	/** Lets go of a session that is not on screen any more, unless it works or waits. */
	async release(sessionId: string): Promise<void> {
		const session = this.#live.get(sessionId);
		if (session !== undefined && !session.isRunning) {
			this.#live.delete(sessionId);
			await session.dispose();
		}
	}

	/** Stops the turns that ask a model over the network. */
	stopRequests(): void {
		for (const session of this.#live.values()) {
			if (session.isRunning && session.state.model?.isBuiltIn !== true) {
				session.stop();
			}
		}
	}

	/** With the sessions of the agents that worked for it. */
	async delete(sessionId: string): Promise<void> {
		const session = this.#live.get(sessionId);
		this.#live.delete(sessionId);
		session?.stop();
		await session?.dispose();
		const { store } = this.#factory;
		// Those first: where this is cut short, the session is still there to be deleted again.
		const helpers = (await store.list()).filter(({ parent }) => parent === sessionId);
		await Promise.all(helpers.map(({ id }) => store.delete(id)));
		await store.delete(sessionId);
	}

	/** Newest first; those that wait for the user before all. Not those of agents that worked for another. */
	async list(t: Translate): Promise<SessionView[]> {
		const own = (await this.#factory.store.list()).filter(({ parent }) => parent === undefined);
		const views = own.map(summary => this.#view(summary, t));
		const rank = (view: SessionView) => (view.state === 'waiting' ? 0 : 1);
		return views.sort((a, b) => rank(a) - rank(b) || b.updatedAt - a.updatedAt);
	}

	/** Ends all that works. What it runs is ended first: the editor grants about a second. */
	async dispose(): Promise<void> {
		const commands = this.#factory.endCommands();
		await Promise.all([commands, ...[...this.#live.values()].map(session => session.dispose())]);
		await this.#factory.dispose();
	}

	#view({ id, title, updatedAt }: SessionSummary, t: Translate): SessionView {
		const session = this.#live.get(id);
		if (session === undefined || !session.isRunning) {
			return { id, title, updatedAt, state: 'idle', note: '' };
		}
		return session.pendingApprovals.length > 0
			? { id, title, updatedAt, state: 'waiting', note: t('Waiting for your approval') }
			: { id, title, updatedAt, state: 'running', note: t('Working') };
	}
}
