import type { Attachment } from '../../agent/events.ts';
import { usageError } from './cliError.ts';
import type { RunOptions } from './commands.ts';
import { type InputRequest, parseInput, readInput } from './input.ts';
import type { Surroundings } from './surroundings.ts';

export interface RunRequest extends InputRequest {
	/** Standard input that came along with a prompt. */
	readonly attached: readonly Attachment[];
}

/**
 * What the model is asked, and what goes along: from the command line, standard input, or both.
 * @throws CliError when there is nothing to ask.
 */
export async function readRequest(options: RunOptions, { openInput }: Surroundings): Promise<RunRequest> {
	const { prompt, readsInput, resume, images } = options;
	if (prompt !== '') {
		const text = readsInput ? await readInput(openInput()) : '';
		const attached = text.trim() === '' ? [] : [{ label: 'standard input', text }];
		return { message: prompt, tools: [], attached };
	}
	if (resume !== undefined && !readsInput) {
		return { message: '', tools: [], attached: [] };
	}
	const input = openInput();
	const request = input.isTTY === true ? { message: '', tools: [] } : parseInput(await readInput(input));
	if (request.message.trim() === '' && request.tools.length === 0 && resume === undefined && images.length === 0) {
		throw usageError('There is no prompt. Give one as an argument or on standard input; see openrouter-agent --help.');
	}
	return { ...request, attached: [] };
}
