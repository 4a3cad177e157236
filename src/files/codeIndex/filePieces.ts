import type { Breather } from '../breather.ts';
import { chunksOf } from './chunks.ts';
import { WordSplitter } from './words.ts';

/** A piece of a file as the index takes it. */
export interface FilePiece {
	/** First and last line, 1-based. */
	readonly from: number;
	readonly to: number;
	readonly names: readonly string[];
	/** How much each word counts. */
	readonly weights: ReadonlyMap<string, number>;
	/** How many words its lines hold. */
	readonly length: number;
}

/** What a word counts beyond its places in the text, where it stands in a declared name, the file's name, a folder's. */
const NAME_WEIGHT = 8;
const FILE_WEIGHT = 8;
const FOLDER_WEIGHT = 2;
/** Names kept to be shown. */
const MAX_NAMES = 6;
/** Words that every piece counts as having: a piece of two lines does not win by being short. */
const BASE_LENGTH = 10;

/** Cuts a text and weighs its words. Rests between pieces when due. */
export async function* filePieces(
	path: string,
	text: string,
	breather: Breather,
	signal: AbortSignal,
): AsyncGenerator<FilePiece> {
	const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
	const splitter = new WordSplitter();
	for (const { from, to, names } of chunksOf(path, lines)) {
		if (breather.isDue()) {
			await breather.rest(signal);
		}
		const weights = new Map<string, number>();
		for (const line of lines.slice(from - 1, to)) {
			splitter.weigh(line, 1, weights);
		}
		const length = BASE_LENGTH + [...weights.values()].reduce((sum, weight) => sum + weight, 0);
		weighOnce(splitter, names.join('\n'), NAME_WEIGHT, weights);
		weighOnce(splitter, fileName(path), FILE_WEIGHT, weights);
		weighOnce(splitter, path.slice(0, -fileName(path).length), FOLDER_WEIGHT, weights);
		yield { from, to, names: names.slice(0, MAX_NAMES), weights, length };
	}
}

function weighOnce(splitter: WordSplitter, text: string, weight: number, weights: Map<string, number>): void {
	for (const word of splitter.words(text)) {
		weights.set(word, (weights.get(word) ?? 0) + weight);
	}
}

function fileName(path: string): string {
	return path.slice(path.lastIndexOf('/') + 1);
}
