import { advise } from '../../agent/advice.ts';
import type { CompleterState } from '../../agent/completion/completer.ts';
import type { SpendTotals } from '../../agent/ledger/ledgerState.ts';
import type { ModelError, ModelErrorKind } from '../../agent/model.ts';
import { formatCost } from '../format.ts';
import { commandIds } from '../ids.ts';
import type { Translate } from '../translate.ts';

/** How completions stand. */
export type CompletionState =
	| CompleterState
	| { readonly type: 'noKey' }
	/** The user does not trust the folder. */
	| { readonly type: 'restricted' };

export interface CompletionFacts {
	readonly state: CompletionState;
	/** Name of the one asked last; undefined before the first request. */
	readonly model: string | undefined;
	/** Of completions, in all windows. */
	readonly today: SpendTotals;
}

/** What the status bar shows of completions, and where it leads. */
export interface StatusWords {
	/** With the icon in front. */
	readonly text: string;
	/** Of the hover. */
	readonly lines: readonly string[];
	/** Of the hover, what helps most first; to turn them on or off is always among them. */
	readonly links: readonly StatusLink[];
}

export interface StatusLink {
	readonly label: string;
	readonly command: string;
	readonly argument?: string;
}

export function completionStatus({ state, model, today }: CompletionFacts, t: Translate): StatusWords {
	const { icon, word, lines, mend } = describe(state, model, t);
	return {
		text: `${icon} ${word}`,
		lines: [...lines, spentText(today, t)],
		links: [
			...mend,
			{ label: t('Turn off'), command: commandIds.toggleCompletions },
			{ label: t('Settings'), command: 'workbench.action.openSettings', argument: 'openrouterAgent.completions' },
		],
	};
}

interface Description {
	readonly icon: string;
	readonly word: string;
	readonly lines: readonly string[];
	readonly mend: readonly StatusLink[];
}

function describe(state: CompletionState, model: string | undefined, t: Translate): Description {
	switch (state.type) {
		case 'noKey':
			return {
				icon: '$(key)',
				word: t('Completions: no key'),
				lines: [t('Inline completions need an OpenRouter key.')],
				mend: keyLinks(t),
			};
		case 'restricted':
			return {
				icon: '$(shield)',
				word: t('Completions: restricted'),
				lines: [t('In Restricted Mode no inline completions are asked for.')],
				mend: [{ label: t('Manage trust'), command: 'workbench.trust.manage' }],
			};
		case 'paused': {
			const { kind } = state.failure;
			return {
				icon: '$(debug-pause)',
				word: kind === 'budget' ? t('Completions: paused by budget') : t('Completions: paused'),
				lines: [reasonOf(state.failure, t), t('Tried again in a while, or when you trigger a suggestion yourself.')],
				mend: mendOf(kind, t),
			};
		}
		case 'working':
		case 'ready':
			return {
				icon: state.type === 'working' ? '$(loading~spin)' : '$(sparkle)',
				word: t('Completions'),
				lines: [model === undefined ? t('Inline completions are on.') : t('Inline completions are on, by {0}.', model)],
				mend: [],
			};
		default:
			return state satisfies never;
	}
}

/** The advice for a turn speaks of what becomes of the conversation, which there is none of here. */
function reasonOf(failure: ModelError, t: Translate): string {
	const { kind, message, fields } = failure;
	switch (kind) {
		case 'auth':
			return t('OpenRouter does not accept the key.');
		case 'credits':
			return t('Your OpenRouter credit is used up.');
		case 'keyLimit':
			return t('The spending limit of the key is reached.');
		case 'freeQuota':
			return t('The free requests of today are used.');
		case 'network':
		case 'cut':
		case 'silent':
			return message;
		default: {
			const { title, text } = advise({ kind, message, fields });
			return `${t(title)}. ${text}`;
		}
	}
}

function mendOf(kind: ModelErrorKind, t: Translate): readonly StatusLink[] {
	switch (kind) {
		case 'auth':
			return keyLinks(t);
		case 'budget':
			return [{ label: t('Change budgets'), command: commandIds.setBudget }];
		case 'credits':
		case 'keyLimit':
			return [{ label: t('Show account'), command: commandIds.showAccount }];
		default:
			return [];
	}
}

function keyLinks(t: Translate): readonly StatusLink[] {
	return [
		{ label: t('Sign in'), command: commandIds.signIn },
		{ label: t('Set API key'), command: commandIds.setApiKey },
	];
}

/** What is not known is told, and never taken for nothing. */
function spentText({ known, unknownRequests }: SpendTotals, t: Translate): string {
	const cost = formatCost(known);
	return unknownRequests === 0
		? t('Spent on completions today: {0}', cost)
		: t('Spent on completions today: {0}, and {1} requests of unknown cost', cost, unknownRequests);
}
