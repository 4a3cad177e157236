import { isObject, parseJson } from '../lenient.ts';

const MESSAGE_KEYS = ['message', 'error', 'detail', 'details', 'msg'] as const;
const MAX_DEPTH = 6;

/**
 * The sentence that says what went wrong in a provider's error, which may be text, an object, JSON text, or text with
 * JSON at its end, each of them wrapped several times. Undefined when there is none.
 */
export function innermostMessage(raw: unknown, depth = 0): string | undefined {
	if (depth > MAX_DEPTH) {
		return undefined;
	}
	if (typeof raw === 'string') {
		const embedded = embeddedJson(raw);
		return (embedded === undefined ? undefined : innermostMessage(embedded, depth + 1)) ?? (raw.trim() || undefined);
	}
	if (Array.isArray(raw)) {
		return innermostMessage(raw[0], depth + 1);
	}
	if (!isObject(raw)) {
		return undefined;
	}
	for (const key of MESSAGE_KEYS) {
		const message = innermostMessage(raw[key], depth + 1);
		if (message !== undefined) {
			return message;
		}
	}
	return undefined;
}

function embeddedJson(text: string): unknown {
	const from = text.search(/[{[]/);
	const to = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
	const value = from < 0 || to < from ? undefined : parseJson(text.slice(from, to + 1));
	// "[2] is wrong" holds JSON by accident; an error is an object, or a list of them.
	return isObject(Array.isArray(value) ? value[0] : value) ? value : undefined;
}

/** One line of at most `limit` characters. Tags go, so that the text of an error page is readable. */
export function oneLine(text: string, limit: number): string {
	const line = text
		.replace(/<(style|script|title)\b[\s\S]*?<\/\1>/gi, ' ')
		.replace(/<[^<>]*>/g, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}
