import { type ExitCode, exitCodes } from './exitCodes.ts';

/** The command cannot go on, for a reason that the user can mend. */
export class CliError extends Error {
	override readonly name = 'CliError';
	readonly exitCode: ExitCode;

	/** @param message One or two sentences: what happened, and what to do. */
	constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
		super(message, options);
		this.exitCode = exitCode;
	}
}

export function usageError(message: string, options?: ErrorOptions): CliError {
	return new CliError(exitCodes.usage, message, options);
}
