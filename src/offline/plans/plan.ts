/**
 * A plan is a generator: it yields the calls it needs, gets the texts of their results, and returns its answer. Each
 * request runs it again from the start against what the turn's messages hold already, so the assistant keeps no state.
 */
import type { ToolCall } from '../../agent/model.ts';

export interface PlannedCall {
	readonly name: 'read' | 'list' | 'glob' | 'grep' | 'edit';
	readonly input: Readonly<Record<string, unknown>>;
}

export interface Step {
	/** Said before the calls. */
	readonly say?: string;
	readonly calls: readonly PlannedCall[];
}

/** Yields steps, receives one text per call, returns the answer in Markdown. */
export type Plan = Generator<Step, string, readonly string[]>;
/** A part of a plan with another outcome. */
export type PartPlan<Value> = Generator<Step, Value, readonly string[]>;

/** Calls that were made, with their results in the same order. */
export interface Round {
	readonly calls: readonly ToolCall[];
	readonly results: readonly string[];
}

export type Next = { readonly kind: 'step'; readonly step: Step } | { readonly kind: 'answer'; readonly text: string };

/** Runs the plan as far as the rounds carry it. Rounds of somebody else's making are passed over. */
export function advance(plan: Plan, rounds: readonly Round[]): Next {
	let at = 0;
	let state = plan.next([]);
	while (!state.done) {
		const { calls } = state.value;
		const found = rounds.findIndex((round, index) => index >= at && isSame(round, calls));
		if (found < 0 && calls.length > 0) {
			return { kind: 'step', step: state.value };
		}
		state = plan.next(calls.length === 0 ? [] : (rounds[found]?.results ?? []));
		at = calls.length === 0 ? at : found + 1;
	}
	return { kind: 'answer', text: state.value };
}

/** One call and its result's text. */
export function* ask(name: PlannedCall['name'], input: PlannedCall['input'], say?: string): PartPlan<string> {
	const [text = ''] = yield { calls: [{ name, input }], ...(say !== undefined && { say }) };
	return text;
}

export function argumentsText(call: PlannedCall): string {
	return JSON.stringify(call.input);
}

function isSame(round: Round, calls: readonly PlannedCall[]): boolean {
	return (
		round.calls.length === calls.length &&
		calls.every((call, index) => {
			const made = round.calls[index];
			return made?.name === call.name && made.arguments === argumentsText(call);
		})
	);
}
