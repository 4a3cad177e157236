import { ContextMeter } from '../context/contextUse.ts';
import type { Conversation } from '../context/conversation.ts';
import type { OutputUpdate } from '../shellPort.ts';
import type { ResolvedModel } from '../turn/resolvedModel.ts';
import { DEFAULT_RETRY } from '../turn/retryPolicy.ts';
import { RetryWait } from '../turn/retryWait.ts';
import type { AskOptions, TurnOptions } from '../turn/turnOptions.ts';
import { CachePin } from './cachePin.ts';
import type { StoredEvent } from './log.ts';
import type { Rights } from './rights.ts';
import type { SessionOptions, SessionTools, Spender } from './sessionOptions.ts';
import type { SessionState } from './sessionState.ts';
import type { SessionWorkOptions } from './sessionWork.ts';

export interface RequestPartsOptions {
	readonly session: SessionOptions;
	readonly tools: Pick<SessionTools, 'tools' | 'definitions'>;
	readonly spender: Pick<Spender, 'sessionId' | 'account'>;
	readonly rights: Rights;
	readonly state: SessionState;
	/** As it is now. */
	conversation(): Conversation;
	/** Absent where none may work for this session. */
	readonly delegate: TurnOptions['delegate'];
	onOutput(callId: string, update: OutputUpdate): void;
}

/** What a session asks models with. */
export class RequestParts {
	/** Between two attempts of a request. */
	readonly retryWait: RetryWait;
	readonly #options: RequestPartsOptions;
	readonly #meter = new ContextMeter();
	readonly #pin = new CachePin();

	constructor(options: RequestPartsOptions) {
		this.#options = options;
		this.retryWait = new RetryWait(options.session.clock);
	}

	apply(stored: StoredEvent): void {
		this.#pin.apply(stored);
	}

	/** For one turn. */
	turn(resolved: ResolvedModel): ReturnType<SessionWorkOptions['turnOptions']> {
		const { session, tools, rights, delegate, onOutput } = this.#options;
		return {
			...this.ask(),
			tools: tools.tools,
			workspace: session.workspace,
			maxRequests: session.maxRequests(),
			permissions: () => rights.current(),
			remember: (rule, scope) => rights.remember(rule, scope),
			ask: (request, signal) => rights.ask(request, signal),
			seesImages: resolved.facts.takesImages ?? false,
			onOutput,
			...(delegate !== undefined && { delegate }),
			putBlob: text => session.store.putBlob(text),
		};
	}

	/** For one request, or those of a turn. */
	ask(): AskOptions {
		const { session, tools, spender, rights, state, conversation } = this.#options;
		return {
			...spender,
			definitions: tools.definitions,
			conversation: conversation(),
			meter: this.#meter,
			clock: session.clock,
			retry: session.retry ?? DEFAULT_RETRY,
			retryWait: this.retryWait,
			random: session.random ?? Math.random,
			resolveModel: id => session.resolveModel(id),
			pinnedProvider: (model, lifetime) => this.#pin.provider(model, session.clock.now(), lifetime),
			loadImage: hash => session.store.getBlob(hash),
			...(session.purpose && { purpose: session.purpose }),
			sessionBudget: () => rights.budget(),
			isLeftOutTold: model => state.isLeftOutTold(model),
			currentRules: signal => session.currentRules(signal),
			isCallIdTaken: callId => state.hasCall(callId),
			newId: () => session.newId(),
			onBug: error => session.onBug(error),
		};
	}
}
