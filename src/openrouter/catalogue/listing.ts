import * as z from 'zod';
import { ModelError } from '../../agent/model.ts';
import { type ApiCall, getJson } from '../apiJson.ts';
import { optionalText } from '../lenient.ts';
import { parseModels } from './models.ts';

const modelsResponse = z.looseObject({
	data: z.array(z.unknown()),
	links: z.looseObject({ next: optionalText }).nullish().catch(undefined),
});

/** The whole list has 400 rows; more pages than this are a server that turns in circles. */
const MAX_PAGES = 20;
/** The list has 0.7 MB. What is fifty times as large is something else, and would only fill the memory. */
const MAX_BYTES = 32_000_000;
/** Share of the rows that must be readable: with fewer the form has changed, and an older list serves better. */
const READABLE_SHARE = 0.5;

/**
 * Rows of the models that the account may use, or of all where there is no key or that list cannot be had. They are
 * as the service sent them; at least half of them can be read, and there is at least one.
 * @throws ModelError as `getJson` does, and `notAnAnswer` for a list that is empty, too large or of another form.
 */
export async function fetchListing(call: ApiCall): Promise<readonly unknown[]> {
	if (!call.key?.trim()) {
		return fetchWhole(call, '/models');
	}
	try {
		return await fetchWhole(call, '/models/user');
	} catch (error) {
		if (!(error instanceof ModelError) || error.kind === 'aborted' || error.kind === 'network') {
			throw error;
		}
		return fetchWhole({ ...call, key: undefined }, '/models');
	}
}

async function fetchWhole(call: ApiCall, path: string): Promise<readonly unknown[]> {
	const gauge = new SizeGauge(call.fetch);
	let rows: readonly unknown[];
	try {
		rows = await fetchPages({ ...call, fetch: gauge.fetch }, path);
	} catch (error) {
		// The reader sees a stream that broke.
		throw gauge.isOver ? new ModelError('notAnAnswer', 'The list of models is too large to be one.') : error;
	}
	const { models, unreadable } = parseModels(rows);
	if (models.length === 0) {
		throw new ModelError('notAnAnswer', 'The list of models is empty.');
	}
	if (unreadable > rows.length * (1 - READABLE_SHARE)) {
		throw new ModelError(
			'notAnAnswer',
			`The list of models has an unknown form: ${unreadable} rows of ${rows.length}.`,
		);
	}
	return rows;
}

async function fetchPages(call: ApiCall, path: string): Promise<readonly unknown[]> {
	const rows: unknown[] = [];
	let query = '';
	for (let page = 0; page < MAX_PAGES; page++) {
		const { data, links } = await getJson(call, `${path}${query}`, modelsResponse, { isPublic: path === '/models' });
		rows.push(...data);
		// Only the query is taken from the link, so that no answer sends the key to another host.
		const next = URL.canParse(links?.next ?? '', call.baseUrl) ? new URL(links?.next ?? '', call.baseUrl).search : '';
		if (next === '' || next === query) {
			break;
		}
		query = next;
	}
	return rows;
}

/** Counts what answers hold, over all pages, and breaks off the one that passes the limit. */
class SizeGauge {
	readonly #inner: typeof globalThis.fetch | undefined;
	#bytes = 0;

	constructor(inner: typeof globalThis.fetch | undefined) {
		this.#inner = inner;
	}

	get isOver(): boolean {
		return this.#bytes > MAX_BYTES;
	}

	readonly fetch: typeof globalThis.fetch = async (input, init) => {
		// Looked up now, because the editor patches it for proxies and certificates.
		const response = await (this.#inner ?? globalThis.fetch)(input, init);
		if (!response.ok || response.body === null) {
			return response;
		}
		const counted = response.body.pipeThrough(
			new TransformStream<Uint8Array, Uint8Array>({
				transform: (chunk, controller) => {
					this.#bytes += chunk.byteLength;
					if (this.isOver) {
						controller.error(new Error('The answer is too large.'));
					} else {
						controller.enqueue(chunk);
					}
				},
			}),
		);
		return new Response(counted, response);
	};
}
