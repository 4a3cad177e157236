import { computed, signal } from '@preact/signals';
import type { HostMessage, PanelState, SessionView } from '../protocol/messages.ts';
import type { PanelAction } from '../protocol/panelAction.ts';
import { FrameQueue } from './frameQueue.ts';
import { CodeColours } from './markdown/codeColours.ts';
import type { ColourableCode, MarkdownActions } from './markdown/markdownActions.ts';
import type { PageHost, SavedState } from './pageHost.ts';
import { Grouper } from './transcript/groups.ts';
import { OutOfStepError, RANGE_SIZE, TranscriptWindow } from './transcript/transcriptWindow.ts';

/** Something to be read out. The count tells two equal ones apart. */
export interface Announcement {
	readonly text: string;
	readonly count: number;
}

/** Errors told to the host; one that comes with every frame says no more the next time. */
const MAX_REPORTS = 20;

const SILENCE: Announcement = { text: '', count: 0 };

/** What the page knows, and what it can ask of the host. The host owns all of it but the draft. */
export class ChatModel implements MarkdownActions {
	/** Undefined until the first snapshot. */
	readonly state = signal<PanelState | undefined>(undefined);
	readonly view = signal<'chat' | 'sessions'>('chat');
	readonly sessions = signal<readonly SessionView[] | undefined>(undefined);
	readonly transcript = new TranscriptWindow();
	readonly draft = signal('');
	/** The user looks at the end of the transcript, so it stays there as it grows. */
	readonly isFollowing = signal(true);
	readonly status = signal(SILENCE);
	readonly alert = signal(SILENCE);
	/** Counts requests: to put the focus into the composer, to show the end, to show a new transcript. */
	readonly focusRequests = signal(0);
	readonly endRequests = signal(0);
	readonly snapshots = signal(0);

	readonly isBusy = computed(() => {
		const activity = this.state.value?.activity;
		return activity === 'running' || activity === 'waiting';
	});
	readonly groups = computed(() => {
		// Read for the dependency: a row that ended may have to be folded.
		this.transcript.revision.value;
		return this.#grouper.group(this.transcript.entries.value, this.isBusy.value);
	});

	readonly frames = new FrameQueue();
	readonly #host: PageHost;
	readonly #grouper = new Grouper();
	readonly #colours: CodeColours;
	#isAsking = false;
	#reports = 0;

	constructor(host: PageHost) {
		this.#host = host;
		this.#colours = new CodeColours(error => this.reportError(error));
		this.draft.value = host.saved.draft;
	}

	get post(): PageHost['post'] {
		return message => this.#host.post(message);
	}

	/** Where the user was before the page was rebuilt. */
	get savedScroll(): SavedState['scroll'] {
		const { sessionId, scroll } = this.#host.saved;
		return sessionId !== undefined && sessionId === this.state.peek()?.session?.id ? scroll : undefined;
	}

	receive(message: HostMessage): void {
		switch (message.type) {
			case 'snapshot':
				this.state.value = message.state;
				this.view.value = message.view;
				this.transcript.reset(message.total, message.from, message.items);
				this.#isAsking = false;
				this.snapshots.value++;
				return;
			case 'state':
				this.state.value = message.state;
				return;
			case 'deltas':
				return this.#applyDeltas(message.deltas);
			case 'items':
				this.#isAsking = false;
				return this.transcript.insert(message.from, message.items);
			case 'sessions':
				this.sessions.value = message.sessions;
				return;
			case 'announce':
				return this.announce(message.text, message.isUrgent);
			case 'focus':
				this.focusRequests.value++;
				return;
			case 'draft':
				return this.setDraft(message.text);
			default:
				message satisfies never;
		}
	}

	setDraft(text: string): void {
		this.draft.value = text;
		this.#host.save({ ...this.#host.saved, draft: text });
	}

	saveScroll(scroll: SavedState['scroll']): void {
		const sessionId = this.state.peek()?.session?.id;
		this.#host.save({
			draft: this.draft.peek(),
			...(sessionId !== undefined && { sessionId }),
			...(scroll && { scroll }),
		});
	}

	announce(text: string, isUrgent = false): void {
		const region = isUrgent ? this.alert : this.status;
		region.value = { text, count: region.peek().count + 1 };
	}

	/** Sends what is typed: to the agent, or as the reason for a refusal while it waits for one. */
	send(): void {
		const text = this.draft.peek().trim();
		const approval = this.state.peek()?.approval;
		if (text === '' || this.state.peek()?.isReadOnly) {
			return;
		}
		this.setDraft('');
		if (approval !== undefined) {
			const { callId, nonce } = approval;
			return this.post({ type: 'answer', callId, nonce, allow: 'no', instead: text });
		}
		if (this.view.peek() === 'sessions') {
			this.post({ type: 'newSession' });
		}
		this.post({ type: 'send', text });
		this.endRequests.value++;
	}

	/** Answers the approval that is shown. Without one this does nothing. */
	answer(allow: 'once' | 'session' | 'no'): void {
		const approval = this.state.peek()?.approval;
		if (approval !== undefined) {
			this.post({ type: 'answer', callId: approval.callId, nonce: approval.nonce, allow });
		}
	}

	/** Runs an action of the panel. */
	act(action: PanelAction, argument?: string): void {
		this.post({ type: 'action', action, ...(argument !== undefined && { argument }) });
	}

	/** Asks for what stands before or behind the window. */
	askFor(side: 'earlier' | 'later' | 'end'): void {
		const { from, to, hasEarlier, hasLater } = this.transcript;
		// The way to the end does not wait for an answer that scrolling asked for.
		const isBlocked = this.#isAsking && side !== 'end';
		if (isBlocked || !(side === 'earlier' ? hasEarlier : hasLater)) {
			return;
		}
		this.#isAsking = true;
		const total = this.transcript.total.peek();
		const before = side === 'earlier' ? from : side === 'later' ? Math.min(total, to + RANGE_SIZE) : total;
		// Towards the end the range begins where the window ends, so that the two join.
		const count = side === 'later' ? before - to : Math.min(RANGE_SIZE, before);
		this.post({ type: 'range', before, count });
	}

	/** Shows the end and follows it from now on. */
	showEnd(): void {
		this.askFor('end');
		this.endRequests.value++;
	}

	openLink(url: string): void {
		this.post({ type: 'openLink', url });
	}

	openFile(path: string, line?: number): void {
		this.post({ type: 'openFile', path, ...(line !== undefined && { line }) });
	}

	copy(text: string): void {
		this.post({ type: 'copy', text });
		this.announce('Copied');
	}

	insert(text: string): void {
		this.post({ type: 'insert', text });
	}

	colourWhenVisible(card: ColourableCode): void {
		this.#colours.add(card);
	}

	reportError(error: unknown): void {
		if (++this.#reports > MAX_REPORTS) {
			return;
		}
		const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
		this.post({ type: 'pageError', message: message.slice(0, 10_000) });
	}

	#applyDeltas(deltas: Extract<HostMessage, { type: 'deltas' }>['deltas']): void {
		try {
			for (const delta of deltas) {
				this.transcript.apply(delta, this.isFollowing.peek());
				if (delta.type === 'add' && delta.item.kind === 'user') {
					this.showEnd();
				}
			}
		} catch (error) {
			if (!(error instanceof OutOfStepError)) {
				throw error;
			}
			this.reportError(error);
			this.post({ type: 'ready' });
		}
	}
}
