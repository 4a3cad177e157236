/** Finds tools by words: BM25 over names, descriptions and the names of what they take. */
import type { ForeignTool } from './foreignTool.ts';

/** The usual constants: how soon repetition stops counting, and how much length counts against a text. */
const K1 = 1.2;
const B = 0.75;
/** A word in the name counts as often. */
const NAME_WEIGHT = 4;
/** A word that only begins like the one asked for counts so much of a whole one. */
const PREFIX_SHARE = 0.5;
const MIN_PREFIX = 3;

interface Entry {
	readonly tool: ForeignTool;
	/** How often each word occurs. */
	readonly counts: ReadonlyMap<string, number>;
	readonly length: number;
}

/** The best first; those without any of the words not at all. A tool whose whole name is asked for comes first. */
export function rankTools(tools: readonly ForeignTool[], query: string): readonly ForeignTool[] {
	const entries = tools.map(entryOf);
	const average = entries.reduce((sum, { length }) => sum + length, 0) / Math.max(1, entries.length);
	const words = [...new Set(wordsOf(query))];
	const scores = new Map<ForeignTool, number>();
	for (const word of words) {
		const counts = entries.map(entry => occurrences(entry, word));
		const having = counts.filter(count => count > 0).length;
		const rarity = Math.log(1 + (entries.length - having + 0.5) / (having + 0.5));
		for (const [index, { tool, length }] of entries.entries()) {
			const count = counts[index] ?? 0;
			const weight = (count * (K1 + 1)) / (count + K1 * (1 - B + (B * length) / average));
			scores.set(tool, (scores.get(tool) ?? 0) + rarity * weight);
		}
	}
	const asked = query.trim().toLowerCase();
	const isAsked = ({ name, title }: ForeignTool) => name.toLowerCase() === asked || title.toLowerCase() === asked;
	return tools
		.filter(tool => (scores.get(tool) ?? 0) > 0 || isAsked(tool))
		.sort((a, b) => Number(isAsked(b)) - Number(isAsked(a)) || (scores.get(b) ?? 0) - (scores.get(a) ?? 0));
}

function entryOf(tool: ForeignTool): Entry {
	const { title, server, description, parameters } = tool;
	const counts = new Map<string, number>();
	const add = (text: string, weight: number) => {
		for (const word of wordsOf(text)) {
			counts.set(word, (counts.get(word) ?? 0) + weight);
		}
	};
	add(title, NAME_WEIGHT);
	add(server, 1);
	add(description, 1);
	const { properties } = parameters;
	add(typeof properties === 'object' && properties !== null ? Object.keys(properties).join(' ') : '', 1);
	return { tool, counts, length: [...counts.values()].reduce((sum, count) => sum + count, 0) };
}

function occurrences({ counts }: Entry, word: string): number {
	let sum = counts.get(word) ?? 0;
	if (sum === 0 && word.length >= MIN_PREFIX) {
		for (const [other, count] of counts) {
			const isAlike = other.startsWith(word) || (word.startsWith(other) && other.length >= MIN_PREFIX + 1);
			sum += isAlike ? count * PREFIX_SHARE : 0;
		}
	}
	return sum;
}

/** `listOpenIssues` and `list_open_issues` are the same words; a plural is its singular. */
function wordsOf(text: string): string[] {
	const words = text
		.replace(/(?<=\p{Ll}|\p{N})(?=\p{Lu})/gu, ' ')
		.toLowerCase()
		.match(/[\p{L}\p{N}]+/gu);
	return (words ?? []).map(word => (word.length > 3 ? word.replace(/(?<!s)s$/, '') : word));
}
