import assert from 'node:assert/strict';
import type { Session } from '../../../../src/agent/session/session.ts';
import { type SessionFactory, Sessions } from '../../../../src/host/chat/sessions.ts';
import { ReviewHub } from '../../../../src/host/review/reviewHub.ts';
import { lines, reviewWorld } from '../../agent/review/reviewWorld.ts';

const FILE = 'a.ts';

/** Windows on one workspace, one after the other or at once, that share store and memory. */
function windows() {
	const world = reviewWorld({ [FILE]: lines('a', 'b') });
	let remembered: readonly string[] = [];
	const reports: unknown[] = [];
	const open = () => {
		const reviews = new ReviewHub();
		const unused = () => assert.fail('Not for these tests.');
		// Only what these tests come to is there.
		const factory = {
			store: world.store,
			create: () => world.create(),
			open: (id: string) => world.open(id),
			endCommands: async () => undefined,
			dispose: async () => undefined,
			currentRules: unused,
			createInline: () => world.create(),
		} as unknown as SessionFactory;
		const sessions = new Sessions({
			factory,
			reviews,
			memory: {
				read: () => remembered,
				write: ids => {
					remembered = ids;
				},
			},
			report: error => reports.push(error),
		});
		return { sessions, reviews };
	};
	return { world, open, reports, remembered: () => remembered };
}

/** Its log is free, so it is closed. */
async function isClosed(session: Session): Promise<boolean> {
	try {
		await session.setBudget(1);
		return false;
	} catch {
		return true;
	}
}

describe('sessions with edits under review', () => {
	it('stay when they leave the screen, and go with the last decision', async () => {
		const { world, open, remembered } = windows();
		const { sessions, reviews } = open();
		const session = await sessions.create();
		await world.edit(session, { [FILE]: lines('A', 'b') });
		await sessions.release(session.id);
		assert.deepEqual([await isClosed(session), remembered()], [false, [session.id]]);
		const uri = reviews.files[0]?.uri ?? assert.fail();
		await reviews.decide(session.id, { uri, decision: 'reject' });
		assert.deepEqual([reviews.files, remembered(), world.text(FILE)], [[], [], lines('a', 'b')]);
		assert.ok(await isClosed(session));
		// It waits until the old one has given it free.
		const again = await sessions.open(session.id);
		assert.deepEqual([again === session, again.isReadOnly], [false, false]);
	});

	it('go at once when nothing is under review', async () => {
		const { open } = windows();
		const { sessions } = open();
		const session = await sessions.create();
		await sessions.release(session.id);
		assert.ok(await isClosed(session));
	});

	it('stay when they came back on screen', async () => {
		const { world, open } = windows();
		const { sessions, reviews } = open();
		const session = await sessions.create();
		await world.edit(session, { [FILE]: lines('A', 'b') });
		await sessions.release(session.id);
		assert.equal(await sessions.open(session.id), session);
		const uri = reviews.files[0]?.uri ?? assert.fail();
		await reviews.decide(session.id, { uri, decision: 'accept' });
		assert.equal(await isClosed(session), false);
	});

	it('are opened again by the next window', async () => {
		const { world, open, remembered } = windows();
		const first = open();
		const session = await first.sessions.create();
		await world.edit(session, { [FILE]: lines('A', 'b', 'c') });
		await first.sessions.dispose();
		assert.deepEqual(remembered(), [session.id]);
		const next = open();
		assert.deepEqual(next.reviews.files, []);
		await Promise.all([next.sessions.reopenReviewed(), next.sessions.reopenReviewed()]);
		assert.deepEqual(
			next.reviews.files.map(({ path, sessionId }) => [path, sessionId]),
			[[FILE, session.id]],
		);
		// On screen it is the same one.
		assert.equal((await next.sessions.open(session.id)).review.files.length, 1);
		assert.equal(next.reviews.files.length, 1);
	});

	it('are closed again where all was decided elsewhere meanwhile', async () => {
		const { world, open, remembered } = windows();
		const first = open();
		const session = await first.sessions.create();
		await world.edit(session, { [FILE]: lines('A', 'b') });
		await first.sessions.dispose();
		const elsewhere = await world.open(session.id);
		await elsewhere.review.decideAll('accept');
		await elsewhere.dispose();
		const next = open();
		await next.sessions.reopenReviewed();
		assert.deepEqual([next.reviews.files, remembered()], [[], []]);
	});

	it('are left to another window that has them, and not forgotten', async () => {
		const { world, open, remembered } = windows();
		const first = open();
		const session = await first.sessions.create();
		await world.edit(session, { [FILE]: lines('A', 'b') });
		const second = open();
		await second.sessions.reopenReviewed();
		assert.deepEqual([second.reviews.files, remembered()], [[], [session.id]]);
		// To look at, it can be opened all the same.
		assert.equal((await second.sessions.open(session.id)).isReadOnly, true);
		assert.deepEqual(second.reviews.files, []);
	});

	it('are forgotten when they are deleted', async () => {
		const { world, open, remembered, reports } = windows();
		const first = open();
		const session = await first.sessions.create();
		await world.edit(session, { [FILE]: lines('A', 'b') });
		await first.sessions.dispose();
		await world.store.delete(session.id);
		const next = open();
		await next.sessions.reopenReviewed();
		assert.deepEqual([remembered(), reports, next.reviews.files], [[], [], []]);
	});

	it('that cannot be opened are told, kept in mind, and hold up no others', async () => {
		const { world, open, remembered, reports } = windows();
		const first = open();
		const [one, other] = [await first.sessions.create(), await first.sessions.create()];
		await world.edit(one, { [FILE]: lines('A', 'b') });
		await world.edit(other, { 'new.ts': lines('n') });
		await first.sessions.dispose();
		const opening = world.open;
		world.open = id => (id === one.id ? Promise.reject(new Error('No disk.')) : opening(id));
		const next = open();
		await next.sessions.reopenReviewed();
		assert.deepEqual(
			[next.reviews.files.map(({ path }) => path), remembered(), reports.map(String)],
			[['new.ts'], [one.id, other.id], ['Error: No disk.']],
		);
	});
});
