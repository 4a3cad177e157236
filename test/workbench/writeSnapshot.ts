import * as z from 'zod';
import { writeListingFile } from '../../src/openrouter/catalogue/listingFile.ts';
import { parseModels } from '../../src/openrouter/catalogue/models.ts';
import { providersResponse, slugsByName } from '../../src/openrouter/catalogue/providers.ts';

export interface SnapshotSources {
	/** An answer of `/models`. */
	readonly listing: unknown;
	/** An answer of `/providers`. */
	readonly providers?: unknown;
	/** When the answers were given, `YYYY-MM-DD`; the day of the newest model unless told. */
	readonly date?: string;
}

/** The text of the snapshot: the same for the same sources. */
export function writeSnapshot({ listing, providers = { data: [] }, date }: SnapshotSources): string {
	const { data: rows } = z.object({ data: z.array(z.unknown()) }).parse(listing);
	const newest = Math.max(0, ...parseModels(rows).models.map(({ created }) => created));
	return writeListingFile({
		at: date === undefined ? newest * 1000 : Date.parse(date),
		rows,
		providers: slugsByName(providersResponse.parse(providers)),
	});
}
