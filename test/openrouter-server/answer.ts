/** What the server can be told to answer: as data, so that scenarios are files. */
import * as z from 'zod';

const toolCall = z.strictObject({
	name: z.string(),
	/** An object is sent as its JSON; a text is sent as it is, valid or not. */
	arguments: z.union([z.record(z.string(), z.unknown()), z.string()]).default({}),
	/** Invented when left out. */
	id: z.string().optional(),
});

/** How fast the body leaves, and what breaks it. */
const delivery = {
	/** Pieces: the whole body, one server-sent event, or so many bytes. */
	pieces: z.union([z.enum(['whole', 'event']), z.number().int().min(1)]).optional(),
	/** Wait between two pieces. */
	delayMs: z.number().min(0).optional(),
	/** Wait before the status line. */
	headersDelayMs: z.number().min(0).optional(),
	/** Keep-alive comments in front of the body, and the wait after each. */
	keepAlives: z.strictObject({ count: z.number().int(), everyMs: z.number().default(0) }).optional(),
	/**
	 * Ends the delivery after so many bytes of the body: closes the connection in order, resets it, sends nothing more,
	 * or goes on with bytes that mean nothing.
	 */
	fault: z
		.strictObject({ afterBytes: z.number().int().min(0), how: z.enum(['close', 'reset', 'stall', 'garbage']) })
		.optional(),
};

/** An answer of a model. Texts and arguments may hold `{{result}}` and `{{match /…/}}`, see template.ts. */
export const modelAnswer = z.strictObject({
	text: z.string().optional(),
	reasoning: z.string().optional(),
	/** Sent whole in the first chunk, and expected back unchanged with the calls of this answer. */
	reasoningDetails: z.array(z.record(z.string(), z.unknown())).optional(),
	toolCalls: z.array(toolCall).optional(),
	/** `stop`, or `tool_calls` where there are calls. */
	finish: z.string().nullable().optional(),
	/** The service sends usage in three shapes; see section 10.3 of its recorded streams. */
	usage: z.enum(['repeatedFinish', 'emptyChoices', 'nullFinish', 'none']).optional(),
	/** Ends with an error in the middle of the stream. Such an answer is not billed. */
	breaks: z
		.strictObject({
			/** Chunks of the answer in front of the error. */
			afterChunks: z.number().int().min(0),
			/** The forms in which the service was seen to say it; see section 10.5 of its recorded streams. */
			form: z.enum(['topLevel', 'emptyChoices', 'withUsage', 'choiceOnly', 'bare', 'stringCode']).default('topLevel'),
			code: z.number().int().default(502),
			message: z.string().default('Upstream error'),
			endMark: z.boolean().default(true),
		})
		.optional(),
	/** Slug of the provider that answers, in place of the one that routing finds. */
	provider: z.string().optional(),
	/** The user's own key with the provider pays; a number is the share of the price that the account pays besides. */
	byok: z.union([z.boolean(), z.number().min(0)]).optional(),
	/** US dollars for the whole answer, in place of the list price: `"0.0123"`. */
	price: z
		.string()
		.regex(/^\d+(\.\d+)?$/)
		.optional(),
	...delivery,
});
export type ModelAnswer = z.infer<typeof modelAnswer>;

/** Refusals by what they mean, as the bodies of `errors/` that say it. */
export const REFUSALS = {
	credits: '402-insufficient-credits.json',
	fewerTokens: '402-fewer-max-tokens.json',
	inFlight: '402-in-flight-budget.json',
	weight: '402-weight-exceeds-budget.json',
	keyLimit: '403-key-limit-total.json',
	freeDay: '429-free-per-day-1000.json',
	freeMinute: '429-free-per-minute.json',
	capacity: '429-capacity-exhausted.json',
	upstream: '429-upstream-shared-pool.json',
	platform: '429-platform-typed.json',
	edge: '429-cloudflare-1015.txt',
	overloaded: '529-overloaded.json',
} as const;
const refusalKinds = Object.keys(REFUSALS) as [keyof typeof REFUSALS, ...(keyof typeof REFUSALS)[]];

export const answer = z.union([
	modelAnswer,
	/** A recorded stream, byte for byte: a file below `streams/`. */
	z.strictObject({ stream: z.string(), headers: z.record(z.string(), z.string()).optional(), ...delivery }),
	/** An error body with its status and headers: a file below `errors/`. */
	z.strictObject({ error: z.string(), ...delivery }),
	/** The same by its meaning. `retryAfter`: seconds, in place of the recorded ones. */
	z.strictObject({ refuse: z.enum(refusalKinds), retryAfter: z.number().min(0).optional(), ...delivery }),
	/** Anything. */
	z.strictObject({
		status: z.number().int(),
		headers: z.record(z.string(), z.string()).optional(),
		body: z.string(),
		...delivery,
	}),
]);
export type Answer = z.input<typeof answer>;
export type ParsedAnswer = z.infer<typeof answer>;

export type Delivery = Pick<ParsedAnswer, keyof typeof delivery>;
