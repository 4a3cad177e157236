import assert from 'node:assert/strict';
import { Completer, type CompleterState } from '../../../../src/agent/completion/completer.ts';
import type { CompletionExtent, CompletionPlace } from '../../../../src/agent/completion/completionPlace.ts';
import { type Message, ModelError } from '../../../../src/agent/model.ts';
import { manualClock } from '../../../fakes/manualClock.ts';

/** @param code has the cursor as `|`. */
function placeAt(code: string, document = 'file:///app.ts'): CompletionPlace {
	const at = code.indexOf('|');
	return {
		document,
		path: 'src/app.ts',
		language: 'typescript',
		before: code.slice(0, at),
		after: code.slice(at + 1),
	};
}

type Reply = string | ModelError | 'never';

/** A completer on a model that gives the replies in turn. */
function completerOn(...replies: readonly Reply[]) {
	const clock = manualClock();
	const states: CompleterState[] = [];
	const asked: { readonly text: string; readonly extent: CompletionExtent; readonly signal: AbortSignal }[] = [];
	const completer = new Completer({
		clock,
		onState: state => states.push(state),
		async ask(messages: readonly Message[], extent, signal) {
			const reply = replies[asked.length];
			asked.push({ text: messages.map(({ text }) => text).join('\n'), extent, signal });
			assert.ok(reply !== undefined, 'The model was asked too often.');
			if (reply instanceof ModelError) {
				throw reply;
			}
			if (reply === 'never') {
				await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }));
				throw new ModelError('aborted', 'Stopped.');
			}
			return { text: `<insert>${reply}</insert>`, isCut: false };
		},
	});
	const { signal } = new AbortController();
	return {
		clock,
		completer,
		asked,
		states,
		/** Types no more for as long as it takes. */
		async suggest(code: string, document?: string) {
			const suggestion = completer.complete(placeAt(code, document), false, signal);
			clock.advance(250);
			return suggestion;
		},
		invoke: (code: string) => completer.complete(placeAt(code), true, signal),
	};
}

