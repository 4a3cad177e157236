import * as vscode from 'vscode';
import type { SessionStore } from '../../agent/session/log.ts';
import type { Session } from '../../agent/session/session.ts';
import type { SessionView } from '../../protocol/messages.ts';
import type { TranscriptDelta } from '../../protocol/transcript.ts';
import type { StoredRules } from '../approvals/storedRules.ts';
import type { Platform } from '../platform.ts';
import type { ReviewEditor } from '../review/reviewEditor.ts';
import { ReviewHub } from '../review/reviewHub.ts';
import { ShownFiles } from '../review/shownFiles.ts';
import type { Services } from '../services.ts';
import type { Translate } from '../translate.ts';
import { findDocument } from '../workspace/openDocument.ts';
import { BeforeDocuments } from './beforeDocuments.ts';
import { DelegateDocuments } from './delegateDocuments.ts';
import { createSessionFactory } from './sessionFactory.ts';
import { Sessions } from './sessions.ts';
import { SessionTranscript } from './sessionTranscript.ts';
import { TranscriptView } from './transcriptView.ts';

const LAST_SESSION = 'lastSession';
const REVIEWED_SESSIONS = 'reviewedSessions';

export interface SessionStageOptions {
	readonly context: vscode.ExtensionContext;
	readonly platform: Platform;
	readonly services: Services;
	readonly log: vscode.LogOutputChannel;
	readonly translate: Translate;
	/** Takes what went wrong with what nobody waits for. */
	readonly report: (error: unknown) => void;
	/** A session was made, and nothing is sent to it yet. */
	onCreated(session: Session): Promise<void>;
	/** Another session is about to come on screen: what waits to be told of the one before is void. */
	onLeaving(): void;
	/** It is there. */
	onShown(): void;
	/** The transcript of the one on screen is another as a whole: its conversation went back. */
	onRewound(): void;
	/** The transcript of the one on screen changed. */
	onDeltas(deltas: readonly TranscriptDelta[]): void;
	/** Anything else of it may have changed. */
	onStateChanged(): void;
}

interface Shown {
	readonly session: Session;
	readonly transcript: SessionTranscript;
	readonly subscription: vscode.Disposable;
}

interface Loaded {
	readonly sessions: Sessions;
	readonly store: SessionStore;
	readonly rules: StoredRules;
	/** See `SessionFactory`. */
	readonly currentRules: (signal: AbortSignal) => Promise<string>;
	readonly before: BeforeDocuments;
	/** The edits under review of all sessions of this window. */
	readonly reviews: ReviewHub;
	/** The same by file, as the texts of the editor are now. */
	readonly shown: ShownFiles;
	readonly delegates: DelegateDocuments;
}

/** The session on screen, with what the page shows of it, and the way from one session to the next. */
export class SessionStage implements vscode.Disposable {
	readonly #options: SessionStageOptions;
	#loading: Promise<Loaded> | undefined;
	#documents: vscode.Disposable | undefined;
	#reviewEditor: Promise<ReviewEditor> | undefined;
	#isDisposed = false;
	#shown: Shown | undefined;
	/** Settles when the session asked for last is on screen. */
	#switching: Promise<void> = Promise.resolve();

	constructor(options: SessionStageOptions) {
		this.#options = options;
	}

	/** The session on screen; undefined before the first message of a new one. */
	get session(): Session | undefined {
		return this.#shown?.session;
	}

	get transcript(): SessionTranscript | undefined {
		return this.#shown?.transcript;
	}

