import { icon } from '../icon.ts';
import { readCodeInfo } from './codeInfo.ts';
import type { ColourableCode, MarkdownActions } from './markdownActions.ts';

/** Lines laid out together: adding to a block lays out the last such group only. */
const GROUP_LINES = 40;
/** UTF-16 units of one text node, for the same reason in lines without end. */
const NODE_LENGTH = 2048;
/** Milliseconds the check stays on a button that copied. */
const COPIED_SHOWN = 1500;

/** A code block: a header with its language or file and the buttons, and the code, which can grow. */
export class CodeCard implements ColourableCode {
	readonly element = document.createElement('div');
	readonly language: string;
	readonly #actions: MarkdownActions;
	readonly #code = document.createElement('code');
	readonly #pieces: string[] = [];
	#group: HTMLElement | undefined;
	#groupLines = 0;
	#node: Text | undefined;

	constructor(info: string, actions: MarkdownActions) {
		const { language, path } = readCodeInfo(info);
		this.language = language;
		this.#actions = actions;
		this.element.className = 'code-card';
		const body = document.createElement('pre');
		body.tabIndex = 0;
		body.setAttribute('role', 'group');
		body.setAttribute('aria-label', path === undefined ? `Code, ${language || 'plain text'}` : `Code, ${path}`);
		body.append(this.#code);
		this.element.append(this.#header(language, path), body);
	}

	get code(): string {
		return this.#pieces.join('');
	}

	append(text: string): void {
		this.#pieces.push(text);
		let rest = text;
		while (rest !== '') {
			const end = rest.indexOf('\n') + 1 || rest.length;
			this.#appendToLine(rest.slice(0, end));
			rest = rest.slice(end);
		}
	}

	/** No more code comes. */
	close(): void {
		this.#actions.colourWhenVisible(this);
	}

	show(coloured: DocumentFragment): void {
		this.#code.replaceChildren(coloured);
	}

	#appendToLine(text: string): void {
		if (this.#group === undefined) {
			this.#group = document.createElement('span');
			this.#group.className = 'lines';
			this.#code.append(this.#group);
			this.#node = undefined;
			this.#groupLines = 0;
		}
		if (text.endsWith('\n') && ++this.#groupLines === GROUP_LINES) {
			// The group's own end breaks the line.
			this.#addText(this.#group, text.slice(0, -1));
			this.#group = undefined;
			return;
		}
		this.#addText(this.#group, text);
	}

	#addText(group: HTMLElement, text: string): void {
		if (this.#node === undefined || this.#node.length > NODE_LENGTH) {
			this.#node = document.createTextNode(text);
			group.append(this.#node);
		} else {
			this.#node.appendData(text);
		}
	}

	#header(language: string, path: string | undefined): HTMLElement {
		const header = document.createElement('div');
		header.className = 'code-header';
		header.append(this.#label(language, path));
		header.append(
			button('insert', 'Insert at cursor', () => this.#actions.insert(this.code)),
			button('copy', 'Copy', target => {
				this.#actions.copy(this.code);
				showCopied(target);
			}),
		);
		return header;
	}

	#label(language: string, path: string | undefined): HTMLElement {
		if (path === undefined) {
			const label = document.createElement('span');
			label.className = 'code-label';
			label.textContent = language || 'text';
			return label;
		}
		const link = document.createElement('button');
		link.type = 'button';
		link.className = 'code-label file';
		link.title = `Open ${path}`;
		link.append(icon('file-code'), path);
		link.addEventListener('click', () => this.#actions.openFile(path));
		return link;
	}
}

function button(name: 'insert' | 'copy', label: string, run: (button: HTMLButtonElement) => void): HTMLButtonElement {
	const element = document.createElement('button');
	element.type = 'button';
	element.className = 'icon-button';
	element.title = label;
	element.setAttribute('aria-label', label);
	element.append(icon(name));
	element.addEventListener('click', () => run(element));
	return element;
}

function showCopied(element: HTMLButtonElement): void {
	element.replaceChildren(icon('check'));
	setTimeout(() => element.replaceChildren(icon('copy')), COPIED_SHOWN);
}
