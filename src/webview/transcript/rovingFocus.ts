/** What can be focused inside a message. */
const FOCUSABLE = 'a[href], button, [tabindex]';

/**
 * Makes the transcript one stop of the Tab key: only the current message and what is in it can be reached with Tab, the
 * arrow keys go from message to message, Enter goes into one and Escape out of it. Parts that scroll stay reachable
 * wherever they are, since a keyboard could not read them otherwise.
 */
export class RovingFocus {
	readonly #root: HTMLElement;
	readonly #observer: MutationObserver;
	#current: HTMLElement | undefined;

	/** @param root holds the messages as `article` elements. */
	constructor(root: HTMLElement) {
		this.#root = root;
		this.#observer = new MutationObserver(records => this.#onMutations(records));
		this.#observer.observe(root, { childList: true, subtree: true });
		root.addEventListener('keydown', this.#onKeyDown);
		root.addEventListener('focusin', this.#onFocusIn);
		for (const article of this.#articles()) {
			this.#setReachable(article, false);
		}
		this.#choose(this.#articles().at(-1));
	}

	dispose(): void {
		this.#observer.disconnect();
		this.#root.removeEventListener('keydown', this.#onKeyDown);
		this.#root.removeEventListener('focusin', this.#onFocusIn);
	}

	/** Focuses the message before or after the current one, wherever the focus is. */
	step(by: -1 | 1): void {
		const articles = this.#articles();
		const isInside = this.#root.contains(document.activeElement);
		const at = this.#current === undefined ? -1 : articles.indexOf(this.#current);
		const next = isInside ? articles[at + by] : articles.at(-1);
		next?.focus();
	}

	#articles(): HTMLElement[] {
		// Children alone: a search through all there is would cost more with each word of an answer.
		return [...this.#root.children].filter(
			child => child instanceof HTMLElement && child.localName === 'article',
		) as HTMLElement[];
	}

	#choose(article: HTMLElement | undefined): void {
		if (article === this.#current) {
			return;
		}
		if (this.#current?.isConnected) {
			this.#setReachable(this.#current, false);
		}
		this.#current = article;
		if (article !== undefined) {
			this.#setReachable(article, true);
		}
	}

	#setReachable(article: HTMLElement, isReachable: boolean): void {
		article.tabIndex = isReachable ? 0 : -1;
		for (const element of article.querySelectorAll<HTMLElement>(FOCUSABLE)) {
			setTabIndex(element, isReachable);
		}
	}

	#onMutations(records: readonly MutationRecord[]): void {
		if (!this.#root.contains(document.activeElement) || !this.#current?.isConnected) {
			this.#choose(this.#articles().at(-1));
		}
		for (const { target, addedNodes } of records) {
			// Inside the current message everything is reachable as it is made.
			if (addedNodes.length === 0 || this.#current?.contains(target)) {
				continue;
			}
			for (const node of addedNodes) {
				if (node instanceof HTMLElement && node !== this.#current && !node.contains(this.#current ?? null)) {
					this.#hide(node);
				}
			}
		}
	}

	#hide(added: HTMLElement): void {
		if (added.matches(`article, article *`) && added.matches(FOCUSABLE)) {
			setTabIndex(added, false);
		}
		for (const element of added.querySelectorAll<HTMLElement>(`article ${FOCUSABLE.replaceAll(', ', ', article ')}`)) {
			setTabIndex(element, false);
		}
	}

	readonly #onFocusIn = ({ target }: FocusEvent) => {
		const article = target instanceof Element ? target.closest('article') : null;
		if (article !== null) {
			this.#choose(article);
		}
	};

	readonly #onKeyDown = (event: KeyboardEvent) => {
		if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !(event.target instanceof Element)) {
			return;
		}
		const article = event.target.closest('article');
		if (article === null) {
			return;
		}
		const target = event.target === article ? this.#targetOf(event.key, article) : escapeTo(event.key, article);
		if (target !== undefined) {
			event.preventDefault();
			// Escape inside a message leaves it, and must not also stop the turn.
			event.stopPropagation();
			target.focus();
		}
	};

	#targetOf(key: string, article: HTMLElement): HTMLElement | undefined {
		const articles = this.#articles();
		const at = articles.indexOf(article);
		switch (key) {
			case 'ArrowUp':
				return articles[at - 1];
			case 'ArrowDown':
				return articles[at + 1];
			case 'Home':
				return articles[0];
			case 'End':
				return articles.at(-1);
			case 'Enter':
				return article.querySelector<HTMLElement>(FOCUSABLE) ?? undefined;
			default:
				return undefined;
		}
	}
}

function escapeTo(key: string, article: HTMLElement): HTMLElement | undefined {
	return key === 'Escape' ? article : undefined;
}

function setTabIndex(element: HTMLElement, isReachable: boolean): void {
	element.tabIndex = isReachable || isScrolling(element) ? 0 : -1;
}

function isScrolling(element: HTMLElement): boolean {
	if (element.getAttribute('role') !== 'group') {
		return false;
	}
	return element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight;
}
