import assert from 'node:assert/strict';
import type { SessionEvent, TurnEvent } from '../../../../src/agent/events.ts';
import type { ModelErrorFields, ModelErrorKind, RequestPurpose, Usage } from '../../../../src/agent/model.ts';
import { type CacheOutcome, CachePin } from '../../../../src/agent/session/cachePin.ts';

const MINUTE = 60_000;
const QWEN = 'qwen/qwen3-coder';
const CLAUDE = 'anthropic/claude-sonnet-4.6';

interface AnswerFields extends Partial<Usage> {
	readonly purpose?: RequestPurpose;
	/** In the place of the model that was asked. */
	readonly model?: string;
}

/** A session told event by event, with a clock that a test moves. */
class Story {
	readonly pin = new CachePin();
	now = 1_795_219_200_000;
	#model = '';
	#sequence = 0;

	constructor(model = QWEN) {
		this.turn(model);
	}

	tell(event: SessionEvent): CacheOutcome | undefined {
		return this.pin.apply({ sequence: this.#sequence++, generation: 0, at: this.now, event });
	}

	turn(model: string): void {
		this.#model = model;
		this.tell({ type: 'turnStart', turnId: 't', model: { id: model, name: model, isBuiltIn: false } });
	}

	answer(provider: string, { purpose, model, ...usage }: AnswerFields = {}): CacheOutcome | undefined {
		const requestId = this.#ask(purpose);
		this.tell({ type: 'served', model: model ?? this.#model, provider });
		return this.tell({
			type: 'response',
			requestId,
			finish: 'stop',
			toolCalls: [],
			durationMs: 1,
			usage: { ...NO_TOKENS, promptTokens: 10_000, ...usage },
		});
	}

	fail(kind: ModelErrorKind, fields: ModelErrorFields = {}, provider?: string): void {
		const requestId = this.#ask();
		if (provider !== undefined) {
			this.tell({ type: 'served', model: this.#model, provider });
		}
		this.tell({ type: 'requestFailed', requestId, failure: { kind, message: 'No.', fields } });
	}

	get pinned(): string | undefined {
		return this.pin.provider(this.#model, this.now);
	}

	#ask(purpose?: RequestPurpose): string {
		const requestId = `r${this.#sequence}`;
		this.tell({ type: 'requestStart', requestId, ...(purpose && { purpose }) });
		return requestId;
	}
}

const NO_TOKENS: Usage = {
	promptTokens: 0,
	completionTokens: 0,
	cachedTokens: 0,
	cacheWriteTokens: 0,
	reasoningTokens: 0,
};
const compacted: TurnEvent = {
	type: 'compacted',
	reason: 'auto',
	summary: 's',
	keptMessages: 1,
	tokensBefore: 9,
	tokensAfter: 1,
};

describe('CachePin', () => {
	it('asks nobody first before anybody has answered', () => {
		assert.equal(new Story().pinned, undefined);
	});

	it('asks first who answered, when there is something to keep', () => {
		const story = new Story();
		story.answer('Novita', { promptTokens: 900 });
		assert.equal(story.pinned, undefined, 'no vendor keeps so little');
		story.answer('Novita', { promptTokens: 1_025 });
		assert.equal(story.pinned, 'Novita');
	});

	it('takes a short prompt too when a cache was shown', () => {
		for (const usage of [{ cachedTokens: 512 }, { cacheWriteTokens: 512 }]) {
			const story = new Story();
			story.answer('Novita', { promptTokens: 900, ...usage });
			assert.equal(story.pinned, 'Novita');
		}
	});

	it('follows the conversation to another provider that answered', () => {
		const story = new Story();
		story.answer('Novita');
		story.answer('Chutes');
		assert.equal(story.pinned, 'Chutes');
	});

	it('keeps one provider a model', () => {
		const story = new Story();
		story.answer('Novita');
		story.turn(CLAUDE);
		assert.equal(story.pinned, undefined);
		story.answer('Anthropic', { cacheWriteTokens: 9_000 });
		assert.equal(story.pinned, 'Anthropic');
		story.turn(QWEN);
		assert.equal(story.pinned, 'Novita');
	});

	for (const [model, minutes] of [
		[QWEN, 10],
		[CLAUDE, 5],
		['~anthropic/claude-sonnet-latest', 5],
		['openrouter/anthropic/claude-sonnet-4.6', 5],
	] as const) {
		it(`lets go of the provider of ${model} when nothing was asked for ${minutes} minutes`, () => {
			const story = new Story(model);
			story.answer('X', { cacheWriteTokens: 9_000 });
			story.now += minutes * MINUTE;
			assert.equal(story.pinned, 'X');
			story.answer('X', { cachedTokens: 9_000 });
			story.now += minutes * MINUTE;
			assert.equal(story.pinned, 'X', 'each use begins the time anew');
			story.now += 1;
			assert.equal(story.pinned, undefined);
		});
	}

	it('keeps to the hour that was asked for, where the vendor offers it', () => {
		const story = new Story(CLAUDE);
		story.answer('Anthropic', { cacheWriteTokens: 9_000 });
		assert.equal(story.pin.provider(CLAUDE, story.now + 60 * MINUTE, '1h'), 'Anthropic');
		assert.equal(story.pin.provider(CLAUDE, story.now + 60 * MINUTE + 1, '1h'), undefined);
		const other = new Story();
		other.answer('Novita');
		assert.equal(other.pin.provider(QWEN, other.now + 11 * MINUTE, '1h'), undefined);
	});

	it('does not mind a clock that was set back', () => {
		const story = new Story();
		story.answer('Novita');
		story.now -= 60 * MINUTE;
		assert.equal(story.pinned, 'Novita');
	});

	const failures: readonly (readonly [
		kind: ModelErrorKind,
		fields: ModelErrorFields,
		served: boolean,
		stays: boolean,
	])[] = [
		['unavailable', { provider: 'Novita' }, false, false],
		['unavailable', {}, false, false],
		['silent', {}, false, false],
		['cut', {}, true, false],
		['malformed', {}, true, false],
		['noRoute', {}, false, false],
		['rateLimit', { provider: 'Novita' }, false, false],
		['network', {}, true, false],
		['rateLimit', {}, false, true],
		['network', {}, false, true],
		['aborted', {}, true, true],
		['auth', {}, false, true],
		['credits', {}, false, true],
		['budget', {}, false, true],
		['contextLength', { provider: 'Novita' }, false, true],
		['badRequest', { provider: 'Novita' }, false, true],
	];
	for (const [kind, fields, served, stays] of failures) {
		const where = served ? ' in the middle of an answer' : fields.provider ? ' of the provider' : '';
		it(`${stays ? 'keeps to' : 'lets go of'} the provider after ${kind}${where}`, () => {
			const story = new Story();
			story.answer('Novita', { cachedTokens: 4_096 });
			story.fail(kind, fields, served ? 'Novita' : undefined);
			assert.equal(story.pinned, stays ? 'Novita' : undefined);
			story.answer('Novita', { cachedTokens: 4_096 });
			assert.equal(story.pinned, 'Novita', 'it may come back');
		});
	}

	it('lets go after two misses in a row, and for good until a cache is shown', () => {
		const story = new Story();
		story.answer('Novita');
		story.answer('Novita');
		assert.equal(story.pinned, 'Novita', 'one miss happens');
		story.answer('Novita');
		assert.equal(story.pinned, undefined);
		story.answer('Novita');
		assert.equal(story.pinned, undefined);
		story.answer('Novita', { cachedTokens: 4_096 });
		assert.equal(story.pinned, 'Novita');
	});

	it('counts only misses in a row', () => {
		const story = new Story();
		for (const cachedTokens of [0, 0, 4_096, 0, 4_096, 0]) {
			story.answer('Novita', { cachedTokens });
			assert.equal(story.pinned, 'Novita');
		}
	});

	it('counts no miss where nothing could be found: a short prompt, an expired cache, a changed prompt', () => {
		const misses: Readonly<Record<string, (story: Story) => void>> = {
			short: story => story.answer('Anthropic', { promptTokens: 4_000 }),
			expired(story) {
				story.now += 6 * MINUTE;
				story.answer('Anthropic');
			},
			compacted(story) {
				story.tell(compacted);
				story.answer('Anthropic');
			},
			trimmed(story) {
				story.tell({ type: 'trimmed', callIds: ['c'], messageIds: [], tokensBefore: 9, tokensAfter: 1 });
				story.answer('Anthropic');
			},
			switched(story) {
				story.turn(QWEN);
				story.turn(CLAUDE);
				story.answer('Anthropic');
			},
		};
		for (const [name, miss] of Object.entries(misses)) {
			const story = new Story(CLAUDE);
			story.answer('Anthropic', { cacheWriteTokens: 4_000, promptTokens: 4_000 });
			for (let time = 0; time < 4; time++) {
				miss(story);
				assert.equal(story.pinned, 'Anthropic', name);
			}
		}
	});

	it('takes no notice of requests beside the conversation, except the one that sums it up', () => {
		const story = new Story();
		story.answer('Novita', { cachedTokens: 4_096 });
		assert.equal(story.answer('Chutes', { purpose: 'title' }), undefined);
		assert.equal(story.pinned, 'Novita');
		story.answer('Chutes', { purpose: 'compaction', cachedTokens: 4_096 });
		assert.equal(story.pinned, 'Chutes');
	});

	it('keeps to the provider when a model of another vendor stood in', () => {
		const story = new Story();
		story.answer('Novita', { cachedTokens: 4_096 });
		assert.equal(story.answer('OpenAI', { model: 'openai/gpt-5.6-luna' })?.lostCacheTokens, 0);
		assert.equal(story.pinned, 'Novita');
	});

	it('follows a fallback model that the turn goes on with', () => {
		const story = new Story();
		const to = { id: CLAUDE, name: 'Claude', isBuiltIn: false };
		story.tell({ type: 'modelSwitched', from: QWEN, to, kind: 'unavailable', message: 'No.' });
		story.answer('Anthropic', { model: CLAUDE, cacheWriteTokens: 9_000 });
		assert.equal(story.pin.provider(CLAUDE, story.now), 'Anthropic');
		assert.equal(story.pin.provider(QWEN, story.now), undefined);
	});

	for (const router of ['openrouter/auto', '@preset/mine', 'qwen/qwen3-coder@preset/mine']) {
		it(`leaves ${router} to itself`, () => {
			const story = new Story(router);
			story.answer('Novita', { cachedTokens: 4_096, model: QWEN });
			assert.equal(story.pinned, undefined);
		});
	}

	it('knows nothing of an answer without its usage, and keeps what it knew', () => {
		const story = new Story();
		story.answer('Novita', { cachedTokens: 4_096 });
		story.tell({ type: 'requestStart', requestId: 'r' });
		story.tell({ type: 'served', model: QWEN, provider: 'Novita' });
		const outcome = story.tell({ type: 'response', requestId: 'r', finish: 'stop', toolCalls: [], durationMs: 1 });
		assert.deepEqual(outcome, { requestId: 'r', provider: 'Novita', lostCacheTokens: 0 });
		assert.equal(story.pinned, 'Novita');
	});
});

describe('CachePin, what an answer lost', () => {
	function lost(outcome: CacheOutcome | undefined): readonly [tokens: number | undefined, from: string | undefined] {
		return [outcome?.lostCacheTokens, outcome?.switchedFrom];
	}

	it('is nothing for the first answer, and for one that read the cache', () => {
		const story = new Story();
		assert.deepEqual(lost(story.answer('Novita')), [0, undefined]);
		assert.deepEqual(lost(story.answer('Novita', { promptTokens: 12_000, cachedTokens: 9_984 })), [0, undefined]);
	});

	it('is what the provider before held, after a switch', () => {
		const story = new Story();
		story.answer('Novita', { cachedTokens: 4_096 });
		assert.deepEqual(lost(story.answer('Chutes', { promptTokens: 12_000 })), [10_000, 'Novita']);
	});

	it('is less by what another conversation had left with the new provider', () => {
		const story = new Story();
		story.answer('Novita', { cachedTokens: 4_096 });
		assert.deepEqual(lost(story.answer('Chutes', { promptTokens: 12_000, cachedTokens: 3_000 })), [7_000, 'Novita']);
	});

	it('is told as a switch that cost nothing when the new one is warm too', () => {
		const story = new Story();
		story.answer('Novita', { cachedTokens: 4_096 });
		assert.deepEqual(lost(story.answer('Chutes', { cachedTokens: 9_000 })), [0, 'Novita']);
	});

	it('is told when the same provider forgot, if it ever showed that it keeps something', () => {
		const proven = new Story();
		proven.answer('Novita', { cacheWriteTokens: 9_000 });
		assert.deepEqual(lost(proven.answer('Novita')), [10_000, undefined]);
		const unproven = new Story();
		unproven.answer('Novita');
		assert.deepEqual(lost(unproven.answer('Novita')), [0, undefined]);
	});

	it('is nothing when the cache had expired or the prompt was changed', () => {
		const expired = new Story(CLAUDE);
		expired.answer('Anthropic', { cacheWriteTokens: 9_000 });
		expired.now += 6 * MINUTE;
		assert.deepEqual(lost(expired.answer('Amazon Bedrock')), [0, undefined]);
		const changed = new Story(CLAUDE);
		changed.answer('Anthropic', { cacheWriteTokens: 9_000 });
		changed.tell(compacted);
		assert.deepEqual(lost(changed.answer('Amazon Bedrock')), [0, 'Anthropic']);
	});

	it('is never more than the prompt has', () => {
		const story = new Story();
		story.answer('Novita', { cachedTokens: 4_096 });
		assert.deepEqual(lost(story.answer('Chutes', { promptTokens: 8_000 })), [8_000, 'Novita']);
	});
});
