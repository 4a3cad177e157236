import { effect } from '@preact/signals';
import type { ChatModel } from '../chatModel.ts';

/** Pixels from the end within which the user counts as being there. */
const NEAR_END = 40;
/** Pixels from an edge of the window at which more is asked for. */
const NEAR_EDGE = 600;

/**
 * Keeps the transcript where the user put it. At the end it stays at the end; anywhere else the entry at the top edge
 * stays in place while things above or below it grow. The browser's own anchoring is off: it does not work at the very top.
 */
export class ScrollKeeper {
	readonly #scroller: HTMLElement;
	readonly #content: HTMLElement;
	readonly #model: ChatModel;
	readonly #observer = new ResizeObserver(() => this.settle());
	readonly #disposeEffects: () => void;
	#anchor: { readonly element: Element; readonly offset: number } | undefined;
	#lastTop = 0;

	constructor(scroller: HTMLElement, content: HTMLElement, model: ChatModel) {
		this.#scroller = scroller;
		this.#content = content;
		this.#model = model;
		this.#restore();
		scroller.addEventListener('scroll', this.#onScroll, { passive: true });
		this.#observer.observe(content);
		model.frames.afterRun = () => this.settle();
		this.#observer.observe(scroller);
		let seen = model.endRequests.peek();
		this.#disposeEffects = effect(() => {
			if (model.endRequests.value !== seen) {
				seen = model.endRequests.peek();
				this.#follow();
			}
		});
	}

	dispose(): void {
		this.#disposeEffects();
		this.#observer.disconnect();
		this.#model.frames.afterRun = undefined;
		this.#scroller.removeEventListener('scroll', this.#onScroll);
	}

	#follow(): void {
		this.#model.isFollowing.value = true;
		this.#anchor = undefined;
		this.settle();
	}

	/**
	 * Brings the view back to its place after something changed its size. Also called when entries come or go and after
	 * each slice of rendering: as much may fall off as is added, and then the observer has no new size to tell of.
	 */
	settle(): void {
		if (this.#model.isFollowing.peek()) {
			this.#moveTo(this.#scroller.scrollHeight);
		} else if (this.#anchor?.element.isConnected) {
			const { element, offset } = this.#anchor;
			this.#moveTo(this.#scroller.scrollTop + this.#offsetOf(element) - offset);
		} else {
			this.#takeAnchor();
		}
		this.#askAtEdges();
	}

	#moveTo(top: number): void {
		if (Math.abs(top - this.#scroller.scrollTop) >= 1) {
			this.#scroller.scrollTop = top;
		}
		this.#lastTop = this.#scroller.scrollTop;
	}

	readonly #onScroll = () => {
		const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
		// The echo of a move of our own: the user stays where they were.
		if (scrollTop === this.#lastTop) {
			return;
		}
		const isNearEnd = scrollHeight - scrollTop - clientHeight <= NEAR_END;
		// Only an upward move leaves the end: what grows below does not.
		const movedUp = scrollTop < this.#lastTop - 1;
		this.#lastTop = scrollTop;
		if (isNearEnd && !this.#model.transcript.hasLater) {
			this.#model.isFollowing.value = true;
		} else if (movedUp) {
			this.#model.isFollowing.value = false;
		}
		this.#takeAnchor();
		this.#askAtEdges();
	};

	#takeAnchor(): void {
		if (this.#model.isFollowing.peek()) {
			this.#anchor = undefined;
			this.#model.saveScroll(undefined);
			return;
		}
		const entry = this.#firstVisible(this.#firstVisible(this.#content.children)?.children);
		const section = this.#firstVisible(entry?.querySelector('.markdown')?.children);
		const stretch = this.#firstVisible(section?.children);
		const block = this.#firstVisible(stretch?.children);
		const element = block ?? entry;
		this.#anchor = element && { element, offset: this.#offsetOf(element) };
		const entryId = entry?.getAttribute('data-entry');
		if (entry !== undefined && entryId) {
			this.#model.saveScroll({ entryId, offset: this.#offsetOf(entry) });
		}
	}

	#askAtEdges(): void {
		const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
		if (scrollTop < NEAR_EDGE && !this.#model.isFollowing.peek()) {
			this.#model.askFor('earlier');
		} else if (scrollHeight - scrollTop - clientHeight < NEAR_EDGE) {
			this.#model.askFor('later');
		}
	}

	/** Goes back to where the user was before the page was rebuilt, if that is still on it. */
	#restore(): void {
		const saved = this.#model.savedScroll;
		const element = saved && this.#content.querySelector(`[data-entry="${CSS.escape(saved.entryId)}"]`);
		this.#model.isFollowing.value = !element;
		if (saved !== undefined && element) {
			this.#anchor = { element, offset: saved.offset };
		}
		this.settle();
	}

	#firstVisible(elements: HTMLCollection | undefined): Element | undefined {
		return [...(elements ?? [])].find(element => this.#offsetOf(element) + element.clientHeight > 0);
	}

	/** Pixels from the scroller's top edge; negative above it. */
	#offsetOf(element: Element): number {
		return element.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top;
	}
}
