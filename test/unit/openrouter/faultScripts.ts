/** Short conversations with a service that fails in every way known, made up from a seed. */
import type { Answer } from '../../openrouter-server/answer.ts';
import { seededRandom } from '../../openrouter-server/random.ts';

export interface FaultStep {
	/** Names the kind of fault, for the count of what was met. */
	readonly kind: FaultKind;
	readonly answer: Answer;
	/** The user stops at this event of the answer, from 0; `headers`: while nothing came yet. */
	readonly stop?: number | 'headers';
	/** Whether the client waits until its patience ends. */
	readonly isSilent?: boolean;
	/** Whether the answer must come through, must not, or may. */
	readonly mustEnd: 'complete' | 'broken' | 'either';
}

export interface FaultScript {
	readonly model: string;
	/** US dollars for the session. */
	readonly budget?: number;
	readonly steps: readonly FaultStep[];
}

const MODELS = ['openai/gpt-4o-mini', 'anthropic/claude-sonnet-5', 'qwen/qwen3-coder-plus', 'z-ai/glm-5.2'] as const;
const USAGE_SHAPES = ['repeatedFinish', 'emptyChoices', 'nullFinish'] as const;
const ERROR_FORMS = ['topLevel', 'emptyChoices', 'withUsage', 'choiceOnly', 'bare', 'stringCode'] as const;
const WORDS = ['const', 'ключ', '缓存', 'don’t', '🙂', '\n', '"quoted"', '\\', 'data: x', '[DONE]', '}'];
const FAULTS = [
	'none',
	'close',
	'reset',
	'garbage',
	'stall',
	'status',
	'html',
	'json',
	'empty',
	'redirect',
	'errorChunk',
	'noUsage',
	'keepAlives',
	'lateHeaders',
	'slowHeaders',
	'stop',
	'stopEarly',
] as const;
export type FaultKind = (typeof FAULTS)[number];
export const FAULT_KINDS: readonly FaultKind[] = FAULTS;

/**
 * The script of a seed.
 * @param errors names of the recorded error bodies.
 * @param key put into what comes back, as careless servers do.
 */
export function faultScript(seed: number, errors: readonly string[], key: string): FaultScript {
	const dice = new Dice(seed);
	const model = dice.of(MODELS);
	const budget = dice.chance(0.3) ? dice.between(1, 40) / 1000 : undefined;
	// By the seed, so that no kind is left out.
	const first = FAULTS[seed % FAULTS.length] ?? 'none';
	const kinds = Array.from({ length: dice.between(1, 3) }, (_, index) => (index === 0 ? first : dice.of(FAULTS)));
	// The worst conversation comes late, where there is something to lose.
	const steps = kinds.reverse().map(kind => step(kind, dice, { errors, key, hasBudget: budget !== undefined }));
	return { model, steps, ...(budget !== undefined && { budget }) };
}

interface Surroundings {
	readonly errors: readonly string[];
	readonly key: string;
	readonly hasBudget: boolean;
}

