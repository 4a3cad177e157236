import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fenceFor } from '../../../../src/agent/inline/answerReader.ts';
import type { FileAround } from '../../../../src/agent/inline/answerScope.ts';
import { type AnswerEnd, InlineAnswer } from '../../../../src/agent/inline/inlineAnswer.ts';

const FILE: FileAround = {
	before: ["import { read } from './read.ts';", '', 'export const LIMIT = 10;', ''],
	region: ['function sum(a: number, b: number) {', '\treturn a + b;', '}'],
	after: ['', 'export function twice(value: number) {', '\treturn sum(value, value);', '}', ''],
};
const NEW = ['/** Adds. */', 'function sum(a: number, b: number): number {', '\treturn a + b;', '}'];

function answerOf(file: FileAround = FILE, language = 'typescript'): InlineAnswer {
	return new InlineAnswer({ file, language, unit: '\t', indent: '' });
}

function ask(text: string, file: FileAround = FILE, isWhole = true): AnswerEnd {
	const answer = answerOf(file);
	answer.push(text);
	return answer.end(isWhole);
}

function block(lines: readonly string[], fence = '```', info = 'ts'): string {
	return [`${fence}${info}`, ...lines, fence].join('\n');
}

describe('inline answer', () => {
	it('takes the block as the new text of the region', () => {
		assert.deepEqual(ask(block(NEW)), { lines: NEW });
	});

	it('leaves out what is said around the block', () => {
		assert.deepEqual(ask(`Here it is:\n\n${block(NEW)}\n\nI added a return type.`), { lines: NEW });
	});

	it('takes nothing of an answer without a block, and keeps its words', () => {
		const answer = answerOf();
		answer.push('The function is fine as it is.');
		assert.deepEqual(answer.end(true), { refusal: 'prose' });
		assert.equal(answer.prose, 'The function is fine as it is.');
		assert.deepEqual(answer.lines, FILE.region);
	});

	it('takes an empty block as a deletion', () => {
		assert.deepEqual(ask('```\n```'), { lines: [] });
	});

	it('takes a block whose end the model forgot, when the answer is whole', () => {
		assert.deepEqual(ask(['```ts', ...NEW].join('\n')), { lines: NEW });
		assert.deepEqual(ask(['```ts', ...NEW].join('\n'), FILE, false), { refusal: 'cut' });
	});

	it('refuses several blocks: nobody knows which one is meant', () => {
		assert.deepEqual(ask(`${block(NEW)}\nOr shorter:\n${block(['const sum = add;'])}`), { refusal: 'several' });
	});

	it('refuses a diff and marks of one', () => {
		assert.deepEqual(ask(block(['-\treturn a + b;', '+\treturn b + a;'], '```', 'diff')), { refusal: 'diff' });
		assert.deepEqual(ask(block(['<<<<<<< SEARCH', 'a', '=======', 'b', '>>>>>>> REPLACE'])), { refusal: 'diff' });
		assert.deepEqual(ask(block(['@@ -1,3 +1,3 @@', ' a'])), { refusal: 'diff' });
	});

	it('refuses a placeholder for code that was left out', () => {
		assert.deepEqual(ask(block([NEW[1] ?? '', '\t// ... existing code ...', '}'])), { refusal: 'elision' });
	});

	it('knows a refusal before the end', () => {
		assert.equal(answerOf().push('```ts\n\t// ... existing code ...\n'), 'elision');
	});

	it('cuts the whole file to the region', () => {
		assert.deepEqual(ask(block([...FILE.before, ...NEW, ...FILE.after])), { lines: NEW });
	});

	it('cuts the whole file that ends without its last empty line', () => {
		assert.deepEqual(ask(block([...FILE.before, ...NEW, ...FILE.after.slice(0, -1)])), { lines: NEW });
	});

	it('refuses the whole file with changes elsewhere', () => {
		const before = FILE.before.map(line => line.replace('10', '20'));
		assert.deepEqual(ask(block([...before, ...NEW, ...FILE.after])), { refusal: 'wholeFile' });
		const after = FILE.after.map(line => line.replace('twice', 'double'));
		assert.deepEqual(ask(block([...FILE.before, ...NEW, ...after])), { refusal: 'wholeFile' });
	});

	it('refuses a small file with a change before the region', () => {
		const file = { before: ['const first = 1;', ''], region: FILE.region, after: ['', 'const last = 9;', ''] };
		const lines = ['const first = 2;', '', ...NEW.slice(1), ...file.after];
		assert.deepEqual(ask(block(lines), file), { refusal: 'wholeFile' });
		assert.deepEqual(ask(block([...FILE.region.slice(0, 2), '\tmore();', '}', ...file.after]), file), {
			lines: [...FILE.region.slice(0, 2), '\tmore();', '}'],
		});
	});

	it('cuts lines from before and behind the region that are repeated', () => {
		const file = { ...FILE, before: ['const one = 1;', 'const two = 2;', 'const three = 3;'] };
		const echoed = ['const one = 1;', 'const two = 2;', 'const three = 3;', ...NEW, ...FILE.after.slice(0, 4)];
		const far = { ...file, before: ['// a file', ...file.before] };
		assert.deepEqual(ask(block(echoed), far), { lines: NEW });
	});

	it('keeps lines that stand before the region and begin it as well', () => {
		const row = ['row(1, 2, 3);', 'row(1, 2, 3);', 'row(1, 2, 3);'];
		const file = { before: ['start();', ...row], region: row, after: ['end();'] };
		assert.deepEqual(ask(block([...row, 'row(4);']), file), { lines: [...row, 'row(4);'] });
	});

	it('keeps blocks within the block, in a text that has some', () => {
		const lines = ['# Use', '```sh', 'npm test', '```', 'That is all.'];
		const file = { before: [], region: ['# Use'], after: [] };
		assert.deepEqual(ask(block(lines, '````', 'markdown'), file), { lines });
		assert.deepEqual(ask(block(lines, '```', 'markdown'), file), { lines });
		assert.equal(fenceFor('a ``` b', 'markdown'), '````');
		assert.equal(fenceFor('', 'typescript'), '```');
	});

	it('takes line ends of Windows', () => {
		assert.deepEqual(ask(block(NEW).replaceAll('\n', '\r\n')), { lines: NEW });
	});

	it('moves an answer from the margin to the indentation of the region', () => {
		const file = { before: ['class A {'], region: ['\tone() {', '\t\treturn 1;', '\t}'], after: ['}'] };
		const end = ask(block(['one() {', '\treturn 2;', '', '}']), file);
		assert.deepEqual(end, { lines: ['\tone() {', '\t\treturn 2;', '', '\t}'] });
	});

	it('turns the spaces of an answer into the tabs of the file', () => {
		const end = ask(block(['function sum(a, b) {', '    if (a) {', '        return b;', '    }', '}']));
		assert.deepEqual(end, { lines: ['function sum(a, b) {', '\tif (a) {', '\t\treturn b;', '\t}', '}'] });
	});

	it('turns the tabs of an answer into the spaces of the file', () => {
		const answer = new InlineAnswer({
			file: { before: [], region: ['  a();'], after: [] },
			language: 'python',
			unit: '  ',
			indent: '',
		});
		answer.push(block(['  if x:', '  \ta();']));
		assert.deepEqual(answer.end(true), { lines: ['  if x:', '    a();'] });
	});

	it('indents what is put at an empty line', () => {
		const answer = new InlineAnswer({
			file: { before: ['class A {'], region: [''], after: ['}'] },
			language: 'typescript',
			unit: '\t',
			indent: '\t',
		});
		answer.push(block(['one = 1;', 'two = 2;']));
		assert.deepEqual(answer.end(true), { lines: ['\tone = 1;', '\ttwo = 2;'] });
	});

	it('leaves a line of the region as it is, whatever its indentation', () => {
		const file = { before: [], region: ['    odd();', '\teven();'], after: [] };
		assert.deepEqual(ask(block(['    odd();', '\teven();', '\tmore();']), file), {
			lines: ['    odd();', '\teven();', '\tmore();'],
		});
	});
});

