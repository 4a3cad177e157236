/**
 * The built-in assistant: a `ModelClient` by rules. It serves plain requests to find, list, show, outline and replace
 * through the same loop and tools as a model, without a network, and says what needs a model.
 */
import { type ModelClient, ModelError, type ModelEvent, type ModelRequest, type ToolCall } from '../agent/model.ts';
import { argumentsText, type Step } from './plans/plan.ts';
import { planTurn } from './planTurn.ts';
import { readTurn } from './turn.ts';

export interface BuiltInOptions {
	/** Awaited between two pieces of text, so that the page can paint and a stop arrive. Absent: no waiting. */
	readonly pause?: (signal: AbortSignal) => Promise<void>;
}

/** Up to 48 characters that end where a word ends, or one longer word. */
const PIECE = /[\s\S]{1,48}(?=\s|$)|\S+|\s/g;

/**
 * Each answer is a pure function of the request's messages. It reports no `usage`: no tokens are used, and nothing is
 * charged. A request that is understood or not, it ends in `finish`; only the signal makes it throw.
 */
export function createBuiltInAssistant({ pause }: BuiltInOptions = {}): ModelClient {
	return {
		async *stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
			throwIfAborted(signal);
			const next = nextStep(request);
			for (const delta of pieces(next.say)) {
				yield { type: 'text', delta };
				await pause?.(signal);
				throwIfAborted(signal);
			}
			for (const call of next.calls) {
				yield { type: 'toolCall', call };
				throwIfAborted(signal);
			}
			yield { type: 'finish', reason: next.calls.length > 0 ? 'toolCalls' : 'stop' };
		},
	};
}

function nextStep({ messages, tools }: ModelRequest): { readonly say: string; readonly calls: readonly ToolCall[] } {
	const next = planTurn(readTurn(messages));
	if (next.kind === 'answer') {
		return { say: next.text, calls: [] };
	}
	const missing = missingTool(next.step, new Set(tools.map(({ name }) => name)));
	if (missing !== undefined) {
		return { say: `That needs the tool “${missing}”, which is not available here.`, calls: [] };
	}
	const calls = next.step.calls.map((call, index) => ({
		// Messages only ever grow, so no other response of the session has this number.
		id: `builtin-${messages.length}-${index + 1}`,
		name: call.name,
		arguments: argumentsText(call),
	}));
	return { say: next.step.say ?? '', calls };
}

function missingTool({ calls }: Step, offered: ReadonlySet<string>): string | undefined {
	return calls.map(({ name }) => name as string).find(name => !offered.has(name));
}

/** The text in pieces that end between words. Joined they are the text. */
function pieces(text: string): readonly string[] {
	return text.match(PIECE) ?? [];
}

function throwIfAborted(signal: AbortSignal): void {
	if (signal.aborted) {
		throw new ModelError('aborted', 'Stopped.');
	}
}
