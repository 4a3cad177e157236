import { ModelError } from '../../agent/model.ts';
import type { Listing } from '../../openrouter/catalogue/catalogue.ts';
import { perMillion } from '../../openrouter/catalogue/modelPrice.ts';
import type { CatalogueModel } from '../../openrouter/catalogue/models.ts';
import { takesImages } from '../../openrouter/catalogue/models.ts';
import { tierOf } from '../../openrouter/catalogue/tiers.ts';
import type { ModelsOptions } from './commands.ts';
import { type ExitCode, exitCodes } from './exitCodes.ts';
import { findKey } from './findKey.ts';
import { ModelSetup } from './modelSetup.ts';
import { readSettings } from './readSettings.ts';
import type { Surroundings } from './surroundings.ts';
import type { Terminal } from './terminal.ts';

/** Lists the models of the account, or all of them where there is no key. */
export async function modelsCommand(options: ModelsOptions, surroundings: Surroundings): Promise<ExitCode> {
	const { places, packageFolder, terminal } = surroundings;
	const settings = await readSettings(surroundings);
	const key = await findKey(surroundings);
	// What cannot be refreshed is told below.
	const onFault = () => undefined;
	const { catalogue } = new ModelSetup({ places, packageFolder, settings, key: key?.key, onFault });
	const listing = await freshest(catalogue, terminal);
	const found = listing.models.filter(model => fits(model, options));
	if (options.json) {
		const { source, at } = listing;
		terminal.write(
			`${JSON.stringify({ version: 1, source, at: new Date(at).toISOString(), models: found.map(jsonOf) })}\n`,
		);
		return exitCodes.done;
	}
	if (found.length === 0) {
		terminal.note(`No model fits "${options.search}".`);
		return exitCodes.done;
	}
	const rows = [HEAD, ...found.map(rowOf)];
	const widths = HEAD.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
	for (const row of rows) {
		// Names to the left, amounts to the right.
		const cells = row.map((cell, column) =>
			column >= 1 && column <= 3 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
		);
		terminal.write(`${cells.join('  ').trimEnd()}\n`);
	}
	return exitCodes.done;
}

/** Who asks for the list wants the one of today; without a network the last one serves. */
async function freshest(catalogue: ModelSetup['catalogue'], terminal: Terminal): Promise<Listing> {
	const listing = await catalogue.get();
	if (listing.source === 'live') {
		return listing;
	}
	try {
		return await catalogue.refresh();
	} catch (error) {
		if (!(error instanceof ModelError)) {
			throw error;
		}
		terminal.note(`${error.message} This is the list of ${new Date(listing.at).toISOString().slice(0, 10)}.`);
		return listing;
	}
}

function fits(model: CatalogueModel, { search, tools }: ModelsOptions): boolean {
	const text = `${model.id} ${model.name} ${tierOf(model) ?? ''}`.toLowerCase();
	const words = search.toLowerCase().split(/\s+/);
	return words.every(word => text.includes(word)) && (!tools || model.supportsTools);
}

/** Prices per million tokens. */
const HEAD = ['model', 'context', 'in /M', 'out /M', 'tier', ''];

function rowOf(model: CatalogueModel): readonly string[] {
	const { id, contextLength, price, supportsTools, reasoning, expires } = model;
	const marks = [
		...(supportsTools ? [] : ['no tools']),
		...(takesImages(model) ? ['images'] : []),
		...(reasoning === undefined ? [] : ['thinks']),
		...(expires === undefined ? [] : [`leaves on ${expires}`]),
	];
	return [
		id,
		contextLength === undefined ? '?' : `${Math.round(contextLength / 1000)}k`,
		price === undefined ? 'router' : perMillion(price.prompt),
		price === undefined ? 'router' : perMillion(price.completion),
		tierOf(model) ?? '',
		marks.join(', '),
	];
}

function jsonOf(model: CatalogueModel): object {
	const { id, name, contextLength, maxOutputTokens, price, supportsTools, expires } = model;
	return {
		id,
		name,
		tier: tierOf(model) ?? null,
		contextLength: contextLength ?? null,
		maxOutputTokens: maxOutputTokens ?? null,
		// US dollars a token; null where a router sets it.
		price: price ?? null,
		tools: supportsTools,
		images: takesImages(model),
		efforts: model.reasoning?.efforts ?? null,
		parameters: [...model.parameters],
		...(expires !== undefined && { expires }),
	};
}
