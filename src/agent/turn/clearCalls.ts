import { abortable } from '../abortable.ts';
import { type AskDecision, type Decision, decide, refusePath, type TouchedPath } from '../approval/policy.ts';
import type { TurnEvent } from '../events.ts';
import type { Allowed, ApprovalAnswer, ApprovalItem, ApprovalRequest, Demand, Tool, ToolView } from '../tool.ts';
import { ToolError } from '../toolError.ts';
import type { Emit } from './eventStream.ts';
import type { TurnOptions } from './turnOptions.ts';

/** A call whose tool and input are known. The input is frozen. */
export interface PreparedCall {
	readonly callId: string;
	readonly tool: Tool;
	readonly input: unknown;
}

/** May a call run? */
export type Clearance =
	| {
			readonly kind: 'go';
			readonly allowed: Allowed;
			/** Names what was allowed, to see that it is the same at the run. */
			readonly fingerprint: string;
			/** The user was asked. */
			readonly isHeard: boolean;
			/** It looks at files outside the workspace: what they say is not the user's word. */
			readonly readsOutside: boolean;
			/** What was shown to be taken away and put in; absent where nothing of the kind was. */
			readonly change?: string | undefined;
	  }
	| {
			readonly kind: 'no';
			readonly outcome: 'denied' | 'error';
			/** For the model. */
			readonly text: string;
			/** The user refused without saying what to do instead. */
			readonly isDenial?: boolean;
			readonly isHeard?: boolean;
	  };

export type ClearOptions = Pick<TurnOptions, 'workspace' | 'permissions' | 'ask' | 'onBug' | 'remember'>;

interface Weighed {
	readonly decision: Decision;
	readonly fingerprint: string;
	readonly readsOutside: boolean;
}

interface WeighedItem {
	readonly weighed: Weighed;
	/** What to ask for; undefined when nothing is. */
	readonly item: ApprovalItem | undefined;
}

const CHANGED =
	'Not run: what this call would do has changed since it was allowed. Look again, then make the call anew.';
const UNCLEAR = 'unclear';
const REFUSED = 'The user did not allow this. Do not try it in another way; go on without it or ask.';

/** Decides about calls, asks the user where the policy says so, and sees to it that what runs is what was shown. */
export class CallClearing {
	readonly #options: ClearOptions;
	readonly #emit: Emit<TurnEvent>;
	readonly #signal: AbortSignal;

	constructor(options: ClearOptions, emit: Emit<TurnEvent>, signal: AbortSignal) {
		this.#options = options;
		this.#emit = emit;
		this.#signal = signal;
	}

	/** @throws ToolError where the call cannot be judged or shown. @throws AbortError when the turn is stopped meanwhile. */
	async clear(call: PreparedCall): Promise<Clearance> {
		const weighed = await this.#weigh(call);
		const { decision } = weighed;
		if (decision.kind !== 'ask') {
			return settled(decision, weighed);
		}
		const item = await this.#item(call, decision);
		const { offer } = decision;
		const answer = await this.#ask({ ...item, ...(offer && { offer }) });
		return answered(answer, weighed, item.view);
	}

