import type { Element, ElementContent, Root } from 'hast';
import { countNodes } from './htmlTree.ts';
import { isElement } from './readablePart.ts';
import { isLayout, tablePieces } from './tables.ts';

/** What ends a paragraph. */
const BLOCK_TAGS: ReadonlySet<string> = new Set(
	(
		'address article aside blockquote body center dd details div dl dt fieldset figcaption figure form h1 h2 h3 h4 h5 h6 ' +
		'header html li main ol p pre section summary table tbody td tfoot th thead tr ul'
	).split(' '),
);
/** Blocks that mean nothing to Markdown but what is in them. */
const WRAPPER_TAGS: ReadonlySet<string> = new Set(
	(
		'address article aside body center details div fieldset figure form header html main section span ' +
		// Of a table that is none; others stay whole.
		'tbody td tfoot th thead tr'
	).split(' '),
);
/** Blocks that hold a line of text. */
const LINE_TAGS: ReadonlySet<string> = new Set('p h1 h2 h3 h4 h5 h6'.split(' '));
/** Nodes of one piece: more take longer to become Markdown than others should wait. */
const MAX_NODES = 500;

/**
 * Cuts a part of a page into pieces that can be made Markdown one by one: runs of text and inline elements, and single
 * blocks, out of whatever wraps them. Lists and tables that are too large come in several.
 */
export function* markdownBlocks(node: Root | Element): Generator<readonly ElementContent[]> {
	let run: ElementContent[] = [];
	let runNodes = 0;
	for (const child of node.children) {
		if (child.type === 'doctype') {
			continue;
		}
		const nodes = countNodes(child, MAX_NODES + 1);
		const isInline = !isElement(child) || (nodes <= MAX_NODES && !holdsBlock(child));
		if (run.length > 0 && (!isInline || runNodes + nodes > MAX_NODES)) {
			yield run;
			run = [];
			runNodes = 0;
		}
		if (isInline) {
			run.push(child);
			runNodes += nodes;
		} else if (nodes > MAX_NODES) {
			yield* largeBlock(child);
		} else if (isWrapper(child)) {
			yield* markdownBlocks(child);
		} else {
			yield [child];
		}
	}
	if (run.length > 0) {
		yield run;
	}
}

function* largeBlock(block: Element): Generator<readonly ElementContent[]> {
	switch (block.tagName) {
		case 'pre':
			yield [block];
			return;
		case 'ul':
		case 'ol':
		case 'dl':
			yield* listPieces(block);
			return;
		case 'table': {
			const pieces = isLayout(block) ? undefined : tablePieces(block, MAX_NODES);
			yield* pieces?.map(piece => [piece]) ?? markdownBlocks(block);
			return;
		}
		default:
			yield* markdownBlocks(block);
	}
}

/** An item that is too large by itself gives up its sign. */
function* listPieces(list: Element): Generator<readonly ElementContent[]> {
	let items: ElementContent[] = [];
	let nodes = 0;
	let number = Number(list.properties['start'] ?? 1) || 1;
	const piece = () => ({
		...list,
		properties: { ...list.properties, start: number - countItems(items) },
		children: items,
	});
	for (const item of list.children) {
		const itemNodes = countNodes(item, MAX_NODES + 1);
		if (items.length > 0 && nodes + itemNodes > MAX_NODES) {
			yield [piece()];
			items = [];
			nodes = 0;
		}
		if (isElement(item) && itemNodes > MAX_NODES) {
			yield* largeBlock(item);
		} else {
			items.push(item);
			nodes += itemNodes;
		}
		number += countItems([item]);
	}
	if (items.length > 0) {
		yield [piece()];
	}
}

function countItems(nodes: readonly ElementContent[]): number {
	return nodes.filter(node => isElement(node) && node.tagName === 'li').length;
}

/**
 * Elements of which only the content matters: those that say nothing, those that pages define for themselves, which have
 * a hyphen in their names, and paragraphs, headings and inline elements around a block, where none may be.
 */
function isWrapper(element: Element): boolean {
	const { tagName } = element;
	if (WRAPPER_TAGS.has(tagName) || tagName.includes('-')) {
		return true;
	}
	if (tagName === 'table') {
		return isLayout(element);
	}
	return (LINE_TAGS.has(tagName) || !BLOCK_TAGS.has(tagName)) && tagName !== 'a' && holdsBlockWithin(element);
}

function holdsBlockWithin(element: Element): boolean {
	return element.children.some(child => isElement(child) && holdsBlock(child));
}

/** Whether it is a block, or an inline element around one, such as a link around a card. */
function holdsBlock(element: Element): boolean {
	return BLOCK_TAGS.has(element.tagName) || holdsBlockWithin(element);
}
