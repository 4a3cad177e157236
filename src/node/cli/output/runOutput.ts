import type { AgentMode } from '../../../agent/approval/policy.ts';
import type { ModelRef } from '../../../agent/events.ts';
import type { StoredEvent } from '../../../agent/session/log.ts';
import type { ApprovalMode } from '../commands.ts';
import type { ExitCode } from '../exitCodes.ts';
import type { RunTally } from './runTally.ts';

/** What is known when a run begins. */
export interface RunStart {
	readonly sessionId: string;
	/** Absolute. */
	readonly folder: string;
	readonly model: ModelRef;
	readonly tools: readonly string[];
	readonly approve: ApprovalMode;
	readonly mode: AgentMode;
	/** The name of the variable, or the path of the file, that the key is from; absent without a key. */
	readonly keySource?: string;
}

/** The result of a tool that the caller asked for, without a model. */
export interface DirectResult {
	readonly name: string;
	readonly outcome: 'ok' | 'error' | 'denied';
	/** What a model would read. */
	readonly text: string;
}

/** Why a run is not done. */
export interface RunProblem {
	/** The kind of the failure, how the turn ended, or for a wrong use the name of its exit code. */
	readonly kind: string;
	/** In words for the user. */
	readonly message: string;
}

/** How a run ended. */
export interface RunEnd {
	readonly exitCode: ExitCode;
	readonly durationMs: number;
	/** Absent when it is done. */
	readonly problem?: RunProblem;
}

/** One form of output. Called in this order: direct results, start, events, end. */
export interface RunOutput {
	direct(result: DirectResult): void;
	start(start: RunStart): void;
	/** @param tally with this event already in it. */
	event(stored: StoredEvent, tally: RunTally): void;
	/**
	 * An event of an agent that works for a call of this run.
	 * @param tally of that agent alone, with this event already in it.
	 */
	delegateEvent(stored: StoredEvent, tally: RunTally, callId: string): void;
	/** @param start absent where only tools ran, or nothing did. */
	end(end: RunEnd, tally: RunTally, start: RunStart | undefined): void;
}
