import { commonPrefix, type Prompt, tokensOf } from './prompt.ts';
import { marksOf } from './promptCaches.ts';
import type { CacheRules } from './providers.ts';

/** What a session could have had from the prompt caches with one request, and what it had. In tokens. */
export interface RequestStats {
	readonly sessionId: string;
	readonly model: string;
	/** Its slug. */
	readonly provider: string;
	readonly promptTokens: number;
	/** Shared with some earlier request of the session, whoever served it. 0 where that is too short to be kept. */
	readonly cacheable: number;
	/** Of these, up to the last place that an earlier request had marked. All of them where no marks are wanted. */
	readonly marked: number;
	readonly cached: number;
	/** Tokens whose writing was billed. */
	readonly written: number;
	/** Whether the whole request before is the beginning of this one. True for the first. */
	readonly keepsPrefix: boolean;
	/** Picodollars, those of the user's own key with the provider included. Absent until the answer is over. */
	cost?: bigint;
}

interface Earlier {
	readonly prompt: Prompt;
	/** Ends of the marks of this prompt, and of those it begins with. */
	readonly marks: readonly number[];
}

/** Compares each prompt with all earlier ones of its session. */
export class SessionStats {
	readonly requests: RequestStats[] = [];
	readonly #sessions = new Map<string, { earlier: readonly Earlier[]; last: Prompt }>();

	add(
		of: { readonly sessionId: string; readonly model: string; readonly provider: string },
		prompt: Prompt,
		rules: CacheRules,
		billed: { readonly promptTokens: number; readonly cached: number; readonly written: number },
	): RequestStats {
		const session = this.#sessions.get(of.sessionId);
		let shared = 0;
		let marked = 0;
		const kept: Earlier[] = [];
		const ownMarks = marksOf(prompt, rules).map(({ block }) => prompt.blocks[block]?.end ?? 0);
		const marks = new Set(ownMarks);
		for (const earlier of session?.earlier ?? []) {
			const common = sharedWith(earlier.prompt, prompt, rules);
			shared = Math.max(shared, common);
			marked = Math.max(marked, ...earlier.marks.filter(end => end <= common));
			if (common < earlier.prompt.text.length) {
				kept.push(earlier);
			} else {
				for (const end of earlier.marks) {
					marks.add(end);
				}
			}
		}
		this.#sessions.set(of.sessionId, { earlier: [...kept, { prompt, marks: [...marks] }], last: prompt });
		const enough = (characters: number) =>
			rules.by !== 'none' && tokensOf(characters) >= rules.minTokens ? tokensOf(characters) : 0;
		const stats: RequestStats = {
			...of,
			...billed,
			cacheable: enough(shared),
			marked: enough(rules.by === 'marks' ? marked : shared),
			keepsPrefix: session === undefined || sharedWith(session.last, prompt, rules) === session.last.text.length,
		};
		this.requests.push(stats);
		return stats;
	}
}

function sharedWith(earlier: Prompt, prompt: Prompt, { by }: CacheRules): number {
	const common = commonPrefix(earlier.text, prompt.text);
	const isReset = by === 'marks' && earlier.settings !== prompt.settings;
	return isReset ? Math.min(common, prompt.conversationStart) : common;
}
