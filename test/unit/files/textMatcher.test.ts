import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TextPattern } from '../../../src/agent/search.ts';
import { Breather } from '../../../src/files/breather.ts';
import { createTextMatcher } from '../../../src/files/textMatcher.ts';

const { signal } = new AbortController();
const regex = (pattern: string): TextPattern => ({
	pattern,
	isRegex: true,
	isCaseSensitive: true,
	contextLines: 0,
	isMultiline: false,
	isCountOnly: false,
});
const spanning = (pattern: string): TextPattern => ({ ...regex(pattern), isMultiline: true });
const matchingLines = async (pattern: TextPattern, text: string) => {
	const { lines } = await (await createTextMatcher(pattern)).match(text, Number.POSITIVE_INFINITY, signal);
	return lines.map(({ line }) => line);
};

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
		await assert.rejects(matcher.match('a\n'.repeat(100_000), 10, controller.signal), { name: 'AbortError' });
		assert.equal(rests, 3);
	});
	it('ends lines at LF and CRLF, as the numbers of read do', async () => {
		const matcher = await createTextMatcher(regex('^.{1,3}$'));
		const { lines } = await matcher.match('a\r\nb\rc\nd', 10, signal);
		assert.deepEqual(
			lines.map(({ line, text }) => `${line}${text}`),
			['1a', '2b\rc', '3d'],
		);
	});
	it('shows context once where matches are near each other', async () => {
		const matcher = await createTextMatcher({ ...regex('hit'), contextLines: 2 });
		const { lines } = await matcher.match('1\n2\n3\nhit\n5\nhit\n7\n8\n9\n', 10, signal);
		assert.equal(lines.map(({ line, isMatch }) => `${line}${isMatch ? ':' : '-'}`).join(' '), '2- 3- 4: 5- 6: 7- 8-');
	});
	it('finds the lines that the pattern matches one by one, whatever the lines around them are', async () => {
		const pieces = ['foo', 'bar', ' ', 'x', '\n', '\n', 'Foo', ';', '\t'];
		const patterns = [
			'foo[^;]*bar',
			'^bar',
			'bar$',
			'\\s+foo',
			'\\bx\\b',
			'^$',
			'o\\W',
			'(?i)foo',
			'\\Abar',
			'x*',
			'foo|^\\t',
		];
		await fc.assert(
			fc.asyncProperty(fc.constantFrom(...patterns), fc.array(fc.constantFrom(...pieces)), async (pattern, parts) => {
				const text = parts.join('');
				const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
				const expected: number[] = [];
				for (const [index, line] of (text === '' ? [] : lines).entries()) {
					if ((await matchingLines(regex(pattern), `${line}\n`)).length > 0) {
						expected.push(index + 1);
					}
				}
				assert.deepEqual(await matchingLines(regex(pattern), text), expected);
			}),
		);
	});
	it('finds what lies deep in a long line, but neither begin nor end of a line there', async () => {
		const line = `${'a '.repeat(40_000)}needle42${' b'.repeat(40_000)}`;
		const { lines } = await (await createTextMatcher(regex('needle\\d+'))).match(line, 10, signal);
		assert.match(lines[0]?.text ?? '', /needle42/);
		assert.deepEqual(await matchingLines(regex('^needle'), line), []);
		assert.deepEqual(await matchingLines(regex('^(?:b| )'), line), []);
		assert.deepEqual(await matchingLines(regex('[ a]+$'), line), []);
	});
	it('finds a match that spans lines wherever it lies', async () => {
		for (const before of [0, 1, 99, 799, 800, 801, 1599, 5000]) {
			const text = `${'filler\n'.repeat(before)}begin\n${'inside\n'.repeat(100)}end\n${'filler\n'.repeat(900)}`;
			const lines = await matchingLines(spanning('(?s)begin.*?end'), text);
			assert.deepEqual([lines[0], lines.length, lines.at(-1)], [before + 1, 102, before + 102]);
		}
	});
	it('shows a line of two matches that span lines once', async () => {
		assert.deepEqual(await matchingLines(spanning('a\\nb'), 'a\nba\nb\nc\n'), [1, 2, 3]);
		const matcher = await createTextMatcher({ ...spanning('a\\nb'), isCountOnly: true });
		assert.equal((await matcher.match('a\nba\nb\nc\n', 0, signal)).count, 2);
	});
	for (const pattern of ['(a+)+$', '(.*){50}x', '(a|aa)*c', '(?:a{1,20}){1,20}!x', '([a-z]{1,20}){1,20}\\d']) {
		it(`looks at a little at a time where others run away: ${pattern}`, async () => {
			let pauses = 0;
			const breather = new Breather();
			breather.isDue = () => {
				pauses++;
				return false;
			};
			const matcher = await createTextMatcher(regex(pattern), breather);
			const text = `${'a'.repeat(50)}!\n`.repeat(1000) + `${'a'.repeat(50_000)}!`;
			await matcher.match(text, 1000, signal);
			assert.ok(pauses >= text.length / 2000, `${pauses} pauses`);
		});
	}
	it('refuses a pattern too large to run, and look-around', async () => {
		await assert.rejects(createTextMatcher(regex('(?:\\w{100}){100}')), /not valid/);
		await assert.rejects(createTextMatcher(regex('(?<=a)b')), /Look-around/);
	});
	it('folds the case of letters beyond ASCII', async () => {
		const isCaseSensitive = false;
		const text = 'ÄRGER\nstraße\nΣΊΣΥΦΟΣ\n';
		assert.deepEqual(await matchingLines({ ...regex('ärger'), isRegex: false, isCaseSensitive }, text), [1]);
		assert.deepEqual(await matchingLines({ ...regex('ärger|σίσυφοσ'), isCaseSensitive }, text), [1, 3]);
	});
});
