import { setTimeout as wait } from 'node:timers/promises';

/**
 * Asks again until the answer is right, for things that announce no change, such as a file on disk.
 * @throws Error with the last answer after `timeoutMs`.
 */
export async function poll<Value>(
	ask: () => Value | Promise<Value>,
	isRight: (value: Value) => boolean,
	timeoutMs = 20_000,
): Promise<Value> {
	const end = performance.now() + timeoutMs;
	for (;;) {
		const value = await ask();
		if (isRight(value)) {
			return value;
		}
		if (performance.now() > end) {
			throw new Error(`Not right within ${timeoutMs} ms; the last answer was:\n${String(value).slice(0, 2000)}`);
		}
		await wait(100);
	}
}
