import type { CompactionReason, FailureRecord, TurnEvent } from '../events.ts';
import { jsonBytes } from '../jsonBytes.ts';
import type { Message, ToolDefinition } from '../model.ts';
import type { ModelFacts } from '../modelFacts.ts';
import type { ModelSettings } from '../settings/modelSettings.ts';
import type { Emit } from '../turn/eventStream.ts';
import {
	type CompactionPlan,
	type Crowd,
	doesShrink,
	planCompaction,
	planTrim,
	type SummaryRequest,
	summaryRequest,
	type TrimPlan,
	withoutTrimmed,
	writeSummary,
} from './compaction.ts';
import { type ContextMeter, limitOf, needsRoom } from './contextUse.ts';
import type { Conversation } from './conversation.ts';

export interface RoomOptions {
	/** Has folded an event when `emit` resolves. */
	readonly conversation: Conversation;
	/** The session's own, so that nothing is estimated twice. */
	readonly meter: ContextMeter;
	readonly definitions: readonly ToolDefinition[];
	readonly facts: ModelFacts;
	readonly settings: Pick<ModelSettings, 'maxOutputTokens'>;
	/** The rules of the workspace as they are now, as the system prompt of a new session would hold them; or ''. */
	currentRules(signal: AbortSignal): Promise<string>;
	/** Asks the model with the session's tools; a call it makes is ignored. */
	summarise(
		messages: readonly Message[],
		maxOutputTokens: number,
		signal: AbortSignal,
	): Promise<{ readonly text: string } | FailureRecord>;
}

export type RoomOutcome =
	/** There is room, by an event or because there was. */
	| { readonly kind: 'made' }
	/** Nothing changed; `message` tells the user why. */
	| { readonly kind: 'impossible'; readonly message: string }
	/** No summary came. Nothing changed, but that something may have been trimmed. */
	| { readonly kind: 'failed'; readonly failure: FailureRecord };

/** Below this share of the limit a trim alone will do; above, the next one would be needed soon. */
const ENOUGH_TRIMMED = 0.75;
/** Responses with calls whose results are left alone, as the model is working with them. */
const PROTECTED_RESPONSES = 2;
/** 1,500 words, and what a model thinks before it writes them. */
const SUMMARY_TOKENS = 8_000;
const MAX_SUMMARY_SHARE = 0.2;
/** Of the window, for what the estimate is wrong by. */
const USABLE_SHARE = 0.95;
/** The conversation must grow by this share of the limit before a summary that came to nothing is asked for again. */
const MIN_GROWTH = 0.05;

const MADE: RoomOutcome = { kind: 'made' };
const TOO_SHORT =
	'There is too little to compact: the newest messages, the instructions and the tools take up most of the room.';
const TOO_LONG_SUMMARY =
	'The summary is not much shorter than what it would replace, so the conversation stays as it is.';
const TOO_LARGE = 'The newest messages alone are too long for the model to summarise them.';
const NOT_AGAIN = 'Compacting came to nothing a short while ago, and little has been added since.';

/**
 * Makes room in the model's window, by at most one `trimmed` and one `compacted` event. What was retrieved goes first,
 * where that is enough; then the conversation is summarised.
 * @param reason `auto` looks whether there is need; `overflow` believes the service that there is, whatever the estimate
 * says; `manual` summarises at once.
 */
export async function makeRoom(
	options: RoomOptions,
	emit: Emit<TurnEvent>,
	signal: AbortSignal,
	reason: CompactionReason,
): Promise<RoomOutcome> {
	switch (reason) {
		case 'manual':
			return tryCompaction(options, crowdOf(options), emit, signal, reason);
		case 'auto':
			return relieve(options, emit, signal);
		case 'overflow':
			return unblock(options, emit, signal);
	}
}

