/** Choices that come out the same again for the same seed. */
export interface Random {
	/** A whole number, both ends included. */
	int(least: number, most: number): number;
	chance(share: number): boolean;
	/** Throws where there is nothing to choose from. */
	pick<T>(items: readonly T[]): T;
	shuffled<T>(items: readonly T[]): T[];
}

/** Mulberry32: small, and good enough to choose lines by. */
export function createRandom(seed: number): Random {
	let state = seed >>> 0;
	const next = () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	const int = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
	const pick = <T>(items: readonly T[]): T => {
		if (items.length === 0) {
			throw new Error('Nothing to choose from.');
		}
		return items[int(0, items.length - 1)] as T; // The index is inside, whatever T is.
	};
	return {
		int,
		chance: share => next() < share,
		pick,
		shuffled: items => {
			const left = [...items];
			return items.flatMap(() => left.splice(int(0, left.length - 1), 1));
		},
	};
}

/** A seed of its own for each name and number, so that one case can be drawn again without those before it. */
export function seedOf(seed: number, name: string, at: number): number {
	let hash = (0x811c9dc5 ^ seed) >>> 0;
	for (const character of `${name}/${at}`) {
		hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
	}
	return hash;
}
