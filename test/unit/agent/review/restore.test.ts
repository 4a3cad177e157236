import assert from 'node:assert/strict';
import type { Session } from '../../../../src/agent/session/session.ts';
import { ToolError } from '../../../../src/agent/toolError.ts';
import { says, waitsForStop } from '../../../fakes/scriptedModel.ts';
import { lines, onlyFile, reviewWorld } from './reviewWorld.ts';

const ORIGINAL = lines('one', 'two', 'three', 'four', 'five', 'six');
const FIRST = ORIGINAL.replace('two', 'TWO');
const SECOND = FIRST.replace('five', 'FIVE');
const URI = 'memory:/project/a.ts';

async function worked() {
	const world = reviewWorld({ 'a.ts': ORIGINAL });
	const session = await world.create();
	await world.edit(session, { 'a.ts': FIRST }, 'First');
	await world.edit(session, { 'a.ts': SECOND, 'new.ts': 'x\ny\n' }, 'Second');
	return { world, session };
}

/** Before the message with this text. */
function pointOf(session: Session, label: string): number {
	const point = session.restorePoints().find(one => one.label === label);
	return point?.sequence ?? assert.fail(`There is no point ${label}.`);
}

function lastRestore(session: Session): number {
	return session.restorePoints().findLast(({ kind }) => kind === 'restore')?.sequence ?? assert.fail();
}

function userTexts(session: Session): string[] {
	return session.messages.flatMap(message => (message.role === 'user' ? [message.text] : []));
}

