import { abortable } from '../abortable.ts';
import type { TurnEvent } from '../events.ts';
import type { ImageRef, ToolCall } from '../model.ts';
import type {
	Allowed,
	InnerCall,
	InnerResult,
	MadeChange,
	Tool,
	ToolContext,
	ToolOutput,
	ToolResult,
} from '../tool.ts';
import { ToolError } from '../toolError.ts';
import { parseArguments } from './callArguments.ts';
import { keepImages, recordChange, recordMade } from './callRecords.ts';
import { CallClearing, type Clearance, type PreparedCall } from './clearCalls.ts';
import { type Emit, StreamLeftError } from './eventStream.ts';
import { inOrder } from './inOrder.ts';
import type { LoopGuard } from './loopGuard.ts';
import type { TurnOptions } from './turnOptions.ts';

/** How long Stop waits for a call that is under way, so that its result can still be told. */
const STOP_GRACE_MS = 400;
/** How long the end of a turn waits for what tools record then. */
const END_GRACE_MS = 2000;
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

/** A call that is ready for the policy, or how it ended before. */
type Parsed =
	| { readonly kind: 'ready'; readonly call: PreparedCall }
	| { readonly kind: 'ended'; readonly callId: string; readonly outcome: Outcome };

/** What running calls needs of a turn. */
export type CallOptions = Pick<
	TurnOptions,
	| 'tools'
	| 'workspace'
	| 'permissions'
	| 'ask'
	| 'remember'
	| 'clock'
	| 'putBlob'
	| 'newId'
	| 'onBug'
	| 'onOutput'
	| 'seesImages'
	| 'delegate'
>;

/**
 * Runs the calls of responses, for one turn. Neighbours that only look run together; what has an effect waits for all
 * before it and all after it wait for it, so results are those of running one after the other. Every call gets exactly
 * one `toolEnd`, whatever happens.
 */
export class CallRunner {
	readonly #options: CallOptions;
	readonly #emit: Emit<TurnEvent>;
	readonly #signal: AbortSignal;
	readonly #guard: LoopGuard;
	readonly #clearing: CallClearing;
	/** By name in a map: a name such as `__proto__` finds nothing. */
	readonly #tools: ReadonlyMap<string, Tool>;
	/** What calls inside of a call showed, by that call. */
	readonly #innerImages = new Map<string, ImageRef[]>();
	#denials = 0;
	#end: 'denied' | 'loop' | undefined;

	constructor(options: CallOptions, emit: Emit<TurnEvent>, signal: AbortSignal, guard: LoopGuard) {
		this.#options = options;
		this.#emit = emit;
		this.#signal = signal;
		this.#guard = guard;
		this.#clearing = new CallClearing(options, emit, signal);
		this.#tools = new Map(options.tools.map(tool => [tool.name, tool]));
	}

