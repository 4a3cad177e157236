/**
 * A local OpenRouter for tests, demonstration and benchmarks: the endpoints that the extension uses, with recorded
 * bodies, the service's checks and bills, scripted models, and every way in which a connection can fail.
 */
import { createServer } from 'node:http';
import type { Account } from './account.ts';
import type { Answer } from './answer.ts';
import type { Bill } from './bills.ts';
import type { RecordedRequest } from './recorder.ts';
import { BASE_PATH, Service, type ServiceOptions } from './service.ts';
import type { RequestStats } from './sessionStats.ts';
import type { Outage } from './targets.ts';

export interface OpenRouterServerOptions extends ServiceOptions {
	/** 0 for any free one. */
	readonly port?: number;
}

export interface OpenRouterServer {
	/** Base URL with the version, as the client takes it. */
	readonly url: string;
	readonly key: string;
	readonly requests: readonly RecordedRequest[];
	/** The chat requests among them. */
	readonly chats: readonly RecordedRequest[];
	/** Answers for the next chat requests, in order, ahead of the scenario. They skip the checks. */
	script(...answers: readonly Answer[]): void;
	/** Takes back the answers that were not asked for yet. */
	forgetScript(): void;
	/** What each answered chat request had from the prompt caches, and what it cost. */
	readonly stats: readonly RequestStats[];
	/** The exact sum of what was billed so far. */
	readonly bill: Bill;
	/** What the user pays for an answer, in picodollars; undefined while it is under way. */
	costOf(generationId: string): bigint | undefined;
	/** What the user pays for all answers of a session so far, in picodollars. */
	costOfSession(sessionId: string): bigint;
	/** Connections that clients hold now. */
	connections(): Promise<number>;
	/** The page where the user signs in. */
	readonly signInUrl: string;
	/** Credit and keys, which may be changed at any time. */
	readonly account: Account;
	/** Puts a provider out of order from the next request on, or back in order. */
	setOutage(slug: string, outage: Outage | undefined): void;
	/** Resolves with the n-th chat request (from 1) as soon as its body is there. */
	chat(number: number): Promise<RecordedRequest>;
	close(): Promise<void>;
}

/** Starts the server on the loopback address. */
export async function startOpenRouterServer(options: OpenRouterServerOptions = {}): Promise<OpenRouterServer> {
	const service = new Service(options);
	const server = createServer((request, response) => {
		service.handle(request, response).catch((error: unknown) => {
			// A fault of the server itself must not look like one that a test asked for.
			console.error(error);
			response.destroy();
		});
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(options.port ?? 0, '127.0.0.1', resolve);
	});
	const address = server.address();
	const port = typeof address === 'object' && address !== null ? address.port : 0;
	return {
		url: `http://127.0.0.1:${port}${BASE_PATH}`,
		key: service.key,
		requests: service.recorder.requests,
		chats: service.recorder.chats,
		stats: service.chat.stats.requests,
		get bill() {
			return service.bills.bill;
		},
		costOf: generationId => service.bills.costOf(generationId),
		costOfSession: sessionId => service.bills.costOfSession(sessionId),
		connections: () =>
			new Promise((resolve, reject) => {
				server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
			}),
		signInUrl: `http://127.0.0.1:${port}/auth`,
		account: service.account,
		setOutage: (slug, outage) => service.targets.setOutage(slug, outage),
		script: (...answers) => service.chat.script(answers),
		forgetScript: () => service.chat.forgetScript(),
		chat: number => service.recorder.chat(number),
		close: () =>
			new Promise((resolve, reject) => {
				server.close(error => (error ? reject(error) : resolve()));
				server.closeAllConnections();
			}),
	};
}
