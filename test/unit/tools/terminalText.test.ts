import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TerminalText } from '../../../src/tools/terminalText.ts';

function shown(...pieces: readonly string[]): string {
	const terminal = new TerminalText();
	return pieces.map(piece => terminal.write(piece)).join('') + terminal.end();
}

describe('text of a terminal', () => {
	it('loses colours, titles, links and clipboard sequences, not their text', () => {
		assert.equal(shown('\u001B[1;31mred\u001B[0m\n'), 'red\n');
		assert.equal(shown('\u001B]0;title\u0007a\u001B]52;c;c2VjcmV0\u001B\\b\n'), 'ab\n');
		assert.equal(shown('\u001B]8;;http://x\u001B\\link\u001B]8;;\u001B\\ after\n'), 'link after\n');
		assert.equal(shown('\u001B[2J\u001B[H\u001B[3Aup\u001B(B\u001B7\u001B=\n'), 'up\n');
	});

	it('loses sequences with 8-bit introducers', () => {
		assert.equal(shown('\u009B31mred\u009B0m\u009D0;title\u009C\u0090q#0\u009C.\n'), 'red.\n');
	});

	it('keeps the text behind a sequence that never ends', () => {
		assert.equal(shown('\u001BPnever ended\nnext\n'), 'never ended\nnext\n');
		assert.equal(shown('\u001B]0;title'), '0;title');
		assert.equal(shown('\u001BPone\u001B[31mtwo'), 'onetwo');
		assert.equal(shown(`\u001B]0;${'x'.repeat(20_000)}`), `0;${'x'.repeat(20_000)}`);
		assert.equal(shown('a\u001B'), 'a');
		assert.equal(shown('a\u001B[12'), 'a');
	});

	it('shows an overwritten line as it was last', () => {
		assert.equal(shown('10%\r50%\r100%\ndone\n'), '100%\ndone\n');
		assert.equal(shown('10%\r', '50%\r', '100%'), '100%');
		assert.equal(shown('kept\r'), 'kept');
		assert.equal(shown('a\r\nb\r\r\nc\r', '\n'), 'a\nb\nc\n');
	});

	it('takes characters back at a backspace', () => {
		assert.equal(shown('N\bNA\bAM\bME\bE\n'), 'NAME\n');
		assert.equal(shown('|\b/\b-', '\b done\n'), ' done\n');
		assert.equal(shown('\b\ba\n'), 'a\n');
	});

	it('keeps what is invisible otherwise for those who show it', () => {
		assert.equal(shown('a\u200B\u202E\0b\tc\n'), 'a\u200B\u202E\0b\tc\n');
	});

	it('tells the line that may still change', () => {
		const terminal = new TerminalText();
		assert.equal(terminal.write('one\nPassword: '), 'one\n');
		assert.equal(terminal.openLine, 'Password: ');
		assert.equal(terminal.write('\r'), '');
		assert.equal(terminal.openLine, 'Password: ');
		assert.equal(terminal.write('new'), '');
		assert.equal(terminal.openLine, 'new');
		const long = 'x'.repeat(5_000);
		assert.equal(terminal.write(long), `new${long}`);
		assert.equal(terminal.openLine, '');
	});

	it('is the same however the text is cut', () => {
		const parts = [
			...['a', 'bc', ' ', '\n', '\r', '\r\n', '\b', '\u001B[31m', '\u001B[K', '\u001B]0;t\u0007', '\u001BPx\u001B\\'],
			...['\u001B', '\u001B[', '\u001B]', '\u009B', '1m', ';', '\\', '\u0007', '\u001B(B', 'ä', '😀'],
		];
		fc.assert(
			fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 30 }), fc.array(fc.nat(60)), (pieces, cuts) => {
				const text = pieces.join('');
				const ends = [...cuts.filter(cut => cut < text.length), text.length].sort((a, b) => a - b);
				const cut = ends.map((end, index) => text.slice(index === 0 ? 0 : ends[index - 1], end));
				assert.equal(shown(...cut), shown(text));
			}),
			{ numRuns: 500 },
		);
	});

	it('leaves no escape and no overwriting in any text', () => {
		fc.assert(
			fc.property(
				fc.array(fc.constantFrom('\u001B', '[', ']', 'P', '\\', '\u009B', '\u0007', '\r', '\b', '\n', 'a', '0', ';'), {
					maxLength: 60,
				}),
				characters => {
					assert.doesNotMatch(shown(...characters), /(?!\n)\p{Cc}/u);
				},
			),
			{ numRuns: 500 },
		);
	});

	it('takes time in proportion to hostile texts', () => {
		for (const hostile of ['\u001B]', '\u001B[0', '\r', '\b', '\u001BP\u001B', '\u0090;'] as const) {
			const length = shown(hostile.repeat(200_000)).length;
			assert.ok(length <= 400_000);
		}
	});
});
