/**
 * A local OpenRouter for tests, demonstration and benchmarks: the endpoints that the extension uses, with recorded
 * bodies, the service's checks and bills, scripted models, and every way in which a connection can fail.
 */
import { createServer } from 'node:http';
import type { Answer } from './answer.ts';
import type { RecordedRequest } from './recorder.ts';
import { BASE_PATH, Service, type ServiceOptions } from './service.ts';

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
		get chats() {
			return service.recorder.chats;
		},
		script: (...answers) => service.script(answers),
		chat: number => service.recorder.chat(number),
		close: () =>
			new Promise((resolve, reject) => {
				server.close(error => (error ? reject(error) : resolve()));
				server.closeAllConnections();
			}),
	};
}
