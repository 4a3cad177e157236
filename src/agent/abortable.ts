/** The error that an abort throws, whatever reason was given to it. */
export function abortError(): DOMException {
	return new DOMException('Stopped.', 'AbortError');
}

/**
 * Waits for a promise, but no longer than until the signal fires. The promise itself goes on; how it ends then
 * interests nobody any more.
 * @throws AbortError when the signal fires first.
 */
export function abortable<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
	return new Promise((resolve, reject) => {
		const stop = () => reject(abortError());
		if (signal.aborted) {
			stop();
		}
		signal.addEventListener('abort', stop, { once: true });
		// Without the second handler a failure after the abort would be an unhandled one.
		void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
	});
}
