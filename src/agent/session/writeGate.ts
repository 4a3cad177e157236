import { SessionTakenError } from './log.ts';

export interface WriteGateOptions {
	/** Fires when the session is closed. */
	readonly life: AbortSignal;
	isReadOnly(): boolean;
	/** The first message for the model is there. */
	hasInstructions(): boolean;
}

/** Whether a session can be written and continued. */
export class WriteGate {
	readonly #options: WriteGateOptions;

	constructor(options: WriteGateOptions) {
		this.#options = options;
	}

	/** Why it cannot be written, in words for the user. */
	get refusal(): string | undefined {
		const { life, isReadOnly } = this.#options;
		if (life.aborted) {
			return 'This session is closed.';
		}
		return isReadOnly() ? 'This session is open in another window.' : undefined;
	}

	/** @throws SessionTakenError when another window has the session, Error when it is closed. */
	assertWritable(): void {
		const { refusal } = this;
		if (refusal !== undefined) {
			throw this.#options.life.aborted ? new Error(refusal) : new SessionTakenError(refusal);
		}
	}

	/** Without the record that it begins with, the model would be asked without its instructions. @throws Error */
	assertAskable(): void {
		this.assertWritable();
		if (!this.#options.hasInstructions()) {
			throw new Error(
				'The beginning of this session is damaged on disk: it can be read, not continued. Start a new one.',
			);
		}
	}
}
