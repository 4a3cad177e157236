import { Lexer, type Links } from 'marked';
import { type Block, BlockSplitter, type CodeBlock } from './blockSplitter.ts';
import type { MarkdownNode } from './markdownNode.ts';
import { HeadingRanks, toNodes } from './toNodes.ts';

/** A block ready to be shown. Code blocks of the top level are handed on as they grow. */
export type ShownBlock = CodeBlock | { readonly kind: 'nodes'; readonly nodes: readonly MarkdownNode[] };

/** A finished block, and where it stands. Also sent again for a block that a later link definition changed. */
export interface FinishedBlock {
	readonly index: number;
	readonly block: ShownBlock;
}

/** A block that names link labels nobody has defined yet. */
interface Unresolved {
	readonly index: number;
	readonly source: string;
	readonly ranks: HeadingRanks;
}

/**
 * Markdown that grows. Every finished block is parsed once; only the open one is parsed again. The one exception is a
 * block with a reference link whose definition comes later (`[1]: https://…` at an answer's end): it is parsed a second time.
 */
export class MarkdownDocument {
	readonly #splitter = new BlockSplitter();
	// Shared by all blocks, so that a definition counts for the whole answer. Without prototype: labels are the model's.
	readonly #links: Links = Object.create(null);
	readonly #unresolved = new Map<string, Unresolved[]>();
	#ranks = new HeadingRanks();
	#finished = 0;
	#waiting: readonly Block[] = [];
	#waitingAt = 0;
	/** Finished blocks whose link labels were defined since. */
	readonly #again: Unresolved[] = [];

	append(text: string): void {
		this.#splitter.append(text);
	}

	end(): void {
		this.#splitter.end();
	}

	/**
	 * Parses the next block that is finished, so that a caller can stop in between and go on later.
	 * @returns undefined when all are handed out.
	 */
	nextFinished(): FinishedBlock | undefined {
		const again = this.#again.pop();
		if (again !== undefined) {
			return { index: again.index, block: this.#parse(again.source, new HeadingRanks(again.ranks)) };
		}
		if (this.#waitingAt === this.#waiting.length) {
			this.#waiting = this.#splitter.takeClosed();
			this.#waitingAt = 0;
		}
		const block = this.#waiting[this.#waitingAt++];
		if (block === undefined) {
			this.#waitingAt = this.#waiting.length;
			return undefined;
		}
		const index = this.#finished++;
		if (block.kind === 'code') {
			return { index, block };
		}
		const ranks = new HeadingRanks(this.#ranks);
		const shown = this.#parse(block.source, this.#ranks);
		this.#remember({ index, source: block.source, ranks });
		if (block.source.includes(']:')) {
			this.#resolve();
		}
		return { index, block: shown };
	}

	/** The block that may still change, parsed as it stands. */
	open(): ShownBlock | undefined {
		const open: Block | undefined = this.#splitter.open;
		return open?.kind === 'prose' ? this.#parse(open.source, new HeadingRanks(this.#ranks), this.#copyOfLinks()) : open;
	}

	#parse(source: string, ranks: HeadingRanks, links = this.#links): ShownBlock {
		const lexer = new Lexer();
		lexer.tokens.links = links;
		return { kind: 'nodes', nodes: toNodes(lexer.lex(source), ranks) };
	}

	/** The open block may hold half a definition, which must not stay. */
	#copyOfLinks(): Links {
		return Object.assign(Object.create(null), this.#links);
	}

	#remember(block: Unresolved): void {
		for (const label of labelsIn(block.source)) {
			if (this.#links[label] === undefined) {
				const blocks = this.#unresolved.get(label);
				if (blocks === undefined) {
					this.#unresolved.set(label, [block]);
				} else {
					blocks.push(block);
				}
			}
		}
	}

	#resolve(): void {
		for (const [label, blocks] of this.#unresolved) {
			if (this.#links[label] !== undefined) {
				this.#unresolved.delete(label);
				this.#again.push(...blocks);
			}
		}
	}
}

/** Labels a text may refer to, in the form the lexer looks them up (its case folding goes by way of upper case). */
function labelsIn(source: string): ReadonlySet<string> {
	const labels = new Set<string>();
	for (const [, label = ''] of source.matchAll(/\[([^[\]]{1,200})\]/g)) {
		labels.add(label.trim().replace(/\s+/g, ' ').toLowerCase().toUpperCase().toLowerCase());
	}
	return labels;
}
