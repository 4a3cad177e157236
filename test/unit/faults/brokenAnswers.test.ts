import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Answer } from '../../openrouter-server/answer.ts';
import { bytesOf, chunk, DONE, sse } from '../openrouter/answer/readBytes.ts';
import { FaultyService, KEY } from './faultyService.ts';

const STREAM = { 'content-type': 'text/event-stream' };
const JSON_TYPE = { 'content-type': 'application/json' };

function stream(body: string, fault?: { readonly how: 'close' | 'reset' | 'stall' }): Answer {
	return {
		status: 200,
		headers: STREAM,
		body,
		...(fault && { fault: { afterBytes: bytesOf(body).length, ...fault } }),
	};
}

const HALF_TEXT = sse(chunk({ content: 'The first ' }), chunk({ content: 'part, ' }), chunk({ content: 'then' }));
/** A whole `write`, as fragments; the arguments are cut by the tests. */
const WRITE = JSON.stringify({ path: 'PWNED', content: 'rm -rf / && the rest of a "text" \u00e9\u4e16' });

function writeCall(args: string): string {
	const opening = { index: 0, id: 'w', type: 'function', function: { name: 'write', arguments: '' } };
	return sse(chunk({ tool_calls: [opening] }), chunk({ tool_calls: [{ index: 0, function: { arguments: args } }] }));
}

