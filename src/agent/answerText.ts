import { type ModelClient, ModelError, type ModelRequest } from './model.ts';

export interface TextAnswer {
	readonly text: string;
	/** It ended at its length limit. */
	readonly isCut: boolean;
}

/**
 * Asks once, outside of a session, and gathers the text of the answer.
 * @param onText gets all of it that is there, whenever there is more.
 * @throws ModelError as the client does; of kind `moderation` when the model refused.
 */
export async function answerText(
	client: ModelClient,
	request: ModelRequest,
	signal: AbortSignal,
	onText: (text: string) => void = () => undefined,
): Promise<TextAnswer> {
	let text = '';
	for await (const event of client.stream(request, signal)) {
		if (event.type === 'text') {
			text += event.delta;
			onText(text);
		} else if (event.type === 'finish') {
			if (event.reason === 'contentFilter') {
				throw new ModelError('moderation', text.trim() || 'The model refused to answer.');
			}
			return { text, isCut: event.reason === 'length' };
		}
	}
	throw new ModelError('cut', 'The answer ended before it was complete.');
}
