/** How sessions are kept in files: one record a line, as JSON. Shared by the journals of desktop and browser. */
import type { SessionEvent } from '../events.ts';
import type { SessionSummary, StoredEvent } from './log.ts';

const LINE_FEED = 0x0a;

/** A record as it is written, line end included. */
export function encodeRecord(record: StoredEvent): string {
	return `${JSON.stringify(record)}\n`;
}

export interface ParsedRecords {
	readonly records: readonly StoredEvent[];
	/** Lines that are no record. */
	readonly damagedRecords: number;
	/** Offset of the bytes at the end that are no whole record; the length when there are none. */
	readonly tornFrom: number;
}

/**
 * Reads what a journal file holds, whatever happened to it: a byte-order mark, lines that are garbage or of a newer
 * version, an end that was cut anywhere, also inside a character. A last record that only lacks its line end counts.
 */
export function parseRecords(bytes: Uint8Array): ParsedRecords {
	const records: StoredEvent[] = [];
	let damagedRecords = 0;
	const wholeTo = bytes.lastIndexOf(LINE_FEED) + 1;
	const decoder = new TextDecoder();
	for (const line of decoder.decode(bytes.subarray(0, wholeTo)).split('\n')) {
		const record = parseRecord(line);
		if (record !== undefined) {
			records.push(record);
		} else if (line.trim() !== '') {
			damagedRecords++;
		}
	}
	if (wholeTo === bytes.length) {
		return { records, damagedRecords, tornFrom: wholeTo };
	}
	const last = parseRecord(decoder.decode(bytes.subarray(wholeTo)));
	if (last === undefined) {
		return { records, damagedRecords, tornFrom: wholeTo };
	}
	records.push(last);
	return { records, damagedRecords, tornFrom: bytes.length };
}

/**
 * The events of a journal in which writers may have overlapped and writes may have been repeated: where records claim
 * the same place, the one written for the newer generation counts, and within one generation the later one.
 */
export function resolveRecords(records: Iterable<StoredEvent>): StoredEvent[] {
	const events: StoredEvent[] = [];
	let generation = 0;
	for (const record of records) {
		if (record.generation < generation) {
			// A writer that did not know yet that the session had been taken from it.
			continue;
		}
		generation = record.generation;
		while ((events.at(-1)?.sequence ?? -1) >= record.sequence) {
			events.pop();
		}
		events.push(record);
	}
	return events;
}

/**
 * What the list of sessions shows, from the beginning and the end of a journal alone.
 * @returns undefined when there is no record in either.
 */
export function summarize(
	id: string,
	head: readonly StoredEvent[],
	tail: readonly StoredEvent[],
): SessionSummary | undefined {
	const last = tail.at(-1) ?? head.at(-1);
	if (last === undefined) {
		return undefined;
	}
	const created = head.find(record => record.event.type === 'created')?.event;
	const { parent = undefined, kind = undefined } = created?.type === 'created' ? created : {};
	return {
		...{ id, title: titleOf(tail) ?? titleOf(head) ?? '', updatedAt: last.at },
		...(parent !== undefined && { parent: parent.sessionId }),
		...(kind !== undefined && { kind }),
	};
}

function titleOf(records: readonly StoredEvent[]): string | undefined {
	const event = records.findLast(record => record.event.type === 'titled')?.event;
	return event?.type === 'titled' ? event.title : undefined;
}

function parseRecord(line: string): StoredEvent | undefined {
	if (!line.startsWith('{')) {
		return undefined;
	}
	let value: unknown;
	try {
		value = JSON.parse(line);
	} catch {
		return undefined;
	}
	return isRecord(value) ? value : undefined;
}

/**
 * Checks the frame and that we know the event. Its fields were written by us and are not checked again: that would
 * take longer than all else in opening a long session.
 */
function isRecord(value: unknown): value is StoredEvent {
	if (typeof value !== 'object' || value === null || !('event' in value)) {
		return false;
	}
	const { sequence, generation, at } = value as Partial<Record<keyof StoredEvent, unknown>>;
	const event: unknown = value.event;
	return (
		Number.isSafeInteger(sequence) &&
		Number.isSafeInteger(generation) &&
		typeof at === 'number' &&
		typeof event === 'object' &&
		event !== null &&
		'type' in event &&
		typeof event.type === 'string' &&
		Object.hasOwn(knownEvents, event.type)
	);
}

/** A map rather than a list, so that a new event that is missing here does not compile. */
const knownEvents: Readonly<Record<SessionEvent['type'], true>> = {
	created: true,
	titled: true,
	user: true,
	queued: true,
	unqueued: true,
	kept: true,
	undone: true,
	reviewed: true,
	rewound: true,
	billed: true,
	budgetSet: true,
	modeSet: true,
	levelSet: true,
	ruleAdded: true,
	innerCalls: true,
	delegated: true,
	delegateSpent: true,
	turnStart: true,
	requestStart: true,
	text: true,
	reasoning: true,
	retry: true,
	modelSwitched: true,
	leftOut: true,
	trimmed: true,
	compacted: true,
	served: true,
	response: true,
	requestFailed: true,
	approvalAsked: true,
	approvalAnswered: true,
	toolStart: true,
	change: true,
	toolEnd: true,
	steer: true,
	turnEnd: true,
};