describe('Going back to before a message', () => {
	it('offers the messages and what was changed since', async () => {
		const { session } = await worked();
		assert.deepEqual(
			session.restorePoints().map(({ kind, label, files }) => [kind, label, files]),
			[
				['message', 'First', 2],
				['message', 'Second', 2],
			],
		);
	});

	it('says what it would do, without doing it', async () => {
		const { world, session } = await worked();
		world.type('new.ts', 'x\nmine\n');
		const events = session.events.length;
		assert.deepEqual(await session.restorePreview(pointOf(session, 'Second')), [
			{ uri: URI, path: 'a.ts', kind: 'restored', added: 1, removed: 1 },
			{ uri: 'memory:/project/new.ts', path: 'new.ts', kind: 'conflicts', lines: [1], added: 0, removed: 0 },
		]);
		assert.equal(session.events.length, events);
		assert.equal(world.text('a.ts'), SECOND);
	});

	it('restores the files, byte for byte, and what was under review', async () => {
		const { world, session } = await worked();
		const outcomes = await session.restore({ before: pointOf(session, 'Second'), files: true, conversation: false });
		assert.deepEqual(
			outcomes.map(({ path, kind }) => [path, kind]),
			[
				['a.ts', 'restored'],
				['new.ts', 'restored'],
			],
		);
		assert.equal(world.text('a.ts'), FIRST);
		assert.equal(world.text('new.ts'), undefined);
		assert.deepEqual(onlyFile(session).pending, { base: ORIGINAL, text: FIRST });
		assert.deepEqual(session.isRunning, false);
		await session.restore({ before: pointOf(session, 'First'), files: true, conversation: false });
		assert.equal(world.text('a.ts'), ORIGINAL);
		assert.deepEqual(session.review.files, []);
	});

	it('keeps what the user changed since, and leaves lines that both changed', async () => {
		const { world, session } = await worked();
		world.type('a.ts', `mine\n${SECOND.replace('FIVE', 'my five')}`);
		const before = pointOf(session, 'First');
		assert.deepEqual(await session.restore({ before, files: [URI], conversation: false }), [
			{ uri: URI, path: 'a.ts', kind: 'conflicts', lines: [6], added: 1, removed: 1 },
		]);
		assert.equal(world.text('a.ts'), `mine\n${ORIGINAL.replace('five', 'my five')}`);
		assert.equal(world.text('new.ts'), 'x\ny\n');
		assert.deepEqual(
			session.review.files.map(({ path }) => path),
			['a.ts', 'new.ts'],
		);
	});

	it('brings files back that were removed, and says which cannot be', async () => {
		const world = reviewWorld({ 'a.ts': ORIGINAL, 'b.ts': ORIGINAL, 'c.ts': ORIGINAL });
		const session = await world.create();
		await world.edit(session, { 'a.ts': undefined, 'b.ts': FIRST, 'c.ts': SECOND }, 'First');
		world.workspace.disk.delete('b.ts');
		const getBlob = world.store.getBlob;
		world.store.getBlob = async hash => {
			const text = await getBlob(hash);
			return text === SECOND ? undefined : text;
		};
		const before = pointOf(session, 'First');
		assert.deepEqual(await session.restore({ before, files: true, conversation: false }), [
			{ uri: URI, path: 'a.ts', kind: 'restored', added: 6, removed: 0 },
			{ uri: 'memory:/project/b.ts', path: 'b.ts', kind: 'failed', message: 'b.ts was deleted or renamed since.' },
			{ uri: 'memory:/project/c.ts', path: 'c.ts', kind: 'notStored' },
		]);
		assert.equal(world.text('a.ts'), ORIGINAL);
		assert.equal(world.text('c.ts'), SECOND);
	});

	it('is undone by going back to before it, with what was under review', async () => {
		const { world, session } = await worked();
		world.type('a.ts', `${SECOND}mine\n`);
		await session.restore({ before: pointOf(session, 'First'), files: true, conversation: true });
		assert.equal(world.text('a.ts'), `${ORIGINAL}mine\n`);
		assert.deepEqual(userTexts(session), []);
		await session.restore({ before: lastRestore(session), files: true, conversation: true });
		assert.equal(world.text('a.ts'), `${SECOND}mine\n`);
		assert.equal(world.text('new.ts'), 'x\ny\n');
		assert.deepEqual(userTexts(session), ['First', 'Second']);
		assert.deepEqual(session.review.files[0]?.pending, { base: `${ORIGINAL}mine\n`, text: `${SECOND}mine\n` });
		await session.review.decideAll('reject');
		assert.equal(world.text('a.ts'), `${ORIGINAL}mine\n`);
		assert.equal(world.text('new.ts'), undefined);
	});

	it('is undone also after it was asked for twice', async () => {
		const { world, session } = await worked();
		const request = { before: pointOf(session, 'First'), files: true, conversation: false } as const;
		await session.restore(request);
		const again = await session.restore(request);
		assert.ok(again.every(({ kind }) => kind === 'unchanged'));
		await session.restore({ ...request, before: lastRestore(session) });
		assert.equal(world.text('a.ts'), SECOND);
	});

	it('records each write before it is made, and the text that is there then', async () => {
		const { world, session } = await worked();
		const write = world.workspace.write.bind(world.workspace);
		let isFirst = true;
		world.workspace.write = (...args) => {
			const newest = world.store.peek(session.id).at(-1);
			assert.equal(newest?.type === 'change' && newest.origin, 'restore');
			if (isFirst) {
				isFirst = false;
				world.type('a.ts', `${SECOND}mine\n`);
			}
			return write(...args);
		};
		await session.restore({ before: pointOf(session, 'Second'), files: [URI], conversation: false });
		assert.equal(world.text('a.ts'), `${FIRST}mine\n`);
		const restores = session.state.changes.filter(({ origin }) => origin === 'restore');
		assert.equal(restores.length, 1);
		assert.equal(await world.store.getBlob(restores[0]?.before ?? ''), `${SECOND}mine\n`);
	});

	it('rewinds the conversation alone, and goes on from there', async () => {
		const { world, session } = await worked();
		const cost = session.state.cost;
		await session.restore({ before: pointOf(session, 'Second'), files: false, conversation: true });
		assert.equal(world.text('a.ts'), SECOND);
		assert.deepEqual(userTexts(session), ['First']);
		assert.equal(session.state.isUnfinished, false);
		assert.deepEqual(session.state.cost, cost);
		await world.edit(session, {}, 'Third');
		assert.deepEqual(userTexts(session), ['First', 'Third']);
		assert.deepEqual(
			session.restorePoints().map(({ kind, label }) => [kind, label]),
			[
				['message', 'First'],
				['restore', ''],
				['message', 'Third'],
			],
		);
		await session.dispose();
		const again = await world.open(session.id);
		assert.deepEqual(again.messages, session.messages);
		const pointsOf = (one: Session) => one.restorePoints().map(({ at: _, ...point }) => point);
		assert.deepEqual(pointsOf(again), pointsOf(session));
	});

	it('leaves the beginning of the request as it was', async () => {
		const { world, session } = await worked();
		await session.restore({ before: pointOf(session, 'Second'), files: true, conversation: true });
		await world.edit(session, {}, 'Third');
		const { requests } = world.model();
		const [earlier, later] = [requests[1]?.messages ?? [], requests.at(-1)?.messages ?? []];
		assert.deepEqual(later.slice(0, earlier.length), earlier);
	});

	it('goes back over a summary, in both directions', async () => {
		const { world, session } = await worked();
		const before = pointOf(session, 'Second');
		const messages = [...session.messages];
		await session.dispose();
		const { log } = await world.store.open(session.id);
		const sizes = { tokensBefore: 9, tokensAfter: 1 };
		await log?.append([{ type: 'compacted', reason: 'manual', summary: 'Sum.', keptMessages: 0, ...sizes }], 'durable');
		await log?.close();
		const again = await world.open(session.id);
		assert.deepEqual(userTexts(again), ['Sum.']);
		await again.restore({ before, files: false, conversation: true });
		assert.deepEqual(userTexts(again), ['First']);
		await again.restore({ before: lastRestore(again), files: false, conversation: true });
		assert.deepEqual(userTexts(again), ['Sum.']);
		const compacted = again.events.findLast(({ event }) => event.type === 'compacted')?.sequence ?? assert.fail();
		await again.restore({ before: compacted, files: false, conversation: true });
		assert.deepEqual(again.messages, messages);
	});

	it('keeps the rights, and tells the model of the mode and of decisions about edits that it still knows', async () => {
		const { world, session } = await worked();
		await session.setMode('ask');
		const { revision } = session.review.files[0] ?? assert.fail();
		await session.review.decide({ uri: URI, decision: 'reject', hunks: [1], revision });
		await session.review.decide({ uri: 'memory:/project/new.ts', decision: 'reject' });
		await session.restore({ before: pointOf(session, 'Second'), files: false, conversation: true });
		assert.equal(session.permissions.mode, 'ask');
		await world.edit(session, {}, 'Third');
		const told = userTexts(session).at(-1) ?? '';
		assert.match(told, /^Third\n\n\[Ask mode/);
		assert.match(told, /took back these edits of yours in a\.ts/);
		assert.doesNotMatch(told, /new\.ts/);
	});

	it('does not bring a message back that waited, and keeps one that comes meanwhile', async () => {
		const world = reviewWorld();
		const session = await world.create();
		await world.edit(session, {}, 'First');
		const before = pointOf(session, 'First');
		const restoring = session.restore({ before, files: true, conversation: true });
		await session.send('Meanwhile');
		await restoring;
		await session.whenIdle();
		assert.deepEqual(userTexts(session), ['Meanwhile']);
		assert.deepEqual(session.state.queue, []);
	});

	it('is refused while a turn runs, in a session of another window, and for a point that is none', async () => {
		const { world, session } = await worked();
		const refused = (message: RegExp) => (error: unknown) => error instanceof ToolError && message.test(error.message);
		const request = { files: true, conversation: true } as const;
		for (const before of [0, -1, 1.5, session.events.length]) {
			await assert.rejects(session.restore({ ...request, before }), refused(/no such point/));
			await assert.rejects(session.restorePreview(before), refused(/no such point/));
		}
		const reader = await world.open(session.id);
		await assert.rejects(reader.restore({ ...request, before: 2 }), refused(/another window/));
		world.answer(session, waitsForStop);
		await session.send('Wait');
		await assert.rejects(session.restore({ ...request, before: 2 }), refused(/turn is running/));
		session.stop();
		await session.whenIdle();
	});

	it('can go on with a turn in whose middle it went back', async () => {
		const world = reviewWorld({ 'a.ts': ORIGINAL });
		const session = await world.create();
		world.onRecorded = async () => {
			world.onRecorded = undefined;
			await session.send('Steer');
		};
		await world.edit(session, { 'a.ts': FIRST }, 'First');
		const before = pointOf(session, 'Steer');
		await session.restore({ before, files: true, conversation: true });
		assert.deepEqual(userTexts(session), ['First']);
		assert.deepEqual(session.state.queue, []);
		assert.equal(session.state.isUnfinished, true);
		world.answer(session, says('Gone on.'));
		await session.continue();
		await session.whenIdle();
		assert.equal(session.state.lastEnd?.reason, 'done');
	});

	it('tells the model once that files were restored under it', async () => {
		const { world, session } = await worked();
		await session.restore({ before: pointOf(session, 'Second'), files: true, conversation: false });
		await world.edit(session, {}, 'Third');
		assert.equal(
			userTexts(session).at(-1),
			[
				'Third',
				'[The user restored a.ts to an earlier text. Read it again before you edit it.]',
				'[The user restored new.ts to an earlier text. Read it again before you edit it.]',
			].join('\n\n'),
		);
		await world.edit(session, {}, 'Fourth');
		assert.equal(userTexts(session).at(-1), 'Fourth');
	});

	it('tells of a restore also when the conversation goes back to before it, without the files', async () => {
		const { world, session } = await worked();
		await session.restore({ before: pointOf(session, 'First'), files: [URI], conversation: false });
		await session.restore({ before: pointOf(session, 'Second'), files: false, conversation: true });
		await world.edit(session, {}, 'Third');
		assert.match(userTexts(session).at(-1) ?? '', /^Third\n\n\[The user restored a\.ts to an earlier text\./);
	});

	it('does not tell of a restore that went together with the conversation', async () => {
		const { world, session } = await worked();
		await session.restore({ before: pointOf(session, 'Second'), files: true, conversation: true });
		await world.edit(session, {}, 'Third');
		assert.deepEqual(userTexts(session), ['First', 'Third']);
		await session.restore({ before: lastRestore(session), files: true, conversation: true });
		await world.edit(session, {}, 'Fourth');
		assert.deepEqual(userTexts(session), ['First', 'Second', 'Fourth']);
	});

	it('is one point, however many files it restores and whatever was restored before', async () => {
		const { session } = await worked();
		const request = { files: true, conversation: false } as const;
		await session.restore({ ...request, before: pointOf(session, 'First') });
		await session.restore({ ...request, before: lastRestore(session) });
		await session.restore({ ...request, before: pointOf(session, 'First') });
		assert.deepEqual(
			session.restorePoints().map(({ kind }) => kind),
			['message', 'message', 'restore', 'restore', 'restore'],
		);
	});

	describe('where the user took edits back since', () => {
		const AGENT = ORIGINAL.replace('two', 'agent');
		const WITHOUT = ORIGINAL.replace('two\n', '');

		async function workedOver() {
			const world = reviewWorld({ 'a.ts': ORIGINAL });
			const session = await world.create();
			await world.edit(session, { 'a.ts': AGENT }, 'First');
			await world.edit(session, { 'a.ts': WITHOUT }, 'Second');
			return { world, session, before: pointOf(session, 'Second') };
		}

		it('does not bring back what the agent had written before them', async () => {
			const { world, session, before } = await workedOver();
			await session.review.decide({ uri: URI, decision: 'reject' });
			assert.equal(world.text('a.ts'), ORIGINAL);
			const outcomes = await session.restore({ before, files: true, conversation: false });
			assert.deepEqual(outcomes, [{ uri: URI, path: 'a.ts', kind: 'unchanged' }]);
			assert.equal(world.text('a.ts'), ORIGINAL);
		});

		it('does not do so after an undo of the changes either', async () => {
			const { world, session, before } = await workedOver();
			await session.undo(session.state.changes.map(({ changeId }) => changeId));
			assert.equal(world.text('a.ts'), ORIGINAL);
			await session.restore({ before, files: true, conversation: false });
			assert.equal(world.text('a.ts'), ORIGINAL);
		});

		it('takes back what they brought again by an undo of the editor', async () => {
			const { world, session } = await workedOver();
			await session.review.decide({ uri: URI, decision: 'reject' });
			world.type('a.ts', WITHOUT);
			await session.restore({ before: pointOf(session, 'First'), files: true, conversation: false });
			assert.equal(world.text('a.ts'), ORIGINAL);
		});

		it('takes back also what the agent made after that', async () => {
			const { world, session, before } = await workedOver();
			await session.review.decide({ uri: URI, decision: 'reject' });
			await world.edit(session, { 'a.ts': ORIGINAL.replace('two', 'again').replace('six', 'SIX') }, 'Third');
			await session.restore({ before, files: true, conversation: false });
			assert.equal(world.text('a.ts'), ORIGINAL);
			await session.restore({ before: lastRestore(session), files: true, conversation: false });
			assert.equal(world.text('a.ts'), ORIGINAL.replace('two', 'again').replace('six', 'SIX'));
		});
	});

	it('leaves under review what was, when the process dies before a restore is made', async () => {
		const world = reviewWorld({ 'a.ts': ORIGINAL });
		const session = await world.create();
		await world.edit(session, { 'a.ts': FIRST }, 'First');
		await world.edit(session, { 'a.ts': SECOND }, 'Second');
		await session.review.decide({ uri: URI, decision: 'accept' });
		await session.restore({ before: pointOf(session, 'Second'), files: true, conversation: false });
		assert.deepEqual(onlyFile(session).pending, { base: ORIGINAL, text: FIRST });
		let die: () => void = () => undefined;
		const dying = new Promise<void>(resolve => {
			die = resolve;
		});
		const { write } = world.workspace;
		world.workspace.write = () => {
			world.store.crash(session.id);
			die();
			return new Promise(() => undefined);
		};
		void session.restore({ before: pointOf(session, 'First'), files: true, conversation: false });
		await dying;
		world.workspace.write = write;
		const again = await world.open(session.id);
		assert.deepEqual(onlyFile(again).pending, { base: ORIGINAL, text: FIRST });
		await again.restore({ before: pointOf(again, 'First'), files: true, conversation: false });
		assert.equal(world.text('a.ts'), ORIGINAL);
	});

	it('says of a file that is no text by now that it cannot be restored', async () => {
		const { world, session } = await worked();
		world.workspace.put('a.ts', new Uint8Array([0, 1, 2, 0, 255, 254]));
		const outcomes = await session.restore({ before: pointOf(session, 'First'), files: true, conversation: false });
		assert.deepEqual(
			outcomes.map(({ path, kind }) => [path, kind]),
			[
				['a.ts', 'failed'],
				['new.ts', 'restored'],
			],
		);
		assert.deepEqual(world.workspace.disk.get('a.ts'), new Uint8Array([0, 1, 2, 0, 255, 254]));
	});

	it('restores nothing that is being written at this moment', async () => {
		const { world, session } = await worked();
		const edit = { callId: 'inline', path: 'a.ts', uri: URI, before: SECOND, after: SECOND };
		await session.recordEdit({ ...edit, changeId: 'open', isOpen: true });
		world.type('a.ts', `${SECOND}more\n`);
		const [file] = await session.restore({ before: pointOf(session, 'First'), files: [URI], conversation: false });
		assert.match(file?.kind === 'failed' ? file.message : '', /being edited/);
		assert.equal(world.text('a.ts'), `${SECOND}more\n`);
	});
});
