import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { type Clock, systemClock } from '../../agent/clock.ts';
import { withDeadline } from '../../agent/deadline.ts';
import { ToolError } from '../../agent/toolError.ts';
import { judgeUrl } from '../../agent/urlPolicy.ts';
import {
	FETCH_TIMEOUT_MS,
	LATE_ANSWER,
	MAX_BODY_BYTES,
	MAX_REDIRECTS,
	type Web,
	type WebAnswer,
} from '../../agent/webPort.ts';
import { kindOfNoText, parseContentType, readBody } from '../../tools/web/webContent.ts';
import { redirectTarget, webHeaders } from '../../tools/web/webExchange.ts';
import { type CheckedHost, checkHost, type Resolve, systemResolve } from './guardedLookup.ts';
import { ACCEPTED_ENCODINGS, readBounded } from './readBounded.ts';

export interface NodeWebOptions {
	/** Ports of this machine that the user named for development servers; asked for at each request. */
	readonly loopbackPorts?: () => readonly number[];
	readonly clock?: Clock;
	readonly resolve?: Resolve;
	/** In the place of the rule that only public addresses are reached: for tests, whose servers are on this machine. */
	readonly mayReach?: (address: string) => boolean;
}

/**
 * Pages of the web for the desktop. The addresses of a host are looked up once and checked, and the connection is made
 * to one of these: what DNS answers later does not count. Where the editor connects through a proxy, the proxy looks the
 * name up again, and its own rules are the guard for that.
 */
export function createNodeWeb(options: NodeWebOptions = {}): Web {
	return {
		fetch(url, signal) {
			const deadline = { ms: FETCH_TIMEOUT_MS, clock: options.clock ?? systemClock, signal, message: LATE_ANSWER };
			return withDeadline(deadline, async ending => {
				try {
					return await follow(url, options, ending);
				} catch (error) {
					throw error instanceof ToolError ? error : networkError(url, error);
				}
			});
		},
	};
}

async function follow(start: string, options: NodeWebOptions, signal: AbortSignal): Promise<WebAnswer> {
	let url = allowed(start, options);
	for (let redirects = 0; ; redirects += 1) {
		const host = await checkHost(url, options.resolve ?? systemResolve, signal, options.mayReach);
		const response = await exchange(url, host, signal);
		const target = redirectTarget(url, response.statusCode ?? 0, asUtf8(response.headers.location));
		if (target === undefined) {
			return readAnswer(url, response);
		}
		response.destroy();
		const next = allowed(target.url, options);
		if (target.isElsewhere) {
			return { kind: 'moved', url: next.href };
		}
		if (redirects === MAX_REDIRECTS) {
			throw new ToolError(`More than ${MAX_REDIRECTS} redirects; the last leads to ${next.href}`);
		}
		url = next;
	}
}

function allowed(url: string, { loopbackPorts }: NodeWebOptions): URL {
	const judgement = judgeUrl(url, { loopbackPorts: loopbackPorts?.() ?? [] });
	if (judgement.kind === 'deny') {
		throw new ToolError(judgement.reason);
	}
	return new URL(judgement.url);
}

/** Sends a request over a connection of its own, and gives the answer once its headers are there. */
function exchange(url: URL, host: CheckedHost, signal: AbortSignal): Promise<IncomingMessage> {
	const isSecure = url.protocol === 'https:';
	return new Promise((resolve, reject) => {
		const outgoing = (isSecure ? httpsRequest : httpRequest)(url, {
			// A pooled connection may have been made by somebody who checked nothing.
			agent: isSecure ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false }),
			headers: { ...webHeaders, 'accept-encoding': ACCEPTED_ENCODINGS },
			lookup: host.lookup,
			signal,
		});
		// Stays for the whole exchange: an error after the answer began reaches the body's reader too.
		outgoing.on('error', reject);
		outgoing.on('response', resolve);
		refusePooledConnection(outgoing, host);
		outgoing.end();
	});
}

/**
 * The editor puts an agent of its own in the place of ours, which may take an open connection out of its pool. Nothing
 * goes out over one that leads elsewhere. Connections to a proxy do, and are told by the event of the editor's agent.
 */
export function refusePooledConnection(outgoing: ClientRequest, host: CheckedHost): void {
	let isProxied = false;
	outgoing.on('proxy', ({ proxy }: { readonly proxy?: string }) => {
		isProxied = proxy !== undefined && proxy !== 'DIRECT';
	});
	outgoing.on('socket', (socket: Socket) => {
		if (!isProxied && socket.remoteAddress !== undefined && !host.includes(socket.remoteAddress)) {
			outgoing.destroy(new ToolError('The connection was to another address than the one checked. Try again.'));
		}
	});
}

/** Header bytes come one character each; servers that send others than ASCII mean UTF-8. */
function asUtf8(header: string | undefined): string | undefined {
	return header && Buffer.from(header, 'latin1').toString('utf8');
}

async function readAnswer(url: URL, response: IncomingMessage): Promise<WebAnswer> {
	const type = parseContentType(response.headers['content-type']);
	const known = kindOfNoText(type);
	if (known !== undefined) {
		response.destroy();
		return { kind: 'notText', url: url.href, what: known };
	}
	const { bytes, isCut } = await readBounded(response, MAX_BODY_BYTES);
	const body = readBody(bytes, type);
	if ('what' in body) {
		return { kind: 'notText', url: url.href, what: body.what };
	}
	return { kind: 'page', url: url.href, status: response.statusCode ?? 0, ...body, isCut };
}

function networkError(url: string, error: unknown): ToolError {
	const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
	const words = wordsFor(code) ?? (error instanceof Error ? error.message : String(error));
	return new ToolError(`No answer from ${new URL(url).host}: ${words}.`, { cause: error });
}

function wordsFor(code: string | undefined): string | undefined {
	switch (code) {
		case 'ENOTFOUND':
		case 'EAI_AGAIN':
			return 'there is no such host, or no connection to the internet';
		case 'ECONNREFUSED':
			return 'it refuses connections';
		case 'ECONNRESET':
		case 'EPIPE':
			return 'the connection broke';
		case 'ETIMEDOUT':
		case 'EHOSTUNREACH':
		case 'ENETUNREACH':
			return 'it cannot be reached';
		default:
			return code !== undefined && /CERT|SSL|TLS|SIGNATURE/.test(code)
				? `its certificate is not trusted (${code})`
				: undefined;
	}
}
