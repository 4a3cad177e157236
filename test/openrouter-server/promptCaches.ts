import { createHash } from 'node:crypto';
import { type CacheLifetime, commonPrefix, type Prompt, tokensOf } from './prompt.ts';
import type { CacheRules } from './providers.ts';

const HOUR_MS = 3_600_000;

/** What a prompt cache did for a request, in tokens. */
export interface CacheUse {
	readonly cached: number;
	/** Newly kept, by how long. */
	readonly written: { readonly '5m': number; readonly '1h': number };
}

interface MarkedEntry {
	expiresAt: number;
	readonly lifetimeMs: number;
}

interface ImplicitEntry {
	readonly text: string;
	expiresAt: number;
}

/** The prompt caches of all providers, each of its own for each model. */
export class PromptCaches {
	readonly #marked = new Map<string, MarkedEntry>();
	readonly #implicit = new Map<string, ImplicitEntry[]>();

	/**
	 * Reads what earlier prompts left, and leaves this one.
	 * @param place names the provider and model whose cache it is.
	 * @param now milliseconds since 1970.
	 */
	use(place: string, rules: CacheRules, prompt: Prompt, now: number): CacheUse {
		switch (rules.by) {
			case 'none':
				return { cached: 0, written: { '5m': 0, '1h': 0 } };
			case 'implicit':
				return this.#useImplicit(place, rules, prompt.text, now);
			case 'marks':
				return this.#useMarked(place, rules, prompt, now);
		}
	}

	#useImplicit(place: string, rules: CacheRules, text: string, now: number): CacheUse {
		const whole = (characters: number) => {
			const tokens = Math.floor(tokensOf(characters) / rules.blockTokens) * rules.blockTokens;
			return tokens < rules.minTokens ? 0 : tokens;
		};
		let cached = 0;
		const entries: ImplicitEntry[] = [];
		for (const entry of this.#implicit.get(place) ?? []) {
			if (entry.expiresAt <= now) {
				continue;
			}
			const shared = commonPrefix(entry.text, text);
			cached = Math.max(cached, whole(shared));
			// One that this prompt begins with is contained in it.
			if (shared < entry.text.length) {
				entries.push(entry);
			}
		}
		entries.push({ text, expiresAt: now + rules.lifetimeMs });
		this.#implicit.set(place, entries);
		return { cached, written: { '5m': Math.max(0, whole(text.length) - cached), '1h': 0 } };
	}

	/** A prefix is found where a mark stood at its end before, and only so many blocks in front of a mark of now. */
	#useMarked(place: string, rules: CacheRules, prompt: Prompt, now: number): CacheUse {
		const marks = marksOf(prompt, rules);
		const keys = boundaryKeys(place, prompt);
		const isLongEnough = (block: number) => boundaryTokens(prompt, block) >= rules.minTokens;
		let cached = 0;
		for (const { block } of marks) {
			const oldest = Math.max(0, block - (rules.lookbackBlocks ?? block + 1) + 1);
			for (let at = block; at >= oldest; at--) {
				const entry = this.#marked.get(keys[at] ?? '');
				if (entry !== undefined && entry.expiresAt > now && isLongEnough(at)) {
					entry.expiresAt = now + entry.lifetimeMs;
					cached = Math.max(cached, boundaryTokens(prompt, at));
					break;
				}
			}
		}
		const written = { '5m': 0, '1h': 0 };
		let kept = cached;
		for (const { block, lifetime } of marks.filter(({ block }) => isLongEnough(block))) {
			const tokens = boundaryTokens(prompt, block);
			written[lifetime] += Math.max(0, tokens - kept);
			kept = Math.max(kept, tokens);
			const lifetimeMs = lifetime === '1h' ? HOUR_MS : rules.lifetimeMs;
			this.#marked.set(keys[block] ?? '', { lifetimeMs, expiresAt: now + lifetimeMs });
		}
		return { cached, written };
	}
}

/** Marked blocks from the front, those included that the mark of the whole request stands for. */
export function marksOf(
	{ blocks, automaticMark }: Prompt,
	rules: CacheRules,
): readonly { readonly block: number; readonly lifetime: CacheLifetime }[] {
	const automatic = rules.takesAutomaticMark ? automaticMark : undefined;
	return blocks.flatMap(({ mark }, block) => {
		const lifetime = mark ?? (block === blocks.length - 1 ? automatic : undefined);
		return lifetime === undefined ? [] : [{ block, lifetime }];
	});
}

/** Tokens of the prompt up to the end of a block. */
function boundaryTokens({ blocks }: Prompt, block: number): number {
	return tokensOf(blocks[block]?.end ?? 0);
}

/** A key for the prompt up to each block's end. */
function boundaryKeys(place: string, prompt: Prompt): readonly string[] {
	const hash = createHash('sha256').update(place);
	let from = 0;
	let isConversation = false;
	return prompt.blocks.map(({ end }) => {
		if (!isConversation && end > prompt.conversationStart) {
			isConversation = true;
			hash.update(prompt.settings);
		}
		// The end is part of the key: the same text in other blocks is another prompt.
		hash.update(`${end}:`).update(prompt.text.slice(from, end));
		from = end;
		return hash.copy().digest('base64');
	});
}
