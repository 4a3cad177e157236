import type { FailureRecord } from '../../agent/events.ts';

const words: Readonly<Record<FailureRecord['kind'], string>> = {
	auth: 'key refused',
	credits: 'credit used up',
	keyLimit: 'key limit reached',
	budget: 'budget reached',
	rateLimit: 'rate limited',
	freeQuota: 'free requests used up',
	contextLength: 'too long for the model',
	modelNotFound: 'model not offered',
	noRoute: 'no provider fits',
	unsupported: 'not supported',
	moderation: 'refused',
	forbidden: 'not permitted',
	badRequest: 'not understood',
	unavailable: 'unavailable',
	network: 'no connection',
	cut: 'interrupted',
	silent: 'no answer in time',
	notAnAnswer: 'unexpected answer',
	malformed: 'unreadable answer',
	aborted: 'stopped',
	internal: 'internal error',
};

/** How a request ended, in a few words that fit a table and brackets. In English, to be translated. */
export function failureWord(kind: FailureRecord['kind']): string {
	return words[kind];
}