function step(kind: FaultKind, dice: Dice, { errors, key, hasBudget }: Surroundings): FaultStep {
	const answer = modelAnswer(dice, hasBudget);
	const afterBytes = dice.between(0, dice.chance(0.5) ? 400 : 6_000);
	switch (kind) {
		case 'none':
			return { kind, answer, mustEnd: 'complete' };
		case 'close':
		case 'reset':
		case 'garbage':
			return { kind, answer: { ...answer, fault: { afterBytes, how: kind } }, mustEnd: 'either' };
		case 'stall':
			return { kind, answer: { ...answer, fault: { afterBytes, how: 'stall' } }, isSilent: true, mustEnd: 'either' };
		case 'keepAlives': {
			const fault = { afterBytes: 0, how: 'stall' } as const;
			const keepAlives = { count: dice.between(1, 5) };
			return { kind, answer: { ...answer, keepAlives, fault }, isSilent: true, mustEnd: 'broken' };
		}
		case 'status':
			// The client may mend what it was refused for, and get an answer.
			return { kind, answer: { error: dice.of(errors), ...dice.delivery() }, mustEnd: 'either' };
		case 'html': {
			const body = `<!doctype html><title>Sign in to the network</title><p>authorization: Bearer ${key}</p>`;
			const status = dice.of([200, 403, 502]);
			return { kind, answer: { status, headers: { 'content-type': 'text/html' }, body }, mustEnd: 'broken' };
		}
		case 'json': {
			const body = JSON.stringify({ error: { code: dice.of([400, 429, 502]), message: `Refused for ${key}` } });
			return {
				kind,
				answer: { status: 200, headers: { 'content-type': 'application/json' }, body },
				mustEnd: 'broken',
			};
		}
		case 'empty': {
			const body = dice.of(['', '\n\n', ': OPENROUTER PROCESSING\n\n', 'data: [DONE]\n\n', `data: ${key}\n\n`]);
			return {
				kind,
				answer: { status: 200, headers: { 'content-type': 'text/event-stream' }, body },
				mustEnd: 'broken',
			};
		}
		case 'redirect': {
			const headers = { location: 'http://127.0.0.1:9/elsewhere' };
			return { kind, answer: { status: dice.of([302, 307]), headers, body: '' }, mustEnd: 'broken' };
		}
		case 'errorChunk': {
			const breaks = {
				afterChunks: dice.between(0, 6),
				form: dice.of(ERROR_FORMS),
				code: dice.of([400, 408, 429, 500, 502, 503]),
				message: `Upstream said no to ${key}`,
				endMark: dice.chance(0.5),
			};
			return { kind, answer: { ...answer, breaks }, mustEnd: 'broken' };
		}
		case 'noUsage':
			return { kind, answer: { ...answer, usage: 'none' }, mustEnd: 'complete' };
		case 'lateHeaders':
			return { kind, answer: { ...answer, headersDelayMs: dice.between(1, 3) }, mustEnd: 'complete' };
		case 'slowHeaders':
			return { kind, answer: { ...answer, headersDelayMs: HOUR_MS }, isSilent: true, mustEnd: 'broken' };
		case 'stop':
			return { kind, answer, stop: dice.between(0, 12), mustEnd: 'either' };
		case 'stopEarly':
			return { kind, answer: { ...answer, headersDelayMs: HOUR_MS }, stop: 'headers', mustEnd: 'broken' };
	}
}

const HOUR_MS = 3_600_000;

/** @param hasBudget then the price is the listed one: no worst case covers another. */
function modelAnswer(dice: Dice, hasBudget: boolean) {
	const hasCalls = dice.chance(0.4);
	return {
		text: dice.chance(0.85) || !hasCalls ? dice.text(dice.between(1, 60)) : '',
		...(dice.chance(0.3) && { reasoning: dice.text(dice.between(1, 30)) }),
		...(hasCalls && {
			toolCalls: Array.from({ length: dice.between(1, 3) }, () => ({
				name: 'read',
				arguments: { path: dice.text(2) },
			})),
		}),
		usage: dice.of(USAGE_SHAPES),
		...(dice.chance(0.15) && { byok: dice.chance(0.5) ? true : 0.05 }),
		...(!hasBudget && dice.chance(0.1) && { price: `0.${dice.between(0, 9_999_999)}` }),
		...dice.delivery(),
	};
}

class Dice {
	readonly #random: () => number;

	constructor(seed: number) {
		this.#random = seededRandom(seed);
	}

	chance(share: number): boolean {
		return this.#random() < share;
	}

	between(least: number, most: number): number {
		return least + Math.floor(this.#random() * (most - least + 1));
	}

	of<Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item {
		const item = items[this.between(0, items.length - 1)];
		if (item === undefined) {
			throw new Error('There is nothing to choose from.');
		}
		return item;
	}

	text(words: number): string {
		return Array.from({ length: words }, () => this.of(WORDS)).join(' ');
	}

	/** Pieces small enough to cut characters and events, and few enough to be quick. */
	delivery() {
		return this.chance(0.4) ? {} : { pieces: this.chance(0.5) ? ('event' as const) : this.between(97, 400) };
	}
}
