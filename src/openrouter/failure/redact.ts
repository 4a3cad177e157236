/** Every key the service hands out, also a shortened or mistyped one. */
const KEY_PATTERN = /sk-or-[\w-]{4,}/g;

/** Takes keys out of text that came over the wire, before it can reach an error, a log or the panel. */
export function redact(text: string, key?: string): string {
	const withoutKey = key === undefined || key.length < 4 ? text : text.replaceAll(key, '[key]');
	return withoutKey.replace(KEY_PATTERN, '[key]');
}
