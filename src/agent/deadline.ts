import { abortError } from './abortable.ts';
import type { Clock } from './clock.ts';
import { ToolError } from './toolError.ts';

export interface Deadline {
	readonly ms: number;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** What the model reads when the time is over. */
	readonly message: string;
}

/**
 * Does work that is stopped when the signal fires or the time is over. The work is waited for: it obeys its own signal.
 * @throws AbortError when the signal fired, ToolError when the time was over, and else what the work throws.
 */
export async function withDeadline<Value>(
	{ ms, clock, signal, message }: Deadline,
	work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
	signal.throwIfAborted();
	const ending = new AbortController();
	const stop = () => ending.abort();
	let isLate = false;
	const cancelTimer = clock.schedule(ms, () => {
		isLate = true;
		stop();
	});
	signal.addEventListener('abort', stop, { once: true });
	try {
		return await work(ending.signal);
	} catch (error) {
		if (signal.aborted) {
			throw abortError();
		}
		throw isLate ? new ToolError(message, { cause: error }) : error;
	} finally {
		cancelTimer();
		signal.removeEventListener('abort', stop);
	}
}
