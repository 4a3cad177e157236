/** The JSON object of a run, for `--output json` and the last line of `--output stream`. */
import type { RunEnd, RunProblem, RunStart } from './runOutput.ts';
import type { RunTally, TokenUsage } from './runTally.ts';

/** Of all JSON that is not in somebody else's form. It changes when a field changes its meaning or goes. */
export const OUTPUT_VERSION = 1;

export interface RunReport {
	readonly version: typeof OUTPUT_VERSION;
	/** For `--resume`; absent where no model was asked. */
	readonly sessionId?: string;
	readonly exitCode: number;
	/** How the turn ended; `none` where there was none. */
	readonly reason: string;
	/** The last answer of the model. */
	readonly text: string;
	readonly model?: { readonly id: string; readonly provider?: string };
	readonly requests: number;
	readonly usage: TokenUsage;
	/** US dollars of what is known. */
	readonly cost: number;
	/** Requests that may have cost something nobody told; only where there are some. */
	readonly requestsOfUnknownCost?: number;
	readonly changes: readonly { readonly path: string; readonly added: number; readonly removed: number }[];
	/** Names of tools that were not allowed, a name for each call. */
	readonly denied: readonly string[];
	readonly durationMs: number;
	readonly problem?: RunProblem;
}

export function reportOf(end: RunEnd, tally: RunTally, start: RunStart | undefined): RunReport {
	const { known, unknownRequests } = tally.cost;
	const model = tally.model ?? start?.model;
	return {
		version: OUTPUT_VERSION,
		...(start && { sessionId: start.sessionId }),
		exitCode: end.exitCode,
		reason: tally.end?.reason ?? 'none',
		text: tally.text,
		...(model && { model: { id: model.id, ...(tally.provider !== undefined && { provider: tally.provider }) } }),
		requests: tally.allRequests,
		usage: tally.usage,
		cost: known,
		...(unknownRequests > 0 && { requestsOfUnknownCost: unknownRequests }),
		changes: tally.changes,
		denied: tally.denied.map(({ name }) => name),
		durationMs: Math.round(end.durationMs),
		...(end.problem !== undefined && { problem: end.problem }),
	};
}
