import type { ModelAnswer } from './answer.ts';
import type { Made, WireUsage } from './billing.ts';

/** One answer with everything filled in. */
export interface Completion {
	readonly id: string;
	/** Seconds since 1970. */
	readonly created: number;
	readonly model: string;
	readonly provider: string;
	readonly text: string;
	readonly reasoning: string;
	readonly reasoningDetails: readonly object[] | undefined;
	readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
	readonly finish: string | null;
	readonly usage: WireUsage;
}

/** One event of a stream, and what the model has made when it is sent. */
export interface StreamEvent {
	readonly text: string;
	readonly made: Made;
}

/** Length of the pieces in which text and arguments are streamed, in characters. */
const PIECE = 12;

const NOTHING: Made = { answer: 0, reasoning: 0 };

interface Content {
	readonly delta: object;
	readonly answer?: number;
	readonly reasoning?: number;
}

/** What the whole answer comes to. */
export function madeOf(completion: Pick<Completion, 'text' | 'reasoning' | 'reasoningDetails' | 'toolCalls'>): Made {
	let made = NOTHING;
	for (const content of contents(completion)) {
		made = grown(made, content);
	}
	return made;
}

/** The answer as server-sent events, in the shape of recorded streams: role in every chunk, arguments in fragments. */
export function streamOf(completion: Completion, usageShape: ModelAnswer['usage'] = 'repeatedFinish'): StreamEvent[] {
	const { finish, usage } = completion;
	const { events, made } = contentEvents(completion);
	const send = (fields: object) => events.push({ text: chunk(completion, fields), made });
	send(choice({}, finish));
	switch (usageShape) {
		case 'repeatedFinish':
			send({ ...choice({}, finish), usage });
			break;
		case 'emptyChoices':
			send({ choices: [], usage });
			break;
		case 'nullFinish':
			send({ ...choice({}), usage });
			break;
		case 'none':
			break;
	}
	events.push({ text: END_MARK, made });
	return events;
}

/** The answer up to the error that ends it. */
export function brokenStreamOf(completion: Completion, breaks: NonNullable<ModelAnswer['breaks']>): StreamEvent[] {
	const { events } = contentEvents(completion);
	// The first event is a comment.
	const kept = events.slice(0, breaks.afterChunks + 1);
	kept.push({ text: errorEvent(completion, breaks), made: NOTHING });
	if (breaks.endMark) {
		kept.push({ text: END_MARK, made: NOTHING });
	}
	return kept;
}

const END_MARK = 'data: [DONE]\n\n';

function contentEvents(completion: Completion): { events: StreamEvent[]; made: Made } {
	const events: StreamEvent[] = [{ text: ': OPENROUTER PROCESSING\n\n', made: NOTHING }];
	let made = NOTHING;
	for (const content of contents(completion)) {
		made = grown(made, content);
		events.push({ text: chunk(completion, choice(content.delta)), made });
	}
	return { events, made };
}

function* contents({
	text,
	reasoning,
	reasoningDetails,
	toolCalls,
}: Pick<Completion, 'text' | 'reasoning' | 'reasoningDetails' | 'toolCalls'>): Generator<Content> {
	if (reasoningDetails !== undefined) {
		yield { delta: { reasoning_details: reasoningDetails } };
	}
	for (const piece of pieces(reasoning)) {
		yield { delta: { reasoning: piece }, reasoning: piece.length };
	}
	for (const content of pieces(text)) {
		yield { delta: { content }, answer: content.length };
	}
	for (const [index, { id, name, arguments: args }] of toolCalls.entries()) {
		const opening = { index, id, type: 'function', function: { name, arguments: '' } };
		yield { delta: { tool_calls: [opening] }, answer: id.length + name.length };
		for (const piece of pieces(args)) {
			yield { delta: { tool_calls: [{ index, function: { arguments: piece } }] }, answer: piece.length };
		}
	}
}

function grown(made: Made, { answer = 0, reasoning = 0 }: Content): Made {
	return { answer: made.answer + answer, reasoning: made.reasoning + reasoning };
}

function chunk(completion: Completion, fields: object): string {
	return `data: ${JSON.stringify({ ...headOf(completion, 'chat.completion.chunk'), ...fields })}\n\n`;
}

function choice(fields: object, finish: string | null = null, error?: object): object {
	const delta = { role: 'assistant', content: '', ...fields };
	return { choices: [{ index: 0, delta, finish_reason: finish, native_finish_reason: finish, ...error }] };
}

function errorEvent(completion: Completion, breaks: NonNullable<ModelAnswer['breaks']>): string {
	const { code, message } = breaks;
	const error = { code, message, metadata: { provider_name: completion.provider } };
	switch (breaks.form) {
		case 'topLevel':
			return chunk(completion, { error, ...choice({}, 'error') });
		case 'emptyChoices':
			return chunk(completion, { error, choices: [] });
		case 'withUsage':
			return chunk(completion, { error, ...choice({}), usage: completion.usage });
		case 'choiceOnly':
			return chunk(completion, choice({}, 'error', { error }));
		case 'bare':
			return `data: ${JSON.stringify({ error })}\n\n`;
		case 'stringCode':
			return chunk(completion, { error: { ...error, code: 'server_error' }, ...choice({}, 'error') });
	}
}

/** The answer in one piece. */
export function documentOf(completion: Completion): object {
	const { text, reasoning, reasoningDetails, toolCalls, finish, usage } = completion;
	const message = {
		role: 'assistant',
		content: text === '' ? null : text,
		refusal: null,
		reasoning: reasoning === '' ? null : reasoning,
		...(reasoningDetails !== undefined && { reasoning_details: reasoningDetails }),
		...(toolCalls.length > 0 && {
			tool_calls: toolCalls.map(({ id, name, arguments: text }, index) => ({
				index,
				id,
				type: 'function',
				function: { name, arguments: text },
			})),
		}),
	};
	return {
		...headOf(completion, 'chat.completion'),
		system_fingerprint: null,
		choices: [{ index: 0, logprobs: null, finish_reason: finish, native_finish_reason: finish, message }],
		usage,
	};
}

function headOf({ id, created, model, provider }: Completion, object: string): object {
	return { id, object, created, model, provider };
}

/** Cut between characters, never inside one. */
function* pieces(text: string): Generator<string> {
	const characters = Array.from(text);
	for (let from = 0; from < characters.length; from += PIECE) {
		yield characters.slice(from, from + PIECE).join('');
	}
}
