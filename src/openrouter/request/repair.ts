import type { ModelError } from '../../agent/model.ts';
import type { RequestBody } from './requestBody.ts';

/** A change that lets a refused request succeed without the user. Each is made once at most. */
export type Repair =
	| { readonly type: 'smallerAnswer'; readonly maxTokens: number }
	| { readonly type: 'dropReasoning' }
	/** The provider that was to be asked first is not one the service can ask. */
	| { readonly type: 'dropPin' }
	/** Names of optional fields of the body. */
	| { readonly type: 'dropFields'; readonly fields: readonly string[] };

/** A shorter answer than this does not finish a step of an agent. */
const SMALLEST_USEFUL_ANSWER = 2_000;

/** Fields that shape an answer and that it can be had without. Those of one word are told from prose by their quotes. */
const OPTIONAL_FIELDS: readonly (readonly [field: string, named: RegExp])[] = [
	['response_format', /response_format|json_schema|output_format|output_config\.format|structured.?outputs?/i],
	['parallel_tool_calls', /parallel_tool_calls/],
	['service_tier', /service_tier/],
	['reasoning', /["'`]reasoning(_effort|\.\w+)?\\?["'`]|reasoning_effort/],
	['verbosity', /["'`](text\.)?verbosity\\?["'`]/],
	['temperature', /["'`]temperature\\?["'`]/],
	['top_p', /\btop_p\b/],
	['top_k', /\btop_k\b/],
	['min_p', /\bmin_p\b/],
	['top_a', /\btop_a\b/],
	['frequency_penalty', /frequency_penalty/],
	['presence_penalty', /presence_penalty/],
	['repetition_penalty', /repetition_penalty/],
	['seed', /["'`]seed\\?["'`]/],
	['stop', /["'`]stop\\?["'`]/],
	['prompt_cache_key', /prompt_cache_key/],
];

const IS_UNSUPPORTED =
	/unsupported|not.{0,20}(supported|allowed|permitted|available)|(does not|doesn't|that) support|unknown|unrecogni[sz]ed|unexpected/i;

/**
 * The repair for a refusal, if there is one:
 * - the credit or the context has room for the input and a shorter answer;
 * - the provider does not accept the signatures of earlier reasoning;
 * - no provider takes one of the optional fields, or the one provider that was asked for first.
 * @param body what was refused.
 * @param isPinned whether its provider order is the pinned provider.
 */
export function repairFor(error: ModelError, body: RequestBody, isPinned = false): Repair | undefined {
	const { affordableTokens, details = '' } = error.fields;
	const said = `${error.message} ${details}`;
	switch (error.kind) {
		case 'credits':
		case 'keyLimit':
			// The estimate behind the number moves a little between two requests.
			return affordableTokens === undefined ? undefined : smallerAnswer(affordableTokens * 0.95, body);
		case 'contextLength': {
			const room = roomForAnswer(error.message);
			return room === undefined ? undefined : smallerAnswer(room * 0.95, body);
		}
		case 'badRequest':
			return isSignatureRefused(said) ? { type: 'dropReasoning' } : dropFields(said, body);
		case 'unsupported':
			return dropFields(said, body);
		case 'noRoute':
		case 'modelNotFound':
			return dropFields(said, body) ?? (isPinned && error.fields.status === 404 ? { type: 'dropPin' } : undefined);
		default:
			return undefined;
	}
}

/** What was changed, in words for the user. */
export function describeRepair(repair: Repair): string {
	switch (repair.type) {
		case 'smallerAnswer':
			return `Asked again for at most ${repair.maxTokens} tokens of answer.`;
		case 'dropReasoning':
			return 'Asked again without the earlier reasoning.';
		case 'dropPin':
			return 'Asked again without a preferred provider.';
		case 'dropFields':
			return `Asked again without ${repair.fields.join(', ')}.`;
	}
}

function isSignatureRefused(said: string): boolean {
	return /invalid.{0,5}signature|corrupted thought signature|blocks.{0,60}cannot be modified/i.test(said);
}

function dropFields(said: string, body: RequestBody): Repair | undefined {
	const named = IS_UNSUPPORTED.test(said) ? OPTIONAL_FIELDS.filter(([, pattern]) => pattern.test(said)) : [];
	// Without a name it is most likely the schema: few providers take one, and all take the rest or pass it over.
	const isUnnamed = /requested parameters/i.test(said);
	const fields = named.map(([field]) => field).concat(isUnnamed ? ['response_format'] : []);
	const sent = fields.filter(field => body[field] !== undefined);
	return sent.length === 0 ? undefined : { type: 'dropFields', fields: sent };
}

function smallerAnswer(possible: number, { max_tokens }: RequestBody): Repair | undefined {
	const maxTokens = Math.floor(possible);
	return maxTokens >= SMALLEST_USEFUL_ANSWER && maxTokens < max_tokens
		? { type: 'smallerAnswer', maxTokens }
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
