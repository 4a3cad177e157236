import type { MarkedToken, Token, Tokens } from 'marked';
import { decodeEntities } from './entities.ts';
import { codeSpanTarget, linkTarget } from './links.ts';
import type { ElementName, MarkdownNode } from './markdownNode.ts';

/**
 * Ranks the headings of one answer below the page's own title without a gap, as a screen reader's outline wants it,
 * whatever levels the model chose. Copied for the open block, whose headings may still change.
 */
export class HeadingRanks {
	#depth: number;
	#rank: number;

	constructor(from?: HeadingRanks) {
		this.#depth = from === undefined ? 0 : from.#depth;
		this.#rank = from === undefined ? 1 : from.#rank;
	}

	next(depth: number): 2 | 3 | 4 | 5 | 6 {
		const step = depth > this.#depth ? 1 : depth - this.#depth;
		this.#rank = Math.min(6, Math.max(2, this.#rank + step));
		this.#depth = depth;
		// Between 2 and 6 by the line above.
		return this.#rank as 2 | 3 | 4 | 5 | 6;
	}
}

/** Turns the lexer's tokens into nodes. Raw HTML stays text and images become links: nothing is ever loaded. */
export function toNodes(tokens: readonly Token[], ranks: HeadingRanks): MarkdownNode[] {
	return tokens.flatMap(token => toNode(known(token), ranks));
}

function toNode(token: MarkedToken, ranks: HeadingRanks): readonly MarkdownNode[] {
	switch (token.type) {
		case 'space':
		case 'def':
			return [];
		case 'paragraph':
			return [element('p', inline(token.tokens))];
		case 'heading':
			return [element(`h${ranks.next(token.depth)}`, inline(token.tokens), token.depth <= 2 ? 'large' : undefined)];
		case 'code':
			return [{ kind: 'code', info: token.lang ?? '', text: token.text }];
		case 'blockquote':
			return [element('blockquote', toNodes(token.tokens, ranks))];
		case 'hr':
			return [element('hr', [])];
		case 'list':
			return [list(token, ranks)];
		case 'table':
			return [table(token)];
		case 'html':
			return [element('p', [text(token.text.trimEnd())], 'raw')];
		case 'text':
			// Text of a tight list item, with its inline parts inside.
			return inline(token.tokens ?? [token]);
		case 'checkbox':
			return [{ kind: 'task', isDone: token.checked }];
		default:
			return inline([token]);
	}
}

function inline(tokens: readonly Token[]): MarkdownNode[] {
	return tokens.flatMap(token => inlineNode(known(token)));
}

function inlineNode(token: MarkedToken): readonly MarkdownNode[] {
	switch (token.type) {
		case 'text':
			return token.tokens === undefined ? [text(decodeEntities(token.text))] : inline(token.tokens);
		case 'escape':
			return [text(token.text)];
		case 'strong':
			return [element('strong', inline(token.tokens))];
		case 'em':
			return [element('em', inline(token.tokens))];
		case 'del':
			return [element('del', inline(token.tokens))];
		case 'br':
			return [element('br', [])];
		case 'codespan':
			return [codeSpan(token.text)];
		case 'link':
			return link(token);
		case 'image':
			return image(token);
		case 'checkbox':
			return [{ kind: 'task', isDone: token.checked }];
		case 'html':
			// The only tag with a meaning here: models use it for lines in table cells.
			return /^<br\s*\/?>$/i.test(token.raw) ? [element('br', [])] : [text(token.raw)];
		default:
			return [text(token.raw)];
	}
}

function codeSpan(code: string): MarkdownNode {
	const span = element('code', [text(code)]);
	const target = codeSpanTarget(code);
	return target === undefined ? span : { kind: 'link', target, children: [span] };
}

function link(token: Tokens.Link): readonly MarkdownNode[] {
	const children = token.autolink ? [text(token.text)] : withoutLinks(inline(token.tokens));
	const target = linkTarget(token.autolink ? token.href : decodeEntities(token.href));
	if (target === undefined) {
		return children;
	}
	return [{ kind: 'link', target, ...(token.title && { title: decodeEntities(token.title) }), children }];
}

function image(token: Tokens.Image): readonly MarkdownNode[] {
	const target = linkTarget(decodeEntities(token.href));
	const children = [text(decodeEntities(token.text) || token.href)];
	return target === undefined ? children : [{ kind: 'link', target, children }];
}

/** A link holds no link: one inside gives its content. */
function withoutLinks(nodes: readonly MarkdownNode[]): readonly MarkdownNode[] {
	return nodes.flatMap(node => {
		if (node.kind === 'link') {
			return withoutLinks(node.children);
		}
		return node.kind === 'element' ? [{ ...node, children: withoutLinks(node.children) }] : [node];
	});
}

function list({ ordered, start, items }: Tokens.List, ranks: HeadingRanks): MarkdownNode {
	const children = items.map(item => element('li', toNodes(item.tokens, ranks), item.task ? 'task' : undefined));
	const name = ordered ? 'ol' : 'ul';
	return ordered && typeof start === 'number' && start !== 1
		? { kind: 'element', name, start, children }
		: element(name, children);
}

function table({ header, rows }: Tokens.Table): MarkdownNode {
	const row = (cells: readonly Tokens.TableCell[], name: 'th' | 'td') =>
		element(
			'tr',
			cells.map(cell => element(name, inline(cell.tokens), cell.align ?? undefined)),
		);
	return element('table', [
		element('thead', [row(header, 'th')]),
		...(rows.length > 0
			? [
					element(
						'tbody',
						rows.map(cells => row(cells, 'td')),
					),
				]
			: []),
	]);
}

function element(name: ElementName, children: readonly MarkdownNode[], className?: string): MarkdownNode {
	return { kind: 'element', name, ...(className !== undefined && { className }), children };
}

function text(value: string): MarkdownNode {
	return { kind: 'text', text: value };
}

/** Without lexer extensions every token is one of marked's own; `Token` also allows for those of extensions. */
function known(token: Token): MarkedToken {
	return token as MarkedToken;
}
