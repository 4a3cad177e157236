import assert from 'node:assert/strict';
import type { Session } from '../../../../src/agent/session/session.ts';
import { ToolError } from '../../../../src/agent/toolError.ts';
import { pendingHunks } from '../../../../src/editing/pendingEdit.ts';
import { lines, onlyFile, type ReviewWorld, reviewWorld } from './reviewWorld.ts';

const ORIGINAL = lines('one', 'two', 'three', 'four', 'five', 'six');
const EDITED = lines('one', 'TWO', 'three', 'four', 'FIVE', 'six');
const URI = 'memory:/project/a.ts';

async function edited(texts: Readonly<Record<string, string | undefined>> = { 'a.ts': EDITED }) {
	const world = reviewWorld({ 'a.ts': ORIGINAL, 'b.ts': ORIGINAL });
	const session = await world.create();
	await world.edit(session, texts);
	return { world, session };
}

function pathsOf(session: Session): string[] {
	return session.review.files.map(({ path }) => path);
}

/** Where the hunks start in the base. */
function hunksOf(world: ReviewWorld, session: Session): number[] {
	const { pending, path } = onlyFile(session);
	return pendingHunks(pending, world.text(path)).map(({ base }) => base.start);
}

function refusal(message: RegExp) {
	return (error: unknown) => error instanceof ToolError && message.test(error.message);
}

