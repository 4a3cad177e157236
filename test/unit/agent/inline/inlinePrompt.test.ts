import assert from 'node:assert/strict';
import { type InlineContext, inlineContext, refineContext } from '../../../../src/agent/inline/inlinePrompt.ts';

const CONTEXT: InlineContext = {
	path: 'src/sum.ts',
	language: 'typescript',
	file: { before: ['const one = 1;'], region: ['sum(one, to);'], after: ['done();'] },
	unit: '\t',
	indent: '',
	isInsertion: false,
	problems: [
		{
			line: 2,
			severity: 'error',
			message: "Cannot find name 'to'.",
			source: 'ts 2304',
			related: ['src/a.ts:3: see here'],
		},
	],
};

describe('prompt of an inline edit', () => {
	it('shows the region apart from the file around it, and its problems', () => {
		assert.deepEqual(inlineContext(CONTEXT), {
			label: 'src/sum.ts:2',
			text: [
				'File: src/sum.ts (typescript), 3 lines. One level of indentation: a tab.',
				'Before the region (lines 1-1):\n```\nconst one = 1;\n```',
				'Region (lines 2-2):\n```\nsum(one, to);\n```',
				'After the region (lines 3-3):\n```\ndone();\n```',
				"Problems reported there:\nline 2: error: Cannot find name 'to'. (ts 2304)\n  src/a.ts:3: see here",
				'Fence of the block: ```',
			].join('\n\n'),
		});
	});

	it('names the place of an insertion', () => {
		const { text } = inlineContext({ ...CONTEXT, isInsertion: true, indent: '\t', problems: [] });
		assert.match(text, /Region: line 2, which is empty\. .*indentation there: a tab\./);
	});

	it('shows a long file near the region, with its start', () => {
		const before = Array.from({ length: 3000 }, (_, index) => `line(${index});`);
		const { text } = inlineContext({ ...CONTEXT, file: { ...CONTEXT.file, before } });
		assert.ok(text.length < 20_000, `${text.length}`);
		assert.match(text, /Start of the file \(lines 1-40\):\n```\nline\(0\);/);
		assert.match(text, /line\(2999\);\n```\n\nRegion/);
	});

	it('shows only the region to a further instruction', () => {
		const { text } = refineContext({ ...CONTEXT, problems: [] });
		assert.equal(text, 'Region as it is now (lines 2-2):\n```\nsum(one, to);\n```\n\nFence of the block: ```');
	});

	it('names a fence that the file cannot close', () => {
		const file = { before: [], region: ['```'], after: [] };
		assert.match(inlineContext({ ...CONTEXT, file }).text, /Fence of the block: ````$/);
	});
});
