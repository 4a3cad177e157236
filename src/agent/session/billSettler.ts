import type { SessionEvent } from '../events.ts';
import { type ModelClient, ModelError } from '../model.ts';
import { SessionTakenError } from './log.ts';

/** A request whose bill did not come with its answer. */
export interface Unsettled {
	readonly requestId: string;
	/** Under which the service keeps the bill. */
	readonly generationId: string;
}

export interface BillSettlerOptions {
	unsettled(): readonly Unsettled[];
	record(event: SessionEvent): Promise<void>;
	/** The session ends: what is not settled then is asked for when it is opened again. */
	readonly signal: AbortSignal;
	onBug(error: unknown): void;
}

/** Asks for the bills of answers that were stopped or cut, beside the turn: until they were told, or are known to be none. */
export class BillSettler {
	readonly #options: BillSettlerOptions;
	readonly #asked = new Set<string>();
	#settling: Promise<unknown> = Promise.resolve();

	constructor(options: BillSettlerOptions) {
		this.#options = options;
	}

	/** Begins to settle what is unsettled, in the background. */
	settle(client: ModelClient): void {
		for (const unsettled of this.#options.unsettled()) {
			if (client.bill !== undefined && !this.#asked.has(unsettled.requestId)) {
				this.#asked.add(unsettled.requestId);
				this.#settling = Promise.all([this.#settling, this.#settleOne(client, unsettled)]);
			}
		}
	}

	/** Resolves when nothing is asked for any more. */
	async whenIdle(): Promise<void> {
		await this.#settling;
	}

	async #settleOne(client: ModelClient, { requestId, generationId }: Unsettled): Promise<void> {
		const { signal } = this.#options;
		try {
			const usage = await client.bill?.(generationId, signal);
			if (usage !== undefined && !signal.aborted) {
				await this.#options.record({ type: 'billed', requestId, usage });
			}
		} catch (error) {
			// The cost stays unknown, and is shown as that; so it does here when another window took the session.
			if (error instanceof ModelError) {
				// No network, or no key: asked again with the next turn.
				this.#asked.delete(requestId);
			}
			const isExpected = error instanceof ModelError || error instanceof SessionTakenError;
			if (!isExpected && !signal.aborted) {
				this.#options.onBug(error);
			}
		}
	}
}
