/** Reads HTML into a tree, a piece at a time, so that a large page does not hold the editor up. */
import type { Element, Properties, Root, Text } from 'hast';
import { ToolError } from '../../agent/toolError.ts';
import { breathe } from './breathe.ts';

export type HtmlNode = Root | Root['children'][number];

export interface HtmlPage {
	readonly root: Root;
	/** On one line; empty when the page has none. */
	readonly title: string;
	/** What its `base` element says. */
	readonly base: string | undefined;
	/** Of the root and of every element. */
	readonly measures: ReadonlyMap<Root | Element, Measure>;
}

/** What is within a node. */
export interface Measure {
	/** Characters but white space. */
	length: number;
	/** Those of them in links. */
	linkLength: number;
	/** Code or a top heading. */
	holdsKey: boolean;
}

/** Characters parsed between two breaths: some milliseconds. */
const PIECE = 32 * 1024;
/** Elements nested deeper become part of the one at this depth: deeper trees exhaust the stack of those who walk them. */
const MAX_DEPTH = 256;
/** Open elements with which the parser itself becomes slow. No page has so many but one that is made for that. */
const MAX_OPEN = 10_000;
/** Within one of its kind emphasis says nothing, and Markdown takes the longer for it the deeper it is nested. */
const EMPHASIS: ReadonlyMap<string, string> = new Map([
	['b', 'strong'],
	['strong', 'strong'],
	['i', 'em'],
	['em', 'em'],
	['u', 'em'],
	['mark', 'em'],
	['del', 'del'],
	['s', 'del'],
	['strike', 'del'],
]);
/** What is never read, whatever is in it. */
const UNREAD_TAGS: ReadonlySet<string> = new Set(
	(
		'title script style template noscript svg canvas iframe object embed audio video map link meta ' +
		'button select option input textarea progress meter dialog nav footer menu hr'
	).split(' '),
);
const UNREAD_ROLES: ReadonlySet<string> = new Set(
	'navigation banner contentinfo search dialog alertdialog menu menubar toolbar tablist tooltip'.split(' '),
);
/** Hidden from the reader, but not from a model: instructions like to hide there. */
const HIDING_STYLE =
	/(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)|font-size\s*:\s*0)/i;
/** Where the parts of a table go. */
const TABLE_PARENTS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
	['td', new Set(['tr'])],
	['th', new Set(['tr'])],
	['tr', new Set(['tbody', 'thead', 'tfoot', 'table'])],
	['tbody', new Set(['table'])],
	['thead', new Set(['table'])],
	['tfoot', new Set(['table'])],
]);
/** The attributes that anything later looks at, by their names in the tree. */
const PROPERTY_BY_ATTRIBUTE: ReadonlyMap<string, string> = new Map([
	['id', 'id'],
	['role', 'role'],
	['href', 'href'],
	['alt', 'alt'],
	['alttext', 'alttext'],
	['align', 'align'],
	['colspan', 'colSpan'],
	['encoding', 'encoding'],
	['itemprop', 'itemProp'],
	['rowspan', 'rowSpan'],
	['start', 'start'],
]);

/** @throws AbortError when the signal fires in between, ToolError for a page that nobody could read. */
export async function parseHtml(html: string, signal: AbortSignal): Promise<HtmlPage> {
	const { Parser } = await import('htmlparser2');
	const builder = new TreeBuilder();
	const parser = new Parser(builder);
	for (let at = 0; at < html.length; at += PIECE) {
		parser.write(html.slice(at, at + PIECE));
		await breathe(signal);
	}
	parser.end();
	return builder.page();
}

/** Called by the parser, which closes what the page forgot to. */
class TreeBuilder {
	readonly #root: Root = { type: 'root', children: [] };
	/** For each open element the node that its content goes to: its own, or that of one further out. */
	readonly #open: (Root | Element)[] = [this.#root];
	readonly #measures = new Map<Root | Element, Measure>([[this.#root, emptyMeasure()]]);
	readonly #emphases = new Set<string>();
	#depth = 0;
	/** How many of the open elements are tables. Without one its parts are nothing. */
	#tables = 0;
	/** How many open elements are something unread, or in it. */
	#unread = 0;
	#title: string | undefined;
	#isTitle = false;
	#base: string | undefined;

