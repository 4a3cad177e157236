import { ModelError } from '../../agent/model.ts';

/** The error of a request whose signal fired: the user stopped it, or the caller's time limit did. */
export function stopped({ reason }: AbortSignal): ModelError {
	const isTimeLimit = reason instanceof Error && reason.name === 'TimeoutError';
	return isTimeLimit
		? new ModelError('silent', 'No answer came in time.', { isRetryable: true }, { cause: reason })
		: new ModelError('aborted', 'The request was stopped.', {}, { cause: reason });
}
