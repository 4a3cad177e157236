import type { Entry } from './transcriptWindow.ts';

/** What stands together: one message of the user, or all that the agent did until the next one. */
export interface Group {
	/** Stays the same while the group grows at either end. */
	readonly key: string;
	readonly kind: 'user' | 'agent';
	readonly entries: readonly Entry[];
	/** Rows hidden behind one line, because the turn is over. Empty while it runs. */
	readonly folded: ReadonlySet<Entry>;
	readonly isLast: boolean;
}

/** Rows of a finished turn that are folded, at least. One row alone is as short as the line in its place. */
const MIN_FOLDED = 2;

/** Groups entries, keeping the keys of the groups of before so that nothing is shown anew. */
export class Grouper {
	#keys = new WeakMap<Entry, string>();
	#next = 0;

	/** @param isBusy whether a turn runs: the last group is then not folded. */
	group(entries: readonly Entry[], isBusy: boolean): readonly Group[] {
		const runs = runsOf(entries);
		const used = new Set<string>();
		return runs.map((run, index) => {
			const isLast = index === runs.length - 1;
			const key = this.#keyOf(run.entries, used);
			const folded = run.kind === 'agent' && !(isLast && isBusy) ? foldable(run.entries) : new Set<Entry>();
			return { key, ...run, folded, isLast };
		});
	}

	#keyOf(entries: readonly Entry[], used: Set<string>): string {
		const known = entries.map(entry => this.#keys.get(entry)).find(key => key !== undefined && !used.has(key));
		const key = known ?? `group-${this.#next++}`;
		used.add(key);
		for (const entry of entries) {
			this.#keys.set(entry, key);
		}
		return key;
	}
}

function runsOf(entries: readonly Entry[]): { kind: Group['kind']; entries: Entry[] }[] {
	const runs: { kind: Group['kind']; entries: Entry[] }[] = [];
	for (const entry of entries) {
		const kind = entry.item.peek().kind === 'user' ? 'user' : 'agent';
		const last = runs.at(-1);
		if (kind === 'agent' && last?.kind === 'agent') {
			last.entries.push(entry);
		} else {
			runs.push({ kind, entries: [entry] });
		}
	}
	return runs;
}

/** Finished work. What failed or was refused stays in sight, below the row of the call that it belongs to. */
function foldable(entries: readonly Entry[]): ReadonlySet<Entry> {
	const items = entries.map(({ item }) => item.peek());
	const inSight = new Set(
		items.flatMap(item => (item.kind === 'tool' && item.state !== 'done' && item.parentId ? [item.parentId] : [])),
	);
	const folded = entries.filter(({ item }) => {
		const { kind, id, ...rest } = item.peek();
		return (kind === 'tool' || kind === 'reasoning') && 'state' in rest && rest.state === 'done' && !inSight.has(id);
	});
	const rows = folded.filter(({ item }) => item.peek().kind === 'tool').length;
	return new Set(rows >= MIN_FOLDED ? folded : []);
}

/** Calls among the rows. One that only made others is no step of its own. */
export function countSteps(entries: Iterable<Entry>): number {
	const rows = [...entries].flatMap(({ item }) => {
		const row = item.peek();
		return row.kind === 'tool' ? [row] : [];
	});
	const parents = new Set(rows.map(({ parentId }) => parentId));
	return rows.filter(({ id }) => !parents.has(id)).length;
}
