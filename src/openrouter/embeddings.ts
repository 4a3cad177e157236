/** Texts to vectors through the service. Source: the embeddings section of OpenRouter's API reference. */
import * as z from 'zod';
import type { EmbeddingClient } from '../agent/codeSearch.ts';
import { ModelError } from '../agent/model.ts';
import type { Routing } from '../agent/settings/modelSettings.ts';
import { readUsage } from './answer/usage.ts';
import { wireUsage } from './answer/wire.ts';
import { getJson, postJson } from './apiJson.ts';
import type { Connection } from './connection.ts';
import { optionalText } from './lenient.ts';
import { wireModelId } from './request/modelFamily.ts';
import { providerRouting } from './request/providerRouting.ts';

export interface EmbeddingOptions {
	/** Asked at each request, so that a changed key or setting counts at once. */
	readonly connect: () => Promise<Connection>;
	/** What the user wants of providers, their privacy rules above all. */
	readonly routing?: (model: string) => Routing | undefined;
}

const answer = z.object({
	data: z.array(z.object({ index: z.number().int(), embedding: z.array(z.number()) })),
	model: optionalText,
	usage: wireUsage.nullish().catch(undefined),
});

const listing = z.object({
	data: z.array(
		z.object({ id: z.string(), pricing: z.object({ prompt: z.coerce.number() }).nullish().catch(undefined) }),
	),
});

export function createEmbeddings({ connect, routing }: EmbeddingOptions): EmbeddingClient {
	return {
		async price(model, signal) {
			const { data } = await getJson({ ...(await connect()), signal }, '/embeddings/models', listing, {
				isPublic: true,
			});
			const id = wireModelId(model);
			const found = data.find(candidate => candidate.id === id);
			if (found === undefined) {
				throw new ModelError('modelNotFound', `There is no embedding model "${id}".`);
			}
			const price = found.pricing?.prompt;
			return price !== undefined && price >= 0 ? price * 1_000_000 : undefined;
		},
		async embed(model, texts, signal) {
			const wishes = routing?.(model);
			const provider = wishes && providerRouting({ model, routing: wishes });
			const body = { model: wireModelId(model), input: texts, ...(provider && { provider }) };
			const {
				data,
				usage,
				model: served,
			} = await postJson({ ...(await connect()), signal }, '/embeddings', body, answer);
			return {
				vectors: inOrder(data, texts.length),
				...(usage && { usage: readUsage(usage) }),
				...(served && { model: served }),
			};
		},
	};
}

/** @throws ModelError where vectors are missing or of different length. */
function inOrder(data: z.infer<typeof answer>['data'], count: number): readonly (readonly number[])[] {
	const vectors = data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding);
	const length = vectors[0]?.length ?? 0;
	const isWhole =
		data.length === count &&
		new Set(data.map(({ index }) => index)).size === count &&
		vectors.every(one => one.length === length);
	if (!isWhole || (count > 0 && length === 0)) {
		throw new ModelError('notAnAnswer', 'The embedding model gave no vector for some of the texts.');
	}
	return vectors;
}