	/** Opens the store at the first use. */
	load(): Promise<Loaded> {
		this.#loading ??= this.#load().catch((error: unknown) => {
			// What could not be opened may be there the next time.
			this.#loading = undefined;
			throw error;
		});
		return this.#loading;
	}

	/** The review in the editor, with what was under review when the window was closed. */
	async review(): Promise<ReviewEditor> {
		const loaded = await this.load();
		await loaded.sessions.reopenReviewed();
		return this.#openReview(loaded);
	}

	/** Shows the session that was on screen last in this window, unless there is one already. */
	async showLast(): Promise<void> {
		// Beside it: what is under review may be much, and the conversation does not wait for it.
		this.load()
			.then(({ sessions }) => sessions.reopenReviewed())
			.catch(this.#options.report);
		const id = this.#options.context.workspaceState.get<string>(LAST_SESSION);
		if (this.#shown !== undefined || id === undefined) {
			return;
		}
		const { sessions } = await this.load();
		try {
			await this.show(await sessions.open(id));
		} catch (error) {
			// A session that cannot be opened stays in the list and on disk; the view starts with an empty one.
			this.#options.log.warn(String(error));
		}
	}

	/** Changes the session on screen, after the changes asked for before; what is sent meanwhile goes to the new one. */
	switch(step: () => Promise<void>): Promise<void> {
		const switching = this.#switching.then(step);
		this.#switching = switching.catch(() => {
			// Who asked for it gets the error; the next one only needs the order.
		});
		return switching;
	}

	/** Shows a stored session. */
	open(sessionId: string): Promise<void> {
		return this.switch(async () => {
			const { sessions } = await this.load();
			await this.show(await sessions.open(sessionId));
		});
	}

	/** @param session undefined for a new one, which is made with its first message. */
	async show(session: Session | undefined): Promise<void> {
		const { context, onLeaving, onShown, report } = this.#options;
		const previous = this.#shown;
		previous?.subscription.dispose();
		onLeaving();
		this.#shown = session && this.#watch(session);
		await context.workspaceState.update(LAST_SESSION, session?.id);
		onShown();
		if (previous !== undefined && previous.session !== session) {
			// Nobody waits for the old one to be closed: the new one is on screen.
			this.load()
				.then(({ sessions }) => sessions.release(previous.session.id))
				.catch(report);
		}
	}

	/** The session for a message: the one on screen once all switches are done, or a new one, made once for two messages. */
	async forMessage(): Promise<Session> {
		await this.switch(async () => {
			if (this.#shown === undefined) {
				const { sessions } = await this.load();
				const session = await sessions.create();
				await this.#options.onCreated(session);
				await this.show(session);
			}
		});
		return this.#shown?.session ?? this.forMessage();
	}

	/** Writes the session on screen from here, although another window has it; that one then only reads. */
	async takeOver(): Promise<void> {
		if (this.session !== undefined) {
			const { sessions } = await this.load();
			await this.show(await sessions.takeOver(this.session.id));
		}
	}

	async delete(sessionId: string): Promise<void> {
		const { sessions } = await this.load();
		if (this.session?.id === sessionId) {
			await this.show(undefined);
		}
		await sessions.delete(sessionId);
	}

	async list(): Promise<readonly SessionView[]> {
		const { sessions } = await this.load();
		return sessions.list(this.#options.translate);
	}

	/** Stops the turns that ask a model over the network, in every session of this window. */
	async stopRequests(): Promise<void> {
		(await this.#loading)?.sessions.stopRequests();
	}

	/** Ends the turns of this window and gives the sessions free. */
	async close(): Promise<void> {
		const loaded = await this.#loading?.catch(() => undefined);
		await loaded?.sessions.dispose();
	}

	dispose(): void {
		this.#isDisposed = true;
		this.#shown?.subscription.dispose();
		this.#documents?.dispose();
	}

	async #load(): Promise<Loaded> {
		const { context, platform, log, services, translate, report } = this.#options;
		const factory = await createSessionFactory({ context, platform, log, services });
		const { store, rules, currentRules } = factory;
		const before = new BeforeDocuments(hash => store.getBlob(hash));
		const delegates = new DelegateDocuments(store, translate);
		const reviews = new ReviewHub(uri => vscode.Uri.parse(uri).toString());
		const shown = new ShownFiles(reviews, key => findDocument(vscode.Uri.parse(key)));
		before.review(key => shown.baseText(key));
		const sessions = new Sessions({
			factory,
			reviews,
			memory: {
				read: () => context.workspaceState.get<readonly string[]>(REVIEWED_SESSIONS, []),
				write: ids => void context.workspaceState.update(REVIEWED_SESSIONS, ids).then(undefined, report),
			},
			report,
		});
		const loaded = { sessions, store, rules, currentRules, before, reviews, shown, delegates };
		const watching = reviews.onDidChange(() => {
			if (reviews.files.length > 0) {
				watching.dispose();
				this.#openReview(loaded).catch(report);
			}
		});
		this.#documents = vscode.Disposable.from(before, delegates, watching);
		return loaded;
	}

	/** It is loaded with the first edit under review, or the first command about it. */
	#openReview({ reviews: hub, shown, before }: Loaded): Promise<ReviewEditor> {
		const { report } = this.#options;
		this.#reviewEditor ??= (async () => {
			const { ReviewEditor } = await import('../review/reviewEditor.ts');
			const editor = new ReviewEditor({ hub, shown, before, report });
			if (this.#isDisposed) {
				editor.dispose();
			}
			this.#documents = vscode.Disposable.from(editor, ...(this.#documents ? [this.#documents] : []));
			return editor;
		})();
		return this.#reviewEditor;
	}

	#watch(session: Session): Shown {
		const { log, services, translate, onDeltas, onRewound, onStateChanged } = this.#options;
		const { models } = services;
		const { tornBytes, records } = session.damage;
		if (tornBytes > 0 || records > 0) {
			log.warn(
				`Session ${session.id}: ${records} records could not be read, and ${tornBytes} bytes at the end were no whole record. The file is kept.`,
			);
		}
		if (records > 0) {
			// A torn end alone is what a killed window leaves: nothing that was shown is lost by it.
			const text = translate('A part of this session could not be read and is left out. Its file is kept as it is.');
			void vscode.window.showWarningMessage(text);
		}
		const known = {
			nameOf: (id: string) => models.nameOf(id),
			priceOf: (id: string) => models.catalogue.factsOf(id)?.price,
		};
		const transcript = new SessionTranscript(() => new TranscriptView(translate, known), session.events);
		const subscription = vscode.Disposable.from(
			session.onEvent(stored => {
				const deltas = transcript.add(stored);
				if (deltas === undefined) {
					onRewound();
				} else {
					onDeltas(deltas);
				}
			}),
			session.onOutput(output => onDeltas(transcript.output(output))),
			session.onDidChangeState(onStateChanged),
		);
		return { session, transcript, subscription };
	}
}
