/** Ranks the pieces of the workspace's files by the words of a question. Built at the first search, kept up to date by stamps. */
import { abortable } from '../../agent/abortable.ts';
import { type Clock, systemClock } from '../../agent/clock.ts';
import type { CodeHit, CodeQuery, CodeSearch, FoundCode, SimilarityModel } from '../../agent/codeSearch.ts';
import { ModelError } from '../../agent/model.ts';
import { ToolError } from '../../agent/toolError.ts';
import { Breather } from '../breather.ts';
import type { CodeFile, CodeSource } from './codeSource.ts';
import { excerptOf } from './excerpt.ts';
import { type FilePiece, filePieces } from './filePieces.ts';
import { type IndexedPiece, IndexState } from './indexState.ts';
import type { Scored } from './postings.ts';
import { WordSplitter } from './words.ts';

/** Milliseconds that a search waits for the index; then it answers with what there is. */
const MAX_WAIT_MS = 8000;
/** Pairs of word and piece: 64 MB for some 25,000 files of source code, and as much again for where the pieces lie. */
const MAX_ENTRIES = 8_000_000;
/** Files read at a time. */
const PARALLEL = 8;
/** Larger files are generated or data. In UTF-16 units. */
const MAX_TEXT = 500_000;
/** Pieces that are looked at closely for each one that is returned. */
const CANDIDATES = 4;
const MAX_PER_FILE = 2;
/** Tests repeat the words of what they test. */
const TEST_SHARE = 0.75;
const TEST_PATH = /(?:^|\/)(?:tests?|__tests__|specs?|e2e)\/|[._-](?:test|spec)\.\w+$|(?:^|\/)test_[^/]*$|_test\.\w+$/i;

export interface CodeIndexOptions {
	readonly clock?: Clock;
	readonly breather?: Breather;
	/** Puts the best hits in order once more. Asked at each search, so that a changed setting counts at once. */
	readonly similarity?: () => SimilarityModel | undefined;
	/** Pairs of word and piece that are held at most. */
	readonly maxEntries?: number;
}

export class CodeIndex implements CodeSearch {
	readonly #source: CodeSource;
	readonly #breather: Breather;
	readonly #similarity: () => SimilarityModel | undefined;
	readonly #clock: Clock;
	readonly #maxEntries: number;
	readonly #life = new AbortController();
	#state = new IndexState();
	#updating: Promise<void> | undefined;
	/** Files as last listed, once all of them are in the index. */
	#files: readonly CodeFile[] | undefined;
	#total = 0;
	#isFull = false;

	constructor(source: CodeSource, options: CodeIndexOptions = {}) {
		this.#source = source;
		this.#breather = options.breather ?? new Breather();
		this.#similarity = options.similarity ?? (() => undefined);
		this.#clock = options.clock ?? systemClock;
		this.#maxEntries = options.maxEntries ?? MAX_ENTRIES;
	}

