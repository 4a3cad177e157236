import type { SessionEvent } from '../events.ts';
import type { SessionState } from './sessionState.ts';

const LOST_DURING = 'The editor closed while this ran; check its effect before repeating it.';
const LOST_BEFORE = 'Not run: the editor closed before it.';

/**
 * What to append to a log whose last turn has no end, or did not even begin, because the process that ran it died: a
 * result for every call without one, and the end of the turn. Nothing when the last turn ended.
 */
export function recoveryEvents(state: SessionState): SessionEvent[] {
	if (!state.isTurnOpen && !state.isMessageWaiting) {
		return [];
	}
	const ends = state.pendingCalls.map(({ callId, parentId, isStarted }): SessionEvent => {
		const text = isStarted ? LOST_DURING : LOST_BEFORE;
		const result = { outcome: 'interrupted', text: parentId === undefined ? text : '', durationMs: 0 } as const;
		return { type: 'toolEnd', callId, ...(parentId !== undefined && { parentId }), result };
	});
	return [...ends, { type: 'turnEnd', reason: 'interrupted' }];
}