/** The service fails in the middle of a turn: connection, tools, files and journal are the real ones. */
describe('a turn whose answer breaks', () => {
	let service: FaultyService;
	beforeEach(async () => {
		service = await FaultyService.start();
	});
	afterEach(() => service.close());

	for (const how of ['close', 'reset'] as const) {
		it(`keeps the text and is not done when the stream ends with ${how} and no end`, async () => {
			service.server.script(stream(HALF_TEXT, { how }));
			await service.turn();
			assert.equal(service.end?.reason, 'failed');
			assert.deepEqual(
				service.failures.map(({ kind }) => kind),
				['cut'],
			);
			assert.equal(service.told('text'), 'The first part, then');
			assert.ok(!service.session.messages.some(({ role }) => role === 'assistant'), 'half an answer is none');
		});
	}

	it('goes on from there when the user says so, and shows the whole answer once', async () => {
		service.server.script(stream(HALF_TEXT, { how: 'close' }), { text: 'Whole.' });
		await service.turn();
		await service.session.continue();
		await service.session.whenIdle();
		assert.equal(service.end?.reason, 'done');
		assert.deepEqual(
			service.session.messages.flatMap(message => (message.role === 'assistant' ? [message.text] : [])),
			['Whole.'],
		);
	});

	describe('in a call', () => {
		const length = bytesOf(WRITE).length;
		const cuts = [1, 2, Math.floor(length / 3), Math.floor(length / 2), length - 2, length - 1];

		for (const [what, ending] of [
			['no finish', ''],
			['a finish that says the calls are whole', sse(chunk({}, 'tool_calls'))],
			['a finish, its end mark and all', sse(chunk({}, 'tool_calls')) + DONE],
		] as const) {
			it(`never runs a part of it: cut at several places, with ${what}`, async () => {
				for (const cut of cuts) {
					// Cut as characters, as the arguments are text; the last ones are of several bytes.
					const args = [...WRITE].slice(0, Math.min(cut, [...WRITE].length - 1)).join('');
					service.server.script(stream(writeCall(args) + ending), { text: 'I see.' });
					await service.turn();
					assert.deepEqual(await service.files(), {}, `cut at ${cut}`);
				}
				const started = service.session.events.filter(({ event }) => event.type === 'toolStart');
				assert.deepEqual(started, []);
			});
		}

		it('runs it when nothing is missing', async () => {
			service.server.script(stream(writeCall(WRITE) + sse(chunk({}, 'tool_calls')) + DONE), { text: 'Done.' });
			await service.turn();
			assert.deepEqual(await service.files(), { PWNED: JSON.parse(WRITE).content });
			assert.equal(service.end?.reason, 'done');
		});

		it('asks anew with a whole conversation, and writes once, when the connection breaks behind half a call', async () => {
			await service.close();
			service = await FaultyService.start({ retry: { maxAttempts: 3 } });
			service.server.script(
				stream(writeCall(WRITE.slice(0, 20)), { how: 'reset' }),
				stream(writeCall(WRITE) + sse(chunk({}, 'tool_calls')) + DONE),
				{ text: 'Done.' },
			);
			await service.turn();
			assert.deepEqual(await service.files(), { PWNED: JSON.parse(WRITE).content });
			const started = service.session.events.filter(({ event }) => event.type === 'toolStart');
			assert.deepEqual([started.length, service.server.chats.length], [1, 3]);
		});
	});

	it('tells who failed and why, after the text that came before', async () => {
		const error = { code: 502, message: 'Upstream broke', metadata: { provider_name: 'DeepInfra' } };
		const failing = { error, choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }] };
		service.server.script(stream(HALF_TEXT + sse(failing) + DONE));
		await service.turn();
		const [failure] = service.failures;
		assert.equal(service.told('text'), 'The first part, then');
		assert.deepEqual(
			[failure?.kind, failure?.fields.status, failure?.fields.provider],
			['unavailable', 502, 'DeepInfra'],
		);
		assert.match(failure?.message ?? '', /Upstream broke/);
	});

	for (const [what, answer, kind] of [
		[
			'a page of the hotel network',
			{ status: 200, headers: { 'content-type': 'text/html' }, body: '<html><h1>Sign in</h1></html>' },
			'notAnAnswer',
		],
		[
			'an error in a 200',
			{ status: 200, headers: JSON_TYPE, body: '{"error":{"code":402,"message":"Insufficient credits."}}' },
			'credits',
		],
		['nothing at all', { status: 200, headers: STREAM, body: '' }, 'cut'],
		['a stream of comments that ends', { status: 200, headers: STREAM, body: ': OPENROUTER PROCESSING\n\n' }, 'cut'],
		['an end without a beginning', { status: 200, headers: STREAM, body: DONE }, undefined],
	] as const) {
		it(`is failed, never done without an answer, when there comes ${what}`, async () => {
			service.server.script(answer);
			await service.turn();
			assert.equal(service.end?.reason, 'failed');
			assert.equal(service.failures.length, 1);
			if (kind !== undefined) {
				assert.equal(service.failures[0]?.kind, kind);
			}
			assert.ok(!JSON.stringify(service.failures).includes(KEY));
		});
	}

	it('is given up when nothing more comes, and the connection is closed', async () => {
		service.server.script(stream(HALF_TEXT, { how: 'stall' }));
		const turn = service.turn();
		const { ended } = await service.server.chat(1);
		await seen(service, 'then');
		await waitOut(service, turn);
		assert.equal(await ended, 'aborted');
		assert.equal(service.failures[0]?.kind, 'silent');
		assert.equal(service.told('text'), 'The first part, then');
	});

	it('is given up when comments come for ever and no answer', async () => {
		// Only the first comments are sent; time is what makes them endless.
		service.server.script({ text: 'never', keepAlives: { count: 3 }, fault: { afterBytes: 0, how: 'stall' } });
		const turn = service.turn();
		const { ended, silent } = await service.server.chat(1);
		await silent;
		await waitOut(service, turn);
		assert.equal(await ended, 'aborted');
		assert.equal(service.failures[0]?.kind, 'silent');
	});

	describe('because the user stops it', () => {
		it('ends as stopped while the connection is made', async () => {
			await service.close();
			let isAsked: (() => void) | undefined;
			const asked = new Promise<void>(resolve => {
				isAsked = resolve;
			});
			// A host that takes no connection: only the signal ends the wait.
			service = await FaultyService.start({
				fetch: (_url, init) =>
					new Promise((_resolve, reject) => {
						init?.signal?.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')));
						isAsked?.();
					}),
			});
			const turn = service.turn();
			await asked;
			service.session.stop();
			await turn;
			assert.equal(service.end?.reason, 'stopped');
		});

		it('ends as stopped while the headers are awaited, and the service sees the connection go', async () => {
			service.server.script({ text: 'late', headersDelayMs: 600_000 });
			const turn = service.turn();
			const { ended } = await service.server.chat(1);
			service.session.stop();
			await turn;
			assert.deepEqual([service.end?.reason, await ended], ['stopped', 'aborted']);
		});

		it('ends as stopped in the middle of the text, keeps what came, and runs no call of it', async () => {
			service.server.script(stream(HALF_TEXT + writeCall(WRITE), { how: 'stall' }));
			const turn = service.turn();
			const { ended } = await service.server.chat(1);
			await seen(service, 'then');
			service.session.stop();
			await turn;
			assert.deepEqual([service.end?.reason, await ended], ['stopped', 'aborted']);
			assert.equal(service.told('text'), 'The first part, then');
			assert.deepEqual(await service.files(), {});
		});

		it('does nothing of a call that waits for an answer, and a late yes is none', async () => {
			service.server.script(stream(writeCall(WRITE) + sse(chunk({}, 'tool_calls')) + DONE));
			const waiting = new Promise<void>(resolve => {
				service.session.onDidChangeState(() => service.session.pendingApprovals.length > 0 && resolve());
			});
			await service.session.send('Go.');
			await waiting;
			service.session.stop();
			assert.equal(service.session.answer('w', { allow: 'once' }), false);
			await service.session.whenIdle();
			assert.equal(service.session.answer('w', { allow: 'once' }), false);
			assert.equal(service.end?.reason, 'stopped');
			assert.deepEqual(await service.files(), {});
			assert.deepEqual(service.session.pendingApprovals, []);
		});
	});

	it('pairs each call with its own result when fragments interleave, ids are double, missing or late, and an index is left out', async () => {
		await service.scene.put('a.txt', 'text of a');
		await service.scene.put('b.txt', 'text of b');
		await service.scene.put('c.txt', 'text of c');
		const piece = (index: number, rest: object) => chunk({ tool_calls: [{ index, ...rest }] });
		const args = (index: number, text: string) => piece(index, { function: { arguments: text } });
		const body = sse(
			piece(0, { id: 'same', function: { name: 'read', arguments: '' } }),
			piece(1, { id: 'same', function: { name: 'read', arguments: '' } }),
			// No call 2; 3 has no id.
			piece(3, { function: { name: 'read', arguments: '{"pa' } }),
			args(0, '{"path":'),
			args(1, '{"path":"b'),
			args(3, 'th":"c.txt"}'),
			args(0, '"a.txt"}'),
			args(1, '.txt"}'),
			chunk({}, 'tool_calls'),
		);
		service.server.script(stream(body + DONE), { text: 'Read.' });
		await service.turn();
		assert.equal(service.end?.reason, 'done');
		const second: unknown = service.server.chats[1]?.body;
		assert.ok(typeof second === 'object' && second !== null && 'messages' in second && Array.isArray(second.messages));
		const { tool_calls: made } = second.messages.find(({ role }) => role === 'assistant');
		const results = second.messages.filter(({ role }) => role === 'tool');
		const ids: readonly string[] = made.map(({ id }: { readonly id: string }) => id);
		assert.equal(new Set(ids).size, 3, 'ids are unique');
		assert.deepEqual(
			results.map(({ tool_call_id: id }) => id),
			ids,
		);
		for (const [index, name] of ['a', 'b', 'c'].entries()) {
			assert.match(results[index].content, new RegExp(`text of ${name}`));
		}
	});

	it('shows the same text however the stream is written', async () => {
		const plain = sse(chunk({ content: 'One \u4e16\u754c\n' }), chunk({ content: 'two.' }), chunk({}, 'stop')) + DONE;
		const forms: Readonly<Record<string, string>> = {
			plain,
			CRLF: plain.replaceAll('\n', '\r\n'),
			CR: plain.replaceAll('\n', '\r'),
			'a byte-order mark': `\ufeff${plain}`,
			'no space behind the colon': plain.replaceAll('data: ', 'data:'),
			'data over several lines': plain.replaceAll(',"choices"', ',\ndata: "choices"'),
			'more behind the end': plain + sse(chunk({ content: 'SHOULD NOT BE SEEN' }), chunk({}, 'stop')),
		};
		for (const [form, body] of Object.entries(forms)) {
			const before = service.told('text').length;
			service.server.script(stream(body));
			await service.turn();
			assert.equal(service.told('text').slice(before), 'One \u4e16\u754c\ntwo.', form);
			assert.equal(service.end?.reason, 'done', form);
		}
	});

	it('shows the same text when the stream is compressed', async () => {
		const body = gzipSync(sse(chunk({ content: 'Packed \u4e16\u754c' }), chunk({}, 'stop')) + DONE);
		const packing = createServer((_request, response) => {
			response.writeHead(200, { ...STREAM, 'content-encoding': 'gzip' }).end(body);
		});
		await once(packing.listen(0, '127.0.0.1'), 'listening');
		try {
			const address = packing.address();
			assert.ok(typeof address === 'object' && address !== null);
			await service.close();
			const url = `http://127.0.0.1:${address.port}/`;
			service = await FaultyService.start({ fetch: (_url, init) => globalThis.fetch(url, init) });
			await service.turn();
			assert.equal(service.told('text'), 'Packed \u4e16\u754c');
			assert.equal(service.end?.reason, 'done');
		} finally {
			packing.closeAllConnections();
			packing.close();
		}
	});
});

/** Moves time on until the turn is over: when exactly the client begins to wait is its own affair. */
async function waitOut(service: FaultyService, turn: Promise<void>): Promise<void> {
	let isOver = false;
	const ending = turn.finally(() => {
		isOver = true;
	});
	while (!isOver) {
		service.clock.advance(60_000);
		await setImmediate();
	}
	await ending;
}

/** Resolves once the session has told a text that ends so. */
function seen(service: FaultyService, end: string): Promise<void> {
	return new Promise(resolve => {
		const look = () => {
			if (service.told('text').endsWith(end)) {
				subscription.dispose();
				resolve();
			}
		};
		const subscription = service.session.onEvent(look);
		look();
	});
}
