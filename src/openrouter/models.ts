import * as z from 'zod';
import { ModelError } from '../agent/model.ts';
import { type ApiCall, getJson } from './apiJson.ts';
import { optionalNumber, optionalText, optionalTexts } from './lenient.ts';

/** US dollars a token. */
export interface ModelPrice {
	readonly prompt: number;
	readonly completion: number;
}

/** One row of the catalogue. */
export interface CatalogueModel {
	readonly id: string;
	readonly name: string;
	/** Seconds since 1970. */
	readonly created: number;
	/** Dated id under which answers and bills name the model. */
	readonly canonicalId?: string;
	/** Tokens of input and output together, over all providers. */
	readonly contextLength?: number;
	readonly maxOutputTokens?: number;
	/** Absent where a router sets it. */
	readonly price?: ModelPrice;
	readonly supportsTools: boolean;
	/** Share of coding tasks solved, 0–100, in the benchmark the service publishes. */
	readonly codingIndex?: number;
	/** Day on which the model goes, `YYYY-MM-DD`. */
	readonly expires?: string;
}

const modelRow = z.looseObject({
	id: z.string().min(1),
	canonical_slug: optionalText,
	name: optionalText,
	created: optionalNumber,
	context_length: optionalNumber,
	expiration_date: optionalText,
	supported_parameters: optionalTexts,
	pricing: z.looseObject({ prompt: z.unknown(), completion: z.unknown() }).nullish().catch(undefined),
	top_provider: z.looseObject({ max_completion_tokens: optionalNumber }).nullish().catch(undefined),
	benchmarks: z
		.looseObject({ artificial_analysis: z.looseObject({ coding_index: optionalNumber }).nullish().catch(undefined) })
		.nullish()
		.catch(undefined),
});

const modelsResponse = z.looseObject({
	data: z.array(z.unknown()),
	links: z.looseObject({ next: optionalText }).nullish().catch(undefined),
});

/** The whole list has 400 rows; more pages than this are a server that turns in circles. */
const MAX_PAGES = 20;

/**
 * The models the account may use, or all where there is no key or that list cannot be had.
 * @throws ModelError as `getJson` does.
 */
export async function readModels(call: ApiCall): Promise<readonly CatalogueModel[]> {
	if (!call.key?.trim()) {
		return readPages(call, '/models');
	}
	try {
		return await readPages(call, '/models/user');
	} catch (error) {
		if (!(error instanceof ModelError) || error.kind === 'aborted' || error.kind === 'network') {
			throw error;
		}
		return readPages({ ...call, key: undefined }, '/models');
	}
}

/** Rows of a listing. A row of an unknown form is left out, and so are those that the chat endpoint does not serve. */
export function parseModels(rows: readonly unknown[]): readonly CatalogueModel[] {
	return rows.flatMap(row => {
		const parsed = modelRow.safeParse(row);
		return parsed.success && !parsed.data.id.endsWith(':batch') ? [readRow(parsed.data)] : [];
	});
}

/** "$3/$15", dollars per million tokens in and out, or "free". */
export function formatPrice(price: ModelPrice): string {
	return price.prompt === 0 && price.completion === 0
		? 'free'
		: `${perMillion(price.prompt)}/${perMillion(price.completion)}`;
}

/** Two digits after the point where the price is a matter of cents, more where it is less than one. */
function perMillion(perToken: number): string {
	const dollars = perToken * 1e6;
	const digits = dollars >= 0.1 || dollars === 0 ? 2 : 3;
	return `$${Number(dollars.toFixed(digits))}`;
}

async function readPages(call: ApiCall, path: string): Promise<readonly CatalogueModel[]> {
	const models: CatalogueModel[] = [];
	let query = '';
	for (let page = 0; page < MAX_PAGES; page++) {
		const { data, links } = await getJson(call, `${path}${query}`, modelsResponse, { isPublic: path === '/models' });
		models.push(...parseModels(data));
		// Only the query is taken from the link, so that no answer sends the key to another host.
		const next = URL.canParse(links?.next ?? '', call.baseUrl) ? new URL(links?.next ?? '', call.baseUrl).search : '';
		if (next === '' || next === query) {
			break;
		}
		query = next;
	}
	return models;
}

function readRow(row: z.infer<typeof modelRow>): CatalogueModel {
	const price = readPrice(row.pricing?.prompt, row.pricing?.completion);
	const maxOutputTokens = row.top_provider?.max_completion_tokens;
	const codingIndex = row.benchmarks?.artificial_analysis?.coding_index;
	return {
		id: row.id,
		name: row.name ?? row.id,
		created: row.created ?? 0,
		...(row.canonical_slug && { canonicalId: row.canonical_slug }),
		...(row.context_length && { contextLength: row.context_length }),
		...(maxOutputTokens && { maxOutputTokens }),
		...(price !== undefined && { price }),
		supportsTools: row.supported_parameters?.includes('tools') ?? false,
		...(typeof codingIndex === 'number' && { codingIndex }),
		...(row.expiration_date && { expires: row.expiration_date }),
	};
}

/** Prices are decimal texts; "-1" means that a router sets them. */
function readPrice(prompt: unknown, completion: unknown): ModelPrice | undefined {
	const price = { prompt: priceNumber(prompt), completion: priceNumber(completion) };
	return price.prompt >= 0 && price.completion >= 0 ? price : undefined;
}

function priceNumber(value: unknown): number {
	return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : Number.NaN;
}