	/**
	 * Several calls that are run as one, each by its own right. What is asked for is asked at once.
	 * @returns a clearance or what could not be judged, for each call in its place.
	 */
	async clearTogether(
		parent: { readonly callId: string; readonly name: string; readonly subject: string },
		calls: readonly PreparedCall[],
	): Promise<readonly (Clearance | ToolError)[]> {
		const found: (ToolError | WeighedItem)[] = [];
		for (const call of calls) {
			found.push(await this.#weighForAll(call));
		}
		const asked = found.flatMap(one => ('item' in one && one.item !== undefined ? [one.item] : []));
		const answer = asked.length === 0 ? undefined : await this.#askForAll(parent, asked, found);
		return found.map(one => {
			if (one instanceof ToolError) {
				return one;
			}
			const { decision } = one.weighed;
			if (decision.kind !== 'ask') {
				return settled(decision, one.weighed);
			}
			return answered(answer ?? { allow: 'no' }, one.weighed, one.item?.view);
		});
	}

	/**
	 * Looks again right before the run, after time has passed.
	 * @returns what stands against it; undefined when it may run.
	 */
	async recheck(
		call: PreparedCall,
		{ fingerprint, isHeard, change }: Extract<Clearance, { kind: 'go' }>,
	): Promise<Clearance | undefined> {
		if (fingerprint === UNCLEAR) {
			// The user let it run all the same.
			return undefined;
		}
		const now = await this.#weigh(call);
		if (now.decision.kind === 'deny') {
			return { kind: 'no', outcome: 'denied', text: now.decision.why };
		}
		const isSame =
			now.fingerprint === fingerprint && (change === undefined || changeIn(await this.#preview(call)) === change);
		return isSame && (isHeard || now.decision.kind === 'allow')
			? undefined
			: { kind: 'no', outcome: 'error', text: CHANGED };
	}

	async #weighForAll(call: PreparedCall): Promise<ToolError | WeighedItem> {
		try {
			const weighed = await this.#weigh(call);
			const { decision } = weighed;
			return { weighed, item: decision.kind === 'ask' ? await this.#item(call, decision) : undefined };
		} catch (error) {
			if (error instanceof ToolError) {
				return error;
			}
			throw error;
		}
	}

	#askForAll(
		{ callId, name, subject }: { readonly callId: string; readonly name: string; readonly subject: string },
		items: readonly ApprovalItem[],
		found: readonly (ToolError | WeighedItem)[],
	): Promise<ApprovalAnswer> {
		const offers = found.flatMap(one =>
			!(one instanceof ToolError) && one.weighed.decision.kind === 'ask' ? [one.weighed.decision.offer] : [],
		);
		const [offer] = offers;
		// One rule for all of them, or none.
		const isShared = offer !== undefined && offers.every(other => JSON.stringify(other) === JSON.stringify(offer));
		return this.#ask({
			...{ callId, name, subject, reason: 'several', items },
			...(isShared && { offer }),
		});
	}

