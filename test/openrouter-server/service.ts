import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { Account } from './account.ts';
import { Bills, wireGeneration } from './bills.ts';
import { Chat, sendError } from './chat.ts';
import { wireEndpoints } from './endpoints.ts';
import { LOCAL_PROVIDER, type Provider, provider as providerSchema } from './providers.ts';
import { seededRandom } from './random.ts';
import { type RecordedRequest, Recorder } from './recorder.ts';
import { Router } from './routing.ts';
import { type Scenario, scenario as scenarioSchema } from './scenario.ts';
import { ServerFiles } from './serverFiles.ts';
import { SignIn } from './signIn.ts';
import { Targets } from './targets.ts';

export interface ServiceOptions {
	/** The key that is let in from the start. Others come by signing in. */
	readonly key?: string;
	readonly scenario?: Scenario;
	/** US dollars on the account, which are the limit of the first key too. */
	readonly credit?: number;
	/** Requests to models that cost nothing, in a day. */
	readonly freeDailyLimit?: number;
	/** Who serves the models: those of the scenario, or one that serves all, when absent. */
	readonly providers?: readonly z.input<typeof providerSchema>[];
	/** Whether a conversation stays with the provider that answered it. On unless told, as with the service. */
	readonly isSticky?: boolean;
	/** For the choice between providers. */
	readonly seed?: number;
	/** Milliseconds since 1970: by it caches and codes expire. */
	readonly now?: () => number;
	/** How often `/generation` says "not found" before it has the record. */
	readonly lateRecords?: number;
	/** Folder of the recorded data; the default is right in this repository's root. */
	readonly fixtures?: string;
}

export const BASE_PATH = '/api/v1';
const DEFAULT_KEY = `sk-or-v1-${'0123456789abcdef'.repeat(4)}`;
const DEFAULT_CREDIT = 10;
/** For an account that has bought credits once. */
const FREE_DAILY_LIMIT = 1_000;

/** The endpoints. One instance is one account. */
export class Service {
	readonly key: string;
	readonly recorder = new Recorder();
	readonly account: Account;
	readonly bills: Bills;
	readonly chat: Chat;
	readonly targets: Targets;
	readonly #files: ServerFiles;
	readonly #signIn: SignIn;
	readonly #providers: readonly Provider[];
	/** Only what the test itself set up may hide the recorded providers of a model. */
	readonly #hasOwnProviders: boolean;
	readonly #now: () => number;

