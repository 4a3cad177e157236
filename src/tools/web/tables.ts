/** Tables that hold data become tables of Markdown, which know one line a cell; those that lay a page out become none. */
import type { Element, ElementContent } from 'hast';
import { countNodes } from './htmlTree.ts';
import { isElement, rawText } from './readablePart.ts';

/** A cell may claim to span a million others, which would all be drawn: spans count in tables that stay smaller. */
const MAX_DRAWN_CELLS = 2_000;
/** In a cell without a heading for it these tell that the table is a frame. */
const FRAMED_TAGS: ReadonlySet<string> = new Set(
	'table ul ol pre h1 h2 h3 h4 h5 h6 blockquote form article section'.split(' '),
);
/** Each begins a line of its own, which a cell has not. */
const LINE_TAGS: ReadonlySet<string> = new Set(
	'blockquote br dd div dl dt h1 h2 h3 h4 h5 h6 ol p section ul'.split(' '),
);

/** Whether a table is there for the look of the page alone. */
export function isLayout(table: Element): boolean {
	if (table.properties['role'] !== undefined && /^(?:presentation|none)$/.test(String(table.properties['role']))) {
		return true;
	}
	const rows = rowsOf(table).map(cellsOf);
	if (rows.flat().some(({ tagName }) => tagName === 'th')) {
		return false;
	}
	return rows.every(cells => cells.length <= 1) || rows.flat().some(cell => holds(cell, FRAMED_TAGS));
}

/**
 * A large table as several, each with the head of the whole.
 * @param maxNodes of one of them.
 * @returns undefined when a row has more than that by itself.
 */
export function tablePieces(table: Element, maxNodes: number): Element[] | undefined {
	const rows = rowsOf(table);
	const [first] = rows;
	const head = first !== undefined && cellsOf(first).some(({ tagName }) => tagName === 'th') ? [first] : [];
	const pieces: Element[] = [];
	let piece: Element[] = [];
	let nodes = 0;
	for (const row of rows.slice(head.length)) {
		const rowNodes = countNodes(row, maxNodes + 1);
		if (rowNodes > maxNodes) {
			return undefined;
		}
		if (nodes + rowNodes > maxNodes) {
			pieces.push({ ...table, children: [...head, ...piece] });
			piece = [];
			nodes = 0;
		}
		piece.push(row);
		nodes += rowNodes;
	}
	return [...pieces, { ...table, children: [...head, ...piece] }];
}

/** The node with its tables made such that they can be drawn, and take no more room than they have in the page. */
export function plainTables(node: ElementContent): ElementContent {
	if (!isElement(node)) {
		return node;
	}
	if (node.tagName !== 'table') {
		return { ...node, children: node.children.map(plainTables) };
	}
	const cells = rowsOf(node).flatMap(cellsOf);
	const drawn = cells.reduce((sum, { properties: { colSpan, rowSpan } }) => sum + span(colSpan) * span(rowSpan), 0);
	return inTable(node, drawn <= MAX_DRAWN_CELLS);
}

function inTable(node: Element, hasSpans: boolean): Element {
	const children = node.children.map(child => {
		if (!isElement(child)) {
			return child;
		}
		return isCell(child) ? plainCell(child, hasSpans) : inTable(child, hasSpans);
	});
	return { ...node, children };
}

function plainCell(cell: Element, hasSpans: boolean): Element {
	const { colSpan, rowSpan, ...rest } = cell.properties;
	const spans = hasSpans ? { colSpan: span(colSpan), rowSpan: span(rowSpan) } : {};
	return { ...cell, properties: { ...rest, ...spans }, children: inOneLine(cell.children) };
}

function span(value: unknown): number {
	return Math.max(Number(value) || 1, 1);
}

function inOneLine(nodes: readonly ElementContent[]): ElementContent[] {
	return nodes.flatMap((node): ElementContent[] => {
		if (!isElement(node)) {
			return [node];
		}
		if (node.tagName === 'pre') {
			return [element('code', [text(rawText(node).replace(/\s+/g, ' ').trim())])];
		}
		if (node.tagName === 'table') {
			return [text(rawText(node).replace(/\s+/g, ' '))];
		}
		const children = inOneLine(node.children);
		if (node.tagName === 'li') {
			return [text(' • '), ...children];
		}
		return LINE_TAGS.has(node.tagName) ? [text(' '), ...children, text(' ')] : [{ ...node, children }];
	});
}

function rowsOf(node: Element): Element[] {
	return node.children
		.filter(isElement)
		.flatMap(child => (child.tagName === 'tr' ? [child] : child.tagName === 'table' ? [] : rowsOf(child)));
}

function cellsOf(row: Element): Element[] {
	return row.children.filter(isElement).filter(isCell);
}

function isCell({ tagName }: Element): boolean {
	return tagName === 'td' || tagName === 'th';
}

function holds(element: Element, tags: ReadonlySet<string>): boolean {
	return element.children.some(child => isElement(child) && (tags.has(child.tagName) || holds(child, tags)));
}

function element(tagName: string, children: ElementContent[]): Element {
	return { type: 'element', tagName, properties: {}, children };
}

function text(value: string): ElementContent {
	return { type: 'text', value };
}
