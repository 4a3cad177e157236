import { type ModelClient, ModelError } from '../model.ts';

export interface BilledClientOptions {
	/** Ends the lookups. What is not known then is asked for by a later window. */
	readonly signal: AbortSignal;
	/** Takes what kept a bill from being had. Must not throw. */
	readonly onFailure: (error: unknown) => void;
}

/**
 * A client that looks for the bill of each answer that ended without one, as those do that were stopped. For requests
 * outside of sessions, which see to it themselves.
 * @param inner one that books what it spends: see `meteredClient.ts`.
 */
export function billedClient(inner: ModelClient, { signal, onFailure }: BilledClientOptions): ModelClient {
	const settle = async (generationId: string) => {
		try {
			await inner.bill?.(generationId, signal);
		} catch (error) {
			if (!signal.aborted) {
				onFailure(error);
			}
		}
	};
	return {
		async *stream(request, stop) {
			let generationId: string | undefined;
			let isBilled = false;
			try {
				for await (const event of inner.stream(request, stop)) {
					if (event.type === 'served') {
						generationId = event.generationId ?? generationId;
					}
					isBilled ||= event.type === 'usage';
					yield event;
				}
			} catch (error) {
				generationId ??= error instanceof ModelError ? error.fields.generationId : undefined;
				throw error;
			} finally {
				if (generationId !== undefined && !isBilled) {
					// Beside the work: it takes seconds until the service has the bill.
					void settle(generationId);
				}
			}
		},
		...(inner.bill && {
			bill: (id: string, stop: AbortSignal) => inner.bill?.(id, stop) ?? Promise.resolve(undefined),
		}),
	};
}
