/** One task at a time for each file, in the order asked for. */
export class FileQueue {
	readonly #newest = new Map<string, Promise<unknown>>();

	/** @throws the signal's reason when it fired before the task's turn came; the task did not run then. */
	async run<Result>(uri: string, signal: AbortSignal, task: () => Promise<Result>): Promise<Result> {
		const before = this.#newest.get(uri);
		const run = async () => {
			// Whether the task before failed is its caller's affair.
			await before?.catch(() => undefined);
			signal.throwIfAborted();
			return task();
		};
		const mine = run();
		this.#newest.set(uri, mine);
		try {
			return await mine;
		} finally {
			if (this.#newest.get(uri) === mine) {
				this.#newest.delete(uri);
			}
		}
	}
}
