/**
 * Lets others have their turn in the middle of a long computation: the thread is shared by all extensions.
 * @throws AbortError when the signal fired meanwhile.
 */
export async function breathe(signal?: AbortSignal): Promise<void> {
	// A resolved promise would not let timers and messages of the editor run.
	await new Promise<void>(resolve => {
		setTimeout(resolve, 0);
	});
	signal?.throwIfAborted();
}
