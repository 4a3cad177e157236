/** Items that are worked on at the same time. */
const MAX_PARALLEL = 8;

/** Runs `work` for every item: neighbours that may run beside each other together, all others one after another. */
export async function inOrder<Item>(
	items: readonly Item[],
	mayBeside: (item: Item) => boolean,
	work: (item: Item) => Promise<void>,
): Promise<void> {
	for (let at = 0; at < items.length; ) {
		let end = at + 1;
		const first = items[at];
		if (first !== undefined && mayBeside(first)) {
			for (let next = items[end]; next !== undefined && mayBeside(next); next = items[end]) {
				end++;
			}
		}
		await inParallel(items.slice(at, end), MAX_PARALLEL, work);
		at = end;
	}
}

/** Runs `work` for every item, a few at a time, starting them in order. */
export async function inParallel<Item>(
	items: readonly Item[],
	limit: number,
	work: (item: Item) => Promise<void>,
): Promise<void> {
	const queue = items.values();
	const worker = async () => {
		for (const item of queue) {
			await work(item);
		}
	};
	await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}
