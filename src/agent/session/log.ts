/** Where sessions are kept. Desktop: `node/journal.ts`; browser: `host/webJournal.ts`; tests: a fake in memory. */
import type { SessionEvent } from '../events.ts';

export interface StoredEvent {
	/** Counts from 0 without a gap within a session. */
	readonly sequence: number;
	/** Grows with each writer that took the session over; on reading, a later generation wins a sequence number. */
	readonly generation: number;
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly event: SessionEvent;
}

/** `buffered`: written soon, in order. `durable`: on disk when the promise resolves. */
export type Durability = 'buffered' | 'durable';

/** Another window writes this session now. The holder stops its turn and streams at once. */
export class SessionTakenError extends Error {
	override readonly name = 'SessionTakenError';
}

export interface SessionLog {
	/**
	 * Adds events behind the last ones, in call order.
	 * @throws SessionTakenError when another writer took the session over; nothing was written then.
	 */
	append(events: readonly SessionEvent[], durability: Durability): Promise<void>;
	/** Writes what is buffered and gives the session free. Only lets go of it when it was taken over. */
	close(): Promise<void>;
}

export interface SessionSummary {
	readonly id: string;
	readonly title: string;
	/** Milliseconds since 1970 of the last event. */
	readonly updatedAt: number;
	/** Id of the session that this one worked for. */
	readonly parent?: string;
	/** An inline edit: not among the conversations that the user sees. */
	readonly kind?: 'inline';
}

export interface OpenedSession {
	readonly events: readonly StoredEvent[];
	/** Absent while another window holds the session: it can be read, not continued. */
	readonly log?: SessionLog;
	/** Bytes at the end that were no whole record; they are kept beside the journal. */
	readonly tornBytes: number;
	/** Records in the middle that could not be read and were passed over; they stay where they are. */
	readonly damagedRecords: number;
}

export interface OpenOptions {
	/** Takes the session from another window that holds it; that one gets a `SessionTakenError`. */
	readonly takeOver?: boolean;
}

export interface SessionStore {
	/** Newest first. */
	list(): Promise<readonly SessionSummary[]>;
	create(sessionId: string): Promise<SessionLog>;
	/** @throws Error when there is no such session. */
	open(sessionId: string, options?: OpenOptions): Promise<OpenedSession>;
	delete(sessionId: string): Promise<void>;
	/** Keeps a text and gives its SHA-256 in hex. Durable when it resolves. */
	putBlob(text: string): Promise<string>;
	getBlob(hash: string): Promise<string | undefined>;
}
