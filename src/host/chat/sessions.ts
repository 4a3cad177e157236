import type { SessionStore, SessionSummary } from '../../agent/session/log.ts';
import type { Session } from '../../agent/session/session.ts';
import type { Subscription } from '../../agent/session/sessionOptions.ts';
import type { Workspace } from '../../agent/workspace.ts';
import type { SessionView } from '../../protocol/messages.ts';
import type { StoredRules } from '../approvals/storedRules.ts';
import type { ReviewHub } from '../review/reviewHub.ts';
import type { Translate } from '../translate.ts';

/** What `Sessions` needs to bring a session to life. */
export interface SessionFactory {
	readonly store: SessionStore;
	readonly workspace: Workspace;
	/** What the user allowed for longer than a session. */
	readonly rules: StoredRules;
	/** The rules of the repository as the prompt has them; empty when there are none, or the user does not trust it. */
	currentRules(signal: AbortSignal): Promise<string>;
	create(): Promise<Session>;
	/** A session without tools, whose answers go into a region of a file. */
	createInline(): Promise<Session>;
	open(sessionId: string, options?: { readonly takeOver: boolean }): Promise<Session>;
	/** Ends what the commands of all sessions run. */
	endCommands(): Promise<void>;
	dispose(): Promise<void>;
}

/** Which sessions have edits under review, over a reload of the window. */
export interface ReviewMemory {
	read(): readonly string[];
	write(sessionIds: readonly string[]): void;
}

export interface SessionsOptions {
	readonly factory: SessionFactory;
	readonly reviews: ReviewHub;
	readonly memory: ReviewMemory;
	/** Takes what goes wrong where nobody waits. */
	readonly report: (error: unknown) => void;
}

interface Live {
	readonly session: Session;
	/** Absent where another window has the session. */
	readonly review: Subscription | undefined;
}

/** The sessions of this workspace: those that live in this window, and the stored rest. */
export class Sessions {
	readonly #factory: SessionFactory;
	readonly #reviews: ReviewHub;
	readonly #memory: ReviewMemory;
	readonly #report: (error: unknown) => void;
	readonly #live = new Map<string, Live>();
	/** Opening, by id: nobody opens one twice. */
	readonly #opening = new Map<string, Promise<Session>>();
	/** Being closed, by id: until that is over, nobody else can write them. */
	readonly #closing = new Map<string, Promise<void>>();
	/** Live, and not on screen: they go when nothing of theirs is under review any more. */
	readonly #released = new Set<string>();
	/** To be opened for their edits, or held by another window: not to be forgotten meanwhile. */
	readonly #toReview: Set<string>;
	readonly #subscription: Subscription;
	#reopening: Promise<void> | undefined;

	constructor({ factory, reviews, memory, report }: SessionsOptions) {
		this.#factory = factory;
		this.#reviews = reviews;
		this.#memory = memory;
		this.#report = report;
		this.#toReview = new Set(memory.read());
		this.#subscription = reviews.onDidChange(() => this.#reviewChanged());
	}

	async create(): Promise<Session> {
		return this.#enter(await this.#factory.create());
	}

	/** A session for an inline edit, which no page shows. Whoever made it releases it. */
	async createInline(): Promise<Session> {
		return this.#enter(await this.#factory.createInline());
	}

	/** As the tools of the sessions see it. */
	get workspace(): Workspace {
		return this.#factory.workspace;
	}

	/** The living session, or the stored one brought to life. @throws Error when there is none with this id. */
	async open(sessionId: string): Promise<Session> {
		const session = await this.#open(sessionId);
		this.#released.delete(sessionId);
		return session;
	}

	/** Opens the session for writing although another window has it; that window then only reads. */
	async takeOver(sessionId: string): Promise<Session> {
		await this.#close(sessionId);
		return this.#enter(await this.#factory.open(sessionId, { takeOver: true }));
	}

	/** Lets go of a session that is not on screen any more, unless it works or waits, or has edits under review. */
	async release(sessionId: string): Promise<void> {
		const session = this.#live.get(sessionId)?.session;
		if (session === undefined) {
			return;
		}
		this.#released.add(sessionId);
		await this.#closeIfDone(sessionId);
	}

