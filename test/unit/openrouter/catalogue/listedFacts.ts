import * as z from 'zod';
import type { ModelFacts } from '../../../../src/agent/modelFacts.ts';
import { factsOf, parseModels } from '../../../../src/openrouter/catalogue/models.ts';
import { readFixture } from '../fixtures.ts';

/** What the recorded listing knows of the models, by id. */
export type Facts = ReadonlyMap<string, ModelFacts>;

export function readFacts(): Facts {
	const { data } = z.object({ data: z.array(z.unknown()) }).parse(readJson('models.json'));
	return new Map(parseModels(data).models.map(model => [model.id, factsOf(model)]));
}

/** Names of the recorded error bodies. */
export function readErrorNames(): readonly string[] {
	const files = z.array(z.object({ file: z.string() })).parse(readJson('errors/INDEX.json'));
	return files.map(({ file }) => file.replace('errors/', ''));
}

function readJson(path: string): unknown {
	return JSON.parse(new TextDecoder().decode(readFixture(path)));
}
