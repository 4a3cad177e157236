import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TextLoop } from '../../../../src/agent/turn/textLoop.ts';

/** Units written before the loop was noticed; undefined when it was not. */
function noticedAt(text: string, deltaLength = 1): number | undefined {
	const loop = new TextLoop();
	for (let at = 0; at < text.length; at += deltaLength) {
		if (loop.add(text.slice(at, at + deltaLength))) {
			return Math.min(text.length, at + deltaLength);
		}
	}
	return undefined;
}

function lines(count: number, line: (index: number) => string): string {
	return Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');
}

/** The same numbers in every run. */
function numbers(count: number): number[] {
	let state = 1;
	return Array.from({ length: count }, () => {
		state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
		return (state >>> 16) & 0xff;
	});
}

const sixty = 'I will now look at the file again to see what is wrong there. '.slice(0, 60);
const paragraph = `${'The user wants me to mend the parser. '.repeat(5)}Let me think about what it does.\n\nIt reads the head first. Wait, it does not.\n`;

const honest: Record<string, string> = {
	'a long table': lines(3_000, index => `| ${index} | name ${index % 7} | ${index * 13} | yes | yes | — |`),
	'a table of equal cells': lines(350, () => '| yes | yes | no | yes | — | yes | yes |'),
	'a code block with repeats': `\`\`\`ts\n${'\tassert.equal(await read(path), undefined);\n'.repeat(300)}\`\`\``,
	'a list of many similar lines': lines(4_000, index => `- [ ] Move src/components/part${index}.tsx to the new folder`),
	'a log quoted 300 times':
		'> 12:00:01.000 ERROR [main] c.e.Server - Connection refused: localhost/127.0.0.1:5432, trying again\n'.repeat(300),
	'a log of long lines, 300 times': `${'java.lang.IllegalStateException at '.repeat(5)}\n`.repeat(300),
	'a drawing': lines(120, index => ' '.repeat(Math.abs(60 - index)) + '*'.repeat(120 - 2 * Math.abs(60 - index))),
	'rules and blank space': `${'='.repeat(4_000)}\n${' '.repeat(4_000)}\n${'-'.repeat(4_000)}`,
	'base64 of a picture': Buffer.from(numbers(150_000)).toString('base64'),
	'base64 of zeros': Buffer.alloc(6_000).toString('base64'),
	'an array of zeros': `[${'0, '.repeat(4_000)}0]`,
	'a matrix': lines(300, () => '0, '.repeat(30)),
	'minified data': JSON.stringify(Array.from({ length: 3_000 }, (_, id) => ({ id, name: null, tags: [], size: 0 }))),
	'a hex dump of zeros': lines(
		4_000,
		index => `${(index * 16).toString(16).padStart(8, '0')}: ${'0000 '.repeat(8)} ........`,
	),
};

describe('TextLoop', () => {
	it('notices the same sixty characters long before they came two thousand times', () => {
		const at = noticedAt(sixty.repeat(2_000));
		assert.ok(at !== undefined && at < 10_000, `noticed at ${at}`);
	});

	for (const [what, text] of Object.entries(honest)) {
		it(`lets ${what} pass`, () => {
			for (const deltaLength of [1, 17, text.length]) {
				assert.equal(noticedAt(text, deltaLength), undefined);
			}
		});
	}

	it('notices a loop of paragraphs, of single characters, of a word, and of lines', () => {
		for (const piece of [paragraph, '!', 'ha', 'no no\n', 'Wait. ', '👍', '\n', '| a | b |\n']) {
			const at = noticedAt(piece.repeat(Math.ceil(100_000 / piece.length)), 5);
			assert.ok(at !== undefined && at < 62_000, `${JSON.stringify(piece)} at ${at}`);
		}
	});

	it('notices a loop behind any of the texts that it lets pass', () => {
		for (const text of Object.values(honest)) {
			const at = noticedAt(text + sixty.repeat(2_000), 11);
			assert.ok(at !== undefined && at > text.length && at < text.length + 10_000, `${at} of ${text.length}`);
		}
	});

	it('notices pieces that hold repeats within repeats', () => {
		const word = fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom('a', 'b', ' ', '\n') });
		const nested = fc
			.tuple(word, fc.integer({ min: 1, max: 6 }), word, fc.integer({ min: 1, max: 5 }), word)
			.map(([one, times, two, more, three]) => (one.repeat(times) + two).repeat(more) + three)
			.filter(({ length }) => length <= 1_500);
		fc.assert(
			fc.property(fc.string({ maxLength: 500 }), nested, fc.integer({ min: 1, max: 50 }), (before, piece, delta) => {
				const text = before + piece.repeat(Math.ceil(70_000 / piece.length));
				const at = noticedAt(text, delta);
				assert.ok(at !== undefined && at < before.length + 66_000, `noticed at ${at}`);
			}),
			{ numRuns: 150 },
		);
	});

	it('lets any piece be written a hundred times', () => {
		const piece = fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' });
		fc.assert(
			fc.property(piece, fc.string({ maxLength: 100 }), (text, after) => {
				// Of several equal parts, the piece itself would be repeated more often.
				fc.pre(!(text + text).slice(1, -1).includes(text));
				assert.equal(noticedAt(text.repeat(100) + after, 13), undefined);
			}),
		);
	});

	it('says the same whatever the deltas', () => {
		fc.assert(
			fc.property(
				fc.string({ minLength: 1, maxLength: 80 }),
				fc.array(fc.integer({ min: 1, max: 999 }), { minLength: 1 }),
				(piece, sizes) => {
					const text = piece.repeat(Math.ceil(30_000 / piece.length));
					const exact = noticedAt(text);
					const loop = new TextLoop();
					let at = 0;
					let isNoticed = false;
					for (let turn = 0; at < text.length && !isNoticed; turn++) {
						const end = at + (sizes[turn % sizes.length] ?? 1);
						isNoticed = loop.add(text.slice(at, end));
						assert.equal(isNoticed, exact !== undefined && end >= exact);
						at = end;
					}
				},
			),
			{ numRuns: 50 },
		);
	});
});
