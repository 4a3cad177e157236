import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chunksOf } from '../../../../src/files/codeIndex/chunks.ts';

const body = (count: number, indent = '\t') => Array.from({ length: count }, (_, index) => `${indent}use(${index});`);
const described = (path: string, lines: readonly string[]) =>
	chunksOf(path, lines).map(({ from, to, names }) => `${from}-${to} ${names.join(',')}`);

describe('chunks of a file', () => {
	it('begin at declarations, with the comment above them', () => {
		const lines = [
			'import x;',
			...body(12, ''),
			'/** Says it. */',
			'export function say() {',
			...body(10),
			'}',
			'const last = 1;',
		];
		assert.deepEqual(described('a.ts', lines), ['1-13 ', '14-26 say', '27-27 last'].slice(0, 2).concat('27-27 last'));
	});
	it('keep small declarations together', () => {
		assert.deepEqual(described('a.ts', ['type A = 1;', 'type B = 2;', 'function c() {}']), ['1-3 A,B,c']);
	});
	it('know declarations of many languages', () => {
		const names = [
			'export default async function* load() {',
			'  def handle_request(self):',
			'func (s *Server) Serve() error {',
			'pub(crate) fn parse<T>(text: T) -> T {',
			'public static final class Reader {',
			'\tprivate async readAll(limit: number): Promise<string[]> {',
			'int main(int argc, char **argv) {',
			'#define LIMIT 10',
			'macro_rules! join {',
			'val Total = 3',
		].flatMap(line => chunksOf('x', [line])[0]?.names ?? []);
		assert.deepEqual(names, [
			'load',
			'handle_request',
			'Serve',
			'parse',
			'Reader',
			'readAll',
			'main',
			'LIMIT',
			'join',
			'Total',
		]);
	});
	it('take no statement for a declaration', () => {
		const lines = [
			'\tif (ready) {',
			'\treturn find(x);',
			'\tfor (const a of b) {',
			'\tcall(() => {',
			'\t} else if (x) {',
			'\tawait run(1);',
		];
		assert.deepEqual(described('a.ts', lines), ['1-6 ']);
	});
	it('follow the headings of a document', () => {
		const text = (count: number) => Array.from({ length: count }, () => 'Some text.');
		assert.deepEqual(described('README.md', ['# One', ...text(12), '## Two ##', ...text(3)]), [
			'1-13 One',
			'14-17 Two',
		]);
	});
	it('are windows that share lines where nothing says where to cut', () => {
		assert.deepEqual(
			chunksOf(
				'data.txt',
				Array.from({ length: 130 }, () => 'x'),
			).map(({ from, to }) => [from, to]),
			[
				[1, 60],
				[53, 112],
				[105, 130],
			],
		);
	});
	it('hold every line and are never long', () => {
		const line = fc.constantFrom(
			'',
			'x',
			'\tx',
			'function f() {',
			'\tm() {',
			'}',
			'# Heading',
			'// why',
			'class A {',
			'y'.repeat(400),
		);
		fc.assert(
			fc.property(fc.array(line, { maxLength: 400, size: 'max' }), fc.constantFrom('a.ts', 'a.md'), (lines, path) => {
				const chunks = chunksOf(path, lines);
				const held = new Set(
					chunks.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index)),
				);
				assert.equal(held.size, lines.length);
				assert.ok(chunks.every(({ from, to }) => from <= to && to - from < 60 && to <= lines.length));
				assert.ok(chunks.every(({ from }, index) => index === 0 || from > (chunks[index - 1]?.from ?? 0)));
			}),
			{ numRuns: 50 },
		);
	});
});
