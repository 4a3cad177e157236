import { icon } from '../icon.ts';
import { CodeCard } from './codeCard.ts';
import type { LinkTarget } from './links.ts';
import type { MarkdownActions } from './markdownActions.ts';
import type { MarkdownNode } from './markdownNode.ts';

/**
 * Makes the DOM of Markdown nodes, and changes it where they change. Text goes in as text nodes and elements are made
 * by the names of a closed list, so that no string is ever read as HTML.
 */
export class MarkdownDom {
	readonly #actions: MarkdownActions;
	readonly #cards = new WeakMap<Node, CodeCard>();
	/** A table scrolls sideways in a box of its own. */
	readonly #tables = new WeakMap<Node, HTMLElement>();

	constructor(actions: MarkdownActions) {
		this.#actions = actions;
	}

	/** Shows `after` in `parent`, which shows `before`. What did not change keeps its nodes, and with them the selection. */
	patch(parent: Element, before: readonly MarkdownNode[], after: readonly MarkdownNode[]): void {
		for (const [index, node] of after.entries()) {
			const old = before[index];
			const dom = parent.childNodes[index];
			if (old === undefined || dom === undefined) {
				parent.append(this.#create(node));
			} else if (!this.#patchNode(dom, old, node)) {
				parent.replaceChild(this.#create(node), dom);
			}
		}
		while (parent.childNodes.length > after.length) {
			parent.lastChild?.remove();
		}
	}

	/** @returns false when the node has to be made anew. */
	#patchNode(dom: Node, before: MarkdownNode, after: MarkdownNode): boolean {
		if (before.kind === 'text' && after.kind === 'text') {
			patchText(dom, before.text, after.text);
			return true;
		}
		if (before.kind === 'code' && after.kind === 'code') {
			const card = this.#cards.get(dom);
			if (card === undefined || before.info !== after.info || !after.text.startsWith(before.text)) {
				return false;
			}
			card.append(after.text.slice(before.text.length));
			return true;
		}
		if (before.kind === 'element' && after.kind === 'element') {
			const isSame = before.name === after.name && before.className === after.className && before.start === after.start;
			const element = this.#tables.get(dom) ?? dom;
			if (!isSame || !(element instanceof Element)) {
				return false;
			}
			this.patch(element, before.children, after.children);
			return true;
		}
		if (before.kind === 'link' && after.kind === 'link' && dom instanceof Element) {
			if (!isSameTarget(before.target, after.target) || before.title !== after.title) {
				return false;
			}
			this.patch(dom, before.children, after.children);
			return true;
		}
		return before.kind === 'task' && after.kind === 'task' && before.isDone === after.isDone;
	}

	/** Tells the code cards below an element that nothing more comes. */
	close(parent: Element): void {
		for (const element of parent.querySelectorAll('.code-card')) {
			this.#cards.get(element)?.close();
		}
	}

	#create(node: MarkdownNode): Node {
		switch (node.kind) {
			case 'text':
				return document.createTextNode(node.text);
			case 'element':
				return this.#createElement(node);
			case 'link':
				return this.#createLink(node);
			case 'task':
				return taskMark(node.isDone);
			case 'code': {
				const card = new CodeCard(node.info, this.#actions);
				card.append(node.text);
				this.#cards.set(card.element, card);
				return card.element;
			}
		}
	}

	#createElement(node: Extract<MarkdownNode, { kind: 'element' }>): Element {
		const element = document.createElement(node.name);
		if (node.className !== undefined) {
			element.className = node.className;
		}
		if (node.start !== undefined && element instanceof HTMLOListElement) {
			element.start = node.start;
		}
		this.patch(element, [], node.children);
		if (node.name !== 'table') {
			return element;
		}
		const box = document.createElement('div');
		box.className = 'table-box';
		box.tabIndex = 0;
		box.setAttribute('role', 'group');
		box.setAttribute('aria-label', 'Table');
		box.append(element);
		this.#tables.set(box, element);
		return box;
	}

	#createLink({ target, title, children }: Extract<MarkdownNode, { kind: 'link' }>): Element {
		const link = document.createElement('a');
		link.href = target.kind === 'web' ? target.url : '#';
		link.title = title ?? (target.kind === 'web' ? target.url : fileTitle(target));
		link.draggable = false;
		link.addEventListener('click', event => {
			// The editor opens what is clicked in a page by itself, unless the click ends here.
			event.preventDefault();
			event.stopPropagation();
			if (target.kind === 'web') {
				this.#actions.openLink(target.url);
			} else {
				this.#actions.openFile(target.path, target.line);
			}
		});
		this.patch(link, [], children);
		return link;
	}
}

function patchText(dom: Node, before: string, after: string): void {
	if (before === after || !(dom instanceof Text)) {
		return;
	}
	if (after.startsWith(before)) {
		dom.appendData(after.slice(before.length));
	} else {
		dom.data = after;
	}
}

function isSameTarget(a: LinkTarget, b: LinkTarget): boolean {
	if (a.kind === 'web') {
		return b.kind === 'web' && a.url === b.url;
	}
	return b.kind === 'file' && a.path === b.path && a.line === b.line;
}

function fileTitle({ path, line }: Extract<LinkTarget, { kind: 'file' }>): string {
	return line === undefined ? path : `${path}, line ${line}`;
}

function taskMark(isDone: boolean): Element {
	const mark = document.createElement('span');
	mark.className = 'task-mark';
	const word = document.createElement('span');
	word.className = 'sr-only';
	word.textContent = isDone ? 'Done: ' : 'To do: ';
	mark.append(icon(isDone ? 'pass-filled' : 'circle-large'), word);
	return mark;
}
