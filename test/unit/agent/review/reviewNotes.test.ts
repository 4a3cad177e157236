import assert from 'node:assert/strict';
import type { Session } from '../../../../src/agent/session/session.ts';
import { says } from '../../../fakes/scriptedModel.ts';
import { lines, reviewWorld } from './reviewWorld.ts';

const ORIGINAL = lines('one', 'two', 'three', 'four', 'five', 'six');
const EDITED = lines('one', 'TWO', 'three', 'four', 'FIVE', 'six');
const URI = 'memory:/project/a.ts';
const B_URI = 'memory:/project/b.ts';

const REJECTED = lines(
	'[The user took back these edits of yours in a.ts. Read the file again before you edit it.',
	'@@ line 2',
	'-two',
	'+TWO]',
).trimEnd();

async function edited(texts: Readonly<Record<string, string>> = { 'a.ts': EDITED }) {
	const world = reviewWorld({ 'a.ts': ORIGINAL, 'b.ts': ORIGINAL });
	const session = await world.create();
	await world.edit(session, texts, 'First');
	return { world, session };
}

function decideFirst(session: Session, decision: 'accept' | 'reject') {
	const { revision } = session.review.files[0] ?? assert.fail();
	return session.review.decide({ uri: URI, decision, hunks: [1], revision });
}

function userTexts(session: Session): string[] {
	return session.messages.flatMap(message => (message.role === 'user' ? [message.text] : []));
}

/** How often the model was told in all. */
function timesTold(session: Session): number {
	return session.messages.filter(({ text }) => text.includes('took back these edits')).length;
}

describe('The model', () => {
	it('is told with the next message what was rejected, and never again', async () => {
		const { world, session } = await edited();
		await decideFirst(session, 'reject');
		await world.edit(session, {}, 'Second');
		await world.edit(session, {}, 'Third');
		assert.deepEqual(userTexts(session), ['First', `Second\n\n${REJECTED}`, 'Third']);
		await session.dispose();
		const again = await world.open(session.id);
		assert.deepEqual(again.messages, session.messages);
		await world.edit(again, {}, 'Fourth');
		assert.equal(timesTold(again), 1);
	});

	it('is told also after the session was opened again in between', async () => {
		const { world, session } = await edited();
		await decideFirst(session, 'reject');
		await session.dispose();
		const again = await world.open(session.id);
		await world.edit(again, {}, 'Second');
		assert.equal(userTexts(again).at(-1), `Second\n\n${REJECTED}`);
	});

	it('need not hear of what was accepted as it wrote it', async () => {
		const { world, session } = await edited();
		await session.review.decide({ uri: URI, decision: 'accept' });
		await world.edit(session, {}, 'Second');
		assert.equal(userTexts(session).at(-1), 'Second');
	});

	it('hears that other edits stay, where some were taken back, and what the user made of those', async () => {
		const { world, session } = await edited();
		world.type('a.ts', EDITED.replace('FIVE', 'my five'));
		await decideFirst(session, 'reject');
		await session.review.decide({ uri: URI, decision: 'accept' });
		await world.edit(session, {}, 'Second');
		const told = userTexts(session).at(-1) ?? '';
		assert.match(told, /took back these edits of yours in a\.ts\. They kept your other edits there\./);
		assert.match(told, /kept edits of yours in a\.ts and changed their lines:.*\n@@ line 5\n-FIVE\n\+my five\]/);
	});

	it('hears it at its next request, once, when the user decides while it works', async () => {
		const { world, session } = await edited();
		world.onRecorded = async () => {
			world.onRecorded = undefined;
			await decideFirst(session, 'reject');
		};
		await world.edit(session, { 'b.ts': EDITED }, 'Second');
		assert.deepEqual(userTexts(session), ['First', 'Second', REJECTED]);
		const last = world.model().requests.at(-1)?.messages ?? [];
		assert.equal(last.at(-1)?.text, REJECTED);
		await world.edit(session, {}, 'Third');
		assert.equal(timesTold(session), 1);
	});

	it('hears it with a message that was sent meanwhile', async () => {
		const { world, session } = await edited();
		world.onRecorded = async () => {
			world.onRecorded = undefined;
			await session.send('Steer');
			await decideFirst(session, 'reject');
		};
		await world.edit(session, { 'b.ts': EDITED }, 'Second');
		assert.deepEqual(userTexts(session), ['First', 'Second', `Steer\n\n${REJECTED}`]);
	});

	it('is sent the same beginning whatever was decided', async () => {
		const { world, session } = await edited();
		await decideFirst(session, 'reject');
		await world.edit(session, { 'b.ts': EDITED }, 'Second');
		await session.review.decide({ uri: B_URI, decision: 'reject' });
		await world.edit(session, {}, 'Third');
		const { requests } = world.model();
		for (const [at, { messages }] of requests.entries()) {
			const earlier = requests[at - 1]?.messages ?? [];
			assert.deepEqual(messages.slice(0, earlier.length), earlier);
		}
	});

	it('is not told of a file whose edits it does not know', async () => {
		const { world, session } = await edited();
		const point = session.restorePoints()[0]?.sequence ?? assert.fail();
		await decideFirst(session, 'reject');
		await session.restore({ before: point, files: false, conversation: true });
		await world.edit(session, {}, 'Anew');
		assert.deepEqual(userTexts(session), ['Anew']);
	});

	it('is told of long edits in short', async () => {
		const many = Array.from({ length: 500 }, (_, at) => `line ${at} ${'x'.repeat(400)}`);
		const { world, session } = await edited({ 'new.ts': lines(...many) });
		await session.review.decideAll('reject');
		world.answer(session, says('ok'));
		await session.send('Second');
		await session.whenIdle();
		const told = userTexts(session).at(-1) ?? '';
		assert.ok(told.length < 4_000, `${told.length}`);
	});
});

describe('The review of what an agent made that works for a call', () => {
	it('is that of the session it works for, and can be decided like its own', async () => {
		const { world, session } = await edited();
		const [before, after] = [await world.store.putBlob(ORIGINAL), await world.store.putBlob(EDITED)];
		await session.dispose();
		const { log } = await world.store.open(session.id);
		const change = { changeId: 'theirs', callId: 'task', path: 'b.ts', uri: B_URI, before, after };
		await log?.append([{ type: 'change', ...change, made: { added: 2, removed: 2 } }], 'durable');
		await log?.close();
		world.type('b.ts', EDITED);
		const again = await world.open(session.id);
		assert.deepEqual(
			again.review.files.map(({ path }) => path),
			['a.ts', 'b.ts'],
		);
		await again.review.decide({ uri: B_URI, decision: 'reject' });
		assert.equal(world.text('b.ts'), ORIGINAL);
		const [point] = again.restorePoints();
		await again.restore({ before: point?.sequence ?? 0, files: true, conversation: false });
		assert.equal(world.text('a.ts'), ORIGINAL);
		assert.equal(world.text('b.ts'), ORIGINAL);
	});
});
