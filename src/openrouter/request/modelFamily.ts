import type { AssistantMessage, ReasoningDetail } from '../../agent/model.ts';

/** Who signs reasoning of a format; the rest of the formats name no vendor. */
const VENDOR_BY_FORMAT: ReadonlyMap<unknown, string> = new Map([
	['anthropic-claude-v1', 'anthropic'],
	['openai-responses-v1', 'openai'],
	['azure-openai-responses-v1', 'openai'],
	['bedrock-openai-responses-v1', 'openai'],
	['xai-responses-v1', 'x-ai'],
	['bedrock-xai-responses-v1', 'x-ai'],
	['meta-responses-v1', 'meta'],
	['google-gemini-v1', 'google'],
]);

/**
 * A model id as the service takes it: without the `openrouter/` that other programs put in front of ids. Its own
 * routers (`openrouter/auto`), variants, `~…-latest` and `@preset/…` stay as they are.
 */
export function wireModelId(model: string): string {
	return model.trim().replace(/^openrouter\/(?=[^/]+\/)/, '');
}

/**
 * The vendor in a model id, in any form the user may write it: `anthropic/claude-…`, `~anthropic/…-latest`,
 * `openrouter/anthropic/…`. Undefined where only the router knows: `openrouter/auto`, `@preset/…`.
 */
export function vendorOf(model: string): string | undefined {
	const path = wireModelId(model).replace(/^~/, '');
	const vendor = path.includes('/') ? path.split('/')[0] : undefined;
	return vendor === undefined || vendor === 'openrouter' || vendor.startsWith('@') ? undefined : vendor;
}

/** Whether the reasoning of a message can go back to `model`: another vendor's model refuses it. */
export function takesReasoning(model: string, message: AssistantMessage): boolean {
	const reader = vendorOf(model);
	const writer = writerOf(message.reasoningDetails ?? []) ?? vendorOf(message.model);
	return reader === undefined || writer === undefined || reader === writer;
}

function writerOf(details: readonly ReasoningDetail[]): string | undefined {
	for (const detail of details) {
		const vendor = VENDOR_BY_FORMAT.get(detail['format']);
		if (vendor !== undefined) {
			return vendor;
		}
	}
	return undefined;
}
