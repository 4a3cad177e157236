/**
 * Where a request marks what the provider shall keep in its prompt cache. Vendors differ; this is all of it.
 *
 * | vendor | what it wants | what is sent |
 * |---|---|---|
 * | Anthropic, on any provider | marks, at most 4 | marks on blocks |
 * | Alibaba's Qwen, `deepseek-v3.2` there | marks on blocks, at most 4 | the same |
 * | Google | caches by itself; a mark would buy 5 minutes of storage that are not renewed | nothing |
 * | OpenAI | caches by itself; a key keeps a conversation on one machine | `prompt_cache_key` |
 * | all others | cache by themselves | nothing |
 *
 * The marks stand on the system prompt, which covers the tools before it, so that other conversations, and this one
 * after a compaction, begin with a warm cache; and where the last three requests of the conversation ended. The newest
 * writes, the two before read: a vendor looks for what was written only some 20 blocks in front of a mark, so with a mark
 * at the end alone a step of many parallel calls would lose all, and with one more a failed request in between.
 *
 * Not Anthropic's automatic mark at the top of the body, though it is shorter: it looks back the same 20 blocks, Bedrock
 * has it only by translation, and of other providers some never had it. Marks are no part of what is compared, so moving
 * them breaks no prefix.
 *
 * Source: OpenRouter's prompt caching guide of 2026-10; Anthropic's page on prompt caching for the 20 blocks.
 */
import type { Message, ModelRequest } from '../../agent/model.ts';
import { vendorOf, wireModelId } from './modelFamily.ts';

export interface CacheMark {
	readonly type: 'ephemeral';
	readonly ttl?: '1h';
}

export interface CacheMarks {
	readonly mark: CacheMark;
	/** Indices of the messages that end with a mark; 4 at most, none where it is not known yet who reads. */
	readonly messages: ReadonlySet<number>;
}

const MARKED_REQUESTS = 3;

/** Models of Alibaba that cache marked blocks, for five minutes; dated snapshots do not. */
const ALIBABA = /^(qwen\/qwen[\d.]*(-coder)?-(max|plus|flash)|deepseek\/deepseek-v3\.2)(:|$)/;

/** The marks of a request; undefined where the vendor caches by itself, or nothing of the request comes again. */
export function cacheMarks(request: ModelRequest): CacheMarks | undefined {
	const { messages, parameters, purpose } = request;
	const isAnthropic = readerOf(request) === 'anthropic';
	const wantsMarks = isAnthropic || ALIBABA.test(wireModelId(request.model));
	if (!wantsMarks || purpose === 'title' || purpose === 'completion') {
		// Behind a router marks may be wanted later: its messages have the form for them from the start.
		return vendorOf(request.model) === undefined ? { mark: { type: 'ephemeral' }, messages: new Set() } : undefined;
	}
	const system = messages[0]?.role === 'system' ? [0] : [];
	// Only the beginning of such a request comes again: writing the rest would cost and save nothing.
	const ends = purpose === 'structured' ? [] : requestEnds(messages, MARKED_REQUESTS);
	const isHour = isAnthropic && parameters?.cacheLifetime === '1h';
	return { mark: { type: 'ephemeral', ...(isHour && { ttl: '1h' }) }, messages: new Set([...system, ...ends]) };
}

/** Keeps the requests of a conversation on the machine of the provider that has its cache; OpenAI takes 64 characters. */
export function cacheKey(request: ModelRequest): string | undefined {
	return readerOf(request) === 'openai' ? request.sessionId.slice(0, 64) : undefined;
}

/** Whose model reads the request. Of a router it is known from its last answer, which it tends to repeat. */
function readerOf({ model, messages }: ModelRequest): string | undefined {
	const answer = messages.findLast(message => message.role === 'assistant');
	return vendorOf(model) ?? (answer && vendorOf(answer.model));
}

/** Indices at which this request and those before it ended, newest first: a request ends where an answer begins. */
function requestEnds(messages: readonly Message[], count: number): readonly number[] {
	const ends: number[] = [];
	for (let index = messages.length - 1; index >= 0 && ends.length < count; index--) {
		const role = messages[index]?.role;
		const next = messages[index + 1];
		if ((role === 'user' || role === 'tool') && (next === undefined || next.role === 'assistant')) {
			ends.push(index);
		}
	}
	return ends;
}
