import type { FrameQueue } from '../frameQueue.ts';
import type { GrowingText } from '../growingText.ts';
import type { CodeBlock } from './blockSplitter.ts';
import { CodeCard } from './codeCard.ts';
import type { MarkdownActions } from './markdownActions.ts';
import { MarkdownDocument, type ShownBlock } from './markdownDocument.ts';
import { MarkdownDom } from './markdownDom.ts';
import type { MarkdownNode } from './markdownNode.ts';

/** UTF-16 units that the style sheet lets the browser skip together, when they are far from the view. */
const STRETCH_LENGTH = 6000;
/** Stretches skipped as one: each that is skipped by itself still costs a little in every frame. */
const SECTION_STRETCHES = 8;
/** What a block counts besides its text. */
const BLOCK_LENGTH = 200;
/** UTF-16 units read before the time is looked at again. */
const READ_LENGTH = 8192;

/** What the element of a block shows now. */
type Shown =
	| { readonly kind: 'nodes'; readonly nodes: readonly MarkdownNode[] }
	| { readonly kind: 'code'; readonly block: CodeBlock; readonly card: CodeCard; readonly count: number };

/**
 * Shows one answer while it comes. Blocks that are finished are never touched again; the open one is parsed once a
 * frame and only what differs is changed in the DOM.
 */
export class MarkdownView {
	readonly #root: HTMLElement;
	readonly #text: GrowingText;
	readonly #frames: FrameQueue;
	readonly #actions: MarkdownActions;
	readonly #dom: MarkdownDom;
	readonly #document = new MarkdownDocument();
	readonly #blocks: { readonly element: HTMLElement; shown: Shown }[] = [];
	/** Pieces of the text that the document has, and how far it is in the next. */
	#read = 0;
	#offset = 0;
	#finished = 0;
	/** What is finished in the last stretch. */
	#stretchLength = 0;
	#isEnding = false;
	#hasEnded = false;

	constructor(root: HTMLElement, text: GrowingText, frames: FrameQueue, actions: MarkdownActions) {
		this.#root = root;
		this.#text = text;
		this.#frames = frames;
		this.#actions = actions;
		this.#dom = new MarkdownDom(actions);
	}

	/** Shows what was added to the text with the next frames. */
	update(): void {
		this.#frames.add(this.#work);
	}

	/** The text is whole. */
	end(): void {
		this.#isEnding = true;
		this.#frames.add(this.#work);
	}

	dispose(): void {
		this.#frames.remove(this.#work);
	}

	readonly #work = (hasTime: () => boolean): 'done' | 'more' => {
		do {
			const isWhole = this.#readOn();
			for (let next = this.#document.nextFinished(); next !== undefined; next = this.#document.nextFinished()) {
				this.#finished = Math.max(this.#finished, next.index + 1);
				this.#show(next.index, next.block);
				this.#close(next.index);
				if (!hasTime()) {
					return 'more';
				}
			}
			if (isWhole) {
				this.#showOpen();
				return 'done';
			}
		} while (hasTime());
		return 'more';
	};

	/** @returns whether all there is was read. */
	#readOn(): boolean {
		const piece = this.#text.piece(this.#read);
		if (piece === undefined) {
			if (this.#isEnding && !this.#hasEnded) {
				this.#hasEnded = true;
				this.#document.end();
			}
			return true;
		}
		const end = this.#offset + READ_LENGTH;
		this.#document.append(piece.slice(this.#offset, end));
		if (end < piece.length) {
			this.#offset = end;
		} else {
			this.#offset = 0;
			this.#read++;
		}
		return false;
	}

	#showOpen(): void {
		const open = this.#hasEnded ? undefined : this.#document.open();
		if (open !== undefined) {
			this.#show(this.#finished, open);
		}
		// Two blocks can become one again while a line is half there.
		const count = this.#finished + (open === undefined ? 0 : 1);
		for (const { element } of this.#blocks.splice(count)) {
			this.#remove(element);
		}
	}

	/** Removes a block, and the boxes around it that are empty then. */
	#remove(element: Element): void {
		const parent = element.parentElement;
		element.remove();
		if (parent !== null && parent !== this.#root && parent.childElementCount === 0) {
			this.#remove(parent);
		}
	}

	#show(index: number, block: ShownBlock): void {
		const place = this.#blocks[index] ?? this.#addBlock();
		const { element, shown } = place;
		if (block.kind === 'nodes') {
			const before = shown.kind === 'nodes' ? shown.nodes : this.#empty(element);
			this.#dom.patch(element, before, block.nodes);
			place.shown = block;
			return;
		}
		if (shown.kind === 'code' && shown.block === block) {
			this.#grow(place, shown);
			return;
		}
		this.#empty(element);
		const card = new CodeCard(block.info, this.#actions);
		element.append(card.element);
		this.#grow(place, { kind: 'code', block, card, count: 0 });
	}

	#grow(place: { shown: Shown }, { block, card, count }: Extract<Shown, { kind: 'code' }>): void {
		if (block.pieces.length > count) {
			card.append(block.pieces.slice(count).join(''));
		}
		place.shown = { kind: 'code', block, card, count: block.pieces.length };
	}

	#close(index: number): void {
		const block = this.#blocks[index];
		this.#stretchLength += BLOCK_LENGTH + (block?.element.textContent?.length ?? 0);
		if (block?.shown.kind === 'code') {
			block.shown.card.close();
		} else if (block !== undefined) {
			this.#dom.close(block.element);
		}
	}

	#empty(element: HTMLElement): readonly MarkdownNode[] {
		element.replaceChildren();
		return [];
	}

	/** Where the next block goes. */
	#stretch(): Element {
		const section = this.#root.lastElementChild;
		const stretch = section?.lastElementChild;
		if (stretch && this.#stretchLength < STRETCH_LENGTH) {
			return stretch;
		}
		this.#stretchLength = 0;
		const hasRoom = section !== null && section.childElementCount < SECTION_STRETCHES;
		return addBox(hasRoom ? section : addBox(this.#root, 'section'), 'stretch');
	}

	#addBlock(): { readonly element: HTMLElement; shown: Shown } {
		const element = addBox(this.#stretch(), 'block');
		const block = { element, shown: { kind: 'nodes', nodes: [] } as const };
		this.#blocks.push(block);
		return block;
	}
}

function addBox(parent: Element, className: string): HTMLElement {
	const box = document.createElement('div');
	box.className = className;
	parent.append(box);
	return box;
}
