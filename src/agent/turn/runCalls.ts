import { abortable } from '../abortable.ts';
import { canAllowSession, type Decision, decide, refusePath, type TouchedPath } from '../approval/policy.ts';
import type { TurnEvent } from '../events.ts';
import type { ToolCall } from '../model.ts';
import type { ApprovalAnswer, ApprovalReason, Tool, ToolContext, ToolResult, ToolView } from '../tool.ts';
import { ToolError } from '../toolError.ts';
import { parseArguments } from './callArguments.ts';
import { type Emit, StreamLeftError } from './eventStream.ts';
import { LOOP_HINT, type LoopGuard } from './loopGuard.ts';
import type { TurnOptions } from './turnOptions.ts';

/** Reads that run at the same time. */
const MAX_PARALLEL = 8;
/** How long Stop waits for a write that is under way, so that its result can still be told. */
const STOP_GRACE_MS = 400;
/** Refusals without a word in a row that end the turn: the user does not want what the model is after. */
const MAX_DENIALS = 3;

const STOPPED_BEFORE = 'Not run: the user stopped the turn.';
const STOPPED_DURING = 'The user stopped this while it ran; check its effect before repeating it.';
const ENDED_BEFORE = 'Not run: the turn ended before it.';

/** What a call came to, and what the turn learns from it. */
type Outcome = Omit<ToolResult, 'durationMs'> & {
	readonly durationMs?: number;
	/** The arguments could not be read. */
	readonly isUnreadable?: boolean;
	/** The user refused without saying what to do instead. */
	readonly isDenial?: boolean;
	/** The user was asked and did not merely refuse. */
	readonly isHeard?: boolean;
};

/** What running calls needs of a turn. */
export type CallOptions = Pick<
	TurnOptions,
	'tools' | 'workspace' | 'isTrusted' | 'areEditsAllowed' | 'ask' | 'clock' | 'putBlob' | 'newId' | 'onBug'
>;

/**
 * Runs the calls of responses, for one turn. Neighbouring reads run together; a write waits for all before it and all
 * after it wait for it, so results are those of running one after the other. Every call gets exactly one `toolEnd`,
 * whatever happens.
 */
export class CallRunner {
	readonly #options: CallOptions;
	readonly #emit: Emit<TurnEvent>;
	readonly #signal: AbortSignal;
	readonly #guard: LoopGuard;
	/** By name in a map: a name such as `__proto__` finds nothing. */
	readonly #tools: ReadonlyMap<string, Tool>;
	#denials = 0;
	#end: 'denied' | 'loop' | undefined;

	constructor(options: CallOptions, emit: Emit<TurnEvent>, signal: AbortSignal, guard: LoopGuard) {
		this.#options = options;
		this.#emit = emit;
		this.#signal = signal;
		this.#guard = guard;
		this.#tools = new Map(options.tools.map(tool => [tool.name, tool]));
	}

	/** @returns why the turn must end now; undefined when it may go on. */
	async run(calls: readonly ToolCall[]): Promise<'denied' | 'loop' | undefined> {
		this.#guard.beginResponse();
		for (let at = 0; at < calls.length; ) {
			let end = at + 1;
			if (this.#isRead(calls[at])) {
				while (end < calls.length && this.#isRead(calls[end])) {
					end++;
				}
			}
			await inParallel(calls.slice(at, end), MAX_PARALLEL, call => this.#settle(call));
			at = end;
		}
		return this.#end;
	}

	/** Gives every call the same result without running it. */
	async refuse(calls: readonly ToolCall[], text: string): Promise<void> {
		for (const { id } of calls) {
			await this.#emit({ type: 'toolEnd', callId: id, result: { outcome: 'error', text, durationMs: 0 } });
		}
	}

	#isRead(call: ToolCall | undefined): boolean {
		return call !== undefined && this.#tools.get(call.name)?.effect === 'read';
	}

