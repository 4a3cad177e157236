import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ToolCalls } from '../../../../src/openrouter/answer/toolCalls.ts';
import type { WireCallFragment } from '../../../../src/openrouter/answer/wire.ts';

function join(...fragments: WireCallFragment[]) {
	let ids = 0;
	const calls = new ToolCalls(() => `new_${++ids}`);
	for (const fragment of fragments) {
		calls.add(fragment);
	}
	return calls.join().map(({ call, isWhole }) => [call.id, call.name, call.arguments, isWhole]);
}

describe('ToolCalls', () => {
	it('takes two whole calls of one tool apart though they have neither id nor index', () => {
		const call = (path: string) => ({ function: { name: 'read', arguments: `{"path":"${path}"}` } });
		assert.deepEqual(join(call('a'), call('b')), [
			['new_1', 'read', '{"path":"a"}', true],
			['new_2', 'read', '{"path":"b"}', true],
		]);
	});

	it('joins pieces that repeat the name without an id', () => {
		const piece = (text: string) => ({ function: { name: 'read', arguments: text } });
		assert.deepEqual(join(piece('{"path"'), piece(':"a"'), piece('}')), [['new_1', 'read', '{"path":"a"}', true]]);
	});

	it('takes an id that comes late for that of the open call', () => {
		assert.deepEqual(
			join(
				{ index: 0, function: { name: 'list', arguments: '{' } },
				{ index: 0, id: 'a', function: { arguments: '}' } },
			),
			[['a', 'list', '{}', true]],
		);
	});

	it('goes back to a call by its id when another one used its index in between', () => {
		assert.deepEqual(
			join(
				{ index: 0, id: 'a', function: { name: 'read', arguments: '{"p":' } },
				{ index: 0, id: 'b', function: { name: 'read', arguments: '{"p":2}' } },
				{ index: 0, id: 'a', function: { arguments: '1}' } },
			),
			[
				['a', 'read', '{"p":1}', true],
				['b', 'read', '{"p":2}', true],
			],
		);
	});

	it('takes arguments that come as an object', () => {
		assert.deepEqual(join({ index: 0, id: 'a', function: { name: 'read', arguments: { path: 'x' } } }), [
			['a', 'read', '{"path":"x"}', true],
		]);
	});

	it('keeps the bytes of the arguments, white space and order of keys included', () => {
		const text = '{ "b": 1,\n"a": 2 } \n';
		assert.deepEqual(join({ index: 0, id: 'a', function: { name: 't', arguments: text } }), [['a', 't', text, true]]);
	});

	for (const text of ['{"path":"a"', '[1]', '"x"', '{"a":1,}', 'NaN']) {
		it(`says that ${text} is no whole argument object`, () => {
			assert.equal(join({ index: 0, id: 'a', function: { name: 't', arguments: text } })[0]?.[3], false);
		});
	}

	it('joins any calls from any pieces in any interleaving', () => {
		const calls = fc.array(fc.tuple(fc.constantFrom('read', 'grep'), fc.dictionary(fc.string(), fc.string())), {
			minLength: 1,
			maxLength: 4,
		});
		fc.assert(
			fc.property(calls, fc.infiniteStream(fc.nat(1_000)), (wanted, random) => {
				const next = (limit: number) => Number(random.next().value) % limit;
				const texts = wanted.map(([, value]) => JSON.stringify(value));
				const queues = wanted.map(([name], index) => {
					const text = texts[index] ?? '';
					const cut = next(text.length + 1);
					const first = { index, id: `id${index}`, type: 'function', function: { name, arguments: '' } };
					const piece = (piece: string) => ({ index, function: { arguments: piece } });
					return [first, piece(text.slice(0, cut)), piece(''), piece(text.slice(cut))];
				});
				const fragments: WireCallFragment[] = queues.flatMap(queue => queue.splice(0, 1));
				while (queues.some(queue => queue.length > 0)) {
					const left = queues.filter(queue => queue.length > 0);
					fragments.push(...(left[next(left.length)]?.splice(0, 1) ?? []));
				}
				assert.deepEqual(
					join(...fragments),
					wanted.map(([name], index) => [`id${index}`, name, texts[index], true]),
				);
			}),
			{ numRuns: 100 },
		);
	});
});
