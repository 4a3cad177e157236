/** What the user reads when a turn fails, and the buttons that mend it. All of it stands here, for every kind. */
import type { FailureRecord } from './events.ts';
import { TASK_SHARE } from './ledger/taskShare.ts';
import type { BudgetShortfall } from './model.ts';

/** Buttons that the panel knows how to run; the names are those of its `PanelAction`. */
export type AdviceAction =
	| 'setKey'
	| 'signIn'
	| 'addCredits'
	| 'keySettings'
	| 'privacySettings'
	| 'chooseModel'
	| 'useBuiltIn'
	| 'editRouting'
	| 'raiseBudget'
	| 'compact'
	| 'retry'
	| 'continue'
	| 'newSession';

export interface AdviceButton {
	readonly action: AdviceAction;
	readonly label: string;
	/** For `chooseModel` the model to take without asking further; for `raiseBudget` `scope:dollars`. */
	readonly argument?: string;
}

export interface Advice {
	/** Two or three words. */
	readonly title: string;
	/** What happened, why, and what is kept. */
	readonly text: string;
	/** The best one first. */
	readonly actions: readonly AdviceButton[];
}

const signIn: AdviceButton = { action: 'signIn', label: 'Sign in' };
const editRouting: AdviceButton = { action: 'editRouting', label: 'Edit routing' };
const compact: AdviceButton = { action: 'compact', label: 'Compact now' };
const setKey: AdviceButton = { action: 'setKey', label: 'Replace key' };
const addCredits: AdviceButton = { action: 'addCredits', label: 'Add credits' };
const keySettings: AdviceButton = { action: 'keySettings', label: 'Open key settings' };
const privacySettings: AdviceButton = { action: 'privacySettings', label: 'Open privacy settings' };
const otherModel: AdviceButton = { action: 'chooseModel', label: 'Other model' };
const useBuiltIn: AdviceButton = { action: 'useBuiltIn', label: 'Use built-in' };
const retry: AdviceButton = { action: 'retry', label: 'Try again' };
const goOn: AdviceButton = { action: 'continue', label: 'Continue' };
const newSession: AdviceButton = { action: 'newSession', label: 'New session' };

/**
 * What to tell the user of a failure. The service's own sentence is part of the text where it says more than the kind.
 */
export function advise(failure: FailureRecord): Advice {
	const { kind, message, fields } = failure;
	const provider = fields.provider ?? 'OpenRouter';
	const alternatives = (fields.alternatives ?? [])
		.slice(0, 2)
		.map((model): AdviceButton => ({ action: 'chooseModel', label: `Use ${model}`, argument: model }));
	switch (kind) {
		case 'auth':
			return fields.status === undefined
				? {
						title: 'No usable key',
						text: `${message} One OpenRouter key reaches hundreds of models.`,
						actions: [{ ...signIn, label: 'Sign in with OpenRouter' }, { ...setKey, label: 'Set key' }, useBuiltIn],
					}
				: {
						title: 'Key refused',
						text: 'OpenRouter does not accept the key any more. The turn goes on once it is replaced.',
						actions: [setKey, signIn, useBuiltIn],
					};
		case 'credits':
			return {
				title: 'Credit used up',
				text: `Your OpenRouter credit does not cover this request.${affordable(fields.affordableTokens)} Nothing was lost.`,
				actions: [addCredits, otherModel, retry],
			};
		case 'keyLimit':
			return {
				title: 'Spending limit reached',
				text: `The limit set for this key is reached.${affordable(fields.affordableTokens)} Raise it, or use another key.`,
				actions: [keySettings, { ...setKey, label: 'Other key' }, retry],
			};
		case 'budget':
			return budgetAdvice(failure);
		case 'rateLimit':
			return {
				title: 'Rate limited',
				text: `Rate limited by ${provider}.${wait(fields.retryAfterMs)} ${message}`,
				actions: [retry, ...alternatives, otherModel],
			};
		case 'freeQuota':
			return {
				title: 'Free requests used',
				text: `The free requests of today are used.${comeBack(fields.retryAfterMs)}`,
				actions: [{ ...otherModel, label: 'Use a paid model' }, useBuiltIn],
			};
		case 'contextLength':
			return {
				title: 'Too long for the model',
				text: `The conversation is larger than the model reads, and could not be made to fit. ${message}`,
				actions: [{ ...otherModel, label: 'Model with more room' }, compact, newSession],
			};
		case 'modelNotFound':
			return {
				title: 'Model not offered',
				text: message,
				actions: [...alternatives, { ...otherModel, label: 'Choose a model' }],
			};
		case 'noRoute':
			return {
				title: 'No provider fits',
				text: `No provider meets your routing and privacy rules. ${message}`,
				actions: [editRouting, privacySettings, otherModel, retry],
			};
		case 'unsupported':
			return {
				title: 'Model cannot do this',
				// Found before anything was asked, it is our own sentence already.
				text: fields.status === undefined ? message : `The model cannot call tools or take this input. ${message}`,
				actions: [...alternatives, otherModel],
			};
		case 'moderation':
			return { title: 'Request refused', text: `${provider} refused this request. ${message}`, actions: [otherModel] };
		case 'forbidden':
			return { title: 'Not permitted', text: message, actions: [otherModel, keySettings] };
		case 'badRequest':
			return {
				title: 'Request not understood',
				text: `${provider} did not accept the request, which is for us to mend. ${message}`,
				actions: [retry, otherModel, newSession],
			};
		case 'unavailable':
			return {
				title: 'Provider unavailable',
				text: `${provider} could not answer. ${message}`,
				actions: [retry, ...alternatives, otherModel],
			};
		case 'network':
			return {
				title: 'No connection',
				text: `${message} The built-in assistant still works.`,
				actions: [retry, useBuiltIn],
			};
		case 'cut':
			return {
				title: 'Answer interrupted',
				text: 'The connection broke in the middle of the answer. The text above is kept as interrupted.',
				actions: [goOn, otherModel],
			};
		case 'silent':
			return { title: 'No answer', text: message, actions: [retry, otherModel] };
		case 'notAnAnswer':
			return {
				title: 'Unexpected answer',
				text: `${message} A sign-in page of the network or a wrong base URL does this.`,
				actions: [retry, useBuiltIn],
			};
		case 'malformed':
			return { title: 'Unreadable answer', text: message, actions: [retry, otherModel] };
		case 'aborted':
			return { title: 'Stopped', text: 'The turn was stopped. Everything up to here is saved.', actions: [goOn] };
		case 'internal':
			return { title: 'Internal error', text: message, actions: [goOn, newSession] };
	}
}

