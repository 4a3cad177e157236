import { type Emit, eventStream, StreamLeftError } from './eventStream.ts';
import type { TurnEvent } from './events.ts';
import { LoopGuard } from './loopGuard.ts';
import type { FinishReason } from './model.ts';
import { internalFailure, requestModel } from './requestModel.ts';
import { CallRunner } from './runCalls.ts';
import type { TurnEnd } from './sessionState.ts';
import type { TurnOptions } from './turnOptions.ts';

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
		await emit({ type: 'turnStart', turnId: options.turnId, model: options.model });
		const end = await takeTurn(options, emit, AbortSignal.any([options.signal, left]));
		await emit({ type: 'turnEnd', ...end });
	});
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
	const runner = new CallRunner(options, emit, signal, new LoopGuard());
	for (let requests = 0; requests < options.maxRequests; requests++) {
		if (signal.aborted) {
			return { reason: 'stopped' };
		}
		await steer(options, emit);
		const answer = await requestModel(options, emit, signal);
		if (answer.kind === 'failed') {
			return signal.aborted ? { reason: 'stopped' } : { reason: 'failed', failure: answer.failure };
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
			return { reason: stop };
		}
		if (toolCalls.length === 0 && !(await steer(options, emit))) {
			return { reason: 'done' };
		}
	}
	return { reason: 'limit' };
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
