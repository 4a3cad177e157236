/**
 * What must become of a file under review, worked out without diffs: the file is a row of slots with a line between
 * each two that nobody ever touches, and whoever changes a slot gives it wholly new lines. So each slot is owned by one
 * hand at a time.
 */

/** The lines of each slot. */
export type Slots = readonly (readonly string[])[];

/** What an agent made of a slot, and what stands there without it. */
interface OwnedSlot {
	readonly base: readonly string[];
	readonly text: readonly string[];
}

interface SlotEdit {
	readonly before: Slots;
	readonly after: Slots;
}

/** Something that an agent made, or that the user took back. */
interface Deed extends SlotEdit {
	readonly isRejection: boolean;
}

/** Where each session's story could be taken back to. */
interface Point {
	/** How many deeds there were. */
	readonly deeds: number;
	readonly owned: OwnedSlots;
}

/** The slots that an agent has pending, by index. */
class OwnedSlots {
	readonly #slots: Map<number, OwnedSlot>;

	constructor(slots: Iterable<readonly [number, OwnedSlot]> = []) {
		this.#slots = new Map(slots);
	}

	copy(): OwnedSlots {
		return new OwnedSlots(this.#slots);
	}

	get(slot: number): OwnedSlot | undefined {
		return this.#slots.get(slot);
	}

	get isEmpty(): boolean {
		return this.#slots.size === 0;
	}

	/** Those that can be seen in the file. */
	visible(now: Slots): number[] {
		return [...this.#slots]
			.filter(([slot, { base }]) => !isSame(now[slot] ?? [], base))
			.map(([slot]) => slot)
			.sort((a, b) => a - b);
	}

	/** What somebody made as it was before the edit is no edit any more. */
	carry(now: Slots): void {
		for (const [slot, { base }] of [...this.#slots]) {
			if (isSame(now[slot] ?? [], base)) {
				this.#slots.delete(slot);
			}
		}
	}

	/** The agent changed slots. */
	follow({ before, after }: SlotEdit): void {
		this.carry(before);
		const changed = [...after.keys()].filter(slot => !isSame(before[slot] ?? [], after[slot] ?? []));
		const isTouched = (slot: number) => !isSame(this.#slots.get(slot)?.text ?? before[slot] ?? [], before[slot] ?? []);
		if (changed.some(isTouched)) {
			// Over what the user made of the agent's lines: all such places are the user's from then on.
			for (const slot of [...this.#slots.keys()].filter(isTouched)) {
				this.#slots.delete(slot);
			}
		}
		for (const slot of changed) {
			const base = this.#slots.get(slot)?.base ?? before[slot] ?? [];
			this.#slots.set(slot, { base, text: after[slot] ?? [] });
		}
		this.#dropSame();
	}

	/** The user took slots back: whose have not come back since are nobody's. */
	followRejection({ before, after }: SlotEdit, now: Slots): void {
		this.carry(before);
		for (const [slot, lines] of before.entries()) {
			if (!isSame(lines, after[slot] ?? []) && !isSame(lines, now[slot] ?? [])) {
				this.#slots.delete(slot);
			}
		}
	}

	/** @returns the file afterwards, and the slots that could not be taken back. */
	decide(
		now: Slots,
		decision: 'accept' | 'reject' | 'restore',
		chosen: readonly number[] = [...now.keys()],
	): { readonly now: Slots; readonly settled: number; readonly conflicts: readonly number[] } {
		this.carry(now);
		const made = [...now];
		const conflicts: number[] = [];
		let settled = 0;
		for (const slot of chosen) {
			const owned = this.#slots.get(slot);
			if (owned === undefined) {
				continue;
			}
			if (decision === 'reject' && !isSame(owned.text, now[slot] ?? [])) {
				conflicts.push(slot);
				continue;
			}
			made[slot] = decision === 'accept' ? (now[slot] ?? []) : owned.base;
			this.#slots.delete(slot);
			settled++;
		}
		return { now: made, settled, conflicts };
	}

	#dropSame(): void {
		for (const [slot, { base, text }] of [...this.#slots]) {
			if (isSame(base, text)) {
				this.#slots.delete(slot);
			}
		}
	}
}

/** One session's story of the file. */
export class SessionOracle {
	#owned = new OwnedSlots();
	readonly #deeds: Deed[] = [];
	readonly #points: Point[] = [];

	get isEmpty(): boolean {
		return this.#owned.isEmpty;
	}

	visible(now: Slots): readonly number[] {
		return this.#owned.visible(now);
	}

	/** What a hand could put back: the lines without the agent's edit, and with it; those that were rejected last. */
	sidesOf(slot: number): readonly (readonly string[])[] {
		const owned = this.#owned.get(slot);
		const rejected = this.#deeds.findLast(
			({ isRejection, before, after }) => isRejection && !isSame(before[slot] ?? [], after[slot] ?? []),
		);
		if (owned !== undefined) {
			return [owned.base, owned.text];
		}
		return rejected === undefined ? [] : [rejected.before[slot] ?? [], rejected.after[slot] ?? []];
	}

	mark(): void {
		this.#points.push({ deeds: this.#deeds.length, owned: this.#owned.copy() });
	}

	edit(edit: SlotEdit): void {
		this.#deeds.push({ ...edit, isRejection: false });
		this.#owned.follow(edit);
	}

	/** @param isRecorded the process lived until the decision was stored. */
	decide(
		now: Slots,
		decision: 'accept' | 'reject' | 'restore',
		chosen: readonly number[] | undefined,
		isRecorded: boolean,
	): Slots {
		const owned = this.#owned.copy();
		const decided = owned.decide(now, decision, chosen);
		// What only looked undone is remembered until something is decided.
		if (isRecorded && (decided.settled > 0 || owned.isEmpty)) {
			this.#owned = owned;
			if (decision !== 'accept') {
				this.#deeds.push({ before: now, after: decided.now, isRejection: true });
			}
		}
		return decided.now;
	}

	/** Going back would put lines of the user where the agent had only removed some: from then on two hands own the slot. */
	wouldShare(now: Slots, point: number): boolean {
		const { owned } = this.#pointAt(point);
		const restored = this.#takenBack(now, point)?.now ?? now;
		return restored.some((lines, slot) => owned.get(slot)?.text.length === 0 && lines.length > 0);
	}

	/** Back to before a point. */
	restore(now: Slots, point: number, isRecorded: boolean): Slots {
		const { owned } = this.#pointAt(point);
		const restored = this.#takenBack(now, point);
		if (restored === undefined) {
			return now;
		}
		if (restored.now.some((slot, at) => !isSame(slot, now[at] ?? []))) {
			this.#deeds.push({ before: now, after: restored.now, isRejection: false });
		}
		if (isRecorded) {
			if (restored.conflicts.length === 0) {
				this.#owned = owned.copy();
			} else if (!this.#owned.isEmpty) {
				this.#owned.follow({ before: now, after: restored.now });
			}
			this.#owned.carry(restored.now);
		}
		return restored.now;
	}

	#pointAt(point: number): Point {
		return this.#points[point] ?? { deeds: 0, owned: new OwnedSlots() };
	}

	/** @returns undefined when nothing was made since. */
	#takenBack(now: Slots, point: number): ReturnType<OwnedSlots['decide']> | undefined {
		const done = this.#deeds.slice(this.#pointAt(point).deeds);
		if (done.every(({ isRejection }) => isRejection)) {
			return undefined;
		}
		const since = new OwnedSlots();
		for (const { isRejection, ...edit } of done) {
			if (isRejection) {
				since.followRejection(edit, now);
			} else {
				since.follow(edit);
			}
		}
		return since.decide(now, 'reject');
	}
}

const EDGE = (at: number) => `--- ${at} ---\n`;

export function textOf(slots: Slots): string {
	return EDGE(0) + slots.map((slot, at) => `${slot.join('')}${EDGE(at + 1)}`).join('');
}

/** The slot of each line; undefined for the lines between them. */
export function slotsByLine(text: string): readonly (number | undefined)[] {
	let slot = -1;
	return text.split('\n').map(line => {
		const edge = /^--- (\d+) ---$/.exec(line);
		if (edge !== null) {
			slot = Number(edge[1]);
		}
		return edge === null ? slot : undefined;
	});
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
	return left.length === right.length && left.every((line, at) => line === right[at]);
}
