/** The quiet lines of a transcript: what happened besides the answer, in a sentence. */
import type { SessionEvent } from '../../agent/events.ts';
import { formatTokens } from '../../protocol/amounts.ts';
import type { Item, ItemAction } from '../../protocol/transcript.ts';
import { formatDollars } from '../account/accountRows.ts';
import type { Translate } from '../translate.ts';
import { failureWord } from './failureWord.ts';
import type { Rewind } from './sessionTranscript.ts';

type EventOf<Type extends SessionEvent['type']> = Extract<SessionEvent, { type: Type }>;
type Notice = Extract<Item, { kind: 'notice' }>;

/** Stands for the seconds that are left: the page puts them in. */
const SECONDS = '{0}';

/** A wait for the next attempt that is on screen, and how it may end. */
export interface RetryNotice {
	/** Why the attempts so far failed. */
	readonly cause: string;
	/** Attempts that failed, one after the other and without anything between. */
	readonly failures: number;
}

/** @param wordsBefore words of the answer that the failed attempt left on screen. */
export function retryCause(event: EventOf<'retry'>, wordsBefore: number, t: Translate): string {
	const { kind, message, provider } = event;
	switch (kind) {
		case 'rateLimit':
			return provider === undefined ? t('Rate limited by OpenRouter.') : t('Rate limited by {0}.', provider);
		case 'unavailable':
			return provider === undefined ? t('OpenRouter could not answer.') : t('{0} could not answer.', provider);
		case 'cut':
			return wordsBefore > 0
				? t('The connection broke after {0} words; the text above is kept as interrupted.', wordsBefore)
				: t('The connection broke.');
		default:
			return message;
	}
}

/** While it waits: a countdown with the ways out. */
export function waitingNotice(id: string, { cause }: RetryNotice, until: number, t: Translate): Notice {
	return {
		kind: 'notice',
		id,
		icon: 'refresh',
		text: t('{0} Trying again in {1} s.', cause, SECONDS),
		until,
		actions: [
			{ action: 'retryNow', label: t('Try now') },
			{ action: 'chooseModel', label: t('Other model') },
			{ action: 'stop', label: t('Stop') },
		],
	};
}

/** Once it was tried again. */
export function triedNotice(id: string, { cause, failures }: RetryNotice, t: Translate): Notice {
	const text = failures === 1 ? t('{0} Tried again.', cause) : t('{0} Tried again {1} times.', cause, failures);
	return { kind: 'notice', id, icon: 'refresh', text };
}

/** When it never was: the turn was stopped, or goes on with another model. */
export function givenUpNotice(id: string, { cause }: RetryNotice): Notice {
	return { kind: 'notice', id, icon: 'refresh', text: cause };
}

/** @param nameOf the name of a model that the event may have by its id. */
export function switchNotice(
	id: string,
	{ from, to, kind }: EventOf<'modelSwitched'>,
	nameOf: (model: string) => string,
	t: Translate,
): Notice {
	const reason = t(failureWord(kind));
	const text = t('{0} could not answer ({1}). Continued on {2}.', nameOf(from), reason, to.name);
	return { kind: 'notice', id, icon: 'switch', text };
}

/** @param model its name. */
export function leftOutNotice(id: string, parameters: readonly string[], model: string, t: Translate): Notice {
	const text = t('{0} does not take these settings, so they are left out: {1}.', model, parameters.join(', '));
	return { kind: 'notice', id, icon: 'warning', text };
}

export function trimmedNotice(id: string, event: EventOf<'trimmed'>, t: Translate): Notice {
	const count = event.callIds.length + event.messageIds.length;
	const [before, after] = [formatTokens(event.tokensBefore), formatTokens(event.tokensAfter)];
	const text =
		count === 1
			? t('An earlier result is no longer sent to the model: from {0} to {1} tokens.', before, after)
			: t('{0} earlier results are no longer sent to the model: from {1} to {2} tokens.', count, before, after);
	return { kind: 'notice', id, icon: 'compact', text };
}

export function compactedNotice(id: string, event: EventOf<'compacted'>, t: Translate): Notice {
	const [before, after] = [formatTokens(event.tokensBefore), formatTokens(event.tokensAfter)];
	const text =
		event.reason === 'overflow'
			? t('The conversation is larger than the model reads. It was compacted from {0} to {1} tokens.', before, after)
			: t('The conversation was compacted from {0} to {1} tokens.', before, after);
	return { kind: 'notice', id, icon: 'compact', text, detail: { kind: 'text', text: withoutNote(event.summary) } };
}

export function budgetNotice(id: string, limit: number, t: Translate): Notice {
	return { kind: 'notice', id, icon: 'shield', text: t('The budget of this session is {0}.', formatDollars(limit)) };
}

/** The summary begins with a note in brackets that is for the model. */
function withoutNote(summary: string): string {
	return summary.replace(/^\[[^\]]*\]\s*/, '');
}

/** The conversation went back to before a message. */
export function rewindNotice(id: string, { label, messages, files, start }: Rewind, t: Translate): Notice {
	const where = t('Went back to before “{0}”.', label);
	const aside = messages === 1 ? t('1 message is set aside.') : t('{0} messages are set aside.', messages);
	const text = [where, aside, ...(files > 0 ? [restoredText(files, t)] : [])].join(' ');
	return { kind: 'notice', id, icon: 'discard', text, actions: [undoAction(String(start), t)] };
}

/** Files were restored, and the conversation stayed. */
export function restoredNotice(
	id: string,
	{ files, start }: { readonly files: number; readonly start: number },
	t: Translate,
): Notice {
	const actions = [undoAction(`${start}:files`, t)];
	return { kind: 'notice', id, icon: 'discard', text: restoredText(files, t), actions };
}

function restoredText(files: number, t: Translate): string {
	return files === 1 ? t('1 file was restored.') : t('{0} files were restored.', files);
}

function undoAction(argument: string, t: Translate): ItemAction {
	return { action: 'undoRestore', label: t('Undo'), argument };
}