const SCOPES = {
	request: 'budget of one request',
	task: 'budget of one task',
	session: 'session budget',
	day: "day's budget",
	month: "month's budget",
};

function budgetAdvice({ message, fields: { budget } }: FailureRecord): Advice {
	if (budget === undefined) {
		return {
			title: 'Budget reached',
			text: message,
			actions: [{ action: 'raiseBudget', label: 'Raise budget' }, otherModel],
		};
	}
	const { scope, limit, spent, needed } = budget;
	const raised = raisedLimit(budget);
	const raise: AdviceButton =
		scope === 'task'
			? // A task has no budget of its own to raise.
				{ action: 'raiseBudget', label: 'Raise session budget', argument: `session:${raised / TASK_SHARE}` }
			: { action: 'raiseBudget', label: `Raise to ${dollars(raised)}`, argument: `${scope}:${raised}` };
	const used = scope === 'request' ? '' : ` ${dollars(spent)} of it is used.`;
	return {
		title: 'Budget reached',
		text: `The next request may cost ${dollars(needed)}, which your ${SCOPES[scope]} of ${dollars(limit)} does not cover.${used} Nothing was lost.`,
		actions: [raise, { ...otherModel, label: 'Cheaper model' }],
	};
}

/** Twice the limit, or what covers the request where that is more; in whole cents. */
function raisedLimit({ limit, spent, needed, scope }: BudgetShortfall): number {
	const least = scope === 'request' ? needed : spent + needed;
	return Math.ceil(Math.max(limit * 2, least * 1.25) * 100) / 100;
}

/** Cents, or the first two digits that count of less. */
function dollars(amount: number): string {
	const digits = amount.toLocaleString('en', { maximumSignificantDigits: 2 });
	return amount === 0 || amount >= 0.01 ? `$${amount.toFixed(2)}` : `$${digits}`;
}

function affordable(tokens: number | undefined): string {
	return tokens === undefined ? '' : ` What is left pays for ${tokens} tokens of answer.`;
}

function wait(ms: number | undefined): string {
	return ms === undefined ? '' : ` It asks to wait ${duration(ms)}.`;
}

function comeBack(ms: number | undefined): string {
	return ms === undefined ? ' They return at midnight UTC.' : ` They return in ${duration(ms)}.`;
}

/** In the unit that suits: "18 s", "3 min", "7 h". Rounded up, so that nobody comes too early. */
function duration(ms: number): string {
	const seconds = Math.ceil(ms / 1000);
	if (seconds < 120) {
		return `${seconds} s`;
	}
	return seconds < 2 * 60 * 60 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`;
}
