import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TerminalOutput } from '../../../src/host/shell/terminalOutput.ts';

function outputOf(text: string): TerminalOutput {
	const output = new TerminalOutput();
	output.write(text);
	output.finish();
	return output;
}

/** All of it from a position on, page by page. */
function readAll(output: TerminalOutput, from: number, count: number): string {
	let text = '';
	for (let at = from; at < output.end; ) {
		const page = output.read(at, count);
		assert.ok(page.next > at, 'a page moves on');
		assert.equal(page.isEnd, page.next === output.end);
		text += page.text;
		at = page.next;
	}
	return text;
}

describe('the output of a terminal', () => {
	it('is text: without sequences, and lines as they were last', () => {
		const output = new TerminalOutput();
		assert.equal(output.write('\u001B[31mred\u001B[0m\r\n10 %\r20 %'), 'red\n');
		assert.deepEqual(output.excerpt(), { head: 'red\n', tail: '', end: 4, openLine: '20 %' });
		assert.equal(output.finish(), '20 %');
		assert.deepEqual(output.excerpt(), { head: 'red\n20 %', tail: '', end: 8, openLine: '' });
	});

	it('shows beginning and end of what is long, whole characters, and gives the rest by page', () => {
		const lines = fc.array(fc.string({ unit: 'grapheme', maxLength: 3_000 }), { minLength: 1, maxLength: 30 });
		fc.assert(
			fc.property(
				lines,
				fc.integer({ min: 1, max: 60 }),
				fc.integer({ min: 4, max: 20_000 }),
				(parts, times, count) => {
					const output = outputOf(`${parts.join('\n').repeat(times)}\n`);
					const { head, gap, tail, end } = output.excerpt();
					const whole = readAll(output, 0, count);
					assert.equal(Buffer.byteLength(whole), end);
					assert.ok(whole.startsWith(head) && whole.endsWith(tail));
					const left = gap === undefined ? '' : readAll(output, gap.from, count).slice(0, -tail.length);
					assert.equal(head + left + tail, whole);
				},
			),
			{ numRuns: 60 },
		);
	});

	it('keeps the beginning and the end of too much, and says what is lost between', () => {
		const output = new TerminalOutput();
		const line = `${'ä'.repeat(511)}\n`;
		for (let lines = 0; lines < 6_000; lines++) {
			output.write(line);
		}
		output.write('the end\n');
		output.finish();
		const { gap, tail, end, lostFrom } = output.excerpt();
		assert.ok(lostFrom !== undefined && lostFrom <= 4 * 1024 * 1024 && lostFrom > 4 * 1024 * 1024 - 1024);
		assert.ok(gap !== undefined && tail.endsWith('the end\n'));
		const page = output.read(lostFrom, 20_000);
		assert.equal(page.lostBytes, end - Buffer.byteLength(tail) - lostFrom);
		assert.equal(page.text, tail);
		const last = readAll(output, lostFrom - 4 * 1023, 700);
		assert.equal(last.slice(-tail.length), tail);
		assert.equal(Buffer.byteLength(last.slice(0, -tail.length)), 4 * 1023);
	});

	it('has nothing behind its end', () => {
		const output = outputOf('a\n');
		assert.deepEqual(output.read(2, 100), { text: '', next: 2, isEnd: true, openLine: '', lostBytes: 0 });
		assert.deepEqual(output.read(9, 100), { text: '', next: 2, isEnd: true, openLine: '', lostBytes: 0 });
	});
});
