const encoder = new TextEncoder();
const known = new WeakMap<object, number>();

/**
 * Bytes of a value's JSON in UTF-8. Each object is measured once, so it must not change afterwards; the messages of a
 * conversation are the same objects from request to request, and measuring all of them anew would grow with its length.
 */
export function jsonBytes(value: object): number {
	const bytes = known.get(value) ?? encoder.encode(JSON.stringify(value)).length;
	known.set(value, bytes);
	return bytes;
}
