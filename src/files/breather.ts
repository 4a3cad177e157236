/** Milliseconds of work in one go: other extensions share this thread. */
const MAX_BUSY_MS = 20;

/** Lets a long computation give other work its turn. */
export class Breather {
	private busySince: number;
	private resting: Promise<void> | undefined;
	private readonly now: () => number;
	private readonly nextTask: () => Promise<void>;

	constructor(now = () => performance.now(), nextTask = afterOthers) {
		this.now = now;
		this.nextTask = nextTask;
		this.busySince = now();
	}

	/** Ask often; then `rest`. */
	isDue(): boolean {
		return this.now() - this.busySince > MAX_BUSY_MS;
	}

	/** Who asks while others rest rests with them. @throws the signal's reason when it fired. */
	async rest(signal: AbortSignal): Promise<void> {
		this.resting ??= this.untilNextTask();
		await this.resting;
		signal.throwIfAborted();
	}

	private async untilNextTask(): Promise<void> {
		await this.nextTask();
		this.resting = undefined;
		this.busySince = this.now();
	}
}

/** Lets timers and messages of the host run; a resolved promise would not. */
function afterOthers(): Promise<void> {
	return new Promise(resolve => {
		setTimeout(resolve, 0);
	});
}
