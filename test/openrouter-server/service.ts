import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { type Answer, answer as answerSchema, type Delivery, type ModelAnswer, type ParsedAnswer } from './answer.ts';
import { Billing, type WireUsage } from './billing.ts';
import { type ChatRequest, chatRequest } from './chatRequest.ts';
import { refusalOf } from './checks.ts';
import { type Completion, documentOf, streamOf } from './completion.ts';
import { lastResults, lastUserText } from './conversation.ts';
import { deliver, pause } from './deliver.ts';
import { type RecordedRequest, Recorder } from './recorder.ts';
import { play, type Scenario, scenario as scenarioSchema } from './scenario.ts';
import { ServerFiles } from './serverFiles.ts';
import { fill, fillAll } from './template.ts';

export interface ServiceOptions {
	/** The only key that is let in. */
	readonly key?: string;
	readonly scenario?: Scenario;
	/** US dollars on the account. */
	readonly credit?: number;
	/** How often `/generation` says "not found" before it has the record. */
	readonly lateRecords?: number;
	/** Folder of the recorded data; the default is right in this repository's root. */
	readonly fixtures?: string;
}

export const BASE_PATH = '/api/v1';
const DEFAULT_KEY = `sk-or-v1-${'0123456789abcdef'.repeat(4)}`;
const PROVIDER = 'Local';

/** The endpoints. One instance is one account. */
export class Service {
	readonly key: string;
	readonly recorder = new Recorder();
	readonly #files: ServerFiles;
	readonly #options: ServiceOptions;
	readonly #scenario: z.infer<typeof scenarioSchema> | undefined;
	readonly #billing = new Billing();
	readonly #queue: ParsedAnswer[] = [];
	readonly #reasoningOfCall = new Map<string, string>();
	readonly #bills = new Map<string, { readonly usage: WireUsage; readonly model: string }>();
	readonly #askedFor = new Map<string, number>();
	#spent = 0;
	#ids = 0;

	constructor(options: ServiceOptions) {
		this.#options = options;
		this.key = options.key ?? DEFAULT_KEY;
		this.#files = new ServerFiles(options.fixtures ?? 'test/fixtures/openrouter');
		this.#scenario = options.scenario && scenarioSchema.parse(options.scenario);
	}

	script(answers: readonly Answer[]): void {
		this.#queue.push(...answers.map(answer => answerSchema.parse(answer)));
	}

