import { readFileSync } from 'node:fs';
import * as z from 'zod';

const ROOT = 'test/fixtures/openrouter';

const streamIndex = z.array(
	z.object({
		file: z.string(),
		model: z.string(),
		expect: z.object({
			text: z.string().nullish(),
			/** Name and arguments; the word INVALID stands for arguments that are no JSON. */
			tool_calls: z.array(z.tuple([z.string(), z.unknown()])).optional(),
			finish_reason: z.string().nullish(),
			usage: z.boolean().optional(),
			reasoning_details: z.array(z.record(z.string(), z.unknown())).optional(),
			error_code: z.union([z.number(), z.string()]).optional(),
			truncated: z.boolean().optional(),
			not_sse: z.boolean().optional(),
			responses_api: z.boolean().optional(),
		}),
	}),
);
export type StreamFixture = z.infer<typeof streamIndex>[number];

const errorIndex = z.array(
	z.object({ file: z.string(), status: z.number(), headers: z.record(z.string(), z.string()), retry: z.boolean() }),
);
export type ErrorFixture = z.infer<typeof errorIndex>[number];

export function readFixture(file: string): Uint8Array {
	return new Uint8Array(readFileSync(`${ROOT}/${file}`));
}

export function readJsonFixture(file: string): unknown {
	return JSON.parse(readFileSync(`${ROOT}/${file}`, 'utf8'));
}

export const streamFixtures = streamIndex.parse(readJsonFixture('streams/INDEX.json'));
export const errorFixtures = errorIndex.parse(readJsonFixture('errors/INDEX.json'));
