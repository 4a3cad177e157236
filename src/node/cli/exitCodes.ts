/** How the command ends, by kind of failure, so that a script can tell what to do. */
import type { FailureRecord, TurnEndReason } from '../../agent/events.ts';

export const exitCodes = {
	done: 0,
	/** A fault of ours, or a tool that was called directly and failed. */
	internal: 1,
	usage: 2,
	auth: 3,
	/** Credit, the key's limit, a budget, today's free requests. */
	money: 4,
	/** The model: unknown, no provider for it, or it cannot do this. */
	model: 5,
	/** Rate limit, outage, network: may pass by itself. */
	unavailable: 6,
	/** Refused for its content, or not permitted. */
	refused: 7,
	/** The turn came to a limit or went round in circles; it can be resumed. */
	unfinished: 8,
	/** Ctrl-C. */
	interrupted: 130,
	/** SIGTERM. */
	terminated: 143,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export function exitCodeOfFailure(kind: FailureRecord['kind']): ExitCode {
	switch (kind) {
		case 'auth':
			return exitCodes.auth;
		case 'credits':
		case 'keyLimit':
		case 'budget':
		case 'freeQuota':
			return exitCodes.money;
		case 'modelNotFound':
		case 'noRoute':
		case 'unsupported':
		case 'contextLength':
			return exitCodes.model;
		case 'rateLimit':
		case 'unavailable':
		case 'network':
		case 'cut':
		case 'silent':
		case 'notAnAnswer':
		case 'malformed':
			return exitCodes.unavailable;
		case 'moderation':
		case 'forbidden':
			return exitCodes.refused;
		case 'aborted':
			return exitCodes.interrupted;
		case 'badRequest':
		case 'internal':
			return exitCodes.internal;
	}
}

export function exitCodeOfTurn(reason: TurnEndReason, failure: FailureRecord | undefined): ExitCode {
	switch (reason) {
		case 'done':
			return exitCodes.done;
		case 'length':
		case 'limit':
		case 'denied':
		case 'loop':
			return exitCodes.unfinished;
		case 'stopped':
		case 'interrupted':
			return exitCodes.interrupted;
		case 'failed':
			return failure === undefined ? exitCodes.internal : exitCodeOfFailure(failure.kind);
	}
}
