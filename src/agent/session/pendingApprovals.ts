import { abortError } from '../abortable.ts';
import type { ApprovalAnswer, ApprovalRequest } from '../tool.ts';

interface Pending {
	readonly request: ApprovalRequest;
	resolve(answer: ApprovalAnswer): void;
}

/** Questions that wait for the user. Each is answered once, or becomes void when its turn is stopped. */
export class PendingApprovals {
	readonly #pending = new Map<string, Pending>();
	readonly #changed: () => void;

	constructor(changed: () => void) {
		this.#changed = changed;
	}

	/** Oldest first. */
	get requests(): readonly ApprovalRequest[] {
		return [...this.#pending.values()].map(({ request }) => request);
	}

	/** @throws AbortError when the signal fires before the answer. */
	ask(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalAnswer> {
		return new Promise((resolve, reject) => {
			const drop = () => {
				this.#pending.delete(request.callId);
				reject(abortError());
				this.#changed();
			};
			if (signal.aborted) {
				return drop();
			}
			signal.addEventListener('abort', drop, { once: true });
			this.#pending.set(request.callId, {
				request,
				resolve(answer) {
					signal.removeEventListener('abort', drop);
					resolve(answer);
				},
			});
			this.#changed();
		});
	}

	/** @returns false when nothing waits under this id any more. */
	answer(callId: string, answer: ApprovalAnswer): boolean {
		const pending = this.#pending.get(callId);
		if (pending === undefined) {
			return false;
		}
		this.#pending.delete(callId);
		pending.resolve(answer);
		this.#changed();
		return true;
	}
}
