import assert from 'node:assert/strict';
import type { FoundCode } from '../../../src/agent/codeSearch.ts';
import type { Tool } from '../../../src/agent/tool.ts';
import { createCodeSearch } from '../../../src/files/codeIndex/createCodeSearch.ts';
import { createCodesearchTool } from '../../../src/tools/codesearch.ts';
import { toolDefinition } from '../../../src/tools/index.ts';
import { MemoryWorkspace } from '../../fakes/memoryWorkspace.ts';
import { toolContext } from '../../fakes/toolContext.ts';

const workspace = new MemoryWorkspace({
	files: {
		'src/wait.ts': '// Waits.\nexport function waitFor(delay: number) {\n\treturn sleep(delay);\n}\n',
		'src/hidden.ts': 'const zero\u200Bwidth = delay;\n',
		'README.md': '# Delay\n',
	},
});
const context = toolContext({
	workspace,
	recordChange: () => assert.fail('It changes nothing.'),
});
const codeSearch = createCodeSearch({ workspace });
const tool = createCodesearchTool({ codeSearch });

describe('codesearch', () => {
	it('shows ranges with what they declare, and their telling lines', async () => {
		const { text, view } = await tool.run({ query: 'how long are delays', path: 'src/wait.ts' }, context);
		assert.equal(text, 'src/wait.ts:1-4 waitFor\n2:export function waitFor(delay: number) {\n3:\treturn sleep(delay);');
		assert.deepEqual(view, {
			kind: 'matches',
			note: '1 place',
			matches: [{ path: 'src/wait.ts', line: 2, text: 'export function waitFor(delay: number) {' }],
		});
	});
	it('makes hidden characters visible', async () => {
		const { text } = await tool.run({ query: 'delay', path: 'src/hidden.ts' }, context);
		assert.match(text, /zero\\u\{200B\}width.*\n\[1 invisible/s);
	});
	it('leads on from nothing, from no word and from a wrong path', async () => {
		assert.match((await tool.run({ query: 'unheard' }, context)).text, /^Nothing found\. Try other words, or grep\.$/);
		await assert.rejects(tool.run({ query: '...' }, context), /no word to look for/);
		await assert.rejects(tool.run({ query: 'delay', path: 'nowhere' }, context), /There is no "nowhere"/);
	});
	it('says what was not searched', async () => {
		const text = async (missing: FoundCode['missing']) => {
			const search = async () => ({ hits: [], searched: 1200, total: 9000, ...(missing && { missing }) });
			return (await createCodesearchTool({ codeSearch: { search } }).run({ query: 'x' }, context)).text;
		};
		assert.match(await text('building'), /\[searched 1,200 of 9,000 files, so far; ask again for the others\]$/);
		assert.match(await text('full'), /\[searched 1,200 of 9,000 files, there are too many; grep finds the others\]$/);
	});
	it('says in one line why meaning did not count', async () => {
		const search = async () => ({ hits: [], searched: 1, total: 1, unjudged: 'No connection.' });
		const { text } = await createCodesearchTool({ codeSearch: { search } }).run({ query: 'x' }, context);
		assert.equal(text, 'Nothing found. Try other words, or grep.\n[ranked by words alone: No connection.]');
	});
	it('offers the web only where it can be searched', () => {
		const words = (offered: Tool) => JSON.stringify(toolDefinition(offered));
		assert.ok(!words(tool).includes('web') && words(tool).length < 500);
		assert.ok(words(createCodesearchTool({ codeSearch, searchWeb: () => assert.fail() })).includes('"web"'));
	});
	it('searches sites of code on demand, which is a search of the web and brings text from outside', async () => {
		const asked: string[] = [];
		const both = createCodesearchTool({
			codeSearch,
			searchWeb: async ({ query, domains }) => {
				asked.push(query, ...domains);
				return { text: 'found' };
			},
		});
		const input = { query: 'parse a .gitignore', where: 'web' };
		assert.deepEqual(await both.demand?.(input, context), { kind: 'search' });
		assert.deepEqual(await both.run(input, context), { text: 'found', isFromOutside: true });
		assert.equal(both.subject(input), 'parse a .gitignore in the web');
		assert.ok(asked.includes('github.com') && asked[0] === input.query && asked.length <= 11);
		await assert.rejects(both.run({ ...input, path: 'src' }, context), /leave it out/);
		assert.deepEqual(await both.demand?.({ query: 'x', path: 'src' }, context), { kind: 'paths', paths: ['src'] });
	});
});
