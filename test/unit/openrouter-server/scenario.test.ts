import assert from 'node:assert/strict';
import type { Message, ToolCall } from '../../../src/agent/model.ts';
import { type Scenario, scenario } from '../../openrouter-server/scenario.ts';
import demo from '../../openrouter-server/scenarios/demo.json' with { type: 'json' };
import { fill } from '../../openrouter-server/template.ts';
import { eventsOf, textOf } from '../openrouter/answer/readBytes.ts';
import { ask, clientOf, request } from '../openrouter/asking.ts';
import { withServer } from './calling.ts';

/** A turn as the loop makes it: asks, answers each call from the table, until there is no call. */
async function turn(script: Scenario, text: string, results: Readonly<Record<string, string>>) {
	const calls: ToolCall[] = [];
	let answer = '';
	let kind: string | undefined;
	await withServer({ scenario: script }, async server => {
		const client = clientOf(server);
		const messages: Message[] = [{ role: 'user', text }];
		for (let made = -1; made < calls.length; ) {
			made = calls.length;
			const { events, error } = await ask(client, request({ messages }));
			kind = error?.kind;
			answer = textOf(events);
			const toolCalls = eventsOf(events, 'toolCall').map(({ call }) => call);
			calls.push(...toolCalls);
			messages.push({ role: 'assistant', text: answer, toolCalls, model: 'openai/gpt-4o-mini' });
			messages.push(
				...toolCalls.map(({ id, name }): Message => ({ role: 'tool', callId: id, text: results[name] ?? '' })),
			);
		}
	});
	return { calls: calls.map(call => [call.name, JSON.parse(call.arguments)]), answer, kind };
}

describe('scenarios', () => {
	const script: Scenario = {
		turns: [
			{
				user: 'fix (it|this)',
				rounds: [
					[{ answer: { toolCalls: [{ name: 'read', arguments: { path: 'a.ts' } }] } }],
					[
						{
							ifResult: '^const',
							answer: { toolCalls: [{ name: 'edit', arguments: { old: '{{match /^const (\\w+)/}}' } }] },
						},
						{ answer: { text: 'Not there.' } },
					],
					[{ answer: { text: 'Now: {{result}}' } }],
				],
			},
		],
		otherwise: { text: 'What?' },
	};

	it('leads a turn through its rounds, with what the tools returned', async () => {
		const { calls, answer } = await turn(script, 'Please FIX it', { read: 'x\nconst y = 1;', edit: 'changed' });
		assert.deepEqual(calls, [
			['read', { path: 'a.ts' }],
			['edit', { old: 'y' }],
		]);
		assert.equal(answer, 'Now: changed');
	});

	it('takes another way when the results are others', async () => {
		assert.equal((await turn(script, 'fix this', { read: 'nothing' })).answer, 'Not there.');
	});

	it('answers something when nothing fits', async () => {
		assert.equal((await turn(script, 'hello', {})).answer, 'What?');
	});

	it('refuses a file with a mistake', () => {
		assert.equal(scenario.safeParse({ turns: [{ user: 'x', rounds: [] }], otherwise: { text: '' } }).success, false);
		assert.equal(scenario.safeParse({ turns: [], otherwise: { txt: '' } }).success, false);
	});
});

describe('fill', () => {
	it('shortens long results and leaves other braces alone', () => {
		assert.equal(fill('{{result}}', 'x'.repeat(2_000)).length, 1_502);
		assert.equal(fill('{{ result }} {{other}} {a}', 'x'), '{{ result }} {{other}} {a}');
	});

	it('takes results literally, whatever they hold', () => {
		assert.equal(fill('a {{result}} {{match /b.*/}}', '$& $1 {{result}}'), 'a $& $1 {{result}} ');
	});
});

describe('the demo scenario', () => {
	// Without its pace, which is for the eye.
	const script = scenario.parse(
		JSON.parse(JSON.stringify(demo, (name, value) => (name === 'delayMs' ? undefined : value))),
	);
	const readme = {
		read: '# My project\n\nText',
		edit: 'Changed "README.md": line 3 (+2 -0).',
		write: 'Created "openrouter-demo.md" with 3 lines.',
	};

	it('says what it is and what it can do', async () => {
		assert.match((await turn(script, 'hi', {})).answer, /scripted demo/);
	});

	it('looks at the project with two calls at once', async () => {
		const { calls, answer } = await turn(script, 'What is in this project?', { list: 'src/', read: '# My project' });
		assert.deepEqual(
			calls.map(([name]) => name),
			['list', 'read'],
		);
		assert.match(answer, /src\/\n# My project/);
	});

	it('edits the heading that it read', async () => {
		const { calls, answer } = await turn(script, 'Edit the README', readme);
		assert.deepEqual(calls[1], [
			'edit',
			{
				path: 'README.md',
				edits: [
					{ oldText: '# My project', newText: '# My project\n\n> Edited by the scripted demo of OpenRouter Agent.' },
				],
			},
		]);
		assert.match(answer, /^Done/);
	});

	it('does not claim an edit that was not allowed', async () => {
		const denied = { ...readme, edit: 'The user did not allow this.' };
		assert.match((await turn(script, 'Edit the README', denied)).answer, /not made.*did not allow/s);
	});

	it('does not edit what is not there', async () => {
		const { calls, answer } = await turn(script, 'improve the readme', { read: 'There is no file "README.md".' });
		assert.equal(calls.length, 1);
		assert.match(answer, /nothing to edit/);
	});

	it('writes a note, and searches', async () => {
		assert.equal((await turn(script, 'write a note', readme)).calls[0]?.[0], 'write');
		assert.deepEqual((await turn(script, 'find TODO', { grep: 'a.ts\n3: TODO' })).calls[0], [
			'grep',
			{ pattern: 'TODO|FIXME' },
		]);
	});

	const failures = {
		credit: 'credits',
		rate: 'rateLimit',
		context: 'contextLength',
		overloaded: 'unavailable',
		cut: 'cut',
	};
	for (const [word, kind] of Object.entries(failures)) {
		it(`shows the failure "${kind}"`, async () => {
			assert.equal((await turn(script, `error ${word}`, {})).kind, kind);
		});
	}
});
