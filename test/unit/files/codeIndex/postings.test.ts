import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Postings } from '../../../../src/files/codeIndex/postings.ts';

const WORDS = ['a', 'b', 'c'];
const all = () => true;

describe('postings', () => {
	it('rank a rare word above a common one, and both together above either', () => {
		const postings = new Postings();
		for (const words of [['common'], ['common'], ['rare'], ['common', 'rare']]) {
			postings.add(new Map(words.map(word => [word, 1])), 10);
		}
		assert.deepEqual(
			postings.best(['common', 'rare'], 9, all).map(({ piece }) => piece),
			[3, 2, 0, 1],
		);
	});
	it('count a word less the more often it stands there, and the longer the piece is', () => {
		const postings = new Postings();
		for (const [weight, length] of [
			[1, 10],
			[2, 10],
			[40, 10],
			[2, 500],
		] as const) {
			postings.add(new Map([['word', weight]]), length);
		}
		const ranked = postings.best(['word'], 9, all);
		assert.deepEqual(
			ranked.map(({ piece }) => piece),
			[2, 1, 0, 3],
		);
		assert.ok((ranked[0]?.score ?? 0) < 3 * (ranked[1]?.score ?? 0));
	});
	it('give the same after removals as if the removed had never been', () => {
		const piece = fc.record({ word: fc.constantFrom(...WORDS), weight: fc.nat(300), isRemoved: fc.boolean() });
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 40 }), pieces => {
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
				const numbered = lean.best(WORDS, 99, all).map(({ piece: at, score }) => ({ piece: kept[at], score }));
				assert.deepEqual(full.best(WORDS, 99, all), numbered);
				assert.deepEqual([full.alive, full.removed], [kept.length, pieces.length - kept.length]);
			}),
		);
	});
	it('keep the best of very many', () => {
		const postings = new Postings();
		for (let piece = 0; piece < 5000; piece++) {
			postings.add(new Map([['word', 1]]), 10 + ((piece * 7919) % 5000));
		}
		const whole = postings.best(['word'], 5000, all);
		assert.equal(whole.length, 5000);
		assert.deepEqual(postings.best(['word'], 20, all), whole.slice(0, 20));
		assert.deepEqual(
			postings.best(['word'], 2, piece => piece > 4000).map(({ piece }) => piece),
			whole
				.filter(({ piece }) => piece > 4000)
				.slice(0, 2)
				.map(({ piece }) => piece),
		);
	});
});
