import type { ChangeLog } from '../session/changeLog.ts';
import type { StoredEvent } from '../session/log.ts';
import { titleFrom } from '../session/title.ts';

/** What the user can go back to. */
export interface RestorePoint {
	/** Of the event before which it is. */
	readonly sequence: number;
	/** Milliseconds since 1970. */
	readonly at: number;
	/** Before a message of the user, or before an earlier restore, which going back undoes. */
	readonly kind: 'message' | 'restore';
	/** How the message begins; empty for a restore. */
	readonly label: string;
	/** Files that were changed since. */
	readonly files: number;
	/** Lines of all those changes. */
	readonly added: number;
	readonly removed: number;
}

/**
 * @param events all of the session's.
 * @param conversation those that the conversation consists of: only its messages are points.
 * @returns the points, oldest first.
 */
export function restorePoints(
	events: readonly StoredEvent[],
	conversation: readonly StoredEvent[],
	changes: ChangeLog,
): readonly RestorePoint[] {
	const made = new Map(changes.allChanges.map(change => [change.changeId, change]));
	const isPart = new Set(conversation);
	const starts = restoreStarts(events);
	const points: RestorePoint[] = [];
	const files = new Set<string>();
	let added = 0;
	let removed = 0;
	for (const stored of events.toReversed()) {
		const { event, sequence, at } = stored;
		const change = event.type === 'change' ? made.get(event.changeId) : undefined;
		if (change !== undefined) {
			files.add(change.uri);
			added += change.added;
			removed += change.removed;
		}
		const since = { sequence, at, files: files.size, added, removed };
		if (starts.has(sequence)) {
			points.push({ ...since, kind: 'restore', label: '' });
		} else if ((event.type === 'user' || event.type === 'steer') && isPart.has(stored)) {
			points.push({ ...since, kind: 'message', label: titleFrom(event.text) || (event.attachments?.[0]?.label ?? '') });
		}
	}
	return points.reverse();
}

/** The first event of each restore, by sequence number. One that restored files and the conversation is one. */
function restoreStarts(events: readonly StoredEvent[]): ReadonlySet<number> {
	const starts = new Set<number>();
	let callId: string | undefined;
	for (const { event, sequence } of events) {
		switch (event.type) {
			case 'change':
				if (event.origin === 'restore' && event.callId !== callId) {
					starts.add(sequence);
				}
				callId = event.origin === 'restore' ? event.callId : undefined;
				break;
			case 'rewound':
				if (callId === undefined || event.callId !== callId) {
					starts.add(sequence);
				}
				callId = undefined;
				break;
			// What a restore records besides, and what comes while it runs.
			case 'reviewed':
			case 'undone':
			case 'kept':
			case 'queued':
			case 'unqueued':
				break;
			default:
				callId = undefined;
		}
	}
	return starts;
}
