import type { SessionEvent } from '../events.ts';
import type { PendingCall, SessionState } from './sessionState.ts';

const LOST_DURING = 'The editor closed while this ran; check its effect before repeating it.';
const LOST_BEFORE = 'Not run: the editor closed before it.';

/**
 * What to append to a log whose last turn has no end, or did not even begin, because the process that ran it died: a
 * result for every call without one, and the end of the turn. Nothing when the last turn ended.
 * @param unmade paths of changes that were recorded and not made, by their calls.
 */
export function recoveryEvents(state: SessionState, unmade?: ReadonlyMap<string, string>): SessionEvent[] {
	if (!state.isTurnOpen && !state.isMessageWaiting) {
		return [];
	}
	const ends = state.pendingCalls.map((call): SessionEvent => {
		const { callId, parentId } = call;
		const path = unmade?.get(callId);
		// With an error the call's newest change counts as not made.
		const outcome = path === undefined ? 'interrupted' : 'error';
		const text = parentId === undefined ? textFor(call, path) : '';
		const result = { outcome, text, durationMs: 0 } as const;
		return { type: 'toolEnd', callId, ...(parentId !== undefined && { parentId }), result };
	});
	return [...ends, { type: 'turnEnd', reason: 'interrupted' }];
}

function textFor({ isStarted }: PendingCall, unmade: string | undefined): string {
	if (unmade !== undefined) {
		return `The editor closed before this changed ${unmade}; check what else it did before repeating it.`;
	}
	return isStarted ? LOST_DURING : LOST_BEFORE;
}
