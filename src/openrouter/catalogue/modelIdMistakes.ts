import { vendorOf } from '../request/modelFamily.ts';
import { nameOf, wordsOf } from './closestModels.ts';
import type { CatalogueModel } from './models.ts';

/** What is wrong with an id, in one sentence, and the ids that are meant. */
export interface IdMistake {
	readonly text: string;
	readonly meant: readonly string[];
}

/** What other tools put in front of a model's name, and the vendor here. Undefined: it hosts models of many vendors. */
const FOREIGN_PREFIXES: ReadonlyMap<string, string | undefined> = new Map([
	['google_genai', 'google'],
	['google-genai', 'google'],
	['google_vertexai', 'google'],
	['gemini', 'google'],
	['vertex', 'google'],
	['vertex_ai', 'google'],
	['claude', 'anthropic'],
	['mistral', 'mistralai'],
	['xai', 'x-ai'],
	['grok', 'x-ai'],
	['zai', 'z-ai'],
	['zhipuai', 'z-ai'],
	['moonshot', 'moonshotai'],
	['kimi', 'moonshotai'],
	['dashscope', 'qwen'],
	['alibaba', 'qwen'],
	['llama', 'meta-llama'],
	['bedrock', undefined],
	['bedrock_converse', undefined],
	['amazon-bedrock', undefined],
	['azure', undefined],
	['azure_ai', undefined],
	['azure_openai', undefined],
	['github', undefined],
	['github_copilot', undefined],
	['copilot', undefined],
	['groq', undefined],
	['together', undefined],
	['together_ai', undefined],
	['fireworks', undefined],
	['fireworks_ai', undefined],
	['deepinfra', undefined],
	['replicate', undefined],
	['huggingface', undefined],
	['ollama', undefined],
	['ollama_chat', undefined],
	['lmstudio', undefined],
	['litellm', undefined],
	['litellm_proxy', undefined],
	['vercel', undefined],
]);

/**
 * Names the usual mistakes in an id that no model has: no vendor or another one, the prefix of another tool, a version
 * written in another way. Everything it knows of models comes from the list.
 * @param written in lower case.
 */
export function mistakeIn(written: string, models: readonly CatalogueModel[]): IdMistake | undefined {
	const plain = models.filter(({ id }) => !/[:~]/.test(id));
	const vendor = written.includes('/') ? written.slice(0, written.indexOf('/')).replace(/^~/, '') : undefined;
	const name = nameOf(written);
	const same = plain.filter(({ id }) => nameOf(id) === name);
	const alike = same.length > 0 ? same : plain.filter(({ id }) => isSameName(nameOf(id), name));
	const meant = alike.slice(0, 3).map(({ id }) => id);
	const vendors = new Set(plain.map(({ id }) => vendorOf(id)));

	if (vendor !== undefined && !vendors.has(vendor)) {
		return foreignPrefix(vendor, name, meant, plain);
	}
	if (alike[0] !== undefined) {
		if (vendor !== undefined && vendor !== vendorOf(alike[0].id)) {
			const owner = vendorName(vendorOf(alike[0].id), plain);
			return { text: `${nameOf(alike[0].id)} is ${owner}'s: ${alike[0].id}.`, meant };
		}
		return { text: `OpenRouter writes it ${alike[0].id}.`, meant };
	}
	return vendor === undefined ? missingVendor(name, plain) : wrongVendor(vendor, name, plain);
}

function foreignPrefix(
	vendor: string,
	name: string,
	meant: readonly string[],
	models: readonly CatalogueModel[],
): IdMistake | undefined {
	const hint = meant[0] === undefined ? '' : `: ${meant[0]}`;
	if (FOREIGN_PREFIXES.has(vendor)) {
		const ours = FOREIGN_PREFIXES.get(vendor) ?? familyVendor(name, models)?.vendor;
		const candidates = meant.length > 0 || ours === undefined ? meant : newestOf(ours, name, models);
		const instead = ours === undefined ? "the model's vendor" : `"${ours}/"`;
		return {
			text: `"${vendor}/" is how other tools write it; here ${instead} comes first${hint}.`,
			meant: candidates,
		};
	}
	return meant[0] === undefined ? undefined : { text: `There is no vendor "${vendor}"${hint}.`, meant };
}

function missingVendor(name: string, models: readonly CatalogueModel[]): IdMistake | undefined {
	const family = familyVendor(name, models);
	if (family === undefined) {
		return undefined;
	}
	const meant = newestOf(family.vendor, name, models);
	const example = meant[0] === undefined ? '' : `; its ids look like ${meant[0]}`;
	return { text: `${vendorName(family.vendor, models)} has no model "${name}" here${example}.`, meant };
}

function wrongVendor(vendor: string, name: string, models: readonly CatalogueModel[]): IdMistake | undefined {
	const family = familyVendor(name, models);
	if (family === undefined || family.vendor === vendor) {
		return undefined;
	}
	const meant = newestOf(family.vendor, name, models);
	const example = meant[0] ?? `${family.vendor}/…`;
	return { text: `${family.word} is ${vendorName(family.vendor, models)}'s: ${example}.`, meant };
}

/** The vendor whose models begin with the same word, where it is one vendor's: "claude", "gemini". */
function familyVendor(
	name: string,
	models: readonly CatalogueModel[],
): { readonly word: string; readonly vendor: string } | undefined {
	const word = wordsOf(name)[0];
	const vendors = new Set(models.filter(({ id }) => wordsOf(nameOf(id))[0] === word).map(({ id }) => vendorOf(id)));
	const [vendor] = vendors;
	return word === undefined || vendor === undefined || vendors.size > 1 ? undefined : { word, vendor };
}

/** Of a vendor's models those with the most words of the name, numbers counting half, and of these the newest. */
function newestOf(vendor: string, name: string, models: readonly CatalogueModel[]): readonly string[] {
	const wanted = new Set(wordsOf(name));
	const shared = (id: string) =>
		wordsOf(nameOf(id)).reduce((sum, word) => sum + (wanted.has(word) ? (/\d/.test(word) ? 1 : 2) : 0), 0);
	return models
		.filter(({ id }) => vendorOf(id) === vendor && shared(id) > 0)
		.toSorted((a, b) => shared(b.id) - shared(a.id) || b.created - a.created)
		.slice(0, 3)
		.map(({ id }) => id);
}

/**
 * Whether two names differ in dots, dashes, order and a date or version behind alone: `claude-sonnet-4-5-20250929` and
 * `claude-sonnet-4.5`, `claude-3.5-haiku` and `claude-haiku-3-5`.
 */
function isSameName(listed: string, written: string): boolean {
	const trimmed = written
		.replace(/^[a-z]+\./, '')
		.replace(/-v\d+(:\d+)?$/, '')
		.replace(/-(latest|preview|\d{8}|\d{4}-\d{2}-\d{2})$/, '');
	const words = (name: string) => wordsOf(name).toSorted().join(' ');
	return words(listed) === words(trimmed) || words(listed) === words(written);
}

/** "Anthropic" for `anthropic`: names in the list begin with it. */
function vendorName(vendor: string | undefined, models: readonly CatalogueModel[]): string | undefined {
	const example = models.find(({ id, name }) => vendorOf(id) === vendor && name.includes(': '));
	return example?.name.slice(0, example.name.indexOf(': ')) ?? vendor;
}
