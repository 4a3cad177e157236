import { wordDistance } from '../../agent/settings/wordDistance.ts';
import type { CatalogueModel } from './models.ts';

const COUNT = 3;
/** Below this an id resembles the wanted one by chance. From 0 to 1. */
const LEAST_LIKENESS = 0.45;

/** Ids that resemble what was written, the most alike first. Variants come after the model they are one of. */
export function closestModels(written: string, models: readonly CatalogueModel[]): readonly string[] {
	return models
		.map(({ id, created }) => ({ id, created, likeness: likeness(written, id) }))
		.filter(model => model.likeness >= LEAST_LIKENESS)
		.sort((a, b) => b.likeness - a.likeness || b.created - a.created || (a.id < b.id ? -1 : 1))
		.slice(0, COUNT)
		.map(({ id }) => id);
}

/** The words of an id's name, in one form for all ways to write them: `claude-3.5-sonnet` gives claude, 3, 5, sonnet. */
export function wordsOf(name: string): readonly string[] {
	return name.split(/[^a-z0-9]+|(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])/).filter(word => word !== '');
}

/** The part of an id behind its vendor, without a variant. */
export function nameOf(id: string): string {
	return id.slice(id.indexOf('/') + 1).replace(/:.*$/, '');
}

/** From 0 to 1. The name counts for nearly all: the vendor is what people get wrong. */
function likeness(written: string, id: string): number {
	const wanted = nameOf(written);
	const name = nameOf(id.toLowerCase());
	const spelling = 1 - wordDistance(wanted, name) / Math.max(wanted.length, name.length, 1);
	const start = name.startsWith(wanted) || wanted.startsWith(name) ? 0.1 : 0;
	const vendor = vendorPart(written) !== '' && vendorPart(written) === vendorPart(id) ? 0.1 : 0;
	const variant = id.includes(':') === written.includes(':') ? 0 : -0.05;
	return Math.max(spelling, sharedWords(wordsOf(wanted), wordsOf(name))) * 0.8 + start + vendor + variant;
}

/** Words in common, beside all words of both. */
function sharedWords(a: readonly string[], b: readonly string[]): number {
	const rest = [...b];
	let shared = 0;
	for (const word of a) {
		const index = rest.indexOf(word);
		if (index !== -1) {
			rest.splice(index, 1);
			shared++;
		}
	}
	return shared / Math.max(a.length + b.length - shared, 1);
}

function vendorPart(id: string): string {
	return id.includes('/') ? id.slice(0, id.indexOf('/')).replace(/^~/, '') : '';
}
