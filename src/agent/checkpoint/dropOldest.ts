/** Of what is kept in the order in which it was used, the newest last, leaves so many. */
export function dropOldest(
	items: { keys(): Iterable<string>; delete(key: string): boolean; readonly size: number },
	most: number,
): void {
	for (const oldest of items.keys()) {
		if (items.size <= most) {
			return;
		}
		items.delete(oldest);
	}
}
