import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LoopGuard, type Repetition } from '../../../../src/agent/turn/loopGuard.ts';

/** A call with its result. */
interface Made {
	readonly name: string;
	readonly args: string;
	readonly result: string;
}

type Response = readonly Made[];

function made(name: string, argument: string, result = `result of ${argument}`): Made {
	return { name, args: JSON.stringify({ path: argument }), result };
}

/** What the guard says of each response: the gravest word of its calls. */
function watch(guard: LoopGuard, responses: readonly Response[]): Repetition[] {
	return responses.map(response => {
		guard.beginResponse();
		const said = response.map(({ name, args, result }) => guard.observe(name, args, result));
		return said.includes('stop') ? 'stop' : said.includes('hint') ? 'hint' : 'fresh';
	});
}

function repeat<Item>(items: readonly Item[], times: number): Item[] {
	return Array.from({ length: times }, () => items).flat();
}

/** Cuts a list into responses of the sizes given, over and over. */
function inResponses(calls: readonly Made[], sizes: readonly number[]): Response[] {
	const responses: Response[] = [];
	for (let at = 0, turn = 0; at < calls.length; turn++) {
		const size = sizes[turn % sizes.length] ?? 1;
		responses.push(calls.slice(at, at + size));
		at += size;
	}
	return responses;
}

const a = made('read', 'a.ts');
const b = made('grep', 'foo');
const c = made('read', 'c.ts');

