import assert from 'node:assert/strict';
import { ChatResult$inboundSchema } from '@openrouter/sdk/models/chatresult.js';
import { ChatStreamChunk$inboundSchema } from '@openrouter/sdk/models/chatstreamchunk.js';
import { GenerationResponse$inboundSchema } from '@openrouter/sdk/models/generationresponse.js';
import { ModelsListResponse$inboundSchema } from '@openrouter/sdk/models/modelslistresponse.js';
import { GetCurrentKeyResponse$inboundSchema } from '@openrouter/sdk/models/operations/getcurrentkey.js';
import { ListEndpointsResponse$inboundSchema } from '@openrouter/sdk/models/operations/listendpoints.js';
import { chat, dataOf, get, withServer } from './calling.ts';

/** A schema of the service's own SDK, which is stricter than its service. */
interface Schema {
	safeParse(value: unknown): { readonly success: boolean; readonly error?: unknown };
}

function fits(schema: Schema, value: unknown): void {
	const { success, error } = schema.safeParse(value);
	assert.ok(success, String(error));
}

describe('answers of the local OpenRouter fit the schemas of the official SDK', () => {
	it('models, key and endpoints', () =>
		withServer({}, async server => {
			fits(ModelsListResponse$inboundSchema, await (await get(server, '/models')).json());
			fits(GetCurrentKeyResponse$inboundSchema, await (await get(server, '/key')).json());
			fits(ListEndpointsResponse$inboundSchema, await (await get(server, '/models/z-ai/glm-5.2/endpoints')).json());
		}));

	const answer = {
		text: 'Text',
		reasoning: 'Hm',
		reasoningDetails: [{ type: 'reasoning.text', text: 'Hm', signature: 'S', format: 'anthropic-claude-v1', index: 0 }],
		toolCalls: [{ name: 'read', arguments: { path: 'a' } }],
	};

	it('a whole answer, and its bill', () =>
		withServer({ lateRecords: 0 }, async server => {
			server.script(answer);
			const response = await chat(server);
			fits(ChatResult$inboundSchema, await response.json());
			const id = response.headers.get('x-generation-id');
			fits(GenerationResponse$inboundSchema, await (await get(server, `/generation?id=${id}`)).json());
		}));

	for (const usage of ['repeatedFinish', 'emptyChoices', 'nullFinish', 'none'] as const) {
		it(`every chunk of a stream with usage in the shape "${usage}"`, () =>
			withServer({}, async server => {
				server.script({ ...answer, usage });
				const chunks = dataOf(await (await chat(server, { stream: true })).text());
				assert.ok(chunks.length > 3);
				for (const chunk of chunks) {
					fits(ChatStreamChunk$inboundSchema, chunk);
				}
			}));
	}
});
