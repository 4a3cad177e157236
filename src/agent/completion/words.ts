/** How many characters of words a text has: with few, that two texts have it in common may be chance. */
export function wordCount(text: string): number {
	return text.match(/[\p{L}\p{N}_$]/gu)?.length ?? 0;
}