describe('LoopGuard', () => {
	it('hints at the third equal call with an equal result and stops at the fifth', () => {
		assert.deepEqual(watch(new LoopGuard(), repeat([[a]], 5)), ['fresh', 'fresh', 'hint', 'hint', 'stop']);
	});

	it('finds the cycle of two calls, and of three, at the same rounds', () => {
		const ofTwo = watch(new LoopGuard(), repeat([[a], [b]], 5));
		assert.deepEqual(ofTwo, [...repeat(['fresh'], 4), ...repeat(['hint'], 4), 'stop', 'stop']);
		const ofThree = watch(new LoopGuard(), repeat([[a], [b], [c]], 5));
		assert.deepEqual(ofThree, [...repeat(['fresh'], 6), ...repeat(['hint'], 6), 'stop', 'stop', 'stop']);
	});

	it('finds a cycle that runs over responses of several calls, in any order within them', () => {
		const said = watch(new LoopGuard(), [
			[a, b],
			[c, a],
			[b, c],
			[b, a],
			[a, c],
			[c, b],
			[a, b],
			[c, a],
			[c, b],
		]);
		assert.equal(said[5], 'hint');
		assert.equal(said.at(-1), 'stop');
	});

	it('finds every cycle of up to five calls, however it is spread over responses and whatever came before', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 5 }),
				fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
				fc.nat(20),
				(length, sizes, before) => {
					const honest = Array.from({ length: before }, (_, index) => [made('read', `before${index}.ts`)]);
					const cycle = Array.from({ length }, (_, index) => made('read', `${index}.ts`));
					const turns = inResponses(repeat(cycle, 60), sizes);
					const said = watch(new LoopGuard(), [...honest, ...turns]).slice(before);
					const hint = said.indexOf('hint');
					const stop = said.indexOf('stop');
					assert.ok(hint >= 2, `a hint at response ${hint}`);
					assert.ok(stop > hint, `a stop at response ${stop}`);
					// A response of several calls is at most one round; one call a response makes five rounds of the cycle.
					assert.ok(stop < 5 * length, `a stop at response ${stop}`);
				},
			),
		);
	});

	it('names what is repeating, to the model and to the user', () => {
		const guard = new LoopGuard();
		watch(guard, repeat([[made('list', 'src')], [a], [b]], 3));
		assert.equal(
			guard.hint,
			'[Nothing new comes of repeating this: list "src", read "a.ts", grep "foo". Do something else, or tell the user what stands in the way.]',
		);
		watch(guard, repeat([[a], [b]], 4));
		assert.match(guard.stopWords, /^The model went on repeating .*: .*read "a\.ts", grep "foo"\.$/);
	});

	it('names only what repeats now, in one line and shortened', () => {
		const guard = new LoopGuard();
		const long = made('bash', `echo 1\n${'x'.repeat(500)}`);
		watch(guard, [[a], [b], ...repeat([[long]], 3)]);
		assert.ok(guard.hint.includes(`this: bash "echo 1\\n${'x'.repeat(53)}…". Do`), guard.hint);
	});

	it('lets calls be repeated whose results change', () => {
		const polls = Array.from({ length: 50 }, (_, index) => [made('bash', 'npm run log', `line ${index}`), a]);
		assert.ok(!watch(new LoopGuard(), polls).includes('stop'));
		assert.ok(!watch(new LoopGuard(), polls).includes('hint'));
	});

	it('lets tests be run again and again between edits, also while they fail in the same way', () => {
		const test = made('bash', 'npm test', '1 failing: expected 3, got 4');
		const tries = Array.from({ length: 30 }, (_, index) => [[made('edit', `try ${index}`)], [a], [test]]).flat();
		assert.deepEqual([...new Set(watch(new LoopGuard(), tries))], ['fresh']);
	});

	it('finds an edit that is made and taken back for ever', () => {
		const there = { name: 'edit', args: '{"path":"a","old":"1","new":"2"}', result: 'Edited.' };
		const back = { name: 'edit', args: '{"path":"a","old":"2","new":"1"}', result: 'Edited.' };
		const test = made('bash', 'npm test', '1 failing');
		assert.equal(watch(new LoopGuard(), repeat([[there], [test], [back], [test]], 5)).at(-1), 'stop');
	});

	it('takes several equal calls within one response for one', () => {
		assert.deepEqual(watch(new LoopGuard(), [[a, a, a, a, a, a]]), ['fresh']);
	});

	it('begins anew with every result that was not there of late', () => {
		const said = watch(new LoopGuard(), [[a], [a], [a], [a], [b], [a], [a], [a], [a]]);
		assert.deepEqual(said, ['fresh', 'fresh', 'hint', 'hint', 'fresh', 'fresh', 'hint', 'hint', 'stop']);
	});

	it('sees that a finished command is the same, however long it ran and wherever its output is kept', () => {
		const run = (time: string, id: number) => [
			made('bash', 'npm test', `exit code 1, ${time}\n1 failing\n[9 bytes left out at […]: read on with id="${id}"]`),
		];
		const said = watch(
			new LoopGuard(),
			['2.3 s', '2.1 s', '1 min 4 s', '980 ms', '2 s'].map((time, id) => run(time, id)),
		);
		assert.equal(said.at(-1), 'stop');
	});

	it('lets the model wait for a command that still runs', () => {
		const waits = Array.from({ length: 30 }, (_, index) => [
			made('bash', 'id 1', `running for ${index * 10} s, as id="1"\n[no output]`),
		]);
		assert.deepEqual([...new Set(watch(new LoopGuard(), waits))], ['fresh']);
	});

	it('stops at the third response in a row whose arguments for one tool cannot be read', () => {
		const guard = new LoopGuard();
		const say = (name: string) => {
			guard.beginResponse();
			return guard.observeUnreadable(name);
		};
		assert.deepEqual(['read', 'read', 'edit', 'read', 'read', 'read'].map(say), [...repeat(['fresh'], 5), 'stop']);
		assert.match(guard.stopWords, /called read 3 times in a row/);
	});

	describe('over honest work', () => {
		/**
		 * The work of an agent that gets on, if with detours: it looks around, reads files anew though they have not
		 * changed, edits and tests while the tests keep failing in one of few ways, edits back, and waits for commands.
		 * What it knows already it looks at three times at most before it does something.
		 */
		const step = fc.oneof(
			fc.record({ kind: fc.constant('explore' as const), files: fc.uniqueArray(fc.nat(9), { maxLength: 4 }) }),
			fc.record({ kind: fc.constant('forget' as const), file: fc.nat(9), times: fc.integer({ min: 1, max: 2 }) }),
			fc.record({ kind: fc.constant('fix' as const), file: fc.nat(9), tries: fc.integer({ min: 1, max: 5 }) }),
			fc.record({ kind: fc.constant('wait' as const), polls: fc.integer({ min: 1, max: 8 }) }),
			fc.record({ kind: fc.constant('check' as const) }),
		);
		const work = fc.array(step, { minLength: 5, maxLength: 25 }).map(steps => {
			const versions = Array.from({ length: 10 }, () => 0);
			const responses: Response[] = [];
			let edits = 0;
			let seconds = 0;
			let looks = 0;
			const read = (file: number) => made('read', `${file}.ts`, `version ${versions[file]}`);
			const test = () => made('bash', 'npm test', `exit code 1, ${seconds++} s\n${edits % 3} failing`);
			const look = (...calls: Made[]) => {
				if (looks < 3) {
					looks++;
					responses.push(calls);
				}
			};
			const edit = (file: number) => {
				versions[file] = (versions[file] ?? 0) + 1;
				looks = 0;
				responses.push([made('edit', `${file}.ts, change ${edits++}`, 'Edited.')]);
			};
			for (const one of steps) {
				switch (one.kind) {
					case 'explore':
						if (one.files.length > 0) {
							look(...one.files.map(read));
						}
						break;
					case 'forget':
						for (let time = 0; time < one.times; time++) {
							look(read(one.file));
						}
						break;
					case 'fix':
						for (let attempt = 0; attempt < one.tries; attempt++) {
							edit(one.file);
							look(test());
							look(read(one.file));
						}
						break;
					case 'wait':
						for (let poll = 0; poll < one.polls; poll++) {
							responses.push([made('bash', 'id 7', `running for ${seconds++} s, as id="7"\n[no output]`)]);
						}
						looks = 0;
						break;
					case 'check':
						look(made('bash', 'git diff', `exit code 0, 20 ms\n${versions.join()}`), test());
						break;
				}
			}
			return responses;
		});

		it('never stops', () => {
			fc.assert(fc.property(work, responses => !watch(new LoopGuard(), responses).includes('stop')));
		});

		it('gives a hint to fewer than one response in a hundred', () => {
			const said = fc.sample(work, { numRuns: 500, seed: 7 }).flatMap(responses => watch(new LoopGuard(), responses));
			const hints = said.filter(word => word === 'hint').length;
			assert.ok(said.length > 5_000, `${said.length} responses`);
			assert.ok(hints < said.length / 100, `${hints} hints in ${said.length} responses`);
		});
	});
});
