import type { ModelError } from '../agent/model.ts';

/** A change that lets a refused request succeed without the user. Each is made once at most. */
export type Repair =
	| { readonly type: 'smallerAnswer'; readonly maxTokens: number }
	| { readonly type: 'dropReasoning' };

/** A shorter answer than this does not finish a step of an agent. */
const SMALLEST_USEFUL_ANSWER = 2_000;

/**
 * The repair for a refusal, if there is one:
 * - the credit or the context has room for the input and a shorter answer;
 * - the provider does not accept the signatures of earlier reasoning.
 * @param maxTokens what the refused request asked for.
 */
export function repairFor(error: ModelError, maxTokens: number): Repair | undefined {
	const affordable = error.fields.affordableTokens;
	if ((error.kind === 'credits' || error.kind === 'keyLimit') && affordable !== undefined) {
		// The estimate behind the number moves a little between two requests.
		return smallerAnswer(Math.floor(affordable * 0.95), maxTokens);
	}
	if (error.kind === 'contextLength') {
		const room = roomForAnswer(error.message);
		return room === undefined ? undefined : smallerAnswer(Math.floor(room * 0.95), maxTokens);
	}
	const said = `${error.message} ${error.fields.details ?? ''}`;
	const isSignatureRefused = /invalid.{0,5}signature|corrupted thought signature|blocks.{0,60}cannot be modified/i.test(
		said,
	);
	return error.kind === 'badRequest' && isSignatureRefused ? { type: 'dropReasoning' } : undefined;
}

function smallerAnswer(possible: number, maxTokens: number): Repair | undefined {
	return possible >= SMALLEST_USEFUL_ANSWER && possible < maxTokens
		? { type: 'smallerAnswer', maxTokens: possible }
		: undefined;
}

/** Reads OpenRouter's own sentence: "maximum context length is L tokens … (I of text input, T of tool input, O in the output)". */
function roomForAnswer(message: string): number | undefined {
	const limit = /maximum context length is (\d+)/i.exec(message)?.[1];
	const inputs = [...message.matchAll(/(\d+) of (?:text|tool|image) input/gi)].map(match => Number(match[1]));
	return limit === undefined || inputs.length === 0
		? undefined
		: Number(limit) - inputs.reduce((sum, tokens) => sum + tokens, 0);
}