/** Before the window is full. A trim that does not suffice would only take from the summary, so it waits for that. */
async function relieve(options: RoomOptions, emit: Emit<TurnEvent>, signal: AbortSignal): Promise<RoomOutcome> {
	if (!mayNeedRoom(options)) {
		return MADE;
	}
	const crowd = crowdOf(options);
	if (!needsRoom(crowd.use)) {
		return MADE;
	}
	const trim = trimOf(options, crowd, PROTECTED_RESPONSES);
	if (trim !== undefined && trim.tokensAfter <= crowd.limit * ENOUGH_TRIMMED) {
		return leaveOut(trim, emit);
	}
	const outcome: RoomOutcome = isTooSoon(options, crowd)
		? { kind: 'impossible', message: NOT_AGAIN }
		: await tryCompaction(options, crowd, emit, signal, 'auto');
	return outcome.kind === 'impossible' && trim !== undefined ? leaveOut(trim, emit) : outcome;
}

/** After the service refused the request for its length. The trim comes first, so that the summary's request fits. */
async function unblock(options: RoomOptions, emit: Emit<TurnEvent>, signal: AbortSignal): Promise<RoomOutcome> {
	const known = crowdOf(options);
	// What did not fit shows the window to be smaller than it was said to be.
	const crowd = { ...known, limit: Math.min(known.limit, known.use.total) };
	const trim = trimOf(options, crowd, PROTECTED_RESPONSES);
	if (trim !== undefined && trim.tokensAfter <= crowd.limit * ENOUGH_TRIMMED) {
		return leaveOut(trim, emit);
	}
	const lean = trim === undefined ? crowd : withoutTrimmed(crowd, options.conversation.retrieved, trim);
	const prepared = prepare(options, lean, 'overflow');
	if (prepared.kind === 'impossible') {
		return leaveOutNewest(options, crowd, prepared.message, emit);
	}
	if (trim !== undefined) {
		await leaveOut(trim, emit);
	}
	const outcome = await compact(options, lean, prepared, emit, signal, 'overflow');
	if (outcome.kind !== 'impossible') {
		return outcome;
	}
	return trim === undefined ? leaveOutNewest(options, crowd, outcome.message, emit) : MADE;
}

/** The last resort: without its newest results the model can at least read again, in smaller parts. */
async function leaveOutNewest(
	options: RoomOptions,
	crowd: Crowd,
	message: string,
	emit: Emit<TurnEvent>,
): Promise<RoomOutcome> {
	const trim = trimOf(options, crowd, 0);
	return trim === undefined ? { kind: 'impossible', message } : leaveOut(trim, emit);
}

/**
 * Whether the window may be filling, by what costs nothing to know: this stands between the model's answer and the next
 * request. What the service counted is counted; of the rest, no text has more tokens than bytes.
 */
function mayNeedRoom({ conversation, facts, settings }: RoomOptions): boolean {
	const limit = limitOf(facts, settings);
	const { counted, messages } = conversation;
	if (limit === undefined || counted === undefined || counted.messages !== messages) {
		return limit !== undefined;
	}
	let most = counted.promptTokens;
	for (let at = counted.count; at < messages.length; at++) {
		const message = messages[at];
		most += message === undefined ? 0 : jsonBytes(message);
	}
	return needsRoom({ total: most, limit });
}

function crowdOf({ conversation, meter, definitions, facts, settings }: RoomOptions): Crowd {
	const { messages, counted } = conversation;
	const source = { messages, counted, definitions, facts, settings };
	const use = meter.measure(source);
	return { messages, use, limit: use.limit ?? use.total, sizeOf: meter.sizeOf(source) };
}

function trimOf({ conversation }: RoomOptions, crowd: Crowd, protectedResponses: number): TrimPlan | undefined {
	return planTrim(crowd, conversation.retrieved, conversation.task.at(-1)?.at, protectedResponses);
}

async function leaveOut(trim: TrimPlan, emit: Emit<TurnEvent>): Promise<RoomOutcome> {
	await emit({ type: 'trimmed', ...trim });
	return MADE;
}

function isTooSoon({ conversation }: RoomOptions, { messages, limit, sizeOf }: Crowd): boolean {
	const { summaryAskedAt } = conversation;
	if (summaryAskedAt === undefined) {
		return false;
	}
	const growth = messages.slice(summaryAskedAt).reduce((sum, message) => sum + sizeOf(message), 0);
	return growth < limit * MIN_GROWTH;
}

