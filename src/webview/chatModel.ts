import { computed, signal } from '@preact/signals';
import type { HostMessage, PanelState, RuleScope, SessionView, SettingsForm } from '../protocol/messages.ts';
import type { PanelAction } from '../protocol/panelAction.ts';
import type { TranscriptDelta } from '../protocol/transcript.ts';
import { countdownText, secondsUntil } from './countdown.ts';
import { FrameQueue } from './frameQueue.ts';
import { CodeColours } from './markdown/codeColours.ts';
import type { ColourableCode, MarkdownActions } from './markdown/markdownActions.ts';
import type { FormDraft, PageHost, SavedState } from './pageHost.ts';
import { Grouper } from './transcript/groups.ts';
import { OutOfStepError, RANGE_SIZE, TranscriptWindow } from './transcript/transcriptWindow.ts';

/** Something to be read out. The count tells two equal ones apart. */
export interface Announcement {
	readonly text: string;
	readonly count: number;
}

/** A line above the text about what the user just did, with the way on. */
export interface Remark {
	readonly text: string;
	readonly action?: { readonly action: PanelAction; readonly label: string };
}

/** Errors told to the host; one that comes with every frame says no more the next time. */
const MAX_REPORTS = 20;

const changeModel = { action: 'changeModel', label: 'Choose model' } as const;

/** The model was changed after pictures were attached: the message cannot go as it is. */
export function imageRemark({ images, model }: PanelState): Remark | undefined {
	return images.length === 0 || model.takesImages === true
		? undefined
		: { text: 'This model takes no images. Choose another one, or remove them.', action: changeModel };
}

const SILENCE: Announcement = { text: '', count: 0 };

/** What the page knows, and what it can ask of the host. The host owns all of it but the draft. */
export class ChatModel implements MarkdownActions {
	/** Undefined until the first snapshot. */
	readonly state = signal<PanelState | undefined>(undefined);
	readonly view = signal<'chat' | 'sessions' | 'form'>('chat');
	/** Undefined until the host sends it. */
	readonly form = signal<SettingsForm | undefined>(undefined);
	readonly remark = signal<Remark | undefined>(undefined);
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
				this.form.value = undefined;
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
			case 'form':
				this.form.value = message.form;
				this.view.value = 'form';
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
		const { form } = this.#host.saved;
		this.#host.save({
			draft: this.draft.peek(),
			...(form && { form }),
			...(sessionId !== undefined && { sessionId }),
			...(scroll && { scroll }),
		});
	}

	/** What was changed in the form and not stored, also before the page was rebuilt. */
	get formDraft(): FormDraft | undefined {
		return this.#host.saved.form;
	}

	/** @param form undefined when there is nothing to keep. */
	saveForm(form: FormDraft | undefined): void {
		const { form: _before, ...rest } = this.#host.saved;
		this.#host.save({ ...rest, ...(form && { form }) });
	}

	/** Says what came of something the user did, above the text and for a screen reader. */
	say(remark: Remark): void {
		this.remark.value = remark;
		this.announce(remark.text);
	}

	/** Takes pictures that were pasted, dropped or chosen. */
	async attach(files: readonly File[]): Promise<void> {
		const model = this.state.peek()?.model;
		if (model?.takesImages !== true) {
			const name = model?.isBuiltIn === true ? 'The built-in assistant' : 'This model';
			return this.say({ text: `${name} takes no images.`, action: changeModel });
		}
		this.remark.value = undefined;
		const { readImages } = await import('./images/readImages.ts');
		const { images, refusal } = await readImages(files, this.state.peek()?.images.length ?? 0);
		for (const image of images) {
			this.post({ type: 'attachImage', ...image });
		}
		if (refusal !== undefined) {
			this.say({ text: refusal });
		}
	}

	announce(text: string, isUrgent = false): void {
		const region = isUrgent ? this.alert : this.status;
		region.value = { text, count: region.peek().count + 1 };
	}

	/** Sends what is typed: to the agent, or as the reason for a refusal while it waits for one. */
	send(): void {
		const text = this.draft.peek().trim();
		const approval = this.state.peek()?.approval;
		const state = this.state.peek();
		if (text === '' || state === undefined || state.isReadOnly) {
			return;
		}
		const obstacle = approval === undefined ? imageRemark(state) : undefined;
		if (obstacle !== undefined) {
			return this.announce(obstacle.text, true);
		}
		this.setDraft('');
		this.remark.value = undefined;
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
	answer(allow: 'once' | RuleScope | 'no'): void {
		const approval = this.state.peek()?.approval;
		if (approval !== undefined) {
			this.post({ type: 'answer', callId: approval.callId, nonce: approval.nonce, allow });
		}
	}

	/** From working to answering alone, and back. */
	toggleMode(): void {
		const state = this.state.peek();
		if (state?.canSetMode) {
			const mode = state.mode === 'ask' ? 'agent' : 'ask';
			this.post({ type: 'setMode', mode });
			this.announce(mode === 'ask' ? 'Mode: Ask' : 'Mode: Agent');
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

	#applyDeltas(deltas: readonly TranscriptDelta[]): void {
		try {
			for (const delta of deltas) {
				this.transcript.apply(delta, this.isFollowing.peek());
				if (delta.type === 'add' && delta.item.kind === 'user') {
					this.showEnd();
				}
				this.#announceWait(delta);
			}
		} catch (error) {
			if (!(error instanceof OutOfStepError)) {
				throw error;
			}
			this.reportError(error);
			this.post({ type: 'ready' });
		}
	}

	/** A countdown is told once, when it begins: read out with each second it would drown all else. */
	#announceWait(delta: TranscriptDelta): void {
		const isItem = delta.type === 'add' || delta.type === 'set';
		if (isItem && delta.item.kind === 'notice' && delta.item.until !== undefined) {
			this.announce(countdownText(delta.item.text, secondsUntil(delta.item.until)));
		}
	}
}