	async #settle(call: ToolCall): Promise<void> {
		const outcome = await this.#attempt(call);
		this.#countDenials(outcome);
		const { outcome: kind, view, durationMs = 0 } = outcome;
		const text = this.#withHint(call, outcome);
		await this.#emit({
			type: 'toolEnd',
			callId: call.id,
			result: { outcome: kind, text, ...(view && { view }), durationMs },
		});
	}

	#countDenials({ isDenial, isHeard }: Outcome): void {
		if (isDenial) {
			this.#denials++;
		} else if (isHeard) {
			this.#denials = 0;
		}
		if (this.#denials >= MAX_DENIALS) {
			this.#end ??= 'denied';
		}
	}

	#withHint({ name, arguments: argumentText }: ToolCall, { outcome, text, isUnreadable }: Outcome): string {
		if (outcome === 'interrupted') {
			return text;
		}
		const seen = [this.#guard.observe(name, argumentText, text)];
		if (isUnreadable) {
			seen.push(this.#guard.observeUnreadable(name));
		}
		if (seen.includes('stop')) {
			this.#end ??= 'loop';
		}
		return seen.includes('hint') ? `${text}\n${LOOP_HINT}` : text;
	}

	/** One call from its text to its result. Throws only when the consumer left. */
	async #attempt(call: ToolCall): Promise<Outcome> {
		if (this.#signal.aborted) {
			return interrupted(STOPPED_BEFORE);
		}
		if (this.#end !== undefined) {
			return interrupted(ENDED_BEFORE);
		}
		const tool = this.#tools.get(call.name);
		if (tool === undefined) {
			const names = [...this.#tools.keys()].join(', ');
			return failed(`There is no tool ${JSON.stringify(call.name)}. The tools are: ${names}.`);
		}
		const parsed = parseArguments(call.arguments, tool.input);
		if (!parsed.ok) {
			return { ...failed(parsed.problem), isUnreadable: true };
		}
		try {
			return await this.#approveAndRun(call, tool, parsed.input);
		} catch (error) {
			return this.#explain(error, STOPPED_BEFORE);
		}
	}

	async #approveAndRun(call: ToolCall, tool: Tool, input: unknown): Promise<Outcome> {
		const decision = await this.#decide(tool, input);
		if (decision.kind === 'deny') {
			return { outcome: 'denied', text: decision.why };
		}
		if (decision.kind === 'allow') {
			return this.#run(call, tool, input);
		}
		const { workspace } = this.#options;
		const view = await abortable(
			tool.preview?.(input, { workspace, signal: this.#signal }) ?? Promise.resolve(undefined),
			this.#signal,
		);
		const answer = await this.#ask(call, tool.subject(input), decision.reason, view);
		if (this.#signal.aborted) {
			return interrupted(STOPPED_BEFORE);
		}
		if (answer.allow !== 'no') {
			return { ...(await this.#run(call, tool, input)), isHeard: true };
		}
		const instead = answer.instead?.trim() ?? '';
		return instead === ''
			? {
					outcome: 'denied',
					text: 'The user did not allow this. Do not try it in another way; go on without it or ask.',
					isDenial: true,
				}
			: { outcome: 'denied', text: `The user did not allow this and says: ${instead}`, isHeard: true };
	}

	/** @throws ToolError when a path of the call cannot be resolved. */
	async #decide(tool: Tool, input: unknown): Promise<Decision> {
		const { workspace, isTrusted } = this.#options;
		try {
			const paths: TouchedPath[] = [];
			for (const given of tool.paths(input)) {
				const why = refusePath(given);
				if (why !== undefined) {
					return { kind: 'deny', why };
				}
				paths.push({ given, location: await abortable(workspace.locate(given, this.#signal), this.#signal) });
			}
			return decide({ effect: tool.effect, paths, isTrusted, areEditsAllowed: this.#options.areEditsAllowed() });
		} catch (error) {
			if (error instanceof ToolError || this.#signal.aborted) {
				throw error;
			}
			// The check itself broke: then a person decides.
			this.#options.onBug(error);
			return isTrusted || tool.effect === 'read'
				? { kind: 'ask', reason: 'protected' }
				: { kind: 'deny', why: 'The check of this call failed in a workspace that is not trusted.' };
		}
	}

	async #ask(
		{ id, name }: ToolCall,
		subject: string,
		reason: ApprovalReason,
		view: ToolView | undefined,
	): Promise<ApprovalAnswer> {
		const canAllow = canAllowSession(reason);
		const request = { callId: id, name, subject, reason, canAllowSession: canAllow, ...(view && { view }) };
		await this.#emit({ type: 'approvalAsked', request });
		const given = await abortable(this.#options.ask(request, this.#signal), this.#signal);
		// An answer the card did not offer counts as the narrowest yes.
		const answer: ApprovalAnswer = given.allow === 'session' && !canAllow ? { allow: 'once' } : given;
		await this.#emit({ type: 'approvalAnswered', callId: id, answer });
		return answer;
	}

	async #run(call: ToolCall, tool: Tool, input: unknown): Promise<Outcome> {
		await this.#emit({ type: 'toolStart', callId: call.id, name: tool.name, subject: tool.subject(input) });
		if (this.#signal.aborted) {
			return interrupted(STOPPED_BEFORE);
		}
		const { clock } = this.#options;
		const startedAt = clock.monotonic();
		try {
			const running = Promise.resolve(tool.run(input, this.#context(call.id)));
			const { text, view } = await this.#untilStopped(running, tool);
			return { outcome: 'ok', text, ...(view && { view }), durationMs: clock.monotonic() - startedAt };
		} catch (error) {
			return { ...this.#explain(error, STOPPED_DURING), durationMs: clock.monotonic() - startedAt };
		}
	}

	/** After Stop a read is left alone at once; a write gets a moment to say how it ended. */
	async #untilStopped<Value>(running: Promise<Value>, tool: Tool): Promise<Value> {
		if (tool.effect === 'read') {
			return abortable(running, this.#signal);
		}
		const patience = new AbortController();
		let cancel: (() => void) | undefined;
		const onStop = () => {
			cancel = this.#options.clock.schedule(STOP_GRACE_MS, () => patience.abort());
		};
		if (this.#signal.aborted) {
			onStop();
		}
		this.#signal.addEventListener('abort', onStop, { once: true });
		try {
			return await abortable(running, patience.signal);
		} finally {
			this.#signal.removeEventListener('abort', onStop);
			cancel?.();
		}
	}

	#context(callId: string): ToolContext {
		const options = this.#options;
		const signal = this.#signal;
		const keep = async (text: string | undefined) => (text === undefined ? undefined : options.putBlob(text));
		return {
			workspace: options.workspace,
			signal,
			recordChange: async ({ location, before, after }) => {
				signal.throwIfAborted();
				let hashes: readonly (string | undefined)[];
				try {
					hashes = await Promise.all([keep(before), keep(after)]);
				} catch (error) {
					throw new ToolError(`Not changed: the change could not be recorded first (${messageOf(error)}).`, {
						cause: error,
					});
				}
				signal.throwIfAborted();
				const [beforeHash, afterHash] = hashes;
				await this.#emit({
					type: 'change',
					changeId: options.newId(),
					callId,
					path: location.path,
					uri: location.uri,
					...(beforeHash !== undefined && { before: beforeHash }),
					...(afterHash !== undefined && { after: afterHash }),
				});
				signal.throwIfAborted();
			},
		};
	}

	#explain(error: unknown, stopped: string): Outcome {
		if (error instanceof StreamLeftError) {
			throw error;
		}
		if (error instanceof ToolError) {
			return failed(error.message);
		}
		if (this.#signal.aborted) {
			return interrupted(stopped);
		}
		this.#options.onBug(error);
		return failed('The tool failed for a reason of its own, not because of the arguments. Try another way.');
	}
}

/** Runs `work` for every item, a few at a time, starting them in order. */
async function inParallel<Item>(
	items: readonly Item[],
	limit: number,
	work: (item: Item) => Promise<void>,
): Promise<void> {
	const queue = items.values();
	const worker = async () => {
		for (const item of queue) {
			await work(item);
		}
	};
	await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}

function failed(text: string): Outcome {
	return { outcome: 'error', text };
}

function interrupted(text: string): Outcome {
	return { outcome: 'interrupted', text };
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