	constructor(options: ServiceOptions) {
		const { now = () => Date.now(), credit = DEFAULT_CREDIT, freeDailyLimit = FREE_DAILY_LIMIT } = options;
		const scenario = options.scenario && scenarioSchema.parse(options.scenario);
		const providers = options.providers?.map(provider => providerSchema.parse(provider)) ?? scenario?.providers;
		this.#now = now;
		this.#hasOwnProviders = providers !== undefined;
		this.#providers = providers ?? [LOCAL_PROVIDER];
		this.#files = new ServerFiles(options.fixtures ?? 'test/fixtures/openrouter');
		this.key = options.key ?? DEFAULT_KEY;
		this.account = new Account(credit, freeDailyLimit, now);
		this.account.addKey(this.key, { limit: credit });
		this.#signIn = new SignIn(this.account, now);
		this.bills = new Bills(this.account, options.lateRecords ?? 2);
		const router = new Router({
			providers: this.#providers,
			isSticky: options.isSticky ?? true,
			random: seededRandom(options.seed ?? 1),
			now,
		});
		const reasoningOfCall = new Map<string, string>();
		const { account, bills } = this;
		const shared = { files: this.#files, account, bills, router, providers: this.#providers, reasoningOfCall };
		this.targets = new Targets(shared);
		this.chat = new Chat({ ...shared, targets: this.targets, scenario, now });
	}

	async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const recorded = await this.recorder.record(request, response, BASE_PATH);
		response.setHeader('access-control-allow-origin', '*');
		response.setHeader('access-control-expose-headers', 'X-Generation-Id, X-Provider-Name, Retry-After');
		if (recorded.method === 'OPTIONS') {
			preflight(request, response);
			return;
		}
		const route = `${recorded.method} ${recorded.path}`;
		if (route === 'GET /auth') {
			this.#showSignIn(recorded, response);
			return;
		}
		const refusal = PUBLIC_ROUTES.has(route) ? undefined : this.#refusalOf(recorded);
		if (refusal !== undefined) {
			await sendError(response, this.#files.error(refusal));
			return;
		}
		await this.#route(route, recorded, response);
	}

	async #route(route: string, recorded: RecordedRequest, response: ServerResponse): Promise<void> {
		const [, author, slug] = /^GET \/models\/([^/]+)\/([^/]+)\/endpoints$/.exec(route) ?? [];
		if (author !== undefined && slug !== undefined) {
			const endpoints = this.#endpoints(author, slug);
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
				sendJson(response, { data: this.account.describe(keyOf(recorded), this.#recorded('account/key.json')) });
				return;
			case 'GET /credits':
				await sendError(response, this.#files.error('403-management-key-only.json'));
				return;
			case 'GET /generation':
				await this.#generation(recorded.query.get('id') ?? '', response);
				return;
			case 'POST /auth/keys':
				await this.#exchange(recorded, response);
				return;
			case 'POST /chat/completions':
				await this.chat.handle(recorded, keyOf(recorded), response);
				return;
			default:
				await sendError(response, this.#files.error('405-method.json'));
		}
	}

	#endpoints(author: string, slug: string): unknown {
		const row = this.#files.model(`${author}/${slug}`);
		return this.#hasOwnProviders && row !== undefined
			? wireEndpoints(row, this.#providers, this.#now())
			: this.#files.endpoints(author, slug);
	}

	async #generation(id: string, response: ServerResponse): Promise<void> {
		const generation = this.bills.record(id);
		if (generation === undefined) {
			await sendError(response, this.#files.error('404-generation-not-ready.json'));
			return;
		}
		sendJson(response, wireGeneration(generation, this.#recorded('account/generation.json')));
	}

	#showSignIn({ query }: RecordedRequest, response: ServerResponse): void {
		const page = this.#signIn.open(query);
		if (page.type === 'redirect') {
			response.writeHead(302, { location: page.location }).end();
		} else {
			response.writeHead(page.status, { 'content-type': 'text/html; charset=utf-8' }).end(page.html);
		}
	}

	async #exchange({ body }: RecordedRequest, response: ServerResponse): Promise<void> {
		const exchange = this.#signIn.exchange(body);
		if (exchange.type === 'refused') {
			await sendError(response, this.#files.error(exchange.error));
			return;
		}
		sendJson(response, { key: exchange.key, user_id: exchange.userId });
	}

	#recorded(path: string): Readonly<Record<string, unknown>> {
		return z.object({ data: z.record(z.string(), z.unknown()) }).parse(this.#files.json(path)).data;
	}

	#refusalOf(recorded: RecordedRequest): string | undefined {
		if (recorded.headers['authorization'] === undefined) {
			return '401-missing-authentication-header.json';
		}
		return this.account.has(keyOf(recorded)) ? undefined : '401-user-not-found.json';
	}
}

const PUBLIC_ROUTES = new Set([
	'GET /models',
	'GET /models/count',
	'GET /providers',
	'POST /auth/keys',
	'GET /auth/keys',
]);

function keyOf({ headers }: RecordedRequest): string {
	const { authorization } = headers;
	return typeof authorization === 'string' ? authorization.replace(/^Bearer /, '') : '';
}

function preflight(request: IncomingMessage, response: ServerResponse): void {
	response.writeHead(204, {
		'access-control-allow-methods': 'GET, POST, OPTIONS',
		'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '',
	});
	response.end();
}

function sendJson(response: ServerResponse, value: unknown, status = 200): void {
	sendText(response, JSON.stringify(value), status);
}

function sendText(response: ServerResponse, json: string, status = 200): void {
	response.writeHead(status, { 'content-type': 'application/json' });
	response.end(json);
}
