import * as vscode from 'vscode';
import type { SessionStore, StoredEvent } from '../../agent/session/log.ts';
import type { Session } from '../../agent/session/session.ts';
import { DELEGATE_SCHEME } from '../ids.ts';
import type { Translate } from '../translate.ts';
import { transcriptMarkdown } from './transcriptMarkdown.ts';
import { TranscriptView } from './transcriptView.ts';

/** Milliseconds between two looks at an agent that works. */
const REFRESH_MS = 300;

/** Read-only documents that show what an agent did that worked for another: as it works, and from the store after. */
export class DelegateDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
	readonly #store: SessionStore;
	readonly #translate: Translate;
	readonly #changed = new vscode.EventEmitter<vscode.Uri>();
	readonly #registration: vscode.Disposable;
	/** Those that work, by their session's id. */
	readonly #live = new Map<string, { readonly session: Session; readonly following: vscode.Disposable }>();

	readonly onDidChange = this.#changed.event;

	constructor(store: SessionStore, translate: Translate) {
		this.#store = store;
		this.#translate = translate;
		this.#registration = vscode.workspace.registerTextDocumentContentProvider(DELEGATE_SCHEME, this);
	}

	/**
	 * Shows what one agent did.
	 * @param parent the session on screen. Of others than its own agents nothing is shown.
	 * @returns false when it has no such agent.
	 */
	async open(parent: Session, sessionId: string): Promise<boolean> {
		const title = titleOf(parent.events, sessionId);
		if (title === undefined) {
			return false;
		}
		const uri = vscode.Uri.from({ scheme: DELEGATE_SCHEME, path: `/${fileName(title)}.md`, query: sessionId });
		const session = parent.delegate(sessionId);
		if (session !== undefined && !this.#live.has(sessionId)) {
			this.#live.set(sessionId, { session, following: this.#follow(session, uri) });
		}
		const document = await vscode.workspace.openTextDocument(uri);
		await vscode.window.showTextDocument(document, { preview: true });
		return true;
	}

	async provideTextDocumentContent({ path, query }: vscode.Uri): Promise<string> {
		const events = this.#live.get(query)?.session.events ?? (await this.#stored(query));
		const transcript = new TranscriptView(this.#translate);
		for (const event of events) {
			transcript.add(event);
		}
		return transcriptMarkdown(titled(events) ?? path, transcript.items, this.#translate);
	}

	dispose(): void {
		for (const { following } of this.#live.values()) {
			following.dispose();
		}
		this.#live.clear();
		this.#changed.dispose();
		this.#registration.dispose();
	}

	/** Has the document asked for anew while the agent works, and once more when it is done. */
	#follow(session: Session, uri: vscode.Uri): vscode.Disposable {
		let timer: ReturnType<typeof setTimeout> | undefined;
		const refresh = () => {
			timer = undefined;
			this.#changed.fire(uri);
		};
		const listening = session.onEvent(({ event }) => {
			if (event.type === 'turnEnd') {
				following.dispose();
				this.#live.delete(session.id);
				refresh();
			} else {
				timer ??= setTimeout(refresh, REFRESH_MS);
			}
		});
		const following = new vscode.Disposable(() => {
			clearTimeout(timer);
			listening.dispose();
		});
		return following;
	}

	/** @throws Error when there is no such session, or it worked for no other. */
	async #stored(sessionId: string): Promise<readonly StoredEvent[]> {
		const { events, log } = await this.#store.open(sessionId);
		await log?.close();
		const [first] = events;
		if (first?.event.type !== 'created' || first.event.parent === undefined) {
			throw new Error(this.#translate('There is no such task.'));
		}
		return events;
	}
}

function titleOf(events: readonly StoredEvent[], sessionId: string): string | undefined {
	const found = events.find(({ event }) => event.type === 'delegated' && event.sessionId === sessionId)?.event;
	return found?.type === 'delegated' ? found.title : undefined;
}

function titled(events: readonly StoredEvent[]): string | undefined {
	const found = events.findLast(({ event }) => event.type === 'titled')?.event;
	return found?.type === 'titled' ? found.title : undefined;
}

/** For the tab: without what a path would read. */
function fileName(title: string): string {
	return (
		title
			.replace(/[/\\?#%\s]+/g, ' ')
			.trim()
			.slice(0, 60) || 'task'
	);
}