describe('a completer', () => {
	it('asks nothing before the typing rests', async () => {
		const { completer, clock, asked } = completerOn('a + b;');
		const typing = new AbortController();
		const suggestion = completer.complete(placeAt('const sum = |'), false, typing.signal);
		clock.advance(249);
		assert.equal(asked.length, 0);
		clock.advance(1);
		assert.equal(await suggestion, 'a + b;');
		assert.equal(asked.length, 1);
	});

	it('asks nothing for a place that the user left by typing', async () => {
		const { completer, clock, asked } = completerOn();
		const typing = new AbortController();
		const suggestion = completer.complete(placeAt('const sum = |'), false, typing.signal);
		typing.abort();
		assert.equal(await suggestion, undefined);
		clock.advance(10_000);
		assert.deepEqual([asked.length, clock.waiting], [0, 0]);
	});

	it('stops the request when the user types on, which is no failure', async () => {
		const { completer, clock, asked, states } = completerOn('never', 'a + b;');
		const typing = new AbortController();
		const suggestion = completer.complete(placeAt('const sum = |'), false, typing.signal);
		clock.advance(250);
		await Promise.resolve();
		typing.abort();
		assert.equal(await suggestion, undefined);
		assert.equal(asked[0]?.signal.aborted, true);
		assert.deepEqual(
			states.map(({ type }) => type),
			['working', 'ready'],
		);
	});

	it('asks at once where the user wants it, also in the middle of a word', async () => {
		const { invoke, asked } = completerOn('tal');
		assert.equal(await invoke('return to|x;'), 'tal');
		assert.equal(asked.length, 1);
	});

	for (const code of ['return to|tal;', 'const a = |b + c;', 'run();|', '}|', '|', ' |\n', `${'x'.repeat(1_100)}(|`]) {
		it(`suggests nothing unasked at ${JSON.stringify(code.slice(-20))}`, async () => {
			const { suggest, asked } = completerOn();
			assert.equal(await suggest(code), undefined);
			assert.equal(asked.length, 0);
		});
	}

	const extents: readonly (readonly [code: string, extent: CompletionExtent])[] = [
		['const a = |', 'line'],
		['log(|);', 'line'],
		['if (x) {|', 'block'],
		['a();\n\t|', 'block'],
		['list.map(x => |', 'block'],
		['def f():|', 'block'],
		['if (x) {|}', 'line'],
	];
	for (const [code, extent] of extents) {
		it(`wants a ${extent} at ${JSON.stringify(code)}`, async () => {
			const { suggest, asked } = completerOn('x');
			await suggest(code);
			assert.equal(asked[0]?.extent, extent);
		});
	}

	it('goes on with a suggestion that the user types along', async () => {
		const { suggest, completer, asked } = completerOn('call(first, second);');
		await suggest('const sum = |');
		const now = new AbortController().signal;
		assert.equal(await completer.complete(placeAt('const sum = ca|'), false, now), 'll(first, second);');
		assert.equal(await completer.complete(placeAt('const sum = call(fir|'), false, now), 'st, second);');
		assert.equal(asked.length, 1);
	});

	it('goes on beside the bracket that the editor closed by itself', async () => {
		const { suggest, completer } = completerOn('call(first)');
		await suggest('const sum = |');
		const now = new AbortController().signal;
		assert.equal(await completer.complete(placeAt('const sum = call(|)'), false, now), 'first');
	});

	it('remembers what it suggested for a user who comes back', async () => {
		const { suggest, asked } = completerOn('1;', '2;');
		await suggest('const a = |\n');
		await suggest('const a = 5 + |\n');
		assert.equal(await suggest('const a = |\n'), '1;');
		assert.equal(asked.length, 2);
	});

	it('remembers that there was nothing to suggest, until the user asks', async () => {
		const { suggest, invoke, asked } = completerOn('', 'more');
		assert.equal(await suggest('const a = |'), undefined);
		assert.equal(await suggest('const a = |'), undefined);
		assert.equal(asked.length, 1);
		assert.equal(await invoke('const a = |'), 'more');
	});

	it('does not take what was suggested elsewhere', async () => {
		const { suggest, asked } = completerOn('1;', '2;', '3;', '4;', '5;');
		await suggest('const a = |');
		assert.equal(await suggest('const a = |', 'file:///other.ts'), '2;');
		assert.equal(await suggest('const a = 9|'), '3;');
		assert.equal(await suggest('const a = |\nreturn a;'), '4;');
		assert.equal(await suggest('// more\nconst a = |'), '5;');
		assert.equal(asked.length, 5);
	});

	it('asks for what comes behind a suggestion that is all there', async () => {
		const { suggest, asked } = completerOn('one', ', two');
		await suggest('const list = [|]');
		assert.equal(await suggest('const list = [one|]'), ', two');
		assert.equal(asked.length, 2);
	});

	it('rests after a failure, longer after each, and tells it in its state', async () => {
		const failure = new ModelError('network', 'No connection.');
		const { suggest, completer, clock, asked } = completerOn(failure, failure, '1;');
		assert.equal(await suggest('const a = |'), undefined);
		assert.deepEqual(completer.state, { type: 'paused', failure });
		assert.equal(await suggest('const b = |'), undefined);
		assert.equal(asked.length, 1);
		clock.advance(15_000);
		assert.deepEqual(completer.state, { type: 'ready' });
		await suggest('const c = |');
		clock.advance(15_000);
		assert.equal(completer.state.type, 'paused');
		clock.advance(15_000);
		assert.equal(await suggest('const d = |'), '1;');
	});

	it('waits as long as the service asks', async () => {
		const { suggest, completer, clock } = completerOn(
			new ModelError('rateLimit', 'Slow down.', { retryAfterMs: 3_600_000 }),
		);
		await suggest('const a = |');
		clock.advance(3_599_000);
		assert.equal(completer.state.type, 'paused');
		clock.advance(1_000);
		assert.equal(completer.state.type, 'ready');
	});

	it('tries in a pause when the user asks, and goes on when that works', async () => {
		const { suggest, invoke, completer } = completerOn(new ModelError('budget', 'Used up.'), '1;', '2;');
		await suggest('const a = |');
		assert.equal(await invoke('const a = |'), '1;');
		assert.deepEqual(completer.state, { type: 'ready' });
	});

	it('goes on when it is told that the reason may be gone', async () => {
		const { suggest, completer } = completerOn(new ModelError('budget', 'Used up.'), '1;');
		await suggest('const a = |');
		completer.resume();
		assert.equal(await suggest('const a = |'), '1;');
	});

	it('does not hide a fault of its own', async () => {
		const { completer, clock } = completerOn();
		const suggestion = completer.complete(placeAt('const a = |'), false, new AbortController().signal);
		clock.advance(250);
		await assert.rejects(suggestion, /asked too often/);
	});
});
