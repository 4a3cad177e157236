import type { ServerResponse } from 'node:http';
import { type Answer, answer as answerSchema, type ModelAnswer, type ParsedAnswer, REFUSALS } from './answer.ts';
import { Billing } from './billing.ts';
import type { Bills } from './bills.ts';
import { type ChatRequest, chatRequest } from './chatRequest.ts';
import { lastUserText } from './conversation.ts';
import { deliver, pause } from './deliver.ts';
import { ModelRun } from './modelRun.ts';
import { readPrompt } from './prompt.ts';
import { vendorCache } from './providers.ts';
import { freeCharge, recordedCharge } from './recordedStream.ts';
import type { RecordedRequest } from './recorder.ts';
import type { Router } from './routing.ts';
import { type ParsedScenario, play } from './scenario.ts';
import type { ErrorFile, ServerFiles } from './serverFiles.ts';
import { SessionStats } from './sessionStats.ts';
import type { Target, Targets } from './targets.ts';

export interface ChatOptions {
	readonly files: ServerFiles;
	readonly bills: Bills;
	readonly router: Router;
	readonly targets: Targets;
	/** Takes the reasoning that is sent with a call, by the call's id. */
	readonly reasoningOfCall: Map<string, string>;
	readonly scenario: ParsedScenario | undefined;
	/** Milliseconds since 1970. */
	readonly now: () => number;
}

/** The endpoint `/chat/completions`. */
export class Chat {
	readonly stats = new SessionStats();
	readonly #options: ChatOptions;
	readonly #billing = new Billing();
	readonly #queue: ParsedAnswer[] = [];
	#requests = 0;
	#ids = 0;

	constructor(options: ChatOptions) {
		this.#options = options;
	}

	script(answers: readonly Answer[]): void {
		this.#queue.push(...answers.map(answer => answerSchema.parse(answer)));
	}

	/** Takes back what was scripted and not asked for. */
	forgetScript(): void {
		this.#queue.length = 0;
	}

	/** @param key that pays. */
	async handle(recorded: RecordedRequest, key: string, response: ServerResponse): Promise<void> {
		this.#requests++;
		const number = this.#requests;
		const parsed = chatRequest.safeParse(recorded.body);
		if (!parsed.success) {
			await sendError(response, this.#options.files.error('400-invalid-request.json'));
			return;
		}
		const request = parsed.data;
		const scripted = this.#queue.shift();
		const { targets } = this.#options;
		const target = scripted === undefined ? targets.find(request, key, number) : targets.ofScript(request, scripted);
		if ('status' in target) {
			await sendError(response, target);
			return;
		}
		await this.#answer(target, scripted ?? this.#choose(target.request, number), key, response);
	}

	/** A recording named in the user's text comes first: that way it can be looked at in the panel. */
	#choose(request: ChatRequest, number: number): ParsedAnswer {
		const named = /\[\[stream:([\w.-]+)\]\]/.exec(lastUserText(request.messages))?.[1];
		if (named !== undefined) {
			return { stream: named };
		}
		const { scenario } = this.#options;
		return scenario === undefined ? { text: 'Hello!' } : play(scenario, request, number);
	}

