import assert from 'node:assert/strict';
import type { TurnEvent } from '../../../../src/agent/events.ts';
import type { Tool } from '../../../../src/agent/tool.ts';
import { call, calls, says, scriptedModel } from '../../../fakes/scriptedModel.ts';
import { fakeTool, runToEnd } from '../../../fakes/turnHarness.ts';

/** A command whose work is found when the turn ends. */
function command(run: () => Promise<{ text: string }>): Tool {
	return {
		...fakeTool('command', { effect: 'execute', run }),
		async turnEnds({ recordMade }) {
			const location = { path: 'a.ts', uri: 'file:///a.ts', isOutside: false };
			await recordMade({ location, before: 'one\ntwo\n', after: 'one\n2\n', origin: 'command', callId: 'c1' });
		},
	};
}

const change = {
	...{ type: 'change', callId: 'c1', path: 'a.ts', uri: 'file:///a.ts' },
	...{ before: 'hash of one\ntwo\n', after: 'hash of one\n2\n', origin: 'command', made: { added: 1, removed: 1 } },
};

function withoutId(event: TurnEvent): unknown {
	if (event.type !== 'change') {
		return event;
	}
	const { changeId: _, ...rest } = event;
	return rest;
}

describe('The end of a turn', () => {
	const client = () => scriptedModel(calls(call('c1', 'command', { path: 'x' })), says('done'));
	const allowed = { level: 'everything' } as const;

	it('records what came of a call after its result', async () => {
		const { events, state } = await runToEnd({
			client: client(),
			allowed,
			tools: [command(async () => ({ text: '' }))],
		});
		assert.deepEqual(events.slice(-2).map(withoutId), [change, { type: 'turnEnd', reason: 'done' }]);
		assert.deepEqual(
			state.changes.map(({ origin, added, removed }) => [origin, added, removed]),
			[['command', 1, 1]],
		);
	});

	it('records it also after Stop', async () => {
		const stop = new AbortController();
		const tool = command(async () => {
			stop.abort();
			return { text: '' };
		});
		const { events } = await runToEnd({ client: client(), allowed, tools: [tool], signal: stop.signal });
		assert.deepEqual(events.slice(-2).map(withoutId), [change, { type: 'turnEnd', reason: 'stopped' }]);
	});

	it('comes also when that goes wrong, and the reason is told as a bug', async () => {
		const bug = new Error('broken');
		const tool: Tool = { ...fakeTool('command', { effect: 'execute' }), turnEnds: () => Promise.reject(bug) };
		const { end, bugs } = await runToEnd({ client: client(), allowed, tools: [tool] });
		assert.deepEqual([end.reason, bugs], ['done', [bug]]);
	});
});
