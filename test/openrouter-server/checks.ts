import { completionPrice } from './billing.ts';
import type { ChatMessage, ChatRequest } from './chatRequest.ts';
import { replayFault } from './conversation.ts';
import { promptTokens, readPrompt } from './prompt.ts';
import type { ErrorFile, ServerFiles } from './serverFiles.ts';

/** What the checks know besides the request. */
export interface CheckContext {
	readonly files: ServerFiles;
	/** US dollars left. */
	readonly credit: number;
	/** Reasoning that was sent with a call, by the call's id: it must come back with it. */
	readonly reasoningOfCall: ReadonlyMap<string, string>;
}

/** Anthropic takes so many places to cache up to in one request, the one of the whole request included. */
const MAX_MARKS = 4;

/** The error with which the service would refuse the request; undefined when it would answer. */
export function refusalOf(request: ChatRequest, context: CheckContext): ErrorFile | undefined {
	const { files } = context;
	const model = files.model(request.model);
	if (model === undefined && !request.model.startsWith('@preset/')) {
		return withText(files.error('400-model-not-found.json'), /acme\/fake-1\.0/g, request.model);
	}
	if (request.tools?.length && model?.supported_parameters?.includes('tools') === false) {
		return withText(files.error('404-no-endpoints-tool-use.json'), /question/, request.tools[0]?.function?.name ?? '');
	}
	const fault = replayFault(request.messages);
	if (fault !== undefined) {
		return withText(files.error('400-provider-flat-raw.json'), /messages\[2\] assistant content[^\\]*/, fault);
	}
	if (marksIn(request) > MAX_MARKS && request.model.includes('anthropic/')) {
		const text = `A maximum of ${MAX_MARKS} blocks with cache_control may be provided. Found ${marksIn(request)}.`;
		return withText(files.error('400-provider-flat-raw.json'), /messages\[2\] assistant content[^\\]*/, text);
	}
	return (
		reasoningRefusal(request, context) ?? overflow(request, files, model?.context_length) ?? unpaid(request, context)
	);
}

function marksIn(request: ChatRequest): number {
	const { blocks, automaticMark } = readPrompt(request);
	return blocks.filter(({ mark }) => mark !== undefined).length + (automaticMark === undefined ? 0 : 1);
}

function reasoningRefusal(request: ChatRequest, { files, reasoningOfCall }: CheckContext): ErrorFile | undefined {
	const isBroken = request.messages.some(message => losesReasoning(message, reasoningOfCall));
	if (!isBroken) {
		return undefined;
	}
	if (request.model.includes('anthropic/')) {
		return files.error('400-anthropic-thinking-modified.json');
	}
	return request.model.includes('google/') ? files.error('400-gemini-thought-signature.json') : undefined;
}

function losesReasoning(message: ChatMessage, reasoningOfCall: ReadonlyMap<string, string>): boolean {
	const sent = message.tool_calls?.map(({ id }) => reasoningOfCall.get(id)).find(details => details !== undefined);
	return sent !== undefined && sent !== JSON.stringify(message.reasoning_details);
}

function overflow(request: ChatRequest, files: ServerFiles, limit: number | null | undefined): ErrorFile | undefined {
	const input = promptTokens(request);
	const output = request.max_tokens ?? 0;
	if (!limit || input + output <= limit) {
		return undefined;
	}
	return withText(
		files.error('400-context-length.json'),
		/256000 tokens\. .*?\)/,
		`${limit} tokens. However, you requested about ${input + output} tokens (${input} of text input, ${output} in the output)`,
	);
}

/** The service reserves the price of the longest possible answer before it begins. */
function unpaid(request: ChatRequest, { files, credit }: CheckContext): ErrorFile | undefined {
	const price = completionPrice(files.model(request.model));
	const wanted = request.max_tokens ?? 65_536;
	if (wanted * price <= credit) {
		return undefined;
	}
	return withText(
		files.error('402-fewer-max-tokens.json'),
		/up to \d+ tokens, but can only afford \d+/,
		`up to ${wanted} tokens, but can only afford ${Math.max(0, Math.floor(credit / price))}`,
	);
}

/** @param text put between the quotes of a JSON text, so it must need no escape. */
function withText(file: ErrorFile, pattern: RegExp, text: string): ErrorFile {
	return { ...file, body: file.body.replace(pattern, () => text) };
}
