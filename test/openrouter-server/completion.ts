import type { ModelAnswer } from './answer.ts';
import type { WireUsage } from './billing.ts';

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

/** Length of the pieces in which text and arguments are streamed, in characters. */
const PIECE = 12;

/** The answer as server-sent events, in the shape of recorded streams: role in every chunk, arguments in fragments. */
export function streamOf(completion: Completion, usageShape: ModelAnswer['usage'] = 'repeatedFinish'): string {
	const lines: string[] = [': OPENROUTER PROCESSING'];
	const send = (fields: object) =>
		lines.push(`data: ${JSON.stringify({ ...headOf(completion, 'chat.completion.chunk'), ...fields })}`);
	const delta = (fields: object, finish: string | null = null) => ({
		choices: [
			{
				index: 0,
				delta: { role: 'assistant', content: '', ...fields },
				finish_reason: finish,
				native_finish_reason: finish,
			},
		],
	});
	const { reasoningDetails } = completion;
	if (reasoningDetails !== undefined) {
		send(delta({ reasoning_details: reasoningDetails }));
	}
	for (const reasoning of pieces(completion.reasoning)) {
		send(delta({ reasoning }));
	}
	for (const content of pieces(completion.text)) {
		send(delta({ content }));
	}
	for (const [index, call] of completion.toolCalls.entries()) {
		const { id, name } = call;
		send(delta({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }));
		for (const piece of pieces(call.arguments)) {
			send(delta({ tool_calls: [{ index, function: { arguments: piece } }] }));
		}
	}
	const { finish, usage } = completion;
	send(delta({}, finish));
	switch (usageShape) {
		case 'repeatedFinish':
			send({ ...delta({}, finish), usage });
			break;
		case 'emptyChoices':
			send({ choices: [], usage });
			break;
		case 'nullFinish':
			send({ ...delta({}), usage });
			break;
		case 'none':
			break;
	}
	lines.push('data: [DONE]');
	return lines.map(line => `${line}\n\n`).join('');
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
