import type { ReasoningDetail } from '../../agent/model.ts';

/** Fields that come in pieces. All others are kept from the first fragment that has them. */
const JOINED = ['text', 'summary'] as const;

/**
 * Merges the fragments of `reasoning_details` into the items that go back to the model. The next request is refused
 * when they differ from what the model signed, so nothing is trimmed, dropped or reordered.
 */
export class Reasoning {
	readonly #items: Record<string, unknown>[] = [];
	/** Open items by type and index: the index alone is shared by items of several types. */
	readonly #open = new Map<string, Record<string, unknown>>();
	#isPresent = false;

	add(fragments: readonly ReasoningDetail[]): void {
		this.#isPresent = true;
		for (const fragment of fragments) {
			this.#addOne(fragment);
		}
	}

	/** Absent when the model sent no list at all; an empty list stays one, as some models want it back. */
	get details(): readonly ReasoningDetail[] | undefined {
		return this.#isPresent ? this.#items : undefined;
	}

	#addOne(fragment: ReasoningDetail): void {
		const type = fragment['type'];
		const isMergeable = type === 'reasoning.text' || type === 'reasoning.summary';
		const key = `${String(type)} ${String(fragment['index'])}`;
		const open = isMergeable ? this.#open.get(key) : undefined;
		// Without an index only neighbours can be pieces of one item.
		const item = typeof fragment['index'] === 'number' || open === this.#items.at(-1) ? open : undefined;
		if (item === undefined) {
			const copy = { ...fragment };
			this.#items.push(copy);
			if (isMergeable) {
				this.#open.set(key, copy);
			}
			return;
		}
		for (const [name, value] of Object.entries(fragment)) {
			item[name] = mergeField(name, item[name], value);
		}
	}
}

function mergeField(name: string, before: unknown, piece: unknown): unknown {
	if (JOINED.some(joined => joined === name) && typeof before === 'string' && typeof piece === 'string') {
		return before + piece;
	}
	// A signature may come first as an empty text and later in full; id and format are those of the first fragment.
	return before === undefined || before === null || before === '' ? piece : before;
}

/** Text to show for fragments that came without the plain `reasoning` field. */
export function reasoningText(fragments: readonly ReasoningDetail[]): string {
	return fragments
		.flatMap(fragment => JOINED.map(name => fragment[name]))
		.filter(value => typeof value === 'string')
		.join('');
}
