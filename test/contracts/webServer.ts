import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A server on this machine for what the web would answer, by path. What it has no page for is 404. */
export interface WebServer {
	readonly port: number;
	/** Connections made so far. */
	readonly connections: number;
	/** Requests so far. */
	readonly requests: readonly IncomingMessage[];
	/** The next request. */
	nextRequest(): Promise<IncomingMessage>;
	on(path: string, answer: (response: ServerResponse, request: IncomingMessage) => void): void;
	close(): Promise<void>;
}

export async function startWebServer(host = '127.0.0.1'): Promise<WebServer> {
	const answers = new Map<string, (response: ServerResponse, request: IncomingMessage) => void>();
	const requests: IncomingMessage[] = [];
	const waiting: ((request: IncomingMessage) => void)[] = [];
	let connections = 0;
	const server = createServer((request, response) => {
		requests.push(request);
		waiting.shift()?.(request);
		const answer = answers.get(request.url ?? '');
		if (answer === undefined) {
			response.writeHead(404, { 'content-type': 'text/plain' }).end('There is nothing here.');
		} else {
			answer(response, request);
		}
	});
	server.on('connection', () => {
		connections += 1;
	});
	await new Promise<void>((ready, fail) => {
		server.once('error', fail);
		server.listen(0, host, ready);
	});
	const address = server.address();
	if (address === null || typeof address === 'string') {
		throw new Error('The server has no port.');
	}
	return {
		port: address.port,
		get connections() {
			return connections;
		},
		requests,
		nextRequest: () => new Promise(resolve => waiting.push(resolve)),
		on: (path, answer) => void answers.set(path, answer),
		async close() {
			server.closeAllConnections();
			await new Promise(closed => server.close(closed));
		},
	};
}
