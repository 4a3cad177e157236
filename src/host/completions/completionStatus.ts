import { advise } from '../../agent/advice.ts';
import type { CompleterState } from '../../agent/completion/completer.ts';
import type { Translate } from '../translate.ts';

/** How completions stand. */
export type CompletionState =
	| CompleterState
	| { readonly type: 'noKey' }
	/** The user does not trust the folder. */
	| { readonly type: 'restricted' };

export interface StatusWords {
	readonly text: string;
	readonly tooltip: string;
}

/**
 * What the status bar shows of completions.
 * @param model id of the one asked last; undefined before the first request.
 */
export function completionStatus(state: CompletionState, model: string | undefined, t: Translate): StatusWords {
	const { icon, word, reason } = describe(state, model, t);
	return { text: `${icon} ${word}`, tooltip: `${reason} ${t('Click to turn them off.')}` };
}

interface Description {
	readonly icon: string;
	readonly word: string;
	readonly reason: string;
}

function describe(state: CompletionState, model: string | undefined, t: Translate): Description {
	const name = t('Completions');
	switch (state.type) {
		case 'noKey':
			return {
				icon: '$(key)',
				word: t('Completions: no key'),
				reason: t('Inline completions need an OpenRouter key. Sign in, or set one.'),
			};
		case 'restricted':
			return {
				icon: '$(shield)',
				word: t('Completions: restricted'),
				reason: t('In Restricted Mode no inline completions are asked for.'),
			};
		case 'paused': {
			const { kind, message, fields } = state.failure;
			const { title, text } = advise({ kind, message, fields });
			const word = kind === 'budget' ? t('Completions: paused by budget') : t('Completions: paused');
			return { icon: '$(debug-pause)', word, reason: `${t(title)}. ${text}` };
		}
		case 'working':
		case 'ready': {
			const reason = model === undefined ? t('Inline completions are on.') : t('Inline completions by {0}.', model);
			return { icon: state.type === 'working' ? '$(loading~spin)' : '$(sparkle)', word: name, reason };
		}
		default:
			return state satisfies never;
	}
}
