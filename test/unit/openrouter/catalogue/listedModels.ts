import * as z from 'zod';
import { type CatalogueModel, parseModels } from '../../../../src/openrouter/catalogue/models.ts';
import { readJsonFixture } from '../fixtures.ts';

/** Rows of the real listing of 8 August 2026. */
export const listedRows = z.object({ data: z.array(z.unknown()) }).parse(readJsonFixture('models.json')).data;

export const listedModels = parseModels(listedRows).models;

/** @throws Error when the listing has no such model. */
export function listedModel(id: string): CatalogueModel {
	const model = listedModels.find(other => other.id === id);
	if (model === undefined) {
		throw new Error(`The listing has no ${id}.`);
	}
	return model;
}
