import type { ApprovalAnswer, ApprovalRequest } from '../../agent/tool.ts';
import type { PageMessage } from '../../protocol/messages.ts';

/** An answer as the page gives it. */
export type PageAnswer = Omit<Extract<PageMessage, { type: 'answer' }>, 'type'>;

/**
 * The approval that is on screen. Each gets a nonce of its own: an answer must name what was shown, so that a click on a
 * card that was just replaced decides nothing.
 */
export class ApprovalDesk {
	readonly #onShown: (request: ApprovalRequest) => void;
	#shown: { readonly callId: string; readonly nonce: string } | undefined;

	/** @param onShown called once for each approval that comes on screen. */
	constructor(onShown: (request: ApprovalRequest) => void) {
		this.#onShown = onShown;
	}

	get callId(): string | undefined {
		return this.#shown?.callId;
	}

	/** Brings the oldest of the pending ones on screen. @returns its nonce. */
	show(first: ApprovalRequest | undefined): string | undefined {
		if (first?.callId !== this.#shown?.callId) {
			this.#shown = first && { callId: first.callId, nonce: crypto.randomUUID() };
			if (first !== undefined) {
				this.#onShown(first);
			}
		}
		return this.#shown?.nonce;
	}

	/** Forgets it: another session comes on screen. */
	clear(): void {
		this.#shown = undefined;
	}

	/**
	 * A scope that was not offered is for the session to refuse: it knows the request.
	 * @returns undefined for an answer to something else than what is on screen.
	 */
	read({ callId, nonce, allow, instead }: PageAnswer): ApprovalAnswer | undefined {
		if (this.#shown?.callId !== callId || this.#shown.nonce !== nonce) {
			return undefined;
		}
		return allow === 'no' ? { allow, ...(instead && { instead }) } : { allow };
	}
}
