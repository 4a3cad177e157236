/** Judges meaning by the vectors of an embedding model. A text is paid for once: its vector is kept under its content. */
import { type Clock, systemClock } from '../../agent/clock.ts';
import type { EmbeddingClient, Embeddings, SimilarityModel, VectorStore } from '../../agent/codeSearch.ts';
import { withDeadline } from '../../agent/deadline.ts';
import type { AnsweredBy } from '../../agent/ledger/ledger.ts';
import { ModelError, type Usage } from '../../agent/model.ts';
import { ToolError } from '../../agent/toolError.ts';

/** Characters of a text that are judged: some 500 tokens, which every embedding model takes. */
const MAX_CHARACTERS = 2000;
/** Milliseconds that a search waits for the judgement. */
const TIMEOUT_MS = 10_000;
/** Vectors are kept with one byte a dimension, which changes their angles by less than one part in a hundred. */
const STEPS = 127;

/** Money set aside for one request, as the ledger gives it. */
export interface EmbeddingReservation {
	/** @param usage undefined when something was answered and nobody knows the bill. */
	settle(usage: Usage | undefined, by?: AnsweredBy): Promise<void>;
	release(): Promise<void>;
}

export interface EmbeddingSimilarityOptions {
	readonly client: EmbeddingClient;
	/** Id of the embedding model. */
	readonly model: string;
	/** Absent: vectors are forgotten after each search. */
	readonly store?: VectorStore;
	/**
	 * Books a request before it is made.
	 * @param amount US dollars, worst case; undefined where the price is not known.
	 * @throws ModelError of kind `budget`
	 */
	reserve(need: { readonly model: string; readonly amount: number | undefined }): Promise<EmbeddingReservation>;
	/** Told when vectors cannot be kept or read: they are asked for again then. Must not throw. */
	readonly onStoreFailure: (error: unknown) => void;
	readonly clock?: Clock;
}

export function createEmbeddingSimilarity(options: EmbeddingSimilarityOptions): SimilarityModel {
	return new EmbeddingSimilarity(options);
}

class EmbeddingSimilarity implements SimilarityModel {
	readonly #options: EmbeddingSimilarityOptions;
	/** US dollars for a million tokens, asked once. */
	#price: { readonly dollars: number | undefined } | undefined;

	constructor(options: EmbeddingSimilarityOptions) {
		this.#options = options;
	}

	async similarities(query: string, texts: readonly string[], signal: AbortSignal): Promise<readonly number[]> {
		const { clock = systemClock } = this.#options;
		const message = `The embedding model gave no answer within ${TIMEOUT_MS / 1000} s.`;
		try {
			return await withDeadline({ ms: TIMEOUT_MS, clock, signal, message }, async ending => {
				const [asked, ...vectors] = await this.#vectors([query, ...texts], ending);
				return vectors.map(vector => cosine(asked ?? vector, vector));
			});
		} catch (error) {
			throw error instanceof ToolError ? new ModelError('silent', error.message, {}, { cause: error }) : error;
		}
	}

	async #vectors(texts: readonly string[], signal: AbortSignal): Promise<readonly Int8Array[]> {
		const parts = texts.map(text => text.slice(0, MAX_CHARACTERS));
		const keys = await Promise.all(parts.map(part => keyOf(this.#options.model, part)));
		const kept = new Map<string, Int8Array>();
		await Promise.all(
			[...new Set(keys)].map(async key => {
				const bytes = await this.#stored(store => store.read(key));
				if (bytes !== undefined && bytes.length > 0) {
					kept.set(key, new Int8Array(bytes));
				}
			}),
		);
		const missing = new Map(keys.flatMap((key, index) => (kept.has(key) ? [] : [[key, parts[index] ?? ''] as const])));
		if (missing.size > 0) {
			const fresh = await this.#embed([...missing.values()], signal);
			await Promise.all(
				[...missing.keys()].map(async (key, index) => {
					const vector = quantized(fresh[index] ?? []);
					kept.set(key, vector);
					await this.#stored(store => store.write(key, new Uint8Array(vector.buffer)));
				}),
			);
		}
		return keys.map(key => kept.get(key) ?? new Int8Array());
	}

	async #embed(texts: readonly string[], signal: AbortSignal): Promise<Embeddings['vectors']> {
		const { client, model, reserve } = this.#options;
		this.#price ??= { dollars: await client.price(model, signal) };
		const { dollars } = this.#price;
		// No token is shorter than a byte.
		const bytes = texts.reduce((sum, text) => sum + new TextEncoder().encode(text).length, 0);
		const reservation = await reserve({ model, amount: dollars && (bytes * dollars) / 1_000_000 });
		let answer: Embeddings;
		try {
			answer = await client.embed(model, texts, signal);
		} catch (error) {
			await (isUnanswered(error) ? reservation.release() : reservation.settle(undefined));
			throw error;
		}
		await reservation.settle(answer.usage, answer.model === undefined ? {} : { model: answer.model });
		return answer.vectors;
	}

	/** What a cache cannot do costs money, not the answer. */
	async #stored<Value>(work: (store: VectorStore) => Promise<Value>): Promise<Value | undefined> {
		const { store, onStoreFailure } = this.#options;
		try {
			return store && (await work(store));
		} catch (error) {
			onStoreFailure(error);
			return undefined;
		}
	}
}

/** A refusal costs nothing; what was stopped on the way, or came in an unknown form, may well. */
function isUnanswered(error: unknown): boolean {
	return error instanceof ModelError && error.kind !== 'aborted' && error.kind !== 'notAnAnswer';
}

async function keyOf(model: string, text: string): Promise<string> {
	const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${model}\n${text}`));
	return [...new Uint8Array(digest)].map(byte => byte.toString(16).padStart(2, '0')).join('');
}

function quantized(vector: readonly number[]): Int8Array {
	const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
	return Int8Array.from(vector, value => Math.round((value / largest) * STEPS));
}

/** 1 for the same direction, -1 for the opposite; 0 where one has none. */
function cosine(a: Int8Array, b: Int8Array): number {
	let [dot, squareA, squareB] = [0, 0, 0];
	for (let index = 0; index < a.length; index++) {
		const [x, y] = [a[index] ?? 0, b[index] ?? 0];
		dot += x * y;
		squareA += x * x;
		squareB += y * y;
	}
	return dot / (Math.sqrt(squareA * squareB) || 1);
}
