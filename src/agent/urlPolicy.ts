/** Decides on the address of a page before anybody is asked, and again on every redirect. Pure. */
import { isLoopback, nonPublicRange } from './publicAddress.ts';

const MAX_URL = 8_000;
/** A query may carry what was read here to whoever owns the host; so may a path, and each label of a name. */
const LONG_QUERY = 200;
const LONG_PATH = 500;
const LONG_HOST = 64;
const MANY_LABELS = 8;
/** Names that a network gives out for itself (RFC 6761, 6762, 8375, 9476, and ICANN's `.internal`), and old customs. */
const OWN_DOMAINS =
	/(?:^|\.)(?:localhost|local|localdomain|internal|intranet|private|corp|lan|home|home\.arpa|onion|alt)$/;
/** A name without a dot is completed by the network's own search list. */
const PUBLIC_NAME = /^[\w-]+(?:\.[\w-]+)+$/;
/** Below this, ports belong to other protocols, which an HTTP request could be made to talk to. */
const FIRST_FREE_PORT = 1024;

export type UrlPart = 'host' | 'path' | 'query';

export type UrlJudgement =
	/** `reason` is a sentence for the model. */
	| { readonly kind: 'deny'; readonly reason: string }
	| {
			readonly kind: 'ask';
			/** The address that is fetched, in printable ASCII: international names and odd number forms are spelt out. Show it whole. */
			readonly url: string;
			/** With the port where it is not the scheme's own. Rules are for this, exactly. */
			readonly host: string;
			/** Parts so long that they may carry data away: to be highlighted. */
			readonly longParts: readonly UrlPart[];
			/** The port where it is neither 80 nor 443: to be pointed out. */
			readonly port?: number;
			/** A rule for the host may be offered, and may answer in the place of the user. Otherwise they are asked each time. */
			readonly canRule: boolean;
	  };

export interface UrlAllowances {
	/** Ports of this machine that the user named, for development servers. Asked for all the same. */
	readonly loopbackPorts: readonly number[];
}

/** @param text as the model or a redirect gave it; relative to nothing. */
export function judgeUrl(text: string, { loopbackPorts }: UrlAllowances = { loopbackPorts: [] }): UrlJudgement {
	if (text.length > MAX_URL) {
		return deny(`The URL is longer than ${MAX_URL} characters.`);
	}
	if (!URL.canParse(text)) {
		return deny('That is no URL. Give it whole, such as "https://example.com/page".');
	}
	const url = new URL(text);
	if (url.protocol !== 'https:' && url.protocol !== 'http:') {
		return deny(`Only http and https can be fetched, not "${url.protocol}"; for files use read.`);
	}
	if (url.username !== '' || url.password !== '') {
		return deny('A URL with a user name or password is not fetched.');
	}
	// Never sent, and so no part of what is asked for.
	url.hash = '';
	// With a dot at its end a name is the same, but no longer looks it.
	url.hostname = url.hostname.replace(/\.+$/, '');
	const { host, hostname } = url;
	const port = portOf(url);
	const isOwnServer = isThisMachine(hostname) && loopbackPorts.includes(port);
	const fault = isOwnServer ? undefined : (hostFault(hostname) ?? portFault(port));
	if (fault !== undefined) {
		return deny(fault);
	}
	const longParts = longPartsOf(url);
	return {
		kind: 'ask',
		url: url.href,
		host,
		longParts,
		...(port !== 80 && port !== 443 && { port }),
		canRule: longParts.length === 0 && url.protocol === 'https:' && !isOwnServer,
	};
}

/** The host of a URL as an address or name to look up: without the brackets of IPv6. */
export function bareHost(hostname: string): string {
	return hostname.replace(/^\[|\]$/g, '');
}

/** Whether a host names this machine, rather than being led here by DNS. */
export function isThisMachine(hostname: string): boolean {
	return hostname === 'localhost' || isLoopback(bareHost(hostname));
}

function deny(reason: string): UrlJudgement {
	return { kind: 'deny', reason };
}

function portOf({ port, protocol }: URL): number {
	return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

/** URL has made numbers of all forms (`0x7f.1`, `2130706433`) and international names the same by now. */
function hostFault(hostname: string): string | undefined {
	if (hostname.startsWith('[') || /^[\d.]+$/.test(hostname)) {
		const range = nonPublicRange(bareHost(hostname));
		return range === undefined ? undefined : privateHost(hostname, range);
	}
	return OWN_DOMAINS.test(hostname) || !PUBLIC_NAME.test(hostname) ? privateHost(hostname, 'local name') : undefined;
}

/** The refusal of a host, which its addresses decide too. @param range as `nonPublicRange` gives it. */
export function privateHost(hostname: string, range: string): string {
	return `"${hostname}" is no public address (${range}). Only pages of the internet can be fetched.`;
}

function portFault(port: number): string | undefined {
	return port >= FIRST_FREE_PORT || port === 80 || port === 443
		? undefined
		: `Port ${port} belongs to another protocol than HTTP.`;
}

function longPartsOf({ hostname, pathname, search }: URL): UrlPart[] {
	const parts: UrlPart[] = [];
	if (hostname.length > LONG_HOST || hostname.split('.').length > MANY_LABELS) {
		parts.push('host');
	}
	if (pathname.length > LONG_PATH) {
		parts.push('path');
	}
	if (search.length > LONG_QUERY) {
		parts.push('query');
	}
	return parts;
}
