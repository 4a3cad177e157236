import { advise } from '../../agent/advice.ts';
import type { FailureRecord, TurnEvent } from '../../agent/events.ts';
import type { Item } from '../../protocol/transcript.ts';
import type { Translate } from '../translate.ts';

/** What stands at the end of a turn that did not simply finish: why, and the button that leads on. */
export function turnEnding(
	{ reason, failure }: Extract<TurnEvent, { type: 'turnEnd' }>,
	id: string,
	t: Translate,
): Item | undefined {
	const card = (title: string, text: string, label = t('Continue')): Item => {
		return { kind: 'error', id, title, text, actions: [{ action: 'continue', label }] };
	};
	switch (reason) {
		case 'done':
			return undefined;
		case 'stopped':
			return { kind: 'notice', id, icon: 'warning', text: t('Stopped.') };
		case 'denied': {
			const text = t('Stopped after three steps were skipped in a row. Say what to do instead.');
			return { kind: 'notice', id, icon: 'shield', text };
		}
		case 'loop':
			return card(
				t('Going in circles'),
				failure?.message || t('What it does brings nothing new, so the turn was stopped.'),
				t('Continue anyway'),
			);
		case 'failed':
			return failureCard(failure ?? { kind: 'internal', message: '', fields: {} }, id, t);
		case 'length':
			return card(t('The answer is cut'), t('The answer hit the output limit.'));
		case 'limit':
			return card(
				t('The turn is long'),
				failure?.message || t('The turn reached its limit of requests. Everything up to here is saved.'),
			);
		case 'interrupted':
			return card(t('Interrupted'), t('The editor closed during this turn. Everything up to here is saved.'));
	}
}

function failureCard(failure: FailureRecord, id: string, t: Translate): Item {
	const { title, text, actions } = advise(failure);
	return {
		kind: 'error',
		id,
		title: t(title),
		text,
		actions: actions.map(({ label, ...action }) => ({ ...action, label: t(label) })),
		...(failure.fields.details && { details: failure.fields.details }),
	};
}
