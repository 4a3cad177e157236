import { icon } from '../icon.ts';
import { readCodeInfo } from './codeInfo.ts';
import type { ColourableCode, MarkdownActions } from './markdownActions.ts';

/** Lines laid out together: adding to a block lays out the last such group only. */
const GROUP_LINES = 100;
/** UTF-16 units laid out together in lines without end, for the same reason. */
const PIECE_LENGTH = 2048;
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
	/** Text node that grows, and how much of its line or piece is there. */
	#node: Text | undefined;
	#length = 0;

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
			this.#startPiece(this.#group);
			this.#groupLines = 0;
		}
		const endsLine = text.endsWith('\n');
		if (endsLine && ++this.#groupLines === GROUP_LINES) {
			// The group's own end breaks the line.
			this.#addText(this.#group, text.slice(0, -1));
			this.#group = undefined;
			this.#length = 0;
		} else if (endsLine) {
			this.#addText(this.#group, text.slice(0, -1));
			this.#endLine(this.#group);
		} else {
			this.#addText(this.#group, text);
		}
	}

	#addText(group: HTMLElement, text: string): void {
		if (this.#length > PIECE_LENGTH) {
			const piece = document.createElement('span');
			piece.className = 'piece';
			group.append(piece);
			this.#startPiece(piece);
		}
		this.#length += text.length;
		this.#node?.appendData(text);
	}

	#startPiece(parent: HTMLElement): void {
		this.#node = document.createTextNode('');
		this.#length = 0;
		parent.append(this.#node);
	}

	/** The line's end, and with it what follows, stands beside the pieces of the line. */
	#endLine(group: HTMLElement): void {
		if (this.#node?.parentElement !== group) {
			this.#startPiece(group);
		}
		this.#node?.appendData('\n');
		this.#length = 0;
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
