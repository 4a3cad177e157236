import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parsePageMessage } from '../../../src/protocol/pageMessage.ts';

describe('messages of the page', () => {
	it('are taken as they are when the page may send them', () => {
		for (const message of [
			{ type: 'ready' },
			{ type: 'answer', callId: 'c', nonce: 'n', allow: 'workspace' },
			{ type: 'answer', callId: 'c', nonce: 'n', allow: 'no', instead: 'use map' },
			{ type: 'setMode', mode: 'ask' },
			{ type: 'setLevel', level: 'everything' },
			{ type: 'openDelegate', sessionId: 's' },
		]) {
			assert.deepEqual(parsePageMessage(message), message);
		}
	});

	it('are none when they are forged', () => {
		const forged: readonly unknown[] = [
			undefined,
			null,
			'ready',
			[],
			{},
			{ type: '__proto__' },
			{ type: 'constructor' },
			{ type: 'approve', id: 'unknown' },
			{ type: 'runTool', tool: 'bash', arguments: '{}' },
			{ type: 'setKey', key: 'sk' },
			{ type: 'answer', callId: 'c', allow: 'once' },
			{ type: 'answer', callId: 'c', nonce: '', allow: 'once' },
			{ type: 'answer', callId: 'c', nonce: 'n', allow: 'forever' },
			{ type: 'answer', callId: 'c', nonce: 'n', allow: true },
			{ type: 'answer', callId: ['c'], nonce: 'n', allow: 'once' },
			{ type: 'setLevel', level: 'all' },
			{ type: 'setLevel' },
			{ type: 'setMode', mode: 'everything' },
			{ type: 'openDelegate', sessionId: 'x'.repeat(201) },
			{ type: 'action', action: 'allow' },
			{ type: 'openFile', path: '' },
			{ type: 'send', text: 'x'.repeat(2_000_001) },
		];
		for (const message of forged) {
			assert.equal(parsePageMessage(message), undefined, JSON.stringify(message)?.slice(0, 80));
		}
	});

	it('carry nothing that the host does not know, such as the name of a tool or a rule', () => {
		const answer = { type: 'answer', callId: 'c', nonce: 'n', allow: 'always' } as const;
		const more = JSON.parse(
			`${JSON.stringify(answer).slice(0, -1)},"rule":{"kind":"edits"},"__proto__":{"allow":"always"},"tool":"bash"}`,
		);
		const parsed = parsePageMessage(more);
		assert.deepEqual(parsed, answer);
		assert.deepEqual(Object.keys(parsed ?? {}).sort(), ['allow', 'callId', 'nonce', 'type']);
	});

	it('never make the check throw', () => {
		fc.assert(
			fc.property(fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true }), value => {
				parsePageMessage(value);
				parsePageMessage({ type: 'answer', callId: value, nonce: value, allow: value });
			}),
		);
	});
});