async function tryCompaction(
	options: RoomOptions,
	crowd: Crowd,
	emit: Emit<TurnEvent>,
	signal: AbortSignal,
	reason: CompactionReason,
): Promise<RoomOutcome> {
	const prepared = prepare(options, crowd, reason);
	return prepared.kind === 'impossible' ? prepared : compact(options, crowd, prepared, emit, signal, reason);
}

/** A compaction that only lacks its summary. */
interface Prepared {
	readonly kind: 'prepared';
	readonly plan: CompactionPlan;
	readonly request: SummaryRequest;
	readonly maxOutputTokens: number;
}

/** Finds out whether there is any use in asking for a summary, for that costs money. */
function prepare(
	{ conversation, facts }: RoomOptions,
	crowd: Crowd,
	reason: CompactionReason,
): Prepared | (RoomOutcome & { readonly kind: 'impossible' }) {
	const plan = planCompaction(crowd, conversation.task.at(-1)?.at);
	if (plan === undefined) {
		return { kind: 'impossible', message: TOO_SHORT };
	}
	const window = windowOf(facts, crowd, reason);
	const maxOutputTokens = summaryTokens(facts, window);
	const request = summaryRequest(crowd, plan, window * USABLE_SHARE - maxOutputTokens);
	return request === undefined
		? { kind: 'impossible', message: TOO_LARGE }
		: { kind: 'prepared', plan, request, maxOutputTokens };
}

async function compact(
	options: RoomOptions,
	crowd: Crowd,
	{ plan, request, maxOutputTokens }: Prepared,
	emit: Emit<TurnEvent>,
	signal: AbortSignal,
	reason: CompactionReason,
): Promise<RoomOutcome> {
	const answer = await options.summarise(request.messages, maxOutputTokens, signal);
	if (!('text' in answer)) {
		return { kind: 'failed', failure: answer };
	}
	if (answer.text.trim() === '') {
		return { kind: 'failed', failure: noSummary };
	}
	const rules = await rulesOf(options, signal);
	if (signal.aborted) {
		return { kind: 'failed', failure: stopped };
	}
	const summary = summaryOf(options.conversation, answer.text.trim(), rules, plan, request);
	const tokensBefore = crowd.use.total;
	const tokensAfter = plan.tokensKept + crowd.sizeOf({ role: 'user', text: summary });
	if (!doesShrink(tokensBefore, tokensAfter)) {
		return { kind: 'impossible', message: TOO_LONG_SUMMARY };
	}
	const keptMessages = options.conversation.messages.length - plan.from;
	await emit({ type: 'compacted', reason, summary, keptMessages, tokensBefore, tokensAfter });
	return MADE;
}

const noSummary: FailureRecord = { kind: 'malformed', message: 'The model gave no summary.', fields: {} };
const stopped: FailureRecord = { kind: 'aborted', message: 'Stopped.', fields: {} };

/** Empty once the signal fired: nobody needs them then. */
async function rulesOf({ currentRules }: RoomOptions, signal: AbortSignal): Promise<string> {
	try {
		return await currentRules(signal);
	} catch (error) {
		if (signal.aborted) {
			return '';
		}
		throw error;
	}
}

/** The summary with what must not depend on the model's memory. */
function summaryOf(
	{ messages, task }: Conversation,
	summary: string,
	rules: string,
	{ from }: CompactionPlan,
	{ isPartial }: SummaryRequest,
): string {
	const [system] = messages;
	const areRulesKnown = system?.role === 'system' && system.text.includes(rules);
	return writeSummary({
		summary,
		isPartial,
		userTexts: task.filter(({ at = 0 }) => at < from).map(({ text }) => text),
		...(!areRulesKnown && { rules }),
	});
}

/** Tokens of input and output together; without bound where nobody knows. */
function windowOf({ contextLength }: ModelFacts, { limit }: Crowd, reason: CompactionReason): number {
	const known = contextLength ?? Number.POSITIVE_INFINITY;
	return reason === 'overflow' ? Math.min(known, limit) : known;
}

function summaryTokens({ maxOutputTokens = Number.POSITIVE_INFINITY }: ModelFacts, window: number): number {
	return Math.floor(Math.min(SUMMARY_TOKENS, maxOutputTokens, window * MAX_SUMMARY_SHARE));
}
