import assert from 'node:assert/strict';
import { declaredName, outlineOf } from '../../../../src/offline/outline/outline.ts';

/** "depth name kind", one line each. */
function outline(path: string, text: string): string[] {
	return (outlineOf(path, text.split('\n')) ?? []).map(
		({ depth, name, kind, isExported, line }) =>
			`${line} ${'>'.repeat(depth)}${name} ${kind}${isExported ? ' exported' : ''}`,
	);
}

describe('outlineOf', () => {
	it('lists what TypeScript declares', () => {
		const text = `import x from 'x';
/**
 * function inComment() {
 */
export interface Options<T> {
	readonly name: string;
	parse(text: string): T;
}
export type Id = string;
// class Commented {
export const limit = 3;
const run = async (a: number): Promise<void> => {
	const local = 1;
	if (a > local) {
		call(function () {
		});
	}
};
export default class Parser extends Base {
	private readonly map = new Map();
	constructor(readonly options: Options<string>) {
	}
	static async *read(cb: (x: string) => void): AsyncGenerator<string> {
	}
}
export function main() {}
export * from './a.ts';
export { b, c } from './b.ts';
`;
		assert.deepEqual(outline('a.ts', text), [
			'5 Options type exported',
			'7 >parse method',
			'9 Id type exported',
			'11 limit value exported',
			'12 run function',
			'19 Parser class exported',
			'21 >constructor method',
			'23 >read method',
			'26 main function exported',
			"27 * from './a.ts' export exported",
			"28 { b, c } from './b.ts' export exported",
		]);
	});

	it('lists CommonJS exports and tests', () => {
		const text =
			"module.exports = parse;\nexports.parse = parse;\nwarning.format = function (a) {\ntest('adds', t => {\n";
		assert.deepEqual(outline('a.js', text), [
			'1 exports export exported',
			'2 parse export exported',
			'3 format function',
			'4 adds test',
		]);
	});

	it('nests Python by indentation and skips doc strings', () => {
		const text =
			'class A:\n    """\n    def no(self):\n    """\n    def run(self):\n        pass\n\nasync def main():\n    pass\n';
		assert.deepEqual(outline('a.py', text), ['1 A class', '5 >run function', '8 main function']);
	});

	it('knows Go methods, types and exported names', () => {
		const text = 'type Server struct {\n}\nfunc (s *Server) Serve(addr string) error {\n}\nfunc helper() {}\n';
		assert.deepEqual(outline('a.go', text), [
			'1 Server class exported',
			'3 Serve function exported',
			'5 helper function',
		]);
	});

	it('knows Rust items', () => {
		const text = 'pub struct A;\nimpl A {\n    pub fn new() -> Self {\n    }\n}\nmacro_rules! m {\n';
		assert.deepEqual(outline('a.rs', text), [
			'1 A class exported',
			'2 impl A module',
			'3 >new function exported',
			'6 m function',
		]);
	});

	it('knows Java classes and methods, but not calls', () => {
		const text = 'public class A {\n    private int f(String s) throws E {\n        return g(s);\n    }\n}\n';
		assert.deepEqual(outline('A.java', text), ['1 A class exported', '2 >f method']);
	});

	it('knows C functions, but not prototypes or calls', () => {
		const text = '#define MAX 3\nint f(int a);\nstatic char *name(void)\n{\n\tf(1);\n}\n';
		assert.deepEqual(outline('a.c', text), ['1 MAX value', '3 name function']);
	});

	it('nests Markdown headings by level and skips fences', () => {
		const text = '# One\n```sh\n# no heading\n```\n### Three\n## Two ##\n';
		assert.deepEqual(outline('a.md', text), ['1 One heading', '5 >Three heading', '6 >Two heading']);
	});

	it('lists selectors, keys and sections of data and style files', () => {
		assert.deepEqual(outline('a.css', '/* a {\n*/\n.a,\n.b > c {\n\tcolor: red;\n}\n@media print {\n'), [
			'3 .a entry',
			'4 .b > c entry',
			'7 @media print entry',
		]);
		assert.deepEqual(outline('a.json', '{\n\t"name": "x",\n\t"a": {\n\t\t"b": 1\n\t}\n}'), [
			'2 name entry',
			'3 a entry',
		]);
		assert.deepEqual(outline('a.yml', 'on:\n  push:\njobs:\n'), ['1 on entry', '3 jobs entry']);
	});

	it('has no rules for other files, whatever they are called', () => {
		assert.equal(outlineOf('a.constructor', ['x']), undefined);
		assert.equal(outlineOf('LICENSE', ['x']), undefined);
	});

	it('passes over generated lines at once', () => {
		const line = `${'a('.repeat(50_000)} {`;
		assert.deepEqual(outline('a.ts', `${line}\nfunction f() {}\n`), ['2 f function']);
	});
});

describe('declaredName', () => {
	it('tells a declaration from a call', () => {
		assert.equal(declaredName('a.js', 'function parse (a) {'), 'parse');
		assert.equal(declaredName('a.js', '    parse({'), undefined);
		assert.equal(declaredName('a.js', '    parse(a, function () {'), undefined);
		assert.equal(declaredName('a.js', '  const { parse } = require("a")'), undefined);
	});
});
