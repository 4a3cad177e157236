/** Works of which each begins when the one before is over, whatever became of it. */
export class InLine {
	#last: Promise<unknown> = Promise.resolve();

	/** Resolves or rejects as the work does. */
	run<Value>(work: () => Promise<Value>): Promise<Value> {
		const running = this.#last.then(work);
		this.#last = running.catch(() => {
			// The caller gets it; the next work only needs the order.
		});
		return running;
	}

	/** Resolves when all that was asked for so far is over. */
	async whenIdle(): Promise<void> {
		await this.#last;
	}
}