	async #answer(target: Target, answer: ParsedAnswer, key: string, response: ServerResponse): Promise<void> {
		const { files } = this.#options;
		const delayMs = (answer.headersDelayMs ?? 0) + target.provider.latencyMs;
		if (delayMs > 0) {
			await pause(response, delayMs);
		}
		if (response.destroyed) {
			return;
		}
		if ('error' in answer) {
			const file = files.error(answer.error);
			const free = freeCharge(file.body);
			if (free !== undefined) {
				const sessionId = target.request.session_id ?? null;
				this.#options.bills.book(key, { ...free, sessionId, isCancelled: false, isStreamed: false });
			}
			await sendError(response, file, answer);
		} else if ('refuse' in answer) {
			const { headers, ...file } = files.error(REFUSALS[answer.refuse]);
			const retryAfter = answer.retryAfter === undefined ? {} : { 'Retry-After': String(answer.retryAfter) };
			await sendError(response, { ...file, headers: { ...headers, ...retryAfter } }, answer);
		} else if ('status' in answer) {
			response.writeHead(answer.status, answer.headers);
			await deliver(response, bytes(answer.body), answer);
		} else if ('stream' in answer) {
			await this.#playRecording(answer, target, key, response);
		} else {
			await this.#answerAsModel(target, answer, key, response);
		}
	}

	/** A recorded stream is billed as it says itself, once it has said so. */
	async #playRecording(
		answer: Extract<ParsedAnswer, { readonly stream: string }>,
		{ request }: Target,
		key: string,
		response: ServerResponse,
	): Promise<void> {
		const body = this.#options.files.bytes(`streams/${answer.stream}`);
		const recorded = recordedCharge(body);
		let isBooked = false;
		response.writeHead(200, { ...STREAM_HEADERS, ...answer.headers });
		await deliver(response, body, answer, sent => {
			if (recorded !== undefined && !isBooked && sent >= recorded.end) {
				isBooked = true;
				this.#options.bills.book(key, {
					...recorded,
					sessionId: request.session_id ?? null,
					isCancelled: false,
					isStreamed: true,
				});
			}
		});
	}

	async #answerAsModel(
		{ request, row, provider, isBreaking }: Target,
		scripted: ModelAnswer,
		key: string,
		response: ServerResponse,
	): Promise<void> {
		const { bills, router, now } = this.#options;
		const answer: ModelAnswer = isBreaking ? { ...scripted, breaks: scripted.breaks ?? BROKEN } : scripted;
		const prompt = readPrompt(request);
		const byok = answer.byok ?? provider.isByok;
		const bill = this.#billing.open({
			prompt,
			row,
			provider,
			byokFee: byok === false ? undefined : byok === true ? 0 : byok,
			fixedPrice: answer.price,
			now: now(),
		});
		const model = row?.canonical_slug ?? request.model;
		const stats = this.stats.add(
			{ sessionId: request.session_id ?? '', model: request.model, provider: provider.slug },
			prompt,
			provider.cache ?? vendorCache(row),
			bill,
		);
		const run = new ModelRun({
			request,
			answer,
			bill,
			model,
			provider,
			created: Math.floor(now() / 1000),
			newId: () => this.#newId(),
		});
		for (const { id } of answer.reasoningDetails === undefined ? [] : run.completion.toolCalls) {
			this.#options.reasoningOfCall.set(id, JSON.stringify(answer.reasoningDetails));
		}
		if (answer.breaks === undefined) {
			router.succeeded(request, row, provider);
		}
		let isSettled = false;
		const settle = (sent: number) => {
			if (isSettled) {
				return;
			}
			isSettled = true;
			const generation = run.generation(sent);
			bills.book(key, generation);
			stats.cost = generation.charge.account + generation.charge.upstream;
		};
		let sent = 0;
		response.writeHead(200, {
			...(request.stream === true ? STREAM_HEADERS : { 'content-type': 'application/json' }),
			'x-generation-id': run.completion.id,
			'x-provider-name': provider.name,
		});
		await deliver(response, run.body, answer, upTo => {
			sent = upTo;
			// Booked before the client has all of it, so that whatever it asks next finds the bill.
			if (upTo >= run.body.length) {
				settle(upTo);
			}
		});
		settle(sent);
	}

	/** Twenty letters and digits, another one each time and the same ones in each run. */
	#newId(): string {
		this.#ids++;
		return `Local${String(this.#ids).padStart(15, '0')}`;
	}
}

const STREAM_HEADERS = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' };
const BROKEN: NonNullable<ModelAnswer['breaks']> = {
	afterChunks: 1,
	form: 'topLevel',
	code: 502,
	message: 'Provider disconnected',
	endMark: true,
};

export async function sendError(
	response: ServerResponse,
	{ status, headers, body }: ErrorFile,
	delivery: Parameters<typeof deliver>[2] = {},
): Promise<void> {
	response.writeHead(status, { ...headers });
	await deliver(response, bytes(body), delivery);
}

function bytes(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}
