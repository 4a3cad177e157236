interface Size {
	readonly width: number;
	readonly height: number;
}

/** Longest side in pixels of the first attempt: providers scale what is larger down themselves. */
const LONGEST_SIDE = 3000;
/** Below this nothing could be read in the picture any more. */
const SHORTEST_ATTEMPT = 400;

/** Sizes to try for a picture with too many bytes, the largest first; each has half the pixels of the one before. */
export function* scaledSizes({ width, height }: Size): Generator<Size> {
	const longest = Math.max(width, height);
	const smallest = Math.min(longest, SHORTEST_ATTEMPT);
	for (let side = Math.min(longest, LONGEST_SIDE); side >= smallest; side /= Math.SQRT2) {
		const scale = side / longest;
		yield { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
	}
}
