import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Breather } from '../../../../src/files/breather.ts';
import { Postings } from '../../../../src/files/codeIndex/postings.ts';

const WORDS = ['a', 'b', 'c'];
const all = () => true;
const { signal } = new AbortController();
const best = (
	postings: Postings,
	words: readonly string[],
	limit: number,
	isWanted: (piece: number) => boolean = all,
) => postings.best(words, limit, isWanted, new Breather(), signal);

describe('postings', () => {
	it('rank a rare word above a common one, and both together above either', async () => {
		const postings = new Postings();
		for (const words of [['common'], ['common'], ['rare'], ['common', 'rare']]) {
			postings.add(new Map(words.map(word => [word, 1])), 10);
		}
		assert.deepEqual(
			(await best(postings, ['common', 'rare'], 9)).map(({ piece }) => piece),
			[3, 2, 0, 1],
		);
	});
	it('count a word less the more often it stands there, and the longer the piece is', async () => {
		const postings = new Postings();
		for (const [weight, length] of [
			[1, 10],
			[2, 10],
			[40, 10],
			[2, 500],
		] as const) {
			postings.add(new Map([['word', weight]]), length);
		}
		const ranked = await best(postings, ['word'], 9);
		assert.deepEqual(
			ranked.map(({ piece }) => piece),
			[2, 1, 0, 3],
		);
		assert.ok((ranked[0]?.score ?? 0) < 3 * (ranked[1]?.score ?? 0));
	});
	it('give the same after removals as if the removed had never been', async () => {
		const piece = fc.record({ word: fc.constantFrom(...WORDS), weight: fc.nat(300), isRemoved: fc.boolean() });
		await fc.assert(
			fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async pieces => {
				const [full, lean] = [new Postings(), new Postings()];
				const kept: number[] = [];
				for (const { word, weight, isRemoved } of pieces) {
					const weights = new Map([[word, weight + 1]]);
					const number = full.add(weights, weight + 1);
					if (isRemoved) {
						full.remove(number);
						full.remove(number);
					} else {
						lean.add(weights, weight + 1);
						kept.push(number);
					}
				}
				const numbered = (await best(lean, WORDS, 99)).map(({ piece: at, score }) => ({ piece: kept[at], score }));
				assert.deepEqual(await best(full, WORDS, 99), numbered);
				assert.deepEqual([full.alive, full.removed], [kept.length, pieces.length - kept.length]);
			}),
		);
	});
	it('keep the best of very many', async () => {
		const postings = new Postings();
		for (let piece = 0; piece < 5000; piece++) {
			postings.add(new Map([['word', 1]]), 10 + ((piece * 7919) % 5000));
		}
		const whole = await best(postings, ['word'], 5000);
		assert.equal(whole.length, 5000);
		assert.deepEqual(await best(postings, ['word'], 20), whole.slice(0, 20));
		assert.deepEqual(
			(await best(postings, ['word'], 2, piece => piece > 4000)).map(({ piece }) => piece),
			whole
				.filter(({ piece }) => piece > 4000)
				.slice(0, 2)
				.map(({ piece }) => piece),
		);
	});
	it('give others their turn, and leave out what is removed meanwhile', async () => {
		const postings = new Postings();
		for (let piece = 0; piece < 20_000; piece++) {
			postings.add(new Map([['word', 1]]), 10);
		}
		let time = 0;
		let rests = 0;
		const breather = new Breather(
			() => (time += 25),
			async () => {
				if (rests++ === 0) {
					postings.remove(0);
					postings.add(new Map([['word', 200]]), 10);
				}
			},
		);
		const ranked = await postings.best(['word'], 3, all, breather, signal);
		assert.deepEqual(
			ranked.map(({ piece }) => piece),
			[1, 2, 3],
		);
		assert.ok(rests >= 12, `${rests} rests`);
		await assert.rejects(postings.best(['word'], 3, all, breather, AbortSignal.abort()), { name: 'AbortError' });
	});
});