	/** Brings the index up to date; who asks while that is under way waits for the same. */
	update(): Promise<void> {
		this.#updating ??= this.#update().finally(() => {
			this.#updating = undefined;
		});
		return this.#updating;
	}

	/** Stops what is under way and forgets all. */
	dispose(): void {
		this.#life.abort();
		this.#source.dispose?.();
		this.#state = new IndexState();
	}

	async search(query: CodeQuery, signal: AbortSignal): Promise<FoundCode> {
		const words = new WordSplitter().words(query.text);
		if (words.length === 0) {
			throw new ToolError('There is no word to look for in the query; name things as the code would.');
		}
		await abortable(this.#patientUpdate(), signal);
		const missing = this.#updating !== undefined ? 'building' : this.#isFull ? 'full' : undefined;
		const searched = this.#state.fileCount;
		const { hits, unjudged } = await this.#best(words, query, signal);
		return { hits, searched, total: this.#total, ...(missing && { missing }), ...(unjudged && { unjudged }) };
	}

	/** Ends with the update, or before it when that takes too long. A failure after that shows at the next search. */
	#patientUpdate(): Promise<void> {
		return new Promise((resolve, reject) => {
			const cancel = this.#clock.schedule(MAX_WAIT_MS, resolve);
			void this.update().then(resolve, reject).finally(cancel);
		});
	}

	async #update(): Promise<void> {
		const { signal } = this.#life;
		const files = await this.#source.files(signal);
		if (files === this.#files) {
			return;
		}
		this.#files = undefined;
		this.#total = files.length;
		const state = this.#state.isWasteful ? new IndexState() : this.#state;
		state.keepOnly(new Set(files.map(({ path }) => path)));
		this.#isFull = false;
		const changed = files.filter(file => !state.has(file));
		for (let from = 0; from < changed.length; from += PARALLEL) {
			const some = changed.slice(from, from + PARALLEL);
			const texts = await Promise.all(some.map(({ path }) => this.#source.read(path, signal)));
			for (const [index, file] of some.entries()) {
				await this.#take(state, file, texts[index], signal);
			}
		}
		this.#state = state;
		this.#files = files;
	}

	async #take(
		state: IndexState,
		{ path, stamp }: CodeFile,
		text: string | undefined,
		signal: AbortSignal,
	): Promise<void> {
		if (state.postings.size >= this.#maxEntries) {
			this.#isFull = true;
			state.removeFile(path);
			return;
		}
		const pieces: FilePiece[] = [];
		if (text !== undefined && text.length <= MAX_TEXT) {
			for await (const piece of filePieces(path, text, this.#breather, signal)) {
				pieces.push(piece);
			}
		}
		signal.throwIfAborted();
		state.setFile(path, stamp, pieces);
	}

	async #best(
		words: readonly string[],
		{ text, below, limit }: CodeQuery,
		signal: AbortSignal,
	): Promise<Pick<FoundCode, 'hits' | 'unjudged'>> {
		const state = this.#state;
		const isBelow = (path: string) => below === '' || path === below || path.startsWith(`${below}/`);
		const isWanted = (piece: number) => isBelow(state.piece(piece)?.path ?? '');
		const scored = await state.postings.best(words, limit * CANDIDATES * 2, isWanted, this.#breather, signal);
		const candidates = spread(demoteTests(scored, state, words), state).slice(0, limit * CANDIDATES);
		const { pieces, unjudged } = await this.#reorder(text, candidates, signal);
		const hits: CodeHit[] = [];
		for (const { path, from, to, names } of pieces) {
			if (hits.length === limit) {
				break;
			}
			const content = await this.#source.read(path, signal);
			if (content !== undefined) {
				hits.push({ path, from, to, names, lines: excerptOf(content, { from, to }, words) });
			}
		}
		return { hits, ...(unjudged !== undefined && { unjudged }) };
	}

	/** By both orders together: a piece counts by its place in each, so the scales need not be alike. */
	async #reorder(
		text: string,
		pieces: readonly IndexedPiece[],
		signal: AbortSignal,
	): Promise<{ readonly pieces: readonly IndexedPiece[]; readonly unjudged?: string }> {
		const similarity = this.#similarity();
		if (similarity === undefined || pieces.length < 2) {
			return { pieces };
		}
		const texts = await Promise.all(pieces.map(piece => this.#textOf(piece, signal)));
		let nearness: readonly number[];
		try {
			nearness = await similarity.similarities(text, texts, signal);
		} catch (error) {
			signal.throwIfAborted();
			if (error instanceof ModelError) {
				return { pieces, unjudged: error.message };
			}
			throw error;
		}
		const byNearness = [...pieces.keys()].sort((a, b) => (nearness[b] ?? 0) - (nearness[a] ?? 0));
		const places = pieces.map((piece, index) => ({ piece, place: index + byNearness.indexOf(index) }));
		return { pieces: places.sort((a, b) => a.place - b.place).map(({ piece }) => piece) };
	}

	async #textOf({ path, from, to }: IndexedPiece, signal: AbortSignal): Promise<string> {
		const text = await this.#source.read(path, signal);
		const lines = (text ?? '').split(/\r?\n/).slice(from - 1, to);
		return [path, ...lines].join('\n');
	}
}

/** Unless somebody asks for tests. */
function demoteTests(scored: readonly Scored[], state: IndexState, words: readonly string[]): readonly Scored[] {
	if (words.includes('test') || words.includes('spec')) {
		return scored;
	}
	const share = ({ piece }: Scored) => (TEST_PATH.test(state.piece(piece)?.path ?? '') ? TEST_SHARE : 1);
	return scored.map(found => ({ ...found, score: found.score * share(found) })).sort((a, b) => b.score - a.score);
}

/** The best pieces, but few of each file. */
function spread(scored: readonly Scored[], state: IndexState): IndexedPiece[] {
	const taken = new Map<string, number>();
	const pieces: IndexedPiece[] = [];
	for (const { piece: number } of scored) {
		const piece = state.piece(number);
		const count = taken.get(piece?.path ?? '') ?? 0;
		if (piece !== undefined && count < MAX_PER_FILE) {
			taken.set(piece.path, count + 1);
			pieces.push(piece);
		}
	}
	return pieces;
}
