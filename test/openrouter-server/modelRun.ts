import type { ModelAnswer } from './answer.ts';
import type { Charge, Made, OpenBill } from './billing.ts';
import type { Generation } from './bills.ts';
import type { ChatRequest } from './chatRequest.ts';
import { brokenStreamOf, type Completion, documentOf, madeOf, streamOf } from './completion.ts';
import { lastResults } from './conversation.ts';
import type { Provider } from './providers.ts';
import { fill, fillAll } from './template.ts';

export interface ModelRunOptions {
	readonly request: ChatRequest;
	readonly answer: ModelAnswer;
	readonly bill: OpenBill;
	/** As answers name it. */
	readonly model: string;
	readonly provider: Provider;
	/** Seconds since 1970. */
	readonly created: number;
	readonly newId: () => string;
}

/** One answer of a simulated model: its bytes, and what each part of them costs. */
export class ModelRun {
	readonly completion: Completion;
	readonly body: Uint8Array;
	readonly #options: ModelRunOptions;
	readonly #total: Made;
	/** Ends of the stream's events in bytes, and what was made by then. */
	readonly #made: readonly { readonly end: number; readonly made: Made }[];

	constructor(options: ModelRunOptions) {
		const { request, answer, bill } = options;
		this.#options = options;
		const content = contentOf(options);
		this.#total = madeOf(content);
		const { usage } = answer.breaks === undefined ? bill.charge(this.#total) : bill.free;
		this.completion = { ...content, usage };
		const encoder = new TextEncoder();
		if (request.stream !== true) {
			this.body = encoder.encode(JSON.stringify(documentOf(this.completion)));
			this.#made = [];
			return;
		}
		const events =
			answer.breaks === undefined
				? streamOf(this.completion, answer.usage)
				: brokenStreamOf(this.completion, answer.breaks);
		this.body = encoder.encode(events.map(({ text }) => text).join(''));
		let end = 0;
		this.#made = events.map(({ text, made }) => {
			end += encoder.encode(text).length;
			return { end, made };
		});
	}

	/** @param sent bytes of the body that went out. */
	generation(sent: number): Generation {
		const { request, model, provider } = this.#options;
		const { id, finish } = this.completion;
		return {
			id,
			model,
			provider: provider.name,
			sessionId: request.session_id ?? null,
			finish,
			isCancelled: sent < this.body.length,
			isStreamed: request.stream === true,
			charge: this.#charge(sent),
		};
	}

	/** An answer that ends with an error, or that nothing came of, is free; one that was left costs what was made. */
	#charge(sent: number): Charge {
		const { answer, bill, provider, request } = this.#options;
		if (answer.breaks !== undefined) {
			return bill.free;
		}
		if (sent >= this.body.length || request.stream !== true) {
			return bill.charge(this.#total);
		}
		const made = this.#made.findLast(({ end }) => end <= sent)?.made;
		if (made === undefined || made.answer + made.reasoning === 0) {
			return bill.free;
		}
		return bill.charge(provider.billsLeftAnswers === 'whole' ? this.#total : made);
	}
}

function contentOf({ request, answer, model, provider, created, newId }: ModelRunOptions): Omit<Completion, 'usage'> {
	const results = lastResults(request.messages);
	const toolCalls = (answer.toolCalls ?? []).map(({ id, name, arguments: value }) => ({
		id: id ?? `call_${newId()}`,
		name,
		arguments: typeof value === 'string' ? fill(value, results) : JSON.stringify(fillAll(value, results)),
	}));
	return {
		id: `gen-${created}-${newId()}`,
		created,
		model,
		provider: provider.name,
		text: fill(answer.text ?? '', results),
		reasoning: answer.reasoning ?? '',
		reasoningDetails: answer.reasoningDetails,
		toolCalls,
		finish: answer.finish === undefined ? (toolCalls.length > 0 ? 'tool_calls' : 'stop') : answer.finish,
	};
}