	onopentag(tagName: string, attributes: Readonly<Record<string, string>>): void {
		if (this.#unread > 0) {
			this.#unread += 1;
			return;
		}
		this.#isTitle = tagName === 'title' && this.#title === undefined;
		if (tagName === 'base') {
			this.#base ??= attributes['href'];
		}
		if (isUnread(tagName, attributes) && !isHeadingButton(tagName, this.#open.at(-1))) {
			this.#unread = 1;
			return;
		}
		if (this.#open.length > MAX_OPEN) {
			throw new ToolError("The page's HTML is nested too deeply.");
		}
		const parent = this.#parentOf(tagName);
		const emphasis = EMPHASIS.get(tagName);
		const isStray = TABLE_PARENTS.has(tagName) && this.#tables === 0;
		if (isStray || this.#depth === MAX_DEPTH || (emphasis !== undefined && this.#emphases.has(emphasis))) {
			this.#open.push(parent);
			return;
		}
		const element: Element = { type: 'element', tagName, properties: propertiesOf(attributes), children: [] };
		parent.children.push(element);
		this.#open.push(element);
		this.#depth += 1;
		this.#tables += tagName === 'table' ? 1 : 0;
		this.#measures.set(element, { ...emptyMeasure(), holdsKey: tagName === 'pre' || tagName === 'h1' });
		if (emphasis !== undefined) {
			this.#emphases.add(emphasis);
		}
	}

	ontext(value: string): void {
		if (this.#isTitle) {
			this.#title = (this.#title ?? '') + value;
		}
		if (this.#unread > 0) {
			return;
		}
		const parent = this.#open.at(-1) ?? this.#root;
		const last = parent.children.at(-1);
		if (last?.type === 'text') {
			last.value += value;
		} else {
			parent.children.push({ type: 'text', value } satisfies Text);
		}
		const measure = this.#measures.get(parent);
		if (measure !== undefined) {
			measure.length += value.replace(/\s+/g, '').length;
		}
	}

	onclosetag(): void {
		this.#isTitle = false;
		if (this.#unread > 0) {
			this.#unread -= 1;
			return;
		}
		const closed = this.#open.pop();
		const parent = this.#open.at(-1);
		if (closed?.type === 'element' && parent !== undefined && closed !== parent) {
			this.#depth -= 1;
			this.#tables -= closed.tagName === 'table' ? 1 : 0;
			this.#emphases.delete(EMPHASIS.get(closed.tagName) ?? '');
			this.#addMeasure(closed, parent);
		}
	}

	/** A part of a table ends what was left open in the part before; the parser sees to that for lists and paragraphs alone. */
	#parentOf(tagName: string): Root | Element {
		const innermost = this.#open.at(-1) ?? this.#root;
		const outer = TABLE_PARENTS.get(tagName);
		if (outer === undefined || this.#tables === 0 || (innermost.type === 'element' && outer.has(innermost.tagName))) {
			return innermost;
		}
		for (let at = this.#open.length - 1; at > 0; at -= 1) {
			const node = this.#open[at];
			if (node?.type === 'element' && outer.has(node.tagName)) {
				return node;
			}
			if (node?.type === 'element' && node.tagName === 'table') {
				break;
			}
		}
		return innermost;
	}

	#addMeasure(closed: Element, parent: Root | Element): void {
		const inner = this.#measures.get(closed);
		const outer = this.#measures.get(parent);
		if (inner !== undefined && outer !== undefined) {
			inner.linkLength = closed.tagName === 'a' ? inner.length : inner.linkLength;
			outer.length += inner.length;
			outer.linkLength += inner.linkLength;
			outer.holdsKey ||= inner.holdsKey;
		}
	}

	page(): HtmlPage {
		const title = (this.#title ?? '').replace(/\s+/g, ' ').trim();
		return { root: this.#root, title, base: this.#base, measures: this.#measures };
	}
}

function emptyMeasure(): Measure {
	return { length: 0, linkLength: 0, holdsKey: false };
}

/** The nodes of a tree, itself included, counted no further than `limit`. */
export function countNodes(node: HtmlNode, limit: number): number {
	let count = 1;
	if (node.type === 'element') {
		for (const child of node.children) {
			if (count >= limit) {
				break;
			}
			count += countNodes(child, limit - count);
		}
	}
	return count;
}

function isUnread(tagName: string, attributes: Readonly<Record<string, string>>): boolean {
	const { role } = attributes;
	return UNREAD_TAGS.has(tagName) || (role !== undefined && UNREAD_ROLES.has(role)) || isHidden(tagName, attributes);
}

function isHidden(tagName: string, attributes: Readonly<Record<string, string>>): boolean {
	const { role, hidden, style } = attributes;
	// A page as a whole is hidden until its scripts have run, and so is what other tabs of an example show.
	if (tagName === 'html' || tagName === 'body' || role === 'tabpanel') {
		return false;
	}
	return (
		(hidden !== undefined && hidden !== 'until-found') ||
		attributes['aria-hidden'] === 'true' ||
		(style !== undefined && HIDING_STYLE.test(style))
	);
}

/** The heading of a part that can be folded is a button. */
function isHeadingButton(tagName: string, parent: Root | Element | undefined): boolean {
	return tagName === 'button' && parent?.type === 'element' && /^h[1-6]$/.test(parent.tagName);
}

function propertiesOf(attributes: Readonly<Record<string, string>>): Properties {
	const properties: Properties = {};
	for (const [attribute, value] of Object.entries(attributes)) {
		const name = PROPERTY_BY_ATTRIBUTE.get(attribute);
		if (name !== undefined) {
			properties[name] = value;
		} else if (attribute === 'class') {
			properties.className = value.split(/\s+/).filter(Boolean);
		}
	}
	return properties;
}
