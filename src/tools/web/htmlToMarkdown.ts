/** A web page as Markdown for a model: its content, its links whole, its pictures as their words. */
import type { Element, ElementContent, Root } from 'hast';
import type { State } from 'hast-util-to-mdast';
import type { Emphasis, Link, Strong, Text } from 'mdast';
import type { Handle as MarkdownHandle } from 'mdast-util-to-markdown';
import { breathe } from './breathe.ts';
import { parseHtml } from './htmlTree.ts';
import { markdownBlocks } from './markdownBlocks.ts';
import { isElement, rawText, readablePart } from './readablePart.ts';
import { plainTables } from './tables.ts';

export interface MarkdownPage {
	/** The page's own title, on one line; empty when it has none. */
	readonly title: string;
	/** The page's parts in order, each made when it is asked for: of a large page most never are. */
	readonly blocks: AsyncIterator<string, undefined>;
}

/** A link of a heading to itself, in the signs that are in use. */
const PERMALINK_SIGN = /^[\s#¶§🔗]*$/u;
/** Characters, and pieces of a page, that are made between two breaths. */
const MAX_CHARACTERS = 2_000;
const MAX_PIECES = 20;

/**
 * Loads the libraries when it is first asked for.
 * @param url of the page, to make its links whole.
 * @throws AbortError when the signal fires.
 */
export async function htmlToMarkdown(html: string, url: string, signal: AbortSignal): Promise<MarkdownPage> {
	const page = await parseHtml(html, signal);
	const { title, base } = page;
	const part = await readablePart(page, signal);
	const linkBase = base !== undefined && URL.canParse(base, url) ? new URL(base, url).href : url;
	return { title, blocks: convert(markdownBlocks(part), linkBase) };
}

async function* convert(
	parts: Iterable<readonly ElementContent[]>,
	base: string,
): AsyncGenerator<string, undefined, undefined> {
	const [{ toMdast }, { toMarkdown }, { gfmToMarkdown }] = await Promise.all([
		import('hast-util-to-mdast'),
		import('mdast-util-to-markdown'),
		import('mdast-util-gfm'),
	]);
	let characters = 0;
	let pieces = 0;
	for (const children of parts) {
		const root: Root = { type: 'root', children: children.map(plainTables) };
		const tree = toMdast(root, {
			document: true,
			handlers: { a: (state, node: Element) => link(state, node, base), img: image, math },
		});
		const markdown = toMarkdown(tree, {
			bullet: '-',
			extensions: [gfmToMarkdown({ tablePipeAlign: false })],
			handlers: { text: plainText, link: plainLink, emphasis: marked('*'), strong: marked('**') },
		}).trim();
		if (markdown !== '') {
			yield markdown;
		}
		characters += markdown.length;
		pieces += 1;
		if (characters > MAX_CHARACTERS || pieces > MAX_PIECES) {
			characters = 0;
			pieces = 0;
			await breathe();
		}
	}
}

/** Links to pages stay, whole. Those within the page, to scripts or to nothing are their text. */
function link(state: State, node: Element, base: string): ReturnType<State['all']> | undefined {
	const href = node.properties['href'];
	if (typeof href === 'string' && href.startsWith('#') && PERMALINK_SIGN.test(rawText(node))) {
		return undefined;
	}
	const children = state.all(node);
	if (typeof href !== 'string' || href.startsWith('#') || !URL.canParse(href, base)) {
		return children;
	}
	const url = new URL(href, base);
	if (url.protocol !== 'https:' && url.protocol !== 'http:') {
		return children;
	}
	// Safe: what is not phrasing in a link, the library takes out of it afterwards.
	return children.length === 0 ? undefined : ([{ type: 'link', url: url.href, children }] as typeof children);
}

/** A picture is what its author says of it. */
function image(_state: State, node: Element): Text | undefined {
	const alt = oneLine(String(node.properties['alt'] ?? ''));
	return alt === '' ? undefined : { type: 'text', value: `[image: ${alt}]` };
}

/** A formula as TeX where the page carries it, else as its signs. */
function math(_state: State, node: Element): Text {
	const tex = findTex(node) ?? node.properties['alttext'];
	return { type: 'text', value: typeof tex === 'string' ? `$${oneLine(tex)}$` : oneLine(rawText(node)) };
}

function findTex(node: Element): string | undefined {
	for (const child of node.children.filter(isElement)) {
		const isTex = child.tagName === 'annotation' && child.properties['encoding'] === 'application/x-tex';
		const tex = isTex ? rawText(child) : findTex(child);
		if (tex !== undefined) {
			return tex;
		}
	}
	return undefined;
}

/** As it is: a model needs no escapes. In a table, though, the bar and the line end are the table's own. */
function plainText(node: Text, _parent: unknown, state: { readonly stack: readonly string[] }): string {
	return state.stack.includes('tableCell') ? node.value.replaceAll('|', '\\|').replaceAll('\n', ' ') : node.value;
}

/** With its address as it is: an escape in it would make it another one for whoever copies it. */
const plainLink: MarkdownHandle = (node: Link, _parent, state, info) => {
	const exit = state.enter('link');
	const text = state.containerPhrasing(node, { ...info, before: '[', after: ']' });
	exit();
	return `[${text}](${node.url})`;
};

/** The library spells out letters next to a mark that a parser would not take as one; a model does. */
function marked(mark: '*' | '**'): MarkdownHandle {
	return (node: Emphasis | Strong, _parent, state, info) => {
		const text = state.containerPhrasing(node, info);
		const inner = text.trim();
		// A space at its edge goes outside of the mark.
		return inner === '' ? text : text.replace(inner, () => `${mark}${inner}${mark}`);
	};
}

function oneLine(text: string): string {
	return text.replace(/\s+/g, ' ').trim();
}
