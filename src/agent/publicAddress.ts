/** Tells addresses that anybody on the internet can reach from those of this machine, its network and its cloud. */
import ipaddr from 'ipaddr.js';

/** Public by its range, but inside Azure it is the host that hands out credentials to its machines. */
const AZURE_HOST = '168.63.129.16';
/** All of IPv6 that is given out for global use. Outside it nothing is reached, or something that is not public. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');
/** Only these translate to the IPv4 address at their end; a network may use others of that range for itself. */
const NAT64 = ipaddr.parseCIDR('64:ff9b::/96');

/**
 * What an address is that must not be reached, such as "loopback" or "private"; undefined for a public one.
 * An IPv6 address that carries an IPv4 address is judged by that one.
 * @param address without brackets. What is no address counts as one that must not be reached.
 */
export function nonPublicRange(address: string): string | undefined {
	if (!ipaddr.isValid(address)) {
		return 'unknown';
	}
	// `process` unwraps `::ffff:10.0.0.1`.
	const parsed = ipaddr.process(address);
	if (parsed instanceof ipaddr.IPv4) {
		return ipv4Range(parsed);
	}
	const inner = innerIpv4(parsed);
	if (inner !== undefined) {
		return ipv4Range(inner);
	}
	const range = parsed.range();
	if (range !== 'unicast') {
		return range;
	}
	return parsed.match(GLOBAL_IPV6) ? undefined : 'reserved';
}

/** Whether the address is this machine itself: 127.0.0.0/8 or ::1. */
export function isLoopback(address: string): boolean {
	return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

function ipv4Range(address: ipaddr.IPv4): string | undefined {
	const range = address.range();
	if (range !== 'unicast') {
		return range;
	}
	return address.toString() === AZURE_HOST ? 'linkLocal' : undefined;
}

/** The IPv4 address that a translator (NAT64) or a tunnel (6to4) takes from this one. */
function innerIpv4(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
	const bytes = address.toByteArray();
	if (address.match(NAT64)) {
		return new ipaddr.IPv4(bytes.slice(12));
	}
	return address.range() === '6to4' ? new ipaddr.IPv4(bytes.slice(2, 6)) : undefined;
}
