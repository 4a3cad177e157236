import { makeRoom, type RoomOutcome } from '../context/makeRoom.ts';
import type { CompactionReason, FailureRecord, TurnEvent } from '../events.ts';
import { type FinishReason, ModelError } from '../model.ts';
import type { TurnEnd } from '../session/progress.ts';
import { ModelAsker } from './askModel.ts';
import { type Emit, eventStream, StreamLeftError } from './eventStream.ts';
import { LoopGuard } from './loopGuard.ts';
import { type Answer, internalFailure } from './requestModel.ts';
import type { ResolvedModel } from './resolvedModel.ts';
import { CallRunner } from './runCalls.ts';
import type { AskOptions, TurnOptions } from './turnOptions.ts';

const CUT_CALL = 'Not run: the answer was cut at its output limit. Make the call again, in smaller pieces.';
const FILTERED_CALL = 'Not run: the provider stopped the answer for its content.';

/**
 * One turn: asks the model, runs the calls it makes, and so on until it has nothing more to do. Begins with `turnStart`
 * and ends with `turnEnd`, whatever happens in between; never throws of itself.
 *
 * The consumer stores and folds each event before it asks for the next. That order is relied on: a tool starts, and a
 * file is touched, only after the event that announces it was dealt with.
 */
export function runTurn(options: TurnOptions): AsyncGenerator<TurnEvent, void, void> {
	return eventStream<TurnEvent>(async (emit, left) => {
		await emit({ type: 'turnStart', turnId: options.turnId, model: options.resolved.model });
		const end = await takeTurn(options, emit, AbortSignal.any([options.signal, left]));
		await emit({ type: 'turnEnd', ...end });
	});
}

/**
 * Compacts the conversation because the user asked for it.
 * @returns why there is nothing to compact, in words for the user; undefined when it was done.
 * @throws ModelError when the summary could not be had. Nothing changed then.
 */
export async function compactNow(
	options: AskOptions,
	resolved: ResolvedModel,
	emit: Emit<TurnEvent>,
	signal: AbortSignal,
): Promise<string | undefined> {
	const outcome = await roomBy(new ModelAsker(options, resolved, emit, signal), options, emit, signal, 'manual');
	switch (outcome.kind) {
		case 'made':
			return undefined;
		case 'impossible':
			return outcome.message;
		case 'failed': {
			const { kind, message, fields } = outcome.failure;
			throw kind === 'internal' ? new Error(message) : new ModelError(kind, message, fields);
		}
	}
}

async function takeTurn(options: TurnOptions, emit: Emit<TurnEvent>, signal: AbortSignal): Promise<TurnEnd> {
	try {
		return await work(options, emit, signal);
	} catch (error) {
		if (error instanceof StreamLeftError) {
			throw error;
		}
		options.onBug(error);
		return { reason: 'failed', failure: internalFailure };
	}
}

async function work(options: TurnOptions, emit: Emit<TurnEvent>, signal: AbortSignal): Promise<TurnEnd> {
	const guard = new LoopGuard();
	const runner = new CallRunner(options, emit, signal, guard);
	try {
		return await takeSteps(runner, guard, options, emit, signal);
	} finally {
		await runner.end();
	}
}

async function takeSteps(
	runner: CallRunner,
	guard: LoopGuard,
	options: TurnOptions,
	emit: Emit<TurnEvent>,
	signal: AbortSignal,
): Promise<TurnEnd> {
	const asker = new ModelAsker(options, options.resolved, emit, signal);
	for (let requests = 0; requests < options.maxRequests; requests++) {
		if (signal.aborted) {
			return { reason: 'stopped' };
		}
		await steer(options, emit);
		const answer = await askWithRoom(asker, options, emit, signal);
		if (answer.kind === 'failed') {
			return signal.aborted
				? { reason: 'stopped' }
				: { reason: answer.isLoop ? 'loop' : 'failed', failure: answer.failure };
		}
		const { finish, toolCalls } = answer;
		const early = endOf(finish);
		if (early !== undefined) {
			await runner.refuse(toolCalls, finish === 'length' ? CUT_CALL : FILTERED_CALL);
			return early;
		}
		const stop = await runner.run(toolCalls);
		if (signal.aborted) {
			return { reason: 'stopped' };
		}
		if (stop !== undefined) {
			return stop === 'loop' ? { reason: stop, failure: loop(guard.stopWords) } : { reason: stop };
		}
		if (toolCalls.length === 0 && !(await steer(options, emit))) {
			return { reason: 'done' };
		}
	}
	return { reason: 'limit' };
}

/**
 * Makes room before the window is full, and once more when the service says that it is: where our estimate was wrong
 * once, it will not be right by trying on.
 */
async function askWithRoom(
	asker: ModelAsker,
	options: TurnOptions,
	emit: Emit<TurnEvent>,
	signal: AbortSignal,
): Promise<Answer> {
	const before = await roomBy(asker, options, emit, signal, 'auto');
	if (before.kind === 'failed' && (before.failure.kind === 'budget' || signal.aborted)) {
		return before;
	}
	// Any other way in which the compaction failed leaves the request as it was: it may still fit.
	const answer = await asker.ask();
	if (answer.kind === 'response' || answer.failure.kind !== 'contextLength' || signal.aborted) {
		return answer;
	}
	const after = await roomBy(asker, options, emit, signal, 'overflow');
	switch (after.kind) {
		case 'made':
			return asker.ask();
		case 'failed':
			return after;
		case 'impossible':
			return { kind: 'failed', failure: overflow(answer.failure, after.message) };
	}
}

function roomBy(
	asker: ModelAsker,
	options: AskOptions,
	emit: Emit<TurnEvent>,
	signal: AbortSignal,
	reason: CompactionReason,
): Promise<RoomOutcome> {
	const { facts, settings } = asker.resolved;
	const { conversation, definitions, meter } = options;
	return makeRoom(
		{
			conversation,
			definitions,
			facts,
			settings,
			meter,
			currentRules: options.currentRules,
			async summarise(messages, maxOutputTokens) {
				const answer = await asker.ask({ purpose: 'compaction', messages, maxOutputTokens });
				return answer.kind === 'failed' ? answer.failure : { text: answer.text };
			},
		},
		emit,
		signal,
		reason,
	);
}

/** What went round and round, for the user. */
function loop(words: string): FailureRecord {
	return { kind: 'malformed', message: words, fields: {} };
}

function overflow(failure: FailureRecord, why: string): FailureRecord {
	return { ...failure, message: `${failure.message} ${why}` };
}

/** Brings in what the user sent meanwhile. @returns whether there was anything. */
async function steer(options: TurnOptions, emit: Emit<TurnEvent>): Promise<boolean> {
	const queued = options.takeQueued();
	for (const { messageId, text, attachments } of queued) {
		await emit({ type: 'steer', messageId, text, ...(attachments.length > 0 && { attachments }) });
	}
	return queued.length > 0;
}

/** How an answer that came to no proper end ends the turn. Its calls may be fragments, so none of them runs. */
function endOf(finish: FinishReason): TurnEnd | undefined {
	switch (finish) {
		case 'stop':
		case 'toolCalls':
			return undefined;
		case 'length':
			return { reason: 'length' };
		case 'contentFilter':
			return {
				reason: 'failed',
				failure: { kind: 'moderation', message: 'The provider stopped the answer for its content.', fields: {} },
			};
	}
}
