import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** US dollars a token (a request), as decimal texts. */
const prices = {
	prompt: z.string().optional(),
	completion: z.string().optional(),
	request: z.string().optional(),
	input_cache_read: z.string().optional(),
	input_cache_write: z.string().optional(),
	input_cache_write_1h: z.string().optional(),
};

const modelRow = z.looseObject({
	id: z.string(),
	canonical_slug: z.string(),
	context_length: z.number().nullable(),
	supported_parameters: z.array(z.string()).nullish(),
	pricing: z.looseObject({
		...prices,
		prompt: z.string(),
		completion: z.string(),
		overrides: z
			.array(
				z.looseObject({
					...prices,
					min_prompt_tokens: z.number().optional(),
					/** Hours and minutes, as in `0830`. */
					utc_start: z.string().optional(),
					utc_end: z.string().optional(),
				}),
			)
			.optional(),
	}),
});
export type ModelRow = z.infer<typeof modelRow>;

const errorIndex = z.array(
	z.object({ file: z.string(), status: z.number(), headers: z.record(z.string(), z.string()) }),
);

export interface ErrorFile {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

/** The recorded data of the service that the server gives out. */
export class ServerFiles {
	readonly #root: string;
	readonly #rows: readonly ModelRow[];
	readonly #errors: z.infer<typeof errorIndex>;
	/** The listing as the service sent it. */
	readonly models: string;

	constructor(root: string) {
		this.#root = root;
		this.models = this.text('models.json');
		this.#rows = z.object({ data: z.array(modelRow) }).parse(JSON.parse(this.models)).data;
		this.#errors = errorIndex.parse(JSON.parse(this.text('errors/INDEX.json')));
	}

	text(path: string): string {
		return readFileSync(join(this.#root, path), 'utf8');
	}

	bytes(path: string): Uint8Array {
		return new Uint8Array(readFileSync(join(this.#root, path)));
	}

	json(path: string): unknown {
		return JSON.parse(this.text(path));
	}

	/** @param model any form that the chat endpoint takes: with a virtual suffix, or the dated name of an answer. */
	model(model: string): ModelRow | undefined {
		const id = model.replace(/:(nitro|floor|exacto|online)$/, '');
		return (
			this.#rows.find(row => row.id === id) ??
			this.#rows.find(row => row.canonical_slug === id && !row.id.includes(':'))
		);
	}

	/** The providers of a model; undefined where none were recorded. */
	endpoints(author: string, slug: string): unknown {
		const path = `endpoints/${author}__${slug}.json`;
		return existsSync(join(this.#root, path)) ? this.json(path) : undefined;
	}

	/** @param name such as `429-upstream-2025.json`. */
	error(name: string): ErrorFile {
		const entry = this.#errors.find(({ file }) => file === `errors/${name}`);
		if (entry === undefined) {
			throw new Error(`There is no error file "${name}".`);
		}
		return { status: entry.status, headers: entry.headers, body: this.text(entry.file) };
	}
}
