import assert from 'node:assert/strict';
import type { SessionView } from '../../../../src/protocol/messages.ts';
import { groupSessions, shortAge } from '../../../../src/webview/sessions/sessionGroups.ts';

/** A Saturday, at noon of wherever the test runs. */
const now = new Date(2026, 10, 21, 12, 0, 0).getTime();
const hour = 60 * 60 * 1000;

function session(title: string, hoursAgo: number, state: SessionView['state'] = 'idle'): SessionView {
	return { id: title, title, updatedAt: now - hoursAgo * hour, state, note: 'Sonnet 5 · $0.08' };
}

describe('sessions', () => {
	it('stand by day, newest first, with what waits for the user on top', () => {
		const sessions = [
			session('old', 24 * 60),
			session('month', 24 * 20),
			session('week', 24 * 4),
			session('yesterday', 13),
			session('early today', 11),
			session('today', 1),
			session('waits', 24 * 3, 'waiting'),
		];
		assert.deepEqual(
			groupSessions(sessions, '', now).map(({ label, sessions: group }) => [label, ...group.map(({ title }) => title)]),
			[
				['Today', 'waits', 'today', 'early today'],
				['Yesterday', 'yesterday'],
				['Last 7 days', 'week'],
				['Last 30 days', 'month'],
				['Older', 'old'],
			],
		);
	});

	it('are found by all words in title or note, in any case', () => {
		const sessions = [session('Fix the parser', 1), session('Fix the printer', 2)];
		assert.deepEqual(
			groupSessions(sessions, 'SONNET parser', now).flatMap(group => group.sessions.map(({ title }) => title)),
			['Fix the parser'],
		);
		assert.deepEqual(groupSessions(sessions, 'nothing', now), []);
	});

	it('tell their age in few letters', () => {
		const ages = [0, 0.2, 3, 13, 24 * 4, 24 * 20].map(hours => shortAge(now - hours * hour, now));
		assert.deepEqual(ages, ['now', '12 min', '3 h', 'Fri', 'Tue', 'Nov 1']);
	});
});
