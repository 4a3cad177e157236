import { MarkdownDocument, type ShownBlock } from '../../../../src/webview/markdown/markdownDocument.ts';
import type { MarkdownNode } from '../../../../src/webview/markdown/markdownNode.ts';

/** All blocks of a text that arrives in the given chunks, as plain data with joined code. */
export function renderChunks(chunks: readonly string[], eachFrame?: (document: MarkdownDocument) => void): unknown[] {
	const document = new MarkdownDocument();
	const blocks: unknown[] = [];
	const take = () => {
		for (let next = document.nextFinished(); next !== undefined; next = document.nextFinished()) {
			blocks[next.index] = plain(next.block);
		}
	};
	for (const chunk of chunks) {
		document.append(chunk);
		take();
		eachFrame?.(document);
	}
	document.end();
	take();
	return blocks;
}

export function render(text: string): unknown[] {
	return renderChunks([text]);
}

/** The blocks as one line of pseudo-HTML, which is easier to read in an expectation than nested objects. */
export function outline(text: string): string {
	const document = new MarkdownDocument();
	document.append(text);
	document.end();
	const blocks: string[] = [];
	for (let next = document.nextFinished(); next !== undefined; next = document.nextFinished()) {
		blocks[next.index] = blockOutline(next.block);
	}
	return blocks.join('');
}

function plain(block: ShownBlock): unknown {
	return block.kind === 'code'
		? { kind: 'code', info: block.info, text: block.pieces.join('') }
		: joinText(block.nodes);
}

function blockOutline(block: ShownBlock): string {
	return block.kind === 'code'
		? `<code-block ${block.info}>${block.pieces.join('')}</code-block>`
		: block.nodes.map(nodeOutline).join('');
}

function nodeOutline(node: MarkdownNode): string {
	switch (node.kind) {
		case 'text':
			return node.text;
		case 'element': {
			const name = [node.name, node.className, node.start].filter(part => part !== undefined).join(' ');
			return `<${name}>${node.children.map(nodeOutline).join('')}</${node.name}>`;
		}
		case 'link': {
			const to = node.target.kind === 'web' ? node.target.url : `file ${node.target.path}:${node.target.line ?? ''}`;
			return `<a ${to}>${node.children.map(nodeOutline).join('')}</a>`;
		}
		case 'task':
			return node.isDone ? '[done]' : '[to do]';
		case 'code':
			return `<code-block ${node.info}>${node.text}</code-block>`;
	}
}

/** Neighbouring texts are one text: where the lexer splits them is of no interest. */
function joinText(nodes: readonly MarkdownNode[]): unknown[] {
	const joined: Record<string, unknown>[] = [];
	for (const node of nodes) {
		const last = joined.at(-1);
		if (node.kind === 'text' && last?.['kind'] === 'text') {
			last['text'] = `${last['text']}${node.text}`;
		} else {
			joined.push('children' in node ? { ...node, children: joinText(node.children) } : { ...node });
		}
	}
	return joined;
}