	/**
	 * Opens the sessions whose edits were under review when the window was closed, once. One that another window has is
	 * left to it.
	 */
	reopenReviewed(): Promise<void> {
		this.#reopening ??= this.#reopenAll().catch((error: unknown) => {
			// What could not be read may be there the next time.
			this.#reopening = undefined;
			throw error;
		});
		return this.#reopening;
	}

	/** Stops the turns that ask a model over the network. */
	stopRequests(): void {
		for (const { session } of this.#live.values()) {
			if (session.isRunning && session.state.model?.isBuiltIn !== true) {
				session.stop();
			}
		}
	}

	/** With the sessions of the agents that worked for it. */
	async delete(sessionId: string): Promise<void> {
		this.#live.get(sessionId)?.session.stop();
		this.#toReview.delete(sessionId);
		await this.#close(sessionId);
		const { store } = this.#factory;
		// Those first: where this is cut short, the session is still there to be deleted again.
		const helpers = (await store.list()).filter(({ parent }) => parent === sessionId);
		await Promise.all(helpers.map(({ id }) => store.delete(id)));
		await store.delete(sessionId);
	}

	/** Newest first; those that wait for the user before all. Not those of agents that worked for another, nor of inline edits. */
	async list(t: Translate): Promise<SessionView[]> {
		const own = (await this.#factory.store.list()).filter(
			({ parent, kind }) => parent === undefined && kind !== 'inline',
		);
		const views = own.map(summary => this.#view(summary, t));
		const rank = (view: SessionView) => (view.state === 'waiting' ? 0 : 1);
		return views.sort((a, b) => rank(a) - rank(b) || b.updatedAt - a.updatedAt);
	}

	/** Ends all that works. What it runs is ended first: the editor grants about a second. */
	async dispose(): Promise<void> {
		// What is under review now is what the next window begins with.
		this.#subscription.dispose();
		const commands = this.#factory.endCommands();
		const closed = [...this.#live.values()].map(({ session }) => session.dispose());
		await Promise.all([commands, ...closed, ...this.#closing.values()]);
		await this.#factory.dispose();
	}

	#enter(session: Session): Session {
		// Where another window writes the session, its edits are decided there.
		const review = session.isReadOnly ? undefined : this.#reviews.add(session.id, session.review);
		this.#live.set(session.id, { session, review });
		return session;
	}

	#open(sessionId: string): Promise<Session> {
		const live = this.#live.get(sessionId)?.session;
		if (live !== undefined) {
			return Promise.resolve(live);
		}
		const opening =
			this.#opening.get(sessionId) ??
			this.#openStored(sessionId).finally(() => {
				this.#opening.delete(sessionId);
			});
		this.#opening.set(sessionId, opening);
		return opening;
	}

	async #reopenAll(): Promise<void> {
		const wanted = [...this.#toReview];
		if (wanted.length === 0) {
			return;
		}
		const stored = new Set((await this.#factory.store.list()).map(({ id }) => id));
		for (const id of wanted) {
			if (stored.has(id)) {
				await this.#reopen(id);
			} else {
				this.#toReview.delete(id);
			}
		}
		this.#remember();
	}

	async #openStored(sessionId: string): Promise<Session> {
		await this.#closing.get(sessionId);
		return this.#enter(await this.#factory.open(sessionId));
	}

	async #reopen(sessionId: string): Promise<void> {
		if (this.#live.has(sessionId) || this.#opening.has(sessionId)) {
			// It came on screen meanwhile.
			this.#toReview.delete(sessionId);
			return;
		}
		this.#released.add(sessionId);
		try {
			const session = await this.#open(sessionId);
			await session.review.whenReady();
			if (session.isReadOnly) {
				await this.#closeIfReleased(sessionId);
				return;
			}
			this.#toReview.delete(sessionId);
			await this.#closeIfDone(sessionId);
		} catch (error) {
			this.#released.delete(sessionId);
			this.#report(error);
		}
	}

	async #closeIfDone(sessionId: string): Promise<void> {
		const session = this.#live.get(sessionId)?.session;
		if (session !== undefined && !session.isRunning && !this.#reviews.isPending(sessionId)) {
			await this.#closeIfReleased(sessionId);
		}
	}

	async #closeIfReleased(sessionId: string): Promise<void> {
		if (this.#released.has(sessionId)) {
			await this.#close(sessionId);
		}
	}

	#close(sessionId: string): Promise<void> {
		const live = this.#live.get(sessionId);
		if (live === undefined) {
			return this.#closing.get(sessionId) ?? Promise.resolve();
		}
		this.#live.delete(sessionId);
		this.#released.delete(sessionId);
		live.review?.dispose();
		const closing = live.session.dispose().finally(() => {
			this.#closing.delete(sessionId);
		});
		this.#closing.set(sessionId, closing);
		return closing;
	}

	#reviewChanged(): void {
		this.#remember();
		for (const sessionId of this.#released) {
			if (!this.#toReview.has(sessionId)) {
				this.#closeIfDone(sessionId).catch(this.#report);
			}
		}
	}

	#remember(): void {
		const ids = [...new Set([...this.#toReview, ...this.#reviews.pendingSessions])];
		if (ids.join() !== this.#memory.read().join()) {
			this.#memory.write(ids);
		}
	}

	#view({ id, title, updatedAt }: SessionSummary, t: Translate): SessionView {
		const session = this.#live.get(id)?.session;
		if (session === undefined || !session.isRunning) {
			return { id, title, updatedAt, state: 'idle', note: '' };
		}
		return session.pendingApprovals.length > 0
			? { id, title, updatedAt, state: 'waiting', note: t('Waiting for your approval') }
			: { id, title, updatedAt, state: 'running', note: t('Working') };
	}
}
