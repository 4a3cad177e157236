/** Failures in words for a terminal: what happened, and the command or option that mends it. */
import { type AdviceAction, type AdviceButton, advise } from '../../agent/advice.ts';
import type { FailureRecord, TurnEndReason } from '../../agent/events.ts';

/** The buttons of the panel as they are said here; undefined for what the command line has no way to do. */
const WAYS: Readonly<Record<AdviceAction, string | undefined>> = {
	setKey: 'put another key into OPENROUTER_API_KEY',
	signIn: 'run "openrouter-agent auth login"',
	addCredits: 'add credits on openrouter.ai',
	keySettings: "raise the key's limit on openrouter.ai",
	privacySettings: 'change the privacy settings on openrouter.ai',
	chooseModel: 'name another model with --model; "openrouter-agent models" lists them',
	useBuiltIn: 'work without a model: --model built-in',
	editRouting: 'change the routing in the settings file',
	raiseBudget: 'raise --budget',
	compact: undefined,
	retry: 'try again',
	continue: 'go on with --resume',
	newSession: 'begin a new session',
};
/** Ways told; more is no help. */
const MAX_WAYS = 2;

/** @param resume the command that goes on with the session; absent where none was begun. */
export function failureWords(failure: FailureRecord, resume?: string): string {
	if (failure.kind === 'auth' && failure.fields.status === undefined) {
		return `${failure.message} Set OPENROUTER_API_KEY or run "openrouter-agent auth login"; or work without a model: --model built-in.`;
	}
	const { text, actions } = advise(failure);
	const told = actions.flatMap(button => wayOf(button, resume) ?? []);
	const ways = [...new Set(told)].slice(0, MAX_WAYS);
	const mend = ways.length === 0 ? '' : ` ${capital(ways.join('; or '))}.`;
	return (failure.kind === 'auth' ? 'OpenRouter does not accept the key.' : text) + mend;
}

function wayOf({ action, argument }: AdviceButton, resume: string | undefined): string | undefined {
	if (action === 'chooseModel' && argument !== undefined) {
		return `use --model ${argument}`;
	}
	if (action === 'continue' && resume !== undefined) {
		return `go on with: ${resume}`;
	}
	if (action === 'raiseBudget' && argument !== undefined) {
		const [scope, amount] = argument.split(':');
		return scope === 'session' ? `give --budget ${amount}` : `set budget.${scope} to ${amount} in the settings file`;
	}
	return WAYS[action];
}

/**
 * Why a turn that did not fail is not done; undefined when it is.
 * @param command that goes on with the session.
 */
export function endWords(reason: TurnEndReason, command: string): string | undefined {
	const resume = `Go on with: ${command}.`;
	switch (reason) {
		case 'done':
		case 'failed':
			return undefined;
		case 'length':
			return `The answer came to its limit of tokens. ${resume}`;
		case 'limit':
			return `The turn came to its limit of requests; --max-requests raises it. ${resume}`;
		case 'loop':
			return `The model went on repeating what brings nothing new, so the turn was ended. ${resume}`;
		case 'denied':
			return `The model kept asking for what is not allowed in this run. ${resume}`;
		case 'stopped':
		case 'interrupted':
			return `Stopped; what was done is saved. ${resume}`;
	}
}

function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
