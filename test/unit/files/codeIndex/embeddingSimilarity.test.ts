import assert from 'node:assert/strict';
import type { EmbeddingClient, VectorStore } from '../../../../src/agent/codeSearch.ts';
import { ModelError } from '../../../../src/agent/model.ts';
import {
	createEmbeddingSimilarity,
	type EmbeddingSimilarityOptions,
} from '../../../../src/files/codeIndex/embeddingSimilarity.ts';
import { manualClock } from '../../../fakes/manualClock.ts';

const { signal } = new AbortController();
const usage = {
	promptTokens: 3,
	completionTokens: 0,
	cachedTokens: 0,
	cacheWriteTokens: 0,
	reasoningTokens: 0,
	cost: 0.01,
};

/** Vectors by how often a text holds `a`, `b` and `c`. */
class LetterClient implements EmbeddingClient {
	readonly asked: string[][] = [];
	dollars: number | undefined = 2;
	failure: Error | undefined;

	async price() {
		return this.dollars;
	}

	async embed(_model: string, texts: readonly string[]) {
		if (this.failure !== undefined) {
			throw this.failure;
		}
		this.asked.push([...texts]);
		return { vectors: texts.map(text => ['a', 'b', 'c'].map(letter => text.split(letter).length - 1)), usage };
	}
}

class MemoryStore implements VectorStore {
	readonly kept = new Map<string, Uint8Array>();

	async read(key: string) {
		return this.kept.get(key);
	}

	async write(key: string, bytes: Uint8Array) {
		this.kept.set(key, bytes);
	}
}

describe('similarity by embeddings', () => {
	let client: LetterClient;
	let store: MemoryStore;
	let booked: string[];
	let failures: unknown[];
	const make = (rest: Partial<EmbeddingSimilarityOptions> = {}) =>
		createEmbeddingSimilarity({
			client,
			model: 'lab/letters',
			store,
			reserve: async ({ model, amount }) => {
				booked.push(`${model} ${amount}`);
				return {
					settle: async bill => void booked.push(bill === undefined ? 'unknown' : `paid ${bill.cost}`),
					release: async () => void booked.push('released'),
				};
			},
			onStoreFailure: error => failures.push(error),
			...rest,
		});

	beforeEach(() => {
		client = new LetterClient();
		store = new MemoryStore();
		booked = [];
		failures = [];
	});

	it('is larger the more alike the directions are, whatever the lengths', async () => {
		const [same, near, far] = await make().similarities('ab', ['aaabbb', 'aab', 'ccc'], signal);
		assert.ok(same !== undefined && near !== undefined && far !== undefined);
		assert.ok(same > 0.999 && same > near && near > far && Math.abs(far) < 0.001, `${same} ${near} ${far}`);
	});
	it('asks and pays once for a text, also in another window', async () => {
		await make().similarities('a', ['b', 'c', 'b'], signal);
		const again = await make().similarities('a', ['c', 'abc'], signal);
		assert.deepEqual(client.asked, [['a', 'b', 'c'], ['abc']]);
		assert.equal(again.length, 2);
		await createEmbeddingSimilarity({
			client,
			model: 'lab/others',
			store,
			reserve: async () => ({ settle: async () => undefined, release: async () => undefined }),
			onStoreFailure: error => assert.fail(String(error)),
		}).similarities('a', ['b'], signal);
		assert.deepEqual(client.asked.at(-1), ['a', 'b']);
	});
	it('sets aside what it may cost at most, and books the bill', async () => {
		await make().similarities('aé', ['b'], signal);
		assert.deepEqual(booked, [`lab/letters ${(4 * 2) / 1_000_000}`, 'paid 0.01']);
	});
	it('says so where the price is not known', async () => {
		client.dollars = undefined;
		await make().similarities('a', ['b'], signal);
		assert.equal(booked[0], 'lab/letters undefined');
	});
	it('asks nothing when the budget does not allow it', async () => {
		const refusing = make({ reserve: () => Promise.reject(new ModelError('budget', 'Too dear.')) });
		await assert.rejects(refusing.similarities('a', ['b'], signal), /Too dear/);
		assert.deepEqual([client.asked, store.kept.size], [[], 0]);
	});
	it('books nothing for a refusal, and the unknown for an answer that cannot be read', async () => {
		for (const [kind, outcome] of [
			['rateLimit', 'released'],
			['notAnAnswer', 'unknown'],
		] as const) {
			client.failure = new ModelError(kind, 'No.');
			await assert.rejects(make().similarities('a', ['b'], signal), ModelError);
			assert.equal(booked.at(-1), outcome);
		}
	});
	it('sends no more of a long text than every model takes', async () => {
		await make().similarities('a', ['b'.repeat(9000)], signal);
		assert.equal(client.asked[0]?.[1]?.length, 2000);
	});
	it('gives up after ten seconds', async () => {
		const clock = manualClock();
		const stalled: EmbeddingClient = {
			price: async () => 1,
			embed: (_model, _texts, stop) =>
				new Promise((_, reject) => {
					stop.addEventListener('abort', () => reject(new ModelError('aborted', 'Stopped.')));
					clock.advance(10_000);
				}),
		};
		await assert.rejects(make({ client: stalled, clock }).similarities('a', ['b'], signal), (error: unknown) => {
			assert.ok(error instanceof ModelError);
			assert.deepEqual([error.kind, error.message], ['silent', 'The embedding model gave no answer within 10 s.']);
			return true;
		});
		assert.equal(booked.at(-1), 'unknown');
	});
	it('does without a store that fails, and says so', async () => {
		const broken = {
			read: () => Promise.reject(new Error('disk')),
			write: () => Promise.reject(new Error('disk')),
		};
		assert.equal((await make({ store: broken }).similarities('a', ['b'], signal)).length, 1);
		assert.equal(failures.length, 4);
	});
});
