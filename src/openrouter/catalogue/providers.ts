import * as z from 'zod';
import { type ApiCall, getJson } from '../apiJson.ts';

const providerRow = z.looseObject({ name: z.string().min(1), slug: z.string().min(1) });

/** The answer of `/providers`, whose rows may have any form. */
export const providersResponse = z.looseObject({ data: z.array(z.unknown()) });

/**
 * The directory of providers: slugs, as the routing settings want them, by the names that answers and bills have.
 * @throws ModelError as `getJson` does.
 */
export async function fetchProviders(call: ApiCall): Promise<Readonly<Record<string, string>>> {
	return slugsByName(await getJson(call, '/providers', providersResponse, { isPublic: true }));
}

/** In the order of the names. A row that cannot be read is left out. */
export function slugsByName({ data }: z.infer<typeof providersResponse>): Readonly<Record<string, string>> {
	const pairs = data.flatMap(row => {
		const parsed = providerRow.safeParse(row);
		return parsed.success ? [[parsed.data.name, parsed.data.slug] as const] : [];
	});
	return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The slug of a provider by its name, in any case. Names that the directory lacks are made a slug of in the service's
 * own way, which is right for 67 of the 80 it has (2026-08-08).
 */
export function slugOf(name: string, slugs: Readonly<Record<string, string>>): string {
	// Listings add the region: "Google Vertex (Global)".
	const wanted = name
		.toLowerCase()
		.replace(/\s*\([^)]*\)$/, '')
		.trim();
	const known = Object.entries(slugs).find(([other]) => other.toLowerCase() === wanted)?.[1];
	return known ?? wanted.replace(/[^a-z0-9-]+/g, '-');
}
