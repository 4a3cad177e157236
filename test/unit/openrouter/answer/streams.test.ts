import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FinishReason, ModelErrorKind } from '../../../../src/agent/model.ts';
import { readFixture, type StreamFixture, streamFixtures } from '../fixtures.ts';
import { cutAt, cutEvery, eventsOf, type Outcome, readPieces, textOf } from './readBytes.ts';

/** The kind that each refused stream becomes; the index says only that it is refused. */
const ERROR_KINDS: Readonly<Record<string, ModelErrorKind>> = {
	'midstream-error-recorded': 'contextLength',
	'midstream-error-502': 'unavailable',
	'midstream-error-429-done': 'rateLimit',
	'error-only-empty-choices': 'unavailable',
	'midstream-error-string-code': 'unavailable',
	'error-bare': 'rateLimit',
	'midstream-error-in-choice': 'unavailable',
	'error-availability': 'rateLimit',
	'truncated-no-done': 'cut',
	'truncated-mid-json': 'cut',
	'truncated-mid-utf8': 'cut',
	'html-instead-of-sse': 'notAnAnswer',
	'responses-api-reasoning': 'notAnAnswer',
	// Nothing in it and no finish: asked again, then told.
	'empty-completion': 'unavailable',
};

/** Where what we make of a stream goes beyond what the wire says. */
const SHOWN_INSTEAD: Readonly<Record<string, { readonly text: string; readonly finish: FinishReason }>> = {
	// A refusal comes beside the text and with "stop"; the user must see it.
	'finish-refusal': { text: 'I cannot help with that.', finish: 'contentFilter' },
};

describe('recorded and reconstructed streams', () => {
	for (const fixture of streamFixtures) {
		const name = fixture.file.replace(/^streams\/|\.\w+$/g, '');
		const bytes = readFixture(fixture.file);

		it(`${name}: whole, in single bytes and in any pieces it gives what the index says`, () => {
			const whole = readPieces([bytes]);
			check(name, fixture, whole);
			assert.deepEqual(readPieces(cutEvery(bytes, 1)), whole);
			fc.assert(
				fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), cuts => {
					assert.deepEqual(readPieces(cutAt(bytes, cuts)), whole);
				}),
				{ numRuns: 15 },
			);
		});

		it(`${name}: cut anywhere it is never taken for whole before its finish came`, () => {
			const whole = readPieces([bytes]);
			const finishAt = indexOfFinish(bytes);
			const step = Math.max(1, Math.floor(bytes.length / 150));
			for (let length = 0; length < bytes.length; length += step) {
				const { events, error } = readPieces([bytes.subarray(0, length)]);
				const isWhole = eventsOf(events, 'finish').length > 0;
				assert.equal(isWhole, error === undefined, `at ${length}: either whole or refused`);
				assert.ok(!isWhole || length > finishAt, `whole at ${length} of ${bytes.length}`);
				assert.ok(!textOf(events).includes('\ufffd'), `broken character at ${length}`);
				assert.ok(textOf(whole.events).startsWith(textOf(events)), `other text at ${length}`);
				assert.ok(isWhole || eventsOf(events, 'toolCall').length === 0, `call of a cut stream at ${length}`);
			}
		});
	}
});

function check(name: string, { expect }: StreamFixture, { events, error }: Outcome): void {
	const kind = ERROR_KINDS[name];
	assert.equal(error?.kind, kind);
	const shown = SHOWN_INSTEAD[name];
	if (typeof expect.text === 'string') {
		assert.equal(textOf(events), shown?.text ?? expect.text);
	}
	assert.equal(eventsOf(events, 'usage').length, expect.usage === true ? 1 : 0);
	if (typeof expect.error_code === 'number') {
		assert.equal(error?.fields.status, expect.error_code);
	}
	if (kind !== undefined) {
		assert.equal(eventsOf(events, 'finish').length + eventsOf(events, 'toolCall').length, 0);
		return;
	}
	assert.equal(events.at(-1)?.type, 'finish');
	assert.equal(eventsOf(events, 'finish')[0]?.reason, shown?.finish ?? expectedFinish(expect));
	checkCalls(expect, { events });
	if (expect.reasoning_details !== undefined) {
		assert.deepEqual(eventsOf(events, 'reasoningDetails')[0]?.details, expect.reasoning_details);
	}
}

function checkCalls(expect: StreamFixture['expect'], { events }: Outcome): void {
	const calls = eventsOf(events, 'toolCall').map(({ call }) => call);
	const wanted = expect.finish_reason === 'length' ? [] : (expect.tool_calls ?? []);
	assert.deepEqual(
		calls.map(({ name, arguments: text }) => [name, argumentsOf(text)]),
		wanted,
	);
	assert.equal(new Set(calls.map(({ id }) => id)).size, calls.length, 'ids are unique');
	assert.ok(calls.every(({ id }) => id !== ''));
}

function argumentsOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return 'INVALID';
	}
}

function expectedFinish(expect: StreamFixture['expect']): FinishReason {
	if (expect.tool_calls !== undefined && expect.finish_reason !== 'length') {
		return 'toolCalls';
	}
	switch (expect.finish_reason) {
		case 'length':
			return 'length';
		case 'content_filter':
			return 'contentFilter';
		default:
			return 'stop';
	}
}

/** Where the chunk begins that ends the answer: its finish reason, or the end mark where there is none. */
function indexOfFinish(bytes: Uint8Array): number {
	const text = Array.from(bytes, byte => String.fromCharCode(byte)).join('');
	const finish = text.search(/"finish_reason":\s*"/);
	return finish < 0 ? text.indexOf('[DONE]') : finish;
}
