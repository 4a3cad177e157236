import type { ColourableCode } from './markdownActions.ts';

/** Longer code, in UTF-16 units, stays plain: colouring it would take more than a frame. */
const MAX_LENGTH = 20_000;
/** So far from the visible part of the transcript code is coloured already, so that scrolling shows it ready. */
const AHEAD = '400px';

/** Colours code blocks when they come on screen, one at a time, with a module that is loaded for the first of them. */
export class CodeColours {
	/** Weak: a card that leaves the page before it was seen is nobody's concern. */
	readonly #cards = new WeakMap<Element, ColourableCode>();
	readonly #observer = new IntersectionObserver(entries => this.#onVisible(entries), { scrollMargin: AHEAD });
	readonly #onError: (error: unknown) => void;
	#queue: Promise<void> = Promise.resolve();

	constructor(onError: (error: unknown) => void) {
		this.#onError = onError;
	}

	add(card: ColourableCode): void {
		if (card.language !== '' && card.code.length <= MAX_LENGTH) {
			this.#cards.set(card.element, card);
			this.#observer.observe(card.element);
		}
	}

	#onVisible(entries: readonly IntersectionObserverEntry[]): void {
		for (const { target, isIntersecting } of entries) {
			const card = this.#cards.get(target);
			if (isIntersecting && card !== undefined) {
				this.#cards.delete(target);
				this.#observer.unobserve(target);
				this.#queue = this.#queue.then(() => this.#colour(card));
			}
		}
	}

	async #colour(card: ColourableCode): Promise<void> {
		try {
			const { highlight } = await import('./highlight.ts');
			// A task of its own, so that several blocks do not add up to a long one.
			await new Promise(resolve => setTimeout(resolve));
			const coloured = card.element.isConnected ? highlight(card.language, card.code) : undefined;
			if (coloured !== undefined) {
				card.show(coloured);
			}
		} catch (error) {
			// Code without colours is still whole.
			this.#onError(error);
		}
	}
}
