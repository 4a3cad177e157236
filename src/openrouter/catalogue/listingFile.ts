import * as z from 'zod';
import { isObject, parseJson } from '../lenient.ts';
import { parseModels, USED_PARAMETERS } from './models.ts';

/** A list of models as it is kept: the rows' fields that are used here, in the service's own form. */
export interface ListingFile {
	/** When the service gave it, milliseconds since 1970. */
	readonly at: number;
	/** For `parseModels`. */
	readonly rows: readonly unknown[];
	/** Slugs by the names that answers call the providers by. Empty when the list came without. */
	readonly providers: Readonly<Record<string, string>>;
	/** Whose list it is; absent for one that holds for everybody. */
	readonly owner?: string;
}

const VERSION = 1;

/**
 * What is kept of a row, those that most rows lack at the end: a column a field, so that the names stand in the file
 * once. `[]` marks lists that many rows have in common; they stand in the file once as well.
 */
const COLUMNS = [
	'id',
	'name',
	'created',
	'context_length',
	'architecture.input_modalities[]',
	'supported_parameters[]',
	'pricing.prompt',
	'pricing.completion',
	'pricing.input_cache_read',
	'top_provider.max_completion_tokens',
	'canonical_slug',
	'reasoning[]',
	'top_provider.is_moderated',
	'benchmarks.artificial_analysis.coding_index',
	'benchmarks.artificial_analysis.agentic_index',
	'pricing.input_cache_write',
	'pricing.input_cache_write_1h',
	'pricing.overrides',
	'pricing.image',
	'pricing.request',
	'architecture.output_modalities[]',
	'expiration_date',
	'alias_target.slug',
] as const;

const file = z.object({
	version: z.literal(VERSION),
	at: z.number(),
	owner: z.string().optional(),
	columns: z.array(z.string()),
	shared: z.array(z.unknown()),
	rows: z.array(z.array(z.unknown())),
	providers: z.record(z.string(), z.string()),
});

/** Writes a listing, one row a line. Rows that cannot be read or are not for chat are left out. */
export function writeListingFile(listing: ListingFile): string {
	const ids = new Set(parseModels(listing.rows).models.map(({ id }) => id));
	const shared = new Map<string, number>();
	const rows = listing.rows.filter(row => isObject(row) && ids.delete(String(row['id'])));
	const packed = rows.map(row => JSON.stringify(packRow(row, shared)));
	const { at, owner, providers } = listing;
	const head = { version: VERSION, at, ...(owner !== undefined && { owner }), columns: COLUMNS };
	return [
		`${JSON.stringify(head).slice(0, -1)},`,
		`"shared":[\n${[...shared.keys()].join(',\n')}\n],`,
		`"rows":[\n${packed.join(',\n')}\n],`,
		`"providers":${JSON.stringify(providers)}}\n`,
	].join('\n');
}

/** Reads what `writeListingFile` wrote; undefined for anything else, such as a file of another version. */
export function readListingFile(text: string): ListingFile | undefined {
	const parsed = file.safeParse(parseJson(text));
	if (!parsed.success) {
		return undefined;
	}
	const { at, owner, columns, shared, rows, providers } = parsed.data;
	return {
		at,
		providers,
		rows: rows.map(row => unpackRow(row, columns, shared)),
		...(owner !== undefined && { owner }),
	};
}

function packRow(row: unknown, shared: Map<string, number>): readonly unknown[] {
	const values = COLUMNS.map(column => packValue(column, row, shared));
	const end = values.findLastIndex(value => value !== null);
	return values.slice(0, end + 1);
}

function packValue(column: (typeof COLUMNS)[number], row: unknown, shared: Map<string, number>): unknown {
	const path = column.replace('[]', '');
	const value = useful(path, valueAt(row, path.split('.')), row);
	if (value === undefined || !column.endsWith('[]')) {
		return value ?? null;
	}
	const text = JSON.stringify(value);
	const index = shared.get(text) ?? shared.size;
	shared.set(text, index);
	return index;
}

/** The value as it is kept; undefined where its absence says the same. */
function useful(path: string, value: unknown, row: unknown): unknown {
	if (value === null || value === false || value === undefined) {
		return undefined;
	}
	if (path === 'supported_parameters' && Array.isArray(value)) {
		return value
			.filter(isText)
			.filter(name => USED_PARAMETERS.has(name))
			.toSorted();
	}
	if (path === 'architecture.input_modalities' && Array.isArray(value)) {
		return value.filter(isText).toSorted();
	}
	if (path === 'canonical_slug' && isObject(row) && value === row['id']) {
		return undefined;
	}
	if (path === 'architecture.output_modalities' && JSON.stringify(value) === '["text"]') {
		return undefined;
	}
	// A number is shorter than a decimal text, and read as the same.
	return path.startsWith('pricing.') && typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
}

function isText(value: unknown): value is string {
	return typeof value === 'string';
}

function unpackRow(row: readonly unknown[], columns: readonly string[], shared: readonly unknown[]): unknown {
	const unpacked: Record<string, unknown> = {};
	for (const [index, value] of row.entries()) {
		const column = columns[index] ?? '';
		if (value !== null && column !== '') {
			const isShared = column.endsWith('[]') && typeof value === 'number';
			setAt(unpacked, column.replace('[]', '').split('.'), isShared ? shared[value] : value);
		}
	}
	return unpacked;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
	return path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

function setAt(target: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
	if (rest.length === 0) {
		target[key] = value;
		return;
	}
	const inner = target[key];
	const nested = isObject(inner) ? inner : {};
	target[key] = nested;
	setAt(nested, rest, value);
}
