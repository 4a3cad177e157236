/** Finds a host's addresses, refuses those that are not public, and makes the connection use what was checked. */
import { promises as dns, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { abortable } from '../../agent/abortable.ts';
import { isLoopback, nonPublicRange } from '../../agent/publicAddress.ts';
import { ToolError } from '../../agent/toolError.ts';
import { bareHost, isThisMachine, privateHost } from '../../agent/urlPolicy.ts';

/** All addresses of a name, as the system finds them. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>;

/** As a connection would: the system's own way, so that its hosts file counts too. */
export const systemResolve: Resolve = name => dns.lookup(name, { all: true });

export interface CheckedHost {
	/** For the connection: gives the checked addresses, whatever DNS says by then. */
	readonly lookup: LookupFunction;
	/** Whether a connection is to one of the checked addresses. */
	includes(address: string): boolean;
}

/**
 * @param url judged by `judgeUrl`, which has decided on hosts that are addresses.
 * @param mayReach in the place of the rule that only public addresses are reached.
 * @throws ToolError when one of the host's addresses must not be reached.
 */
export async function checkHost(
	url: URL,
	resolve: Resolve,
	signal: AbortSignal,
	mayReach?: (address: string) => boolean,
): Promise<CheckedHost> {
	const host = bareHost(url.hostname);
	if (isIP(host) !== 0) {
		// The connection looks no addresses up.
		return pinned([{ address: host, family: isIP(host) }]);
	}
	let addresses: readonly LookupAddress[];
	try {
		addresses = await abortable(resolve(host), signal);
	} catch (error) {
		if (signal.aborted) {
			throw error;
		}
		// Behind a proxy names may be known to the proxy alone, which then connects. Otherwise the connection fails with this.
		return failing(error);
	}
	for (const { address } of addresses) {
		const isRefused = mayReach === undefined ? !isAllowed(url, address) : !mayReach(address);
		if (isRefused) {
			throw new ToolError(privateHost(url.hostname, nonPublicRange(address) ?? 'refused'));
		}
	}
	return pinned(addresses);
}

/** `localhost` gets here only when the user named its port; a name that DNS leads to this machine is refused all the same. */
function isAllowed(url: URL, address: string): boolean {
	return isThisMachine(url.hostname) ? isLoopback(address) : nonPublicRange(address) === undefined;
}

function pinned(addresses: readonly LookupAddress[]): CheckedHost {
	return {
		lookup(name, { all, family }, callback) {
			const wanted = addresses.filter(address => !(family === 4 || family === 6) || address.family === family);
			const [first] = wanted;
			if (first === undefined) {
				callback(Object.assign(new Error(`${name} has no address.`), { code: 'ENOTFOUND' }), []);
			} else if (all) {
				callback(null, [...wanted]);
			} else {
				callback(null, first.address, first.family);
			}
		},
		includes: address => addresses.some(checked => isSame(checked.address, address)),
	};
}

function failing(error: unknown): CheckedHost {
	const cause = error instanceof Error ? error : new Error(String(error));
	return { lookup: (_name, _options, callback) => callback(cause, []), includes: () => false };
}

/** Node shows an IPv4 peer of an IPv6 socket as `::ffff:1.2.3.4`. */
function isSame(first: string, second: string): boolean {
	return first === second.replace(/^::ffff:(?=\d+\.)/, '');
}
