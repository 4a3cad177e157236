import type { ToolCall } from '../../agent/model.ts';
import { isObject, parseJson } from '../lenient.ts';
import type { WireCallFragment } from './wire.ts';

interface OpenCall {
	readonly index: number | undefined;
	id: string | undefined;
	name: string;
	arguments: string;
}

/** A joined call, and whether its arguments are a whole JSON object. */
export interface JoinedCall {
	readonly call: ToolCall;
	readonly isWhole: boolean;
}

/**
 * Joins the fragments of tool calls. Normally the first fragment brings index, id and name, and later ones the index
 * and a piece of the arguments; the deviations of real providers are told apart in `#belongs`.
 */
export class ToolCalls {
	readonly #calls: OpenCall[] = [];
	readonly #newId: () => string;

	/** @param newId makes an id that is unique in the conversation, for calls that came without one. */
	constructor(newId: () => string) {
		this.#newId = newId;
	}

	get count(): number {
		return this.#calls.length;
	}

	add(fragment: WireCallFragment): void {
		const index = fragment.index ?? undefined;
		const id = fragment.id || undefined;
		const name = fragment.function?.name || undefined;
		const piece = argumentText(fragment);
		const call = this.#find(index, id, name);
		if (call === undefined) {
			this.#calls.push({ index, id, name: name ?? '', arguments: piece });
			return;
		}
		call.id ??= id;
		// Some providers repeat the name with every piece, so it is set once and never joined.
		call.name ||= name ?? '';
		call.arguments += piece;
	}

	/** The calls in the order they began. Ids are unique among them; where one was missing or double it is new. */
	join(): readonly JoinedCall[] {
		const taken = new Set<string>();
		return this.#calls.map(({ id, name, arguments: text }) => {
			const uniqueId = id !== undefined && !taken.has(id) ? id : this.#newId();
			taken.add(uniqueId);
			const argumentsText = /^\s*(null\s*)?$/.test(text) ? '{}' : text;
			return {
				call: { id: uniqueId, name, arguments: argumentsText },
				isWhole: isObject(parseJson(argumentsText)),
			};
		});
	}

	#find(index: number | undefined, id: string | undefined, name: string | undefined): OpenCall | undefined {
		// Without an index a piece can only belong to the call being streamed.
		const candidates = index === undefined ? this.#calls.slice(-1) : this.#calls.filter(call => call.index === index);
		if (id !== undefined) {
			const sameId = candidates.findLast(call => call.id === id);
			if (sameId !== undefined) {
				return sameId;
			}
		}
		const latest = candidates.at(-1);
		return latest !== undefined && this.#belongs(latest, id, name) ? latest : undefined;
	}

	/** Whether a fragment that does not name the call's own id continues it. */
	#belongs(call: OpenCall, id: string | undefined, name: string | undefined): boolean {
		if (id !== undefined) {
			// Two ids on one index are two calls (seen from Qwen); an id that comes late belongs to the open call.
			return call.id === undefined && (name === undefined || name === call.name);
		}
		if (name === undefined || call.name === '') {
			return true;
		}
		// A name again: either repeated with every piece, or a second call that came without id (seen from Gemini).
		return name === call.name && !isClosed(call.arguments);
	}
}

function argumentText(fragment: WireCallFragment): string {
	const value = fragment.function?.arguments ?? '';
	return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Whether the text is a whole JSON object already. The cheap look comes first: this runs once a fragment. */
function isClosed(text: string): boolean {
	return text.trimEnd().endsWith('}') && isObject(parseJson(text));
}
