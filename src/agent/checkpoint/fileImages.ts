import type { Location } from '../workspace.ts';
import { type SeenState, UNKEPT } from './diskState.ts';

/** A file as it was seen last. */
export interface FileImage {
	readonly location: Location;
	readonly seen: SeenState;
}

/** Characters of all texts together: they are in memory until a command changed them. */
const MAX_CHARACTERS = 20_000_000;
const MAX_IMAGES = 2000;

/** Files as they were seen last, by path. Those that are in use stay; of the others the oldest make room. */
export class FileImages {
	readonly #isInUse: (path: string) => boolean;
	/** The newest last. */
	readonly #images = new Map<string, FileImage>();
	#characters = 0;

	constructor(isInUse: (path: string) => boolean) {
		this.#isInUse = isInUse;
	}

	get(path: string): FileImage | undefined {
		return this.#images.get(path);
	}

	/** Where there is no room for its text, only that the file was there is kept. */
	set(image: FileImage): void {
		const { path } = image.location;
		this.#forget(path);
		const size = sizeOf(image);
		for (const oldest of this.#images.keys()) {
			if (this.#characters + size <= MAX_CHARACTERS && this.#images.size < MAX_IMAGES) {
				break;
			}
			if (!this.#isInUse(oldest)) {
				this.#forget(oldest);
			}
		}
		const isKept = this.#characters + size <= MAX_CHARACTERS;
		this.#images.set(path, isKept ? image : { ...image, seen: { ...image.seen, state: UNKEPT } });
		this.#characters += isKept ? size : 0;
	}

	clear(): void {
		this.#images.clear();
		this.#characters = 0;
	}

	#forget(path: string): void {
		const image = this.#images.get(path);
		if (image !== undefined) {
			this.#characters -= sizeOf(image);
			this.#images.delete(path);
		}
	}
}

function sizeOf({ seen: { state } }: FileImage): number {
	return state.kind === 'text' ? state.text.length : 0;
}