describe('The review of a session', () => {
	it('holds what the agent made of each file, over several edits', async () => {
		const { world, session } = await edited();
		const { revision } = onlyFile(session);
		assert.deepEqual(onlyFile(session).pending, { base: ORIGINAL, text: EDITED });
		const further = EDITED.replace('six', 'SIX');
		await world.edit(session, { 'a.ts': further, 'c.ts': 'new\n' });
		assert.deepEqual(
			session.review.files.map(({ path, pending }) => [path, pending]),
			[
				['a.ts', { base: ORIGINAL, text: further }],
				['c.ts', { base: undefined, text: 'new\n' }],
			],
		);
		assert.notEqual(session.review.files[0]?.revision, revision);
	});

	it('tells who listens, once the files are others', async () => {
		const world = reviewWorld({ 'a.ts': ORIGINAL });
		const session = await world.create();
		const told: string[][] = [];
		session.review.onDidChange(() => told.push(pathsOf(session)));
		await world.edit(session, { 'a.ts': EDITED });
		assert.deepEqual(told.at(-1), ['a.ts']);
		const before = told.length;
		await world.edit(session, {});
		assert.equal(told.length, before);
	});

	it('rejects a hunk and keeps the other, and what the user typed', async () => {
		const { world, session } = await edited();
		world.type('a.ts', `mine\n${EDITED}`);
		const { revision } = onlyFile(session);
		const outcome = await session.review.decide({ uri: URI, decision: 'reject', hunks: [1], revision });
		assert.deepEqual(outcome, { settled: 1, conflicts: [] });
		assert.equal(world.text('a.ts'), `mine\n${EDITED.replace('TWO', 'two')}`);
		assert.deepEqual(hunksOf(world, session), [5]);
		assert.deepEqual(await session.review.decide({ uri: URI, decision: 'reject' }), { settled: 1, conflicts: [] });
		assert.equal(world.text('a.ts'), `mine\n${ORIGINAL}`);
		assert.deepEqual(session.review.files, []);
		assert.deepEqual(session.state.changes, []);
	});

	it('writes nothing to the file when it accepts', async () => {
		const { world, session } = await edited();
		world.workspace.write = () => assert.fail('It wrote.');
		assert.deepEqual(await session.review.decide({ uri: URI, decision: 'accept' }), { settled: 2, conflicts: [] });
		assert.deepEqual(session.review.files, []);
		await assert.rejects(session.review.decide({ uri: URI, decision: 'reject' }), refusal(/nothing to decide/));
	});

	it('refuses hunks of another revision', async () => {
		const { world, session } = await edited();
		const { revision } = onlyFile(session);
		await world.edit(session, { 'a.ts': EDITED.replace('six', 'SIX') });
		const stale = session.review.decide({ uri: URI, decision: 'accept', hunks: [1], revision });
		await assert.rejects(stale, refusal(/changed meanwhile/));
	});

	it('leaves lines that the user changed, says where they are, and restores them when told to', async () => {
		const { world, session } = await edited();
		world.type('a.ts', `mine\n${EDITED.replace('FIVE', 'my five')}`);
		assert.deepEqual(await session.review.decide({ uri: URI, decision: 'reject' }), { settled: 1, conflicts: [6] });
		assert.equal(world.text('a.ts'), `mine\n${ORIGINAL.replace('five', 'my five')}`);
		assert.deepEqual(await session.review.decide({ uri: URI, decision: 'restore' }), { settled: 1, conflicts: [] });
		assert.equal(world.text('a.ts'), `mine\n${ORIGINAL}`);
		assert.deepEqual(session.review.files, []);
	});

	it('merges anew when the user types at the same moment', async () => {
		const { world, session } = await edited();
		const write = world.workspace.write.bind(world.workspace);
		let typed = 0;
		world.workspace.write = (...args) => {
			if (typed++ < 3) {
				world.type('a.ts', `${world.text('a.ts')}typed ${typed}\n`);
			}
			return write(...args);
		};
		await session.review.decide({ uri: URI, decision: 'reject' });
		assert.equal(world.text('a.ts'), `${ORIGINAL}typed 1\ntyped 2\ntyped 3\n`);
	});

	it('gives up on a file that never rests, and leaves it as it is', async () => {
		const { world, session } = await edited();
		const write = world.workspace.write.bind(world.workspace);
		world.workspace.write = (...args) => {
			world.type('a.ts', `${world.text('a.ts')}typed\n`);
			return write(...args);
		};
		await assert.rejects(session.review.decide({ uri: URI, decision: 'reject' }), refusal(/changes all the time/));
		assert.match(world.text('a.ts') ?? '', /^one\nTWO\n/);
		assert.deepEqual(pathsOf(session), ['a.ts']);
	});

	it('removes a new file that is rejected, unless the user wrote in it', async () => {
		const { world, session } = await edited({ 'new.ts': 'x\n', 'other.ts': 'y\n' });
		world.type('other.ts', 'my own\n');
		const outcomes = await session.review.decideAll('reject');
		assert.deepEqual(outcomes, [
			{ uri: 'memory:/project/new.ts', path: 'new.ts', settled: 1, conflicts: [] },
			{ uri: 'memory:/project/other.ts', path: 'other.ts', settled: 0, conflicts: [1] },
		]);
		assert.equal(world.text('new.ts'), undefined);
		assert.equal(world.text('other.ts'), 'my own\n');
	});

	it('brings a file back that the agent removed', async () => {
		const { world, session } = await edited({ 'a.ts': undefined });
		assert.deepEqual(onlyFile(session).pending, { base: ORIGINAL, text: undefined });
		await session.review.decide({ uri: URI, decision: 'reject' });
		assert.equal(world.text('a.ts'), ORIGINAL);
	});

	it('says of a file that is gone that it cannot be rejected; it can be accepted or restored', async () => {
		const { world, session } = await edited();
		world.workspace.disk.delete('a.ts');
		await assert.rejects(session.review.decide({ uri: URI, decision: 'reject' }), refusal(/deleted or renamed/));
		await session.review.decide({ uri: URI, decision: 'restore' });
		assert.equal(world.text('a.ts'), ORIGINAL);
		const { world: second, session: accepted } = await edited();
		second.workspace.disk.delete('a.ts');
		await accepted.review.decide({ uri: URI, decision: 'accept' });
		assert.deepEqual(accepted.review.files, []);
		assert.equal(second.text('a.ts'), undefined);
	});

	it('does not write through a link that leads elsewhere by now', async () => {
		const { world, session } = await edited();
		const locate = world.workspace.locate.bind(world.workspace);
		world.workspace.locate = async (path, signal) => ({
			...(await locate(path, signal)),
			isOutside: true,
			realPath: '/etc/a.ts',
		});
		world.type('a.ts', 'of another\n');
		await assert.rejects(
			session.review.decide({ uri: URI, decision: 'restore' }),
			refusal(/link out of the workspace/),
		);
		assert.equal(world.text('a.ts'), 'of another\n');
	});

	it('decides about all files, and one that cannot be decided does not hold up the others', async () => {
		const { world, session } = await edited({ 'a.ts': EDITED, 'b.ts': EDITED, 'c.ts': 'new\n' });
		world.workspace.disk.delete('b.ts');
		assert.deepEqual(await session.review.decideAll('reject'), [
			{ uri: URI, path: 'a.ts', settled: 2, conflicts: [] },
			{ uri: 'memory:/project/b.ts', path: 'b.ts', problem: 'b.ts was deleted or renamed since.' },
			{ uri: 'memory:/project/c.ts', path: 'c.ts', settled: 1, conflicts: [] },
		]);
		assert.deepEqual(pathsOf(session), ['b.ts']);
	});

	it('goes on with the other files, decided or restored, when one fails in a way that nobody thought of', async () => {
		const { world, session } = await edited({ 'a.ts': EDITED, 'b.ts': EDITED });
		const { write } = world.workspace;
		world.workspace.write = async (location, ...rest) => {
			if (location.path === 'a.ts') {
				throw new Error('EIO');
			}
			return write.call(world.workspace, location, ...rest);
		};
		const before = session.restorePoints()[0]?.sequence ?? assert.fail();
		const restored = await session.restore({ before, files: [URI], conversation: false });
		assert.deepEqual(restored, [{ uri: URI, path: 'a.ts', kind: 'failed', message: 'EIO' }]);
		assert.deepEqual(await session.review.decideAll('reject'), [
			{ uri: URI, path: 'a.ts', problem: 'EIO' },
			{ uri: 'memory:/project/b.ts', path: 'b.ts', settled: 2, conflicts: [] },
		]);
		assert.equal(world.bugs.length, 2);
		assert.deepEqual(pathsOf(session), ['a.ts']);
	});

	it('waits until the agent has written what it is about to write', async () => {
		const { world, session } = await edited();
		let decided: Promise<unknown> | undefined;
		world.onRecorded = async () => {
			decided = session.review.decide({ uri: URI, decision: 'reject' });
		};
		await world.edit(session, { 'a.ts': EDITED.replace('six', 'SIX') });
		await decided;
		assert.equal(world.text('a.ts'), ORIGINAL);
		assert.deepEqual(session.review.files, []);
	});

	it('does not count an edit that failed', async () => {
		const world = reviewWorld({ 'a.ts': ORIGINAL });
		const session = await world.create();
		world.onRecorded = async () => {
			throw new ToolError('The disk is full.');
		};
		await world.edit(session, { 'a.ts': EDITED });
		assert.deepEqual(session.review.files, []);
	});

	it('does not have under review what a command changed', async () => {
		const { world, session } = await edited();
		await session.review.decide({ uri: URI, decision: 'accept' });
		const before = await world.store.putBlob(EDITED);
		const after = await world.store.putBlob(ORIGINAL);
		const change = { changeId: 'c', callId: 'x', path: 'a.ts', uri: URI, before, after } as const;
		await world.store.putBlob('');
		await session.dispose();
		const log = (await world.store.open(session.id, { takeOver: true })).log;
		await log?.append([{ type: 'change', ...change, origin: 'command', made: { added: 1, removed: 1 } }], 'durable');
		await log?.close();
		const again = await world.open(session.id);
		assert.deepEqual(again.review.files, []);
		assert.deepEqual(
			again.state.changes.map(({ changeId, origin }) => [changeId, origin]),
			[['c', 'command']],
		);
	});

	it('is the same after the session is opened again, and reads no texts of what is settled', async () => {
		const { world, session } = await edited({ 'a.ts': EDITED, 'b.ts': EDITED });
		const { revision } = session.review.files[0] ?? assert.fail();
		await session.review.decide({ uri: URI, decision: 'reject', hunks: [1], revision });
		await session.review.decide({ uri: 'memory:/project/b.ts', decision: 'accept' });
		await session.dispose();
		const read: string[] = [];
		const getBlob = world.store.getBlob;
		world.store.getBlob = async hash => {
			const text = await getBlob(hash);
			read.push(text ?? '');
			return text;
		};
		const again = await world.open(session.id);
		assert.deepEqual(onlyFile(again).pending, session.review.files[0]?.pending);
		assert.deepEqual(hunksOf(world, again), [4]);
		assert.deepEqual(read.toSorted(), [ORIGINAL, EDITED.replace('TWO', 'two')].toSorted());
		await again.review.decide({ uri: URI, decision: 'reject' });
		assert.equal(world.text('a.ts'), ORIGINAL);
	});

	it('reads two texts for each of many files that were edited often', async () => {
		const files = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`f${at}.ts`, `0\n${ORIGINAL}`]));
		const world = reviewWorld(files);
		const session = await world.create();
		for (let round = 1; round <= 5; round++) {
			await world.edit(session, Object.fromEntries(Object.keys(files).map(path => [path, `${round}\n${ORIGINAL}`])));
		}
		await session.dispose();
		let reads = 0;
		const getBlob = world.store.getBlob;
		world.store.getBlob = hash => {
			reads++;
			return getBlob(hash);
		};
		const again = await world.open(session.id);
		assert.equal(again.review.files.length, 100);
		assert.equal(reads, 200);
		assert.ok((await again.review.decideAll('reject')).every(outcome => 'settled' in outcome && outcome.settled === 1));
		assert.ok(Object.entries(files).every(([path, text]) => world.text(path) === text));
	});

	it('leaves out a file whose texts are lost, and says so', async () => {
		const { world, session } = await edited({ 'a.ts': EDITED, 'b.ts': `${ORIGINAL}seven\n` });
		await session.dispose();
		const getBlob = world.store.getBlob;
		world.store.getBlob = async hash => {
			const text = await getBlob(hash);
			return text === EDITED ? undefined : text;
		};
		const again = await world.open(session.id);
		assert.deepEqual(pathsOf(again), ['b.ts']);
		assert.match(String(world.bugs), /a\.ts are not stored any more/);
	});

	it('is read, not decided, where another window has the session', async () => {
		const { world, session } = await edited();
		const reader = await world.open(session.id);
		assert.deepEqual(pathsOf(reader), ['a.ts']);
		await assert.rejects(reader.review.decide({ uri: URI, decision: 'accept' }), refusal(/another window/));
	});

	it('has nothing pending of a change that the user takes back or keeps', async () => {
		const { world, session } = await edited();
		await world.edit(session, { 'a.ts': EDITED.replace('six', 'SIX'), 'b.ts': EDITED });
		const [first, second, third] = session.state.changes.map(({ changeId }) => changeId);
		await session.undo([second ?? '']);
		await session.review.whenReady();
		assert.deepEqual(session.review.files[0]?.pending, { base: ORIGINAL, text: EDITED });
		await session.undo([first ?? '']);
		await session.keep([third ?? '']);
		await session.review.whenReady();
		assert.deepEqual(session.review.files, []);
		assert.equal(world.text('a.ts'), ORIGINAL);
		assert.equal(world.text('b.ts'), EDITED);
	});

	it('has nothing left of a half decided file whose changes are all kept', async () => {
		const { session } = await edited();
		const { revision } = onlyFile(session);
		await session.review.decide({ uri: URI, decision: 'accept', hunks: [1], revision });
		await session.keep(session.state.changes.map(({ changeId }) => changeId));
		await session.review.whenReady();
		assert.deepEqual(session.review.files, []);
	});

	it('has the edits of two sessions on one file apart', async () => {
		const { world, session } = await edited();
		const other = await world.create();
		await world.edit(other, { 'a.ts': EDITED.replace('three', 'THREE') });
		await session.review.decide({ uri: URI, decision: 'reject' });
		assert.equal(world.text('a.ts'), ORIGINAL.replace('three', 'THREE'));
		await other.review.decide({ uri: URI, decision: 'reject' });
		assert.equal(world.text('a.ts'), ORIGINAL);
	});

	it('says when a decision could not be stored', async () => {
		const { world, session } = await edited();
		const { revision } = onlyFile(session);
		world.store.failure = new Error('The disk is full.');
		const deciding = session.review.decide({ uri: URI, decision: 'reject', hunks: [1], revision });
		await assert.rejects(deciding, refusal(/could not be stored: The disk is full/));
		world.store.failure = undefined;
		assert.deepEqual(hunksOf(world, session), [4]);
	});

	describe('of an edit that is written bit by bit', () => {
		const edit = { callId: 'inline', path: 'a.ts', uri: URI };

		async function begun() {
			const world = reviewWorld({ 'a.ts': ORIGINAL });
			const session = await world.create();
			await world.edit(session, { 'a.ts': EDITED });
			await session.recordEdit({ ...edit, changeId: 'open', before: EDITED, after: EDITED, isOpen: true });
			await session.review.whenReady();
			world.type('a.ts', EDITED.replace('three', 'THREE'));
			return { world, session };
		}

		it('decides nothing before its end', async () => {
			const { session, world } = await begun();
			assert.equal(onlyFile(session).isOpen, true);
			await assert.rejects(session.review.decide({ uri: URI, decision: 'accept' }), refusal(/being edited/));
			const after = EDITED.replace('three', 'THREE');
			const made = { added: 1, removed: 1 };
			await session.recordEdit({ ...edit, changeId: 'end', before: EDITED, after, made });
			await session.review.whenReady();
			assert.equal(onlyFile(session).isOpen, false);
			assert.deepEqual(onlyFile(session).pending, { base: ORIGINAL, text: after });
			assert.equal(session.state.changes.length, 2);
			await session.review.decide({ uri: URI, decision: 'reject' });
			assert.equal(world.text('a.ts'), ORIGINAL);
		});

		it('takes the text of the file for its end when the process died', async () => {
			const { session, world } = await begun();
			world.store.crash(session.id);
			const again = await world.open(session.id);
			assert.equal(onlyFile(again).isOpen, false);
			assert.deepEqual(onlyFile(again).pending, { base: ORIGINAL, text: EDITED.replace('three', 'THREE') });
			await again.review.decide({ uri: URI, decision: 'reject' });
			assert.equal(world.text('a.ts'), ORIGINAL);
			await again.dispose();
			const events = world.store.peek(session.id).length;
			await world.open(session.id);
			assert.equal(world.store.peek(session.id).length, events);
		});
	});

	it('does not count an edit that was recorded and not made when the process died', async () => {
		const { world, session } = await edited();
		let died: () => void = () => undefined;
		const dying = new Promise<void>(resolve => {
			died = resolve;
		});
		world.onRecorded = () => {
			world.store.crash(session.id);
			died();
			return new Promise(() => undefined);
		};
		void world.edit(session, { 'a.ts': EDITED.replace('TWO', 'two again') });
		await dying;
		const again = await world.open(session.id);
		assert.deepEqual(onlyFile(again).pending, { base: ORIGINAL, text: EDITED });
		const end = again.events.findLast(({ event }) => event.type === 'toolEnd')?.event;
		assert.match(end?.type === 'toolEnd' ? end.result.text : '', /closed before this changed a\.ts/);
	});
});
