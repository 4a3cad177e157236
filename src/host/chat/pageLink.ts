import type * as vscode from 'vscode';
import type { HostMessage, PanelState } from '../../protocol/messages.ts';
import type { Item, TranscriptDelta } from '../../protocol/transcript.ts';
import type { ChatPage } from './chatView.ts';
import { DeltaPump } from './deltaPump.ts';

/** Items a fresh page gets; it asks for earlier ones when the user scrolls to them. */
const SNAPSHOT_ITEMS = 60;
/** One frame in milliseconds: the state is told at most this often. */
const FRAME = 25;

export type PanelView = 'chat' | 'sessions' | 'form';

/** What the page shows, asked for when it is told. */
export interface PageSource {
	items(): readonly Item[];
	state(): PanelState;
	view(): PanelView;
	/** The state as it was just told, also while no page is there. */
	onState(state: PanelState): void;
}

/**
 * The way to the page, which comes and goes. Nothing is kept for a hidden one: when it says `ready` again it gets a
 * snapshot.
 */
export class PageLink implements vscode.Disposable {
	readonly #source: PageSource;
	readonly #pump = new DeltaPump(deltas => this.post({ type: 'deltas', deltas }));
	#page: ChatPage | undefined;
	#subscription: vscode.Disposable | undefined;
	#stateTimer: ReturnType<typeof setTimeout> | undefined;

	constructor(source: PageSource) {
		this.#source = source;
	}

	/** Binds the page that came on screen. */
	connect(page: ChatPage, receive: (message: unknown) => void): void {
		this.#subscription?.dispose();
		this.#page = page;
		this.#subscription = page.onMessage(receive);
	}

	post(message: HostMessage): void {
		if (this.#page?.isVisible) {
			this.#page.post(message);
		}
	}

	announce(text: string, isUrgent: boolean): void {
		this.post({ type: 'announce', text, isUrgent });
	}

	/** Tells what changed in the transcript, gathered for a frame. */
	tell(deltas: readonly TranscriptDelta[]): void {
		this.#pump.add(deltas);
	}

	/** Forgets what waits: another transcript is shown from now on. */
	clear(): void {
		this.#pump.clear();
	}

	/** Everything anew: the page forgets what it had. */
	snapshot(): void {
		this.#pump.clear();
		const items = this.#source.items();
		const from = Math.max(0, items.length - SNAPSHOT_ITEMS);
		const state = this.#source.state();
		this.post({
			type: 'snapshot',
			state,
			total: items.length,
			from,
			items: items.slice(from),
			view: this.#source.view(),
		});
		this.#source.onState(state);
	}

	/** Up to `count` items that end before index `before`. */
	range(before: number, count: number): void {
		// The items hold what waits already: told after them, it would stand there twice.
		this.#pump.flush();
		const items = this.#source.items();
		const end = Math.min(before, items.length);
		const from = Math.max(0, end - count);
		this.post({ type: 'items', from, items: items.slice(from, end) });
	}

	/** Tells the page the new state, at most once a frame and after the transcript's changes. */
	stateChanged(): void {
		this.#stateTimer ??= setTimeout(() => {
			this.#stateTimer = undefined;
			this.#pump.flush();
			const state = this.#source.state();
			this.post({ type: 'state', state });
			this.#source.onState(state);
		}, FRAME);
	}

	setBadge(count: number, tooltip: string): void {
		this.#page?.setBadge(count, tooltip);
	}

	dispose(): void {
		clearTimeout(this.#stateTimer);
		this.#pump.clear();
		this.#subscription?.dispose();
	}
}