const line = fc.constantFrom<string[]>(
	'a();',
	'b();',
	'call(one);',
	'call(two);',
	'}',
	'',
	'\tconst x = 1;',
	'return x;',
);
const lines = fc.array(line, { maxLength: 12 });
const prose = fc.constantFrom('', 'Here it is:\n', 'Sure.\n\nThe text:\n');
const around = fc.record({ before: lines, region: fc.array(line, { minLength: 1, maxLength: 12 }), after: lines });

describe('inline answer in pieces', () => {
	it('gives the same text however the answer is cut', () => {
		fc.assert(
			fc.property(
				around,
				lines,
				prose,
				prose,
				fc.array(fc.nat(200), { maxLength: 20 }),
				(file, next, lead, tail, cuts) => {
					const text = `${lead}${block(next)}\n${tail}`;
					const whole = ask(text, file);
					const answer = answerOf(file);
					let from = 0;
					for (const cut of [...cuts].sort((a, b) => a - b)) {
						answer.push(text.slice(from, cut));
						from = Math.max(from, cut);
					}
					answer.push(text.slice(from));
					assert.deepEqual(answer.end(true), whole);
				},
			),
			{ numRuns: 2000 },
		);
	});

	it('shows at any time new lines and then a rest of the old ones, and in the end the new ones', () => {
		fc.assert(
			fc.property(lines, lines, (some, next) => {
				const region = ['margin();', ...some];
				const answer = answerOf({ before: [], region, after: [] });
				let passed = 0;
				answer.push('```\n');
				for (const [index, part] of next.entries()) {
					answer.push(`${part}\n`);
					const shown = answer.lines;
					const rest = shown.length - index - 1;
					assert.deepEqual(shown.slice(0, index + 1), next.slice(0, index + 1));
					assert.deepEqual(shown.slice(index + 1), region.slice(region.length - rest));
					assert.ok(region.length - rest >= passed, 'an old line came back');
					passed = region.length - rest;
				}
				answer.push('```');
				assert.deepEqual(answer.end(true), { lines: next });
			}),
			{ numRuns: 2000 },
		);
	});

	it('lets nothing of the words into the text', () => {
		const words = fc.stringMatching(/^[A-Z][a-z ]{3,40}\.$/);
		fc.assert(
			fc.property(words, words, lines, (lead, tail, next) => {
				const answer = answerOf({ before: [], region: ['old();'], after: [] });
				const seen: string[] = [];
				for (const character of `${lead}\n${block(next)}\n${tail}`) {
					answer.push(character);
					seen.push(...answer.lines);
				}
				answer.end(true);
				assert.ok(seen.every(shown => shown === 'old();' || next.includes(shown)));
			}),
			{ numRuns: 300 },
		);
	});
});
