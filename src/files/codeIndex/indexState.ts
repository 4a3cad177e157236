import type { FilePiece } from './filePieces.ts';
import { Postings } from './postings.ts';

/** Where a piece lies. */
export interface IndexedPiece {
	readonly path: string;
	/** First and last line, 1-based. */
	readonly from: number;
	readonly to: number;
	readonly names: readonly string[];
}

interface IndexedFile {
	readonly stamp: string;
	readonly pieces: readonly number[];
}

/** Removed pieces that take room before it is worth to begin anew: so many, and a third of those in use. */
const SLACK = 1000;

/** What the index knows: the pieces of each file, and which words they hold. */
export class IndexState {
	readonly postings = new Postings();
	readonly #files = new Map<string, IndexedFile>();
	/** By number of the piece. */
	readonly #pieces: (IndexedPiece | undefined)[] = [];

	get fileCount(): number {
		return this.#files.size;
	}

	/** Better begun anew. */
	get isWasteful(): boolean {
		return this.postings.removed > this.postings.alive / 3 + SLACK;
	}

	has({ path, stamp }: { readonly path: string; readonly stamp: string }): boolean {
		return this.#files.get(path)?.stamp === stamp;
	}

	/** Undefined for one that was removed meanwhile. */
	piece(number: number): IndexedPiece | undefined {
		return this.#pieces[number];
	}

	/** Puts the pieces in the place of those that the file had before. */
	setFile(path: string, stamp: string, pieces: readonly FilePiece[]): void {
		this.removeFile(path);
		const numbers = pieces.map(({ weights, length, ...place }) => {
			const number = this.postings.add(weights, length);
			this.#pieces[number] = { path, ...place };
			return number;
		});
		this.#files.set(path, { stamp, pieces: numbers });
	}

	removeFile(path: string): void {
		for (const piece of this.#files.get(path)?.pieces ?? []) {
			this.postings.remove(piece);
			this.#pieces[piece] = undefined;
		}
		this.#files.delete(path);
	}

	/** Forgets every file that is not among these. */
	keepOnly(paths: ReadonlySet<string>): void {
		for (const path of this.#files.keys()) {
			if (!paths.has(path)) {
				this.removeFile(path);
			}
		}
	}
}
