import assert from 'node:assert/strict';
import { Conversation } from '../../../../src/agent/context/conversation.ts';
import type { TurnEvent } from '../../../../src/agent/events.ts';
import type { ModelEvent } from '../../../../src/agent/model.ts';
import { requestModel, type SideRequest } from '../../../../src/agent/turn/requestModel.ts';
import { type Answer, says, scriptedModel } from '../../../fakes/scriptedModel.ts';
import { resolvedModel, runToEnd, turnOptions } from '../../../fakes/turnHarness.ts';

const sentence = 'I will now look at the file again to see what is wrong there.';

/** A model that writes the same for ever, and what became of its stream. */
function endless(type: 'text' | 'reasoning') {
	const stream = { deltas: 0, isClosed: false };
	const answer: Answer = function* (): Generator<ModelEvent> {
		try {
			for (; stream.deltas < 2_000; stream.deltas++) {
				yield { type, delta: sentence };
			}
			yield { type: 'finish', reason: 'stop' };
		} finally {
			stream.isClosed = true;
		}
	};
	return { stream, answer };
}

async function request(answer: Answer, side?: SideRequest) {
	const conversation = new Conversation();
	conversation.apply({ type: 'user', messageId: 'm', text: 'Go on.', attachments: [] });
	const client = scriptedModel(answer);
	const options = turnOptions(client, conversation);
	const events: TurnEvent[] = [];
	const emit = async (event: TurnEvent) => {
		events.push(event);
	};
	const result = await requestModel(options, resolvedModel(client), [], emit, options.signal, side);
	return { result, events };
}

describe('requestModel', () => {
	for (const type of ['text', 'reasoning'] as const) {
		it(`stops a model whose ${type} repeats without end, and closes its stream`, async () => {
			const { stream, answer } = endless(type);
			const { result, events } = await request(answer);
			assert.ok(stream.isClosed);
			assert.ok(stream.deltas < 200, `${stream.deltas} deltas`);
			assert.equal(result.kind === 'failed' && result.isLoop, true);
			// What was written stays to be seen, as that of a request that failed.
			assert.deepEqual(events.filter(event => event.type === type).length, stream.deltas + 1);
			const last = events.at(-1);
			assert.equal(last?.type, 'requestFailed');
			assert.match(last.failure.message, /repeated the same text without end/);
		});
	}

	it('stops a summary that repeats without end', async () => {
		const { stream, answer } = endless('text');
		const messages = [{ role: 'user', text: 'Sum up.' } as const];
		const { result } = await request(answer, { purpose: 'compaction', messages, maxOutputTokens: 100 });
		assert.equal(result.kind, 'failed');
		assert.ok(stream.isClosed);
	});

	it('lets a model quote a log line three hundred times', async () => {
		const { result } = await request(says(...Array.from({ length: 300 }, () => `> ${sentence}\n`)));
		assert.equal(result.kind, 'response');
	});

	it('asks a model that repeated itself no second time, but a fallback model', async () => {
		const alone = endless('text');
		const lonely = scriptedModel(alone.answer);
		const { end, conversation } = await runToEnd({ client: lonely });
		assert.notEqual(end.reason, 'done');
		assert.match(end.failure?.message ?? '', /repeated the same text/);
		assert.equal(lonely.requests.length, 1);
		assert.deepEqual(
			conversation.messages.map(({ role }) => role),
			['system', 'user'],
		);
		const helped = scriptedModel(endless('text').answer, says('Here.'));
		const resolved = resolvedModel(helped, { settings: { fallbackModels: ['b/b'] } });
		const { end: done } = await runToEnd({ client: helped, resolved });
		assert.equal(done.reason, 'done');
		assert.equal(helped.requests[1]?.model, 'b/b');
	});
});