	/** @throws ToolError when a path of the call cannot be resolved. */
	async #weigh({ tool, input }: PreparedCall): Promise<Weighed> {
		const { workspace, permissions, onBug } = this.#options;
		try {
			const demand = await this.#demand(tool, input);
			const paths: TouchedPath[] = [];
			for (const given of demand.kind === 'paths' ? demand.paths : []) {
				const why = refusePath(given);
				if (why !== undefined) {
					return { decision: { kind: 'deny', why }, fingerprint: '', readsOutside: false };
				}
				paths.push({ given, location: await abortable(workspace.locate(given, this.#signal), this.#signal) });
			}
			const held = await abortable(permissions(), this.#signal);
			return {
				decision: decide({ effect: tool.effect, demand, paths }, held),
				fingerprint: fingerprint(demand, paths),
				readsOutside: tool.effect === 'read' && paths.some(({ location }) => location.isOutside),
			};
		} catch (error) {
			if (error instanceof ToolError || this.#signal.aborted) {
				throw error;
			}
			// The check itself broke: then a person decides.
			onBug(error);
			return { decision: await this.#undecided(tool), fingerprint: UNCLEAR, readsOutside: true };
		}
	}

	async #undecided(tool: Tool): Promise<Decision> {
		const { isTrusted, mode } = await this.#options.permissions();
		return tool.effect === 'read' || (isTrusted && mode === 'agent')
			? { kind: 'ask', reason: 'unclear' }
			: { kind: 'deny', why: 'It could not be found out what this call would do, so it is not run.' };
	}

	async #demand(tool: Tool, input: unknown): Promise<Demand> {
		if (tool.demand === undefined) {
			const paths = tool.paths(input);
			return tool.effect === 'session' ? { kind: 'nothing' } : { kind: 'paths', paths };
		}
		const { workspace } = this.#options;
		return abortable(tool.demand(input, { workspace, signal: this.#signal }), this.#signal);
	}

	#preview({ tool, input }: PreparedCall): Promise<ToolView | undefined> {
		const { workspace } = this.#options;
		return abortable(
			tool.preview?.(input, { workspace, signal: this.#signal }) ?? Promise.resolve(undefined),
			this.#signal,
		);
	}

	async #item(call: PreparedCall, { reason, commandReasons, remoteSchemas }: AskDecision) {
		const { callId, tool, input } = call;
		const view = await this.#preview(call);
		const item: ApprovalItem = {
			...{ callId, name: tool.name, subject: tool.subject(input), reason },
			...(commandReasons && { commandReasons }),
			...(remoteSchemas && { remoteSchemas }),
			...(view && { view }),
		};
		return item;
	}

	async #ask(request: ApprovalRequest): Promise<ApprovalAnswer> {
		await this.#emit({ type: 'approvalAsked', request });
		const given = await abortable(this.#options.ask(request, this.#signal), this.#signal);
		// A scope the card did not offer counts as the narrowest yes.
		const isOffered = given.allow === 'no' || given.allow === 'once' || request.offer?.scopes.includes(given.allow);
		const answer: ApprovalAnswer = isOffered ? given : { allow: 'once' };
		await this.#emit({ type: 'approvalAnswered', callId: request.callId, answer });
		if (answer.allow !== 'no' && answer.allow !== 'once' && request.offer !== undefined) {
			await abortable(this.#options.remember(request.offer.rule, answer.allow), this.#signal);
		}
		return answer;
	}
}

function settled(
	decision: Exclude<Decision, { kind: 'ask' }>,
	{ fingerprint: seen, readsOutside }: Weighed,
): Clearance {
	return decision.kind === 'deny'
		? { kind: 'no', outcome: 'denied', text: decision.why }
		: { kind: 'go', allowed: decision.by, fingerprint: seen, readsOutside, isHeard: false };
}

function answered(
	answer: ApprovalAnswer,
	{ fingerprint: seen, readsOutside }: Weighed,
	view: ToolView | undefined,
): Clearance {
	if (answer.allow !== 'no') {
		const change = changeIn(view);
		return { kind: 'go', allowed: { why: 'user' }, fingerprint: seen, readsOutside, isHeard: true, change };
	}
	const instead = answer.instead?.trim() ?? '';
	return instead === ''
		? { kind: 'no', outcome: 'denied', text: REFUSED, isDenial: true }
		: { kind: 'no', outcome: 'denied', text: `The user did not allow this and says: ${instead}`, isHeard: true };
}

/** What a diff takes away and puts in. It may stand elsewhere by now, where the user types above it, not be another one. */
function changeIn(view: ToolView | undefined): string | undefined {
	const files = view?.kind === 'diff' ? [view] : view?.kind === 'diffs' ? view.files : undefined;
	return (
		files &&
		JSON.stringify(
			files.flatMap(({ hunks }) => hunks.flatMap(({ lines }) => lines.filter(line => !line.startsWith(' ')))),
		)
	);
}

/** What the demand comes to, where a link or a definition may change behind its words. */
function fingerprint(demand: Demand, paths: readonly TouchedPath[]): string {
	const places = paths.map(({ location }) => [location.uri, location.realPath ?? '', location.isOutside]);
	switch (demand.kind) {
		case 'paths':
			return JSON.stringify([places, demand.remoteSchemas ?? []]);
		case 'command':
			return JSON.stringify([demand.command, demand.place.cwd]);
		case 'fetch':
			return demand.judgement.url;
		case 'foreign':
			return JSON.stringify([demand.tool.id, demand.tool.hash]);
		case 'search':
		case 'delegate':
		case 'nothing':
			return demand.kind;
		default:
			return demand satisfies never;
	}
}
