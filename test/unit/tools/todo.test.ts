import assert from 'node:assert/strict';
import { todoTool } from '../../../src/tools/todo.ts';
import { call, calls, says, scriptedModel } from '../../fakes/scriptedModel.ts';
import { runToEnd } from '../../fakes/turnHarness.ts';

async function plan(items: unknown) {
	const client = scriptedModel(calls(call('p', 'todo', { items })), says('ok'));
	const { events, results, asked } = await runToEnd({
		client,
		tools: [todoTool],
		allowed: { isTrusted: false, mode: 'ask' },
	});
	assert.deepEqual(asked, []);
	const end = events.find(event => event.type === 'toolEnd');
	return { text: results['p'] ?? '', view: end?.type === 'toolEnd' ? end.result.view : undefined };
}

describe('todo', () => {
	it('shows the whole plan, asks nobody in any mode, and costs the model a few words', async () => {
		const items = [
			{ text: 'Read', status: 'done' },
			{ text: 'Write', status: 'active' },
			{ text: 'Test', status: 'open' },
		];
		assert.deepEqual(await plan(items), {
			text: 'The user sees the plan: 1 of 3 done.',
			view: { kind: 'plan', items },
		});
	});

	it('takes the states as models call them elsewhere', async () => {
		const { view } = await plan(
			['pending', 'in_progress', 'completed'].map((status, index) => ({ text: `${index}`, status })),
		);
		assert.deepEqual(view?.kind === 'plan' && view.items.map(({ status }) => status), ['open', 'active', 'done']);
		assert.match((await plan([{ text: 'x', status: 'constructor' }])).text, /items\[0\]\.status: /);
	});

	it('takes several active items and none at all', async () => {
		const active = { text: 'x', status: 'active' };
		assert.match((await plan([active, active])).text, /0 of 2 done/);
		assert.match((await plan([])).text, /0 of 0 done/);
	});

	it('makes one clean line of each item', async () => {
		const { view } = await plan([{ text: ' a\n b\u202E ', status: 'open' }]);
		assert.deepEqual(view?.kind === 'plan' && view.items, [{ text: 'a b\\u{202E}', status: 'open' }]);
	});

	it('refuses what nobody would read', async () => {
		const item = { text: 'x', status: 'open' };
		assert.match((await plan(Array.from({ length: 51 }, () => item))).text, /At most 50 items: join steps/);
		assert.match(
			(await plan([item, { ...item, text: 'x'.repeat(301) }])).text,
			/items\[1\]\.text has more than 300 characters/,
		);
		assert.match((await plan([{ text: '', status: 'open' }])).text, /items\[0\]\.text: /);
	});
});
