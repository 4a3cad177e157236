/** Work that may take several frames. Does some of it and says whether it is done. */
export type FrameTask = (hasTime: () => boolean) => 'done' | 'more';

/** Milliseconds of a frame spent here; the rest is for layout and input. */
const BUDGET = 8;

/**
 * Does the page's rendering in slices, once a frame and before it is painted, so that no text, however long, holds up
 * typing. What was added last goes first: that is what stands at the end, where the user looks.
 */
export class FrameQueue {
	readonly #tasks: FrameTask[] = [];
	#isScheduled = false;
	/** Called after each slice, before it is painted. */
	afterRun: (() => void) | undefined;

	/** Adds a task unless it waits already. */
	add(task: FrameTask): void {
		if (!this.#tasks.includes(task)) {
			this.#tasks.push(task);
		}
		this.#schedule();
	}

	remove(task: FrameTask): void {
		const at = this.#tasks.indexOf(task);
		if (at >= 0) {
			this.#tasks.splice(at, 1);
		}
	}

	#schedule(): void {
		if (!this.#isScheduled) {
			this.#isScheduled = true;
			requestAnimationFrame(() => {
				this.#isScheduled = false;
				this.#run();
				this.afterRun?.();
			});
		}
	}

	#run(): void {
		const end = performance.now() + BUDGET;
		const hasTime = () => performance.now() < end;
		do {
			const task = this.#tasks.pop();
			if (task === undefined) {
				return;
			}
			if (task(hasTime) === 'more') {
				this.#tasks.push(task);
			}
		} while (hasTime());
		if (this.#tasks.length > 0) {
			this.#schedule();
		}
	}
}
