import type { SessionView } from '../../protocol/messages.ts';

export interface SessionGroup {
	readonly label: string;
	readonly sessions: readonly SessionView[];
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * Sessions by day, newest first. Those that wait for the user stand on top, whatever their age.
 * @param now milliseconds since 1970.
 */
export function groupSessions(sessions: readonly SessionView[], query: string, now: number): readonly SessionGroup[] {
	const words = query.toLowerCase().split(/\s+/);
	const found = sessions
		.filter(({ title, note }) => words.every(word => `${title} ${note}`.toLowerCase().includes(word)))
		.toSorted((a, b) => Number(b.state === 'waiting') - Number(a.state === 'waiting') || b.updatedAt - a.updatedAt);
	const groups = new Map<string, SessionView[]>();
	for (const session of found) {
		const label = session.state === 'waiting' ? 'Today' : dayLabel(session.updatedAt, now);
		groups.set(label, [...(groups.get(label) ?? []), session]);
	}
	return [...groups].map(([label, group]) => ({ label, sessions: group }));
}

/** How long ago, in a few letters: "now", "4 min", "2 h", "Tue", "3 Nov". */
export function shortAge(at: number, now: number): string {
	const minutes = Math.floor((now - at) / 60_000);
	if (minutes < 1) {
		return 'now';
	}
	if (minutes < 60) {
		return `${minutes} min`;
	}
	if (at >= startOfDay(now)) {
		return `${Math.floor(minutes / 60)} h`;
	}
	const isThisWeek = at >= startOfDay(now) - 6 * DAY;
	const format: Intl.DateTimeFormatOptions = isThisWeek ? { weekday: 'short' } : { day: 'numeric', month: 'short' };
	return new Intl.DateTimeFormat('en', format).format(at);
}

function dayLabel(at: number, now: number): string {
	const today = startOfDay(now);
	if (at >= today) {
		return 'Today';
	}
	if (at >= today - DAY) {
		return 'Yesterday';
	}
	if (at >= today - 6 * DAY) {
		return 'Last 7 days';
	}
	return at >= today - 29 * DAY ? 'Last 30 days' : 'Older';
}

function startOfDay(at: number): number {
	return new Date(at).setHours(0, 0, 0, 0);
}
