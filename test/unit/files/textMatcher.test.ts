import assert from 'node:assert/strict';
import { Breather } from '../../../src/files/breather.ts';
import { createTextMatcher } from '../../../src/files/textMatcher.ts';

const { signal } = new AbortController();
const regex = (pattern: string) => ({ pattern, isRegex: true, isCaseSensitive: true, contextLines: 0 });

describe('text matcher', () => {
	it('gives other work its turn between lines, and stops there when told to', async () => {
		let time = 0;
		let rests = 0;
		const controller = new AbortController();
		const breather = new Breather(
			() => (time += 15),
			async () => {
				rests++;
				if (rests === 3) {
					controller.abort();
				}
			},
		);
		const matcher = await createTextMatcher(regex('x'), breather);
		await assert.rejects(matcher.match('a\n'.repeat(1000), 10, controller.signal), { name: 'AbortError' });
		assert.equal(rests, 3);
	});
	it('takes any kind of line end', async () => {
		const matcher = await createTextMatcher(regex('^.$'));
		const { lines } = await matcher.match('a\r\nb\rc\n', 10, signal);
		assert.deepEqual(
			lines.map(({ line, text }) => `${line}${text}`),
			['1a', '2b', '3c'],
		);
	});
	it('shows context once where matches are near each other', async () => {
		const matcher = await createTextMatcher({ ...regex('hit'), contextLines: 2 });
		const { lines } = await matcher.match('1\n2\n3\nhit\n5\nhit\n7\n8\n9\n', 10, signal);
		assert.equal(lines.map(({ line, isMatch }) => `${line}${isMatch ? ':' : '-'}`).join(' '), '2- 3- 4: 5- 6: 7- 8-');
	});
	it('does not hold the thread for a line of megabytes', async () => {
		const matcher = await createTextMatcher(regex('(a+)+b'));
		const { lines } = await matcher.match('a'.repeat(5_000_000), 10, signal);
		assert.deepEqual(lines, []);
	});
});