	/** @returns why the turn must end now; undefined when it may go on. */
	async run(calls: readonly ToolCall[]): Promise<'denied' | 'loop' | undefined> {
		this.#guard.beginResponse();
		const parsed = calls.map(call => ({ call, parsed: this.#parse(call.id, call) }));
		await inOrder(
			parsed,
			one => mayRunBeside(one.parsed),
			one => this.#settle(one.call, one.parsed),
		);
		return this.#end;
	}

	/** Lets tools record what came of their calls. Whatever goes wrong there, or takes long, does not hold the turn up. */
	async end(): Promise<void> {
		const context = { recordMade: (change: MadeChange) => recordMade(change, { ...this.#options, emit: this.#emit }) };
		const { clock, tools, onBug } = this.#options;
		const concerned = tools.filter(tool => tool.turnEnds !== undefined);
		if (concerned.length === 0) {
			return;
		}
		const patience = new AbortController();
		const cancel = clock.schedule(END_GRACE_MS, () => patience.abort());
		try {
			await abortable(Promise.all(concerned.map(async tool => tool.turnEnds?.(context))), patience.signal);
		} catch (error) {
			if (error instanceof StreamLeftError) {
				throw error;
			}
			if (!patience.signal.aborted) {
				onBug(error);
			}
		} finally {
			cancel();
		}
	}

	/** Gives every call the same result without running it. */
	async refuse(calls: readonly ToolCall[], text: string): Promise<void> {
		for (const { id } of calls) {
			await this.#emit({ type: 'toolEnd', callId: id, result: { outcome: 'error', text, durationMs: 0 } });
		}
	}

	#parse(callId: string, call: InnerCall): Parsed {
		const tool = this.#tools.get(call.name);
		if (tool === undefined) {
			const names = [...this.#tools.keys()].join(', ');
			const text = `There is no tool ${JSON.stringify(call.name)}. The tools are: ${names}.`;
			return { kind: 'ended', callId, outcome: failed(text) };
		}
		const parsed = parseArguments(call.arguments, tool.input);
		return parsed.ok
			? { kind: 'ready', call: { callId, tool, input: parsed.input } }
			: { kind: 'ended', callId, outcome: { ...failed(parsed.problem), isUnreadable: true } };
	}

	async #settle(call: ToolCall, parsed: Parsed): Promise<void> {
		const outcome = await this.#attempt(parsed);
		this.#countDenials(outcome);
		await this.#emitEnd(call.id, { ...outcome, text: this.#withHint(call, outcome) });
	}

	#emitEnd(callId: string, outcome: Outcome, parentId?: string): Promise<void> {
		const { outcome: kind, text, view, images, isFromOutside, durationMs = 0 } = outcome;
		return this.#emit({
			type: 'toolEnd',
			callId,
			...(parentId !== undefined && { parentId }),
			result: {
				outcome: kind,
				text: parentId === undefined ? text : '',
				...(images && { images }),
				...(view && { view }),
				...(isFromOutside && { isFromOutside }),
				durationMs,
			},
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
		return seen.includes('hint') ? `${text}\n${this.#guard.hint}` : text;
	}

	/** One call to its result. Throws only when the consumer left. */
	async #attempt(parsed: Parsed): Promise<Outcome> {
		const early = this.#earlyEnd();
		if (early !== undefined) {
			return early;
		}
		if (parsed.kind === 'ended') {
			return parsed.outcome;
		}
		const { call } = parsed;
		try {
			const clearance = await this.#clearing.clear(call);
			if (clearance.kind === 'no') {
				return refused(clearance);
			}
			const stale = clearance.isHeard ? await this.#clearing.recheck(call, clearance) : undefined;
			return stale?.kind === 'no' ? refused(stale) : await this.#run(call, clearance);
		} catch (error) {
			return this.#explain(error, STOPPED_BEFORE);
		}
	}

	#earlyEnd(): Outcome | undefined {
		if (this.#signal.aborted) {
			return interrupted(STOPPED_BEFORE);
		}
		return this.#end === undefined ? undefined : interrupted(ENDED_BEFORE);
	}

	async #run(call: PreparedCall, clearance: Extract<Clearance, { kind: 'go' }>, parentId?: string): Promise<Outcome> {
		const { tool, input, callId } = call;
		const { allowed, isHeard, readsOutside } = clearance;
		const isForeign = readsOutside || bringsForeignText(tool);
		await this.#emit({
			type: 'toolStart',
			callId,
			...(parentId !== undefined && { parentId }),
			name: tool.name,
			subject: tool.subject(input),
			...(allowed.why === 'rule' && { allowedBy: allowed.rules }),
		});
		if (this.#signal.aborted) {
			return interrupted(STOPPED_BEFORE);
		}
		const { clock } = this.#options;
		const startedAt = clock.monotonic();
		const heard = isHeard ? { isHeard } : {};
		try {
			const context = this.#context(call, allowed, parentId);
			const running = Promise.resolve(tool.run(input, context));
			const { text, view, images, isFromOutside, cost } = await this.#untilStopped(running, tool);
			await this.#tellCost(callId, cost);
			const kept = [...(await keepImages(images ?? [], this.#options)), ...(this.#innerImages.get(callId) ?? [])];
			return {
				outcome: 'ok',
				text,
				...(view && { view }),
				...(kept.length > 0 && { images: kept }),
				...((isFromOutside ?? isForeign) && { isFromOutside: true }),
				...heard,
				durationMs: clock.monotonic() - startedAt,
			};
		} catch (error) {
			// What failed may still quote what others wrote.
			const outside = isForeign ? { isFromOutside: true } : {};
			const ended = this.#explain(error, STOPPED_DURING);
			return { ...ended, ...outside, ...heard, durationMs: clock.monotonic() - startedAt };
		}
	}

	async #tellCost(callId: string, cost: ToolOutput['cost']): Promise<void> {
		if (cost !== undefined) {
			const requestId = this.#options.newId();
			await this.#emit({ type: 'delegateSpent', callId, requestId, ...(cost !== 'unknown' && { cost }) });
		}
	}

	/**
	 * After Stop a call that only looks is left alone at once; one with an effect gets a moment to say how it ended. One
	 * that has others work ends with them.
	 */
	async #untilStopped<Value>(running: Promise<Value>, tool: Tool): Promise<Value> {
		if (tool.effect === 'session') {
			return running;
		}
		if (tool.effect === 'read' || tool.effect === 'network') {
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

	#context(call: PreparedCall, allowed: Allowed, parentId: string | undefined): ToolContext {
		const options = this.#options;
		const signal = this.#signal;
		const { callId } = call;
		const { delegate } = options;
		return {
			callId,
			workspace: options.workspace,
			signal,
			allowed,
			seesImages: options.seesImages,
			onOutput: update => options.onOutput(callId, update),
			recordChange: change => recordChange(callId, change, { ...options, emit: this.#emit, signal }),
			recordMade: change => recordMade(change, { ...options, emit: this.#emit }),
			call: async inner => {
				if (parentId !== undefined) {
					throw new ToolError('A call inside another cannot make calls of its own.');
				}
				return this.#runInner(call, inner);
			},
			...(delegate && parentId === undefined && { delegate: task => delegate(callId, task, signal) }),
		};
	}

	/** The calls of a call: each by its own right, with one question for all that need one. */
	async #runInner(parent: PreparedCall, inner: readonly InnerCall[]): Promise<readonly InnerResult[]> {
		const parsed = inner.map((call, at) => this.#parseInner(`${parent.callId}/${at + 1}`, call));
		const parentId = parent.callId;
		await this.#emit({
			type: 'innerCalls',
			parentId,
			calls: parsed.map(one => ({
				callId: one.kind === 'ready' ? one.call.callId : one.callId,
				name: one.kind === 'ready' ? one.call.tool.name : one.name,
				subject: one.kind === 'ready' ? one.call.tool.subject(one.call.input) : '',
			})),
		});
		const ready = parsed.flatMap(one => (one.kind === 'ready' ? [one.call] : []));
		const clearances = new Map<string, Clearance | ToolError>();
		const subject = parent.tool.subject(parent.input);
		const cleared = await this.#clearing.clearTogether({ callId: parentId, name: parent.tool.name, subject }, ready);
		for (const [at, call] of ready.entries()) {
			const clearance = cleared[at];
			if (clearance !== undefined) {
				clearances.set(call.callId, clearance);
			}
		}
		const results: InnerResult[] = [];
		const images: ImageRef[] = [];
		this.#innerImages.set(parentId, images);
		let isDenied = false;
		await inOrder(
			[...parsed.entries()],
			([, one]) => mayRunBeside(one),
			async ([at, one]) => {
				const outcome = await this.#attemptInner(one, clearances, parentId);
				isDenied ||= outcome.isDenial === true;
				results[at] = { outcome: outcome.outcome, text: outcome.text };
				images.push(...(outcome.images ?? []));
				await this.#emitEnd(one.kind === 'ready' ? one.call.callId : one.callId, outcome, parentId);
			},
		);
		if (isDenied) {
			this.#countDenials({ ...failed(''), isDenial: true });
		}
		return results;
	}

	#parseInner(callId: string, call: InnerCall): Parsed & { readonly name: string } {
		const parsed = this.#parse(callId, call);
		const isNested = parsed.kind === 'ready' && parsed.call.tool.effect === 'session';
		return isNested
			? {
					kind: 'ended',
					callId,
					name: call.name,
					outcome: failed(`${call.name} cannot be a call inside another; make it by itself.`),
				}
			: { ...parsed, name: call.name };
	}

	async #attemptInner(
		one: Parsed,
		clearances: ReadonlyMap<string, Clearance | ToolError>,
		parentId: string,
	): Promise<Outcome> {
		const early = this.#earlyEnd();
		if (early !== undefined) {
			return early;
		}
		if (one.kind === 'ended') {
			return one.outcome;
		}
		const clearance = clearances.get(one.call.callId);
		if (clearance === undefined || clearance instanceof ToolError) {
			return failed(clearance?.message ?? 'Not run.');
		}
		if (clearance.kind === 'no') {
			return refused(clearance);
		}
		try {
			// Calls before it may have moved what it works on.
			const stale = await this.#clearing.recheck(one.call, clearance);
			return stale?.kind === 'no' ? refused(stale) : await this.#run(one.call, clearance, parentId);
		} catch (error) {
			return this.#explain(error, STOPPED_BEFORE);
		}
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

function mayRunBeside(one: Parsed): boolean {
	if (one.kind === 'ended') {
		return true;
	}
	const { tool, input } = one.call;
	return tool.runsBeside?.(input) ?? (tool.effect === 'read' || tool.effect === 'network');
}

function bringsForeignText({ effect }: Tool): boolean {
	return effect === 'network' || effect === 'foreign';
}

function refused(clearance: Extract<Clearance, { kind: 'no' }>): Outcome {
	const { kind: _, ...outcome } = clearance;
	return outcome;
}

function failed(text: string): Outcome {
	return { outcome: 'error', text };
}

function interrupted(text: string): Outcome {
	return { outcome: 'interrupted', text };
}