	async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const recorded = await this.recorder.record(request, response, BASE_PATH);
		response.setHeader('access-control-allow-origin', '*');
		response.setHeader('access-control-expose-headers', 'X-Generation-Id, X-Provider-Name, Retry-After');
		if (recorded.method === 'OPTIONS') {
			this.#preflight(request, response);
			return;
		}
		const route = `${recorded.method} ${recorded.path}`;
		const isPublic = route === 'GET /models' || route === 'GET /models/count' || route === 'GET /providers';
		const refusal = isPublic ? undefined : this.#authorize(recorded);
		if (refusal !== undefined) {
			await this.#sendError(response, refusal, {});
			return;
		}
		await this.#route(route, recorded, response);
	}

	async #route(route: string, recorded: RecordedRequest, response: ServerResponse): Promise<void> {
		const [, author, slug] = /^GET \/models\/([^/]+)\/([^/]+)\/endpoints$/.exec(route) ?? [];
		if (author !== undefined && slug !== undefined) {
			const endpoints = this.#files.endpoints(author, slug);
			const missing = { error: { code: 404, message: 'Model not found' } };
			sendJson(response, endpoints ?? missing, endpoints === undefined ? 404 : 200);
			return;
		}
		switch (route) {
			case 'GET /models':
			case 'GET /models/user':
				sendText(response, this.#files.models);
				return;
			case 'GET /models/count':
				sendJson(response, this.#files.json('account/models-count.json'));
				return;
			case 'GET /providers':
				sendJson(response, this.#files.json('providers.json'));
				return;
			case 'GET /key':
				sendJson(response, this.#keyInfo());
				return;
			case 'GET /credits':
				await this.#sendError(response, '403-management-key-only.json', {});
				return;
			case 'GET /generation':
				await this.#generation(recorded.query.get('id') ?? '', response);
				return;
			case 'POST /chat/completions':
				await this.#chat(recorded, response);
				return;
			default:
				await this.#sendError(response, '405-method.json', {});
		}
	}

	async #chat(recorded: RecordedRequest, response: ServerResponse): Promise<void> {
		const parsed = chatRequest.safeParse(recorded.body);
		if (!parsed.success) {
			await this.#sendError(response, '400-invalid-request.json', {});
			return;
		}
		const request = parsed.data;
		const scripted = this.#queue.shift();
		if (scripted !== undefined) {
			await this.#answer(request, scripted, response);
			return;
		}
		const refusal = refusalOf(request, {
			files: this.#files,
			credit: (this.#options.credit ?? 10) - this.#spent,
			reasoningOfCall: this.#reasoningOfCall,
		});
		if (refusal !== undefined) {
			response.writeHead(refusal.status, { ...refusal.headers });
			response.end(refusal.body);
			return;
		}
		await this.#answer(request, this.#choose(request), response);
	}

	/** A recording named in the user's text comes first: that way it can be looked at in the panel. */
	#choose(request: ChatRequest): ParsedAnswer {
		const named = /\[\[stream:([\w.-]+)\]\]/.exec(lastUserText(request.messages))?.[1];
		if (named !== undefined) {
			return { stream: named };
		}
		const number = this.recorder.chats.length;
		return this.#scenario === undefined ? { text: 'Hello!' } : play(this.#scenario, request, number);
	}

	async #answer(request: ChatRequest, answer: ParsedAnswer, response: ServerResponse): Promise<void> {
		if (answer.headersDelayMs !== undefined) {
			await pause(response, answer.headersDelayMs);
		}
		if (response.destroyed) {
			return;
		}
		if ('error' in answer) {
			await this.#sendError(response, answer.error, answer);
		} else if ('status' in answer) {
			response.writeHead(answer.status, answer.headers);
			await deliver(response, bytes(answer.body), answer);
		} else if ('stream' in answer) {
			response.writeHead(200, { ...STREAM_HEADERS, ...answer.headers });
			await deliver(response, this.#files.bytes(`streams/${answer.stream}`), answer);
		} else {
			await this.#answerAsModel(request, answer, response);
		}
	}

	async #answerAsModel(request: ChatRequest, answer: ModelAnswer, response: ServerResponse): Promise<void> {
		const completion = this.#complete(request, answer);
		this.#spent += completion.usage.cost;
		this.#bills.set(completion.id, { usage: completion.usage, model: completion.model });
		const headers = { 'x-generation-id': completion.id, 'x-provider-name': PROVIDER };
		if (request.stream === true) {
			response.writeHead(200, { ...STREAM_HEADERS, ...headers });
			await deliver(response, bytes(streamOf(completion, answer.usage)), answer);
		} else {
			response.writeHead(200, { 'content-type': 'application/json', ...headers });
			await deliver(response, bytes(JSON.stringify(documentOf(completion))), answer);
		}
	}

	#complete(request: ChatRequest, answer: ModelAnswer): Completion {
		const results = lastResults(request.messages);
		const text = fill(answer.text ?? '', results);
		const reasoning = answer.reasoning ?? '';
		const toolCalls = (answer.toolCalls ?? []).map(({ id, name, arguments: value }) => ({
			id: id ?? `call_${this.#newId()}`,
			name,
			arguments: typeof value === 'string' ? fill(value, results) : JSON.stringify(fillAll(value, results)),
		}));
		for (const { id } of answer.reasoningDetails === undefined ? [] : toolCalls) {
			this.#reasoningOfCall.set(id, JSON.stringify(answer.reasoningDetails));
		}
		const model = this.#files.model(request.model);
		const finish = answer.finish === undefined ? (toolCalls.length > 0 ? 'tool_calls' : 'stop') : answer.finish;
		const created = Math.floor(Date.now() / 1000);
		return {
			id: `gen-${created}-${this.#newId()}`,
			created,
			model: model?.canonical_slug ?? request.model,
			provider: PROVIDER,
			text,
			reasoning,
			reasoningDetails: answer.reasoningDetails,
			toolCalls,
			finish,
			usage: this.#billing.usage(request, model, text + JSON.stringify(toolCalls), reasoning),
		};
	}

	#keyInfo(): object {
		const { data } = z.object({ data: z.record(z.string(), z.unknown()) }).parse(this.#files.json('account/key.json'));
		const limit = this.#options.credit ?? 10;
		return { data: { ...data, limit, limit_remaining: limit - this.#spent, usage: this.#spent } };
	}

	async #generation(id: string, response: ServerResponse): Promise<void> {
		const asked = (this.#askedFor.get(id) ?? 0) + 1;
		this.#askedFor.set(id, asked);
		const bill = this.#bills.get(id);
		if (bill === undefined || asked <= (this.#options.lateRecords ?? 2)) {
			await this.#sendError(response, '404-generation-not-ready.json', {});
			return;
		}
		const { usage, model } = bill;
		const { data } = z.object({ data: z.object({}).loose() }).parse(this.#files.json('account/generation.json'));
		sendJson(response, {
			data: {
				...data,
				id,
				model,
				provider_name: PROVIDER,
				total_cost: usage.cost,
				usage: usage.cost,
				native_tokens_prompt: usage.prompt_tokens,
				native_tokens_completion: usage.completion_tokens,
				native_tokens_cached: usage.prompt_tokens_details.cached_tokens,
			},
		});
	}

	#authorize({ headers }: RecordedRequest): string | undefined {
		if (headers['authorization'] === undefined) {
			return '401-missing-authentication-header.json';
		}
		return headers['authorization'] === `Bearer ${this.key}` ? undefined : '401-user-not-found.json';
	}

	#preflight(request: IncomingMessage, response: ServerResponse): void {
		response.writeHead(204, {
			'access-control-allow-methods': 'GET, POST, OPTIONS',
			'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '',
		});
		response.end();
	}

	async #sendError(response: ServerResponse, name: string, delivery: Delivery): Promise<void> {
		const { status, headers, body } = this.#files.error(name);
		response.writeHead(status, { ...headers });
		await deliver(response, bytes(body), delivery);
	}

	/** Twenty letters and digits, another one each time and the same ones in each run. */
	#newId(): string {
		this.#ids++;
		return `Local${String(this.#ids).padStart(15, '0')}`;
	}
}

const STREAM_HEADERS = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' };

function bytes(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}

function sendJson(response: ServerResponse, value: unknown, status = 200): void {
	sendText(response, JSON.stringify(value), status);
}

function sendText(response: ServerResponse, json: string, status = 200): void {
	response.writeHead(status, { 'content-type': 'application/json' });
	response.end(json);
}
