/** Which pieces hold a word, and how much: the inverted index with BM25 on it. Eight bytes for each pair of word and piece. */

import type { Breather } from '../breather.ts';

/** How soon more of the same word stops to count, and how much the length of a piece matters. */
const SATURATION = 1.2;
const LENGTH_SHARE = 0.75;
const MAX_WEIGHT = 255;
const FIRST_CAPACITY = 1 << 14;
/** Pieces held beyond the limit before they are sorted and cut. */
const SLACK = 1000;
/** Entries or pieces looked at before the question whether others wait for their turn. */
const STRIDE = 4096;

/** A piece that holds words of a query. */
export interface Scored {
	readonly piece: number;
	readonly score: number;
}

export class Postings {
	/** Number of the newest entry of each word, from 1. */
	readonly #newest = new Map<string, number>();
	/** Of each entry: the number of the word's entry before it, 0 for none; and the piece with the weight below it. */
	#before = new Uint32Array(FIRST_CAPACITY);
	#packed = new Uint32Array(FIRST_CAPACITY);
	#entries = 0;
	/** Of each piece; 0 for one that was removed. */
	#lengths = new Float32Array(FIRST_CAPACITY);
	#pieces = 0;
	#alive = 0;
	#totalLength = 0;

	/** Pairs of word and piece, removed ones too. */
	get size(): number {
		return this.#entries;
	}

	/** Pieces that were removed and still take room. */
	get removed(): number {
		return this.#pieces - this.#alive;
	}

	get alive(): number {
		return this.#alive;
	}

	/**
	 * @param length what the piece counts as when its length is compared, larger than 0.
	 * @returns the number of the piece; they count up from 0.
	 */
	add(weights: ReadonlyMap<string, number>, length: number): number {
		const piece = this.#pieces++;
		this.#lengths = grown(this.#lengths, this.#pieces);
		for (const [word, weight] of weights) {
			this.#push(word, piece, Math.min(weight, MAX_WEIGHT));
		}
		this.#lengths[piece] = length;
		this.#totalLength += length;
		this.#alive++;
		return piece;
	}

	remove(piece: number): void {
		const length = this.#lengths[piece] ?? 0;
		if (length > 0) {
			this.#lengths[piece] = 0;
			this.#totalLength -= length;
			this.#alive--;
		}
	}

	/**
	 * The best pieces, best first. A piece that holds all the words comes before one that holds few often. Pieces may be
	 * added and removed while it rests: what is removed by its end is not among them.
	 * @param isWanted is asked of pieces that are not removed.
	 */
	async best(
		words: readonly string[],
		limit: number,
		isWanted: (piece: number) => boolean,
		breather: Breather,
		signal: AbortSignal,
	): Promise<readonly Scored[]> {
		const count = this.#pieces;
		const scores = new Float32Array(count);
		const held = new Uint8Array(count);
		const [alive, mean] = [this.#alive, this.#totalLength / Math.max(1, this.#alive)];
		const distinct = [...new Set(words)];
		for (const word of distinct) {
			const entries = await this.#entriesOf(word, breather, signal);
			const rarity = Math.log(1 + (alive - entries.length + 0.5) / (entries.length + 0.5));
			for (const [index, packed] of entries.entries()) {
				if (index % STRIDE === 0 && breather.isDue()) {
					await breather.rest(signal);
				}
				const piece = packed >>> 8;
				const weight = packed & MAX_WEIGHT;
				const norm = 1 - LENGTH_SHARE + (LENGTH_SHARE * (this.#lengths[piece] ?? 0)) / mean;
				scores[piece] = (scores[piece] ?? 0) + (rarity * weight * (SATURATION + 1)) / (weight + SATURATION * norm);
				held[piece] = (held[piece] ?? 0) + 1;
			}
		}
		const best = new BestPieces(limit);
		for (let piece = 0; piece < count; piece++) {
			if (piece % STRIDE === 0 && breather.isDue()) {
				await breather.rest(signal);
			}
			const share = 0.5 + (0.5 * (held[piece] ?? 0)) / distinct.length;
			const score = (scores[piece] ?? 0) * share;
			if (score > best.floor && this.#isAlive(piece) && isWanted(piece)) {
				best.add({ piece, score });
			}
		}
		return best.found().filter(({ piece }) => this.#isAlive(piece));
	}

	#isAlive(piece: number): boolean {
		return (this.#lengths[piece] ?? 0) > 0;
	}

	/** The packed entries of pieces that are not removed. */
	async #entriesOf(word: string, breather: Breather, signal: AbortSignal): Promise<readonly number[]> {
		const entries: number[] = [];
		let entry = this.#newest.get(word) ?? 0;
		for (let steps = 0; entry > 0; steps++) {
			if (steps % STRIDE === 0 && breather.isDue()) {
				await breather.rest(signal);
			}
			const packed = this.#packed[entry] ?? 0;
			if (this.#isAlive(packed >>> 8)) {
				entries.push(packed);
			}
			entry = this.#before[entry] ?? 0;
		}
		return entries;
	}

	#push(word: string, piece: number, weight: number): void {
		const entry = ++this.#entries;
		this.#before = grown(this.#before, entry + 1);
		this.#packed = grown(this.#packed, entry + 1);
		this.#before[entry] = this.#newest.get(word) ?? 0;
		this.#packed[entry] = piece * 256 + weight;
		this.#newest.set(word, entry);
	}
}

/** The best of any number of pieces, without sorting all. */
class BestPieces {
	/** Only a higher score can still be among the best. */
	floor = 0;
	#kept: Scored[] = [];
	readonly #limit: number;

	constructor(limit: number) {
		this.#limit = limit;
	}

	add(scored: Scored): void {
		this.#kept.push(scored);
		if (this.#kept.length >= this.#limit + SLACK) {
			this.#kept = [...this.found()];
			this.floor = this.#kept.at(-1)?.score ?? 0;
		}
	}

	found(): readonly Scored[] {
		return this.#kept.sort((a, b) => b.score - a.score || a.piece - b.piece).slice(0, this.#limit);
	}
}

/** The array itself, or a copy of twice the room. */
function grown<Values extends Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>>(
	values: Values,
	length: number,
): Values {
	if (length <= values.length) {
		return values;
	}
	const larger =
		values instanceof Uint32Array ? new Uint32Array(values.length * 2) : new Float32Array(values.length * 2);
	larger.set(values);
	// The same kind of array, as the line above chose it.
	return larger as Values;
}
