/**
 * Finds what a reader comes to a page for, in the page's tree. Prefers to keep too much: for a model a menu more is cheap,
 * and a lost example is the answer gone. Reader modes made for articles decide the other way.
 */
import type { Element, Root } from 'hast';
import { breathe } from './breathe.ts';
import type { HtmlNode, HtmlPage } from './htmlTree.ts';

/** Names that page makers give to what surrounds the content, as words of a class or id. */
const SURROUNDING_NAME =
	/(?:^|[-_])(?:nav(?:bar|igation)?|menu|breadcrumbs?|sidebar|toc|related|share|sharing|social|cookies?|consent|banner|promo(?:tion)?|newsletter|subscribe|sponsor(?:ed)?|ads?|advert\w*|pagination|pager|skip|masthead|footer|toolbar|tags|recommend\w*|outbrain|taboola|popular|trending|headerlink|sr-only|visually-hidden|screen-reader-text|noprint|mw-editsection|mw-jump-link)(?:$|[-_])/i;
const SURROUNDING_TAGS: ReadonlySet<string> = new Set(
	'div section ul ol dl table header aside form p span a details figure li'.split(' '),
);
/** Where page makers put the content when they have no element for it. */
const CONTENT_NAMES: ReadonlySet<string> = new Set(
	(
		'content main main-content maincontent article-body articlebody mw-content-text bodycontent page-content ' +
		'post-content entry-content docs-content markdown-body'
	).split(' '),
);
/** Without content these are nothing, but would leave a sign or a line in the text. */
const HOLLOW_TAGS: ReadonlySet<string> = new Set(
	'div section ul ol dl li p span a h1 h2 h3 h4 h5 h6 figure blockquote strong em b i header aside'.split(' '),
);
/** Elements looked at between two breaths. */
const NODES_AT_ONCE = 5_000;
/** Characters below which a part is too small to be the content. */
const MIN_CONTENT = 200;
/** Share of the page's text that a part known by its name alone must have. */
const MIN_NAMED_SHARE = 0.4;
/** From this share of links on, a part that is named like a surrounding is one, however long. */
const MANY_LINKS = 0.4;
/** Below this many characters it is one without links too. */
const SHORT_SURROUNDING = 400;

/**
 * The part that holds the content, without menus and such. The tree is taken apart for it.
 * @throws AbortError when the signal fires in between.
 */
export async function readablePart(page: HtmlPage, signal: AbortSignal): Promise<Root | Element> {
	const part = contentOf(page);
	await removeSurroundings(part, { measures: page.measures, isMarked: part !== page.root }, signal);
	return part;
}

/** The text of a node as it is in the source, white space included. */
export function rawText(node: HtmlNode): string {
	if (node.type === 'text') {
		return node.value;
	}
	return 'children' in node ? node.children.map(rawText).join('') : '';
}

export function isElement(node: HtmlNode): node is Element {
	return node.type === 'element';
}

/** Its own word comes first: `main`, then `article`, then names that are in use; else it is the whole page. */
function contentOf({ root, measures }: HtmlPage): Root | Element {
	const lengthOf = (node: Root | Element) => measures.get(node)?.length ?? 0;
	const marks: readonly (readonly [(element: Element) => boolean, number])[] = [
		[({ tagName, properties }) => tagName === 'main' || String(properties['role']) === 'main', 0],
		[({ tagName, properties }) => tagName === 'article' || String(properties['itemProp']) === 'articleBody', 0],
		[element => namesOf(element).some(name => CONTENT_NAMES.has(name.toLowerCase())), MIN_NAMED_SHARE],
	];
	for (const [isMark, minShare] of marks) {
		const minLength = Math.max(MIN_CONTENT, minShare * lengthOf(root));
		const found = outermost(root, isMark).filter(element => lengthOf(element) >= minLength);
		const [only] = found;
		if (only !== undefined && found.length === 1) {
			return only;
		}
	}
	return root;
}

function outermost(node: Root | Element, isWanted: (element: Element) => boolean): Element[] {
	return [...node.children]
		.filter(isElement)
		.flatMap(child => (isWanted(child) ? [child] : outermost(child, isWanted)));
}

interface Judging {
	readonly measures: HtmlPage['measures'];
	/** The page says where its content is: then what is in it is content unless its name says otherwise. */
	readonly isMarked: boolean;
}

async function removeSurroundings(part: Root | Element, judging: Judging, signal: AbortSignal): Promise<void> {
	// Each before what is in it.
	const nodes = [part];
	for (let at = 0; at < nodes.length; at += 1) {
		const node = nodes[at] ?? part;
		keepChildren(node, child => !isElement(child) || !isSurrounding(child, judging));
		for (const child of node.children) {
			// Highlighted code is made of elements with names of all sorts.
			if (isElement(child) && child.tagName !== 'pre' && child.tagName !== 'code') {
				nodes.push(child);
			}
		}
		await breatheAt(at, signal);
	}
	for (const [at, node] of nodes.reverse().entries()) {
		keepChildren(node, child => !isElement(child) || !HOLLOW_TAGS.has(child.tagName) || holdsAnything(child));
		await breatheAt(at, signal);
	}
}

async function breatheAt(index: number, signal: AbortSignal): Promise<void> {
	if (index % NODES_AT_ONCE === NODES_AT_ONCE - 1) {
		await breathe(signal);
	}
}

/** Each list is filtered for itself: a root may hold a doctype, which no element does. */
function keepChildren(node: Root | Element, isKept: (child: HtmlNode) => boolean): void {
	if (node.type === 'root') {
		node.children = node.children.filter(isKept);
	} else {
		node.children = node.children.filter(isKept);
	}
}

/** Code and top headings are what pages are read for: what holds them stays, whatever its name. */
function isSurrounding(element: Element, { measures, isMarked }: Judging): boolean {
	const isFrame = !isMarked && (element.tagName === 'aside' || element.tagName === 'header');
	const isNamedSo = SURROUNDING_TAGS.has(element.tagName) && namesOf(element).some(name => SURROUNDING_NAME.test(name));
	const measure = measures.get(element);
	if (!(isFrame || isNamedSo) || measure === undefined || measure.holdsKey) {
		return false;
	}
	return measure.length < SHORT_SURROUNDING || measure.linkLength / measure.length > MANY_LINKS;
}

function namesOf({ properties: { id, className } }: Element): string[] {
	return [String(id ?? ''), ...(Array.isArray(className) ? className.map(String) : [])];
}

/** Its hollow children are gone by now, so that no more than one level is looked at. */
function holdsAnything(element: Element): boolean {
	return element.children.some(child => isElement(child) || /\S/.test(rawText(child)));
}
