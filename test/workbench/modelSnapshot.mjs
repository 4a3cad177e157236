// `node test/workbench/modelSnapshot.mjs <listing.json> [providers.json] [--date YYYY-MM-DD]`: writes media/models.json,
// the list of models for the first start without a network, from answers of `/models` and `/providers`.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { importTypeScript } from './importTypeScript.mjs';

const SNAPSHOT = 'media/models.json';

const { positionals, values } = parseArgs({ allowPositionals: true, options: { date: { type: 'string' } } });
const [listing, providers] = positionals;
if (listing === undefined) {
	console.error('Which listing? modelSnapshot.mjs <listing.json> [providers.json] [--date YYYY-MM-DD]');
	process.exit(1);
}
const { writeSnapshot } = await importTypeScript('test/workbench/writeSnapshot.ts');
const text = writeSnapshot({
	listing: JSON.parse(readFileSync(listing, 'utf8')),
	providers: providers && JSON.parse(readFileSync(providers, 'utf8')),
	date: values.date,
});
writeFileSync(SNAPSHOT, text);
console.log(`${SNAPSHOT}: ${Math.round(Buffer.byteLength(text) / 1000)} kB`);
