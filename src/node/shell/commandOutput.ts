import type { Readable } from 'node:stream';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../agent/clock.ts';
import type { OutputExcerpt, OutputPage, OutputUpdate } from '../../agent/shellPort.ts';
import { OutputUpdates } from '../../tools/outputUpdates.ts';
import { TerminalText } from '../../tools/terminalText.ts';
import type { OutputStore } from './outputStore.ts';

/** Of each interval so much is spent on output: a command that floods must leave the host time for others. */
const WORK_MS = 15;
const INTERVAL_MS = 50;
/** More than a pipe holds. */
const MAX_REST_BYTES = 1024 * 1024;

/** Reads what a command prints, on one or two pipes, as fast as it can be stored. */
export class CommandOutput {
	readonly #readers: readonly Readable[];
	readonly #store: OutputStore;
	readonly #updates: OutputUpdates | undefined;
	readonly #listeners = new Set<() => void>();
	#terminal = new TerminalText();
	#received = 0;
	#openReaders: number;
	/** Time spent in the current interval: real time, for it is about the machine's load. */
	#interval = { since: 0, workMs: 0 };
	#pause: Promise<void> | undefined;

	constructor(
		readers: readonly Readable[],
		store: OutputStore,
		clock: Clock,
		onOutput: ((update: OutputUpdate) => void) | undefined,
	) {
		this.#readers = readers;
		this.#openReaders = readers.length;
		this.#store = store;
		this.#updates = onOutput && new OutputUpdates(onOutput, clock, () => this.#terminal.openLine);
		for (const reader of readers) {
			const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
			reader.on('data', (chunk: Buffer) => {
				const begin = performance.now();
				this.#received += chunk.length;
				this.#add(decoder.decode(chunk, { stream: true }));
				this.#slowDown(begin);
			});
			reader.once('close', () => {
				this.#openReaders--;
				this.#add(decoder.decode());
				this.#tell();
			});
			// Then it closes: there is nothing more to read, whatever the reason.
			reader.on('error', () => undefined);
		}
	}

	/** Some process may still print. */
	get isOpen(): boolean {
		return this.#openReaders > 0;
	}

	/** Position behind what is final. */
	get end(): number {
		return this.#store.end;
	}

	/** Bytes that can be read again. */
	get keptBytes(): number {
		return this.#store.keptBytes;
	}

	excerpt(): OutputExcerpt {
		return this.#store.excerpt(this.#terminal.openLine);
	}

	read(from: number, count: number): Promise<OutputPage> {
		return this.#store.read(from, count, () => this.#terminal.openLine);
	}

	/**
	 * Resolves when all is taken in that was printed before the call: it lies in the pipes, and each turn of the event
	 * loop reads what is there.
	 */
	async rest(): Promise<void> {
		const until = this.#received + MAX_REST_BYTES;
		for (let quietTurns = 0; quietTurns < 2 && this.#received < until; ) {
			const before = this.#received;
			await this.#pause;
			await nextTurn();
			quietTurns = this.#received === before && this.#pause === undefined ? quietTurns + 1 : 0;
		}
	}

	/** Takes the open line for final, and hands on what waits. */
	settle(): void {
		const last = this.#terminal.end();
		this.#terminal = new TerminalText();
		this.#store.append(last);
		this.#updates?.add(last);
		this.#updates?.flush();
		this.#tell();
	}

	/** Calls back at everything new, until the returned function is called. */
	onNews(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** Reads no more, and forgets what was kept. */
	async close(): Promise<void> {
		for (const reader of this.#readers) {
			reader.destroy();
		}
		await this.#store.close();
	}

	#add(text: string): void {
		if (text === '') {
			return;
		}
		const final = this.#terminal.write(text);
		this.#store.append(final);
		this.#updates?.add(final);
		this.#tell();
	}

	#tell(): void {
		for (const listener of [...this.#listeners]) {
			listener();
		}
	}

	/** @param begin when the work on a chunk began. */
	#slowDown(begin: number): void {
		const now = performance.now();
		if (begin - this.#interval.since > INTERVAL_MS) {
			this.#interval = { since: begin, workMs: 0 };
		}
		this.#interval.workMs += now - begin;
		if (this.#pause !== undefined) {
			return;
		}
		const { since, workMs } = this.#interval;
		const isFlood = workMs > WORK_MS;
		const wait = this.#store.backlog ?? (isFlood ? pause(Math.max(since + INTERVAL_MS - now, workMs)) : undefined);
		if (wait !== undefined) {
			this.#pause = this.#pauseUntil(wait);
		}
	}

	async #pauseUntil(resumed: Promise<unknown>): Promise<void> {
		for (const reader of this.#readers) {
			reader.pause();
		}
		await resumed;
		this.#pause = undefined;
		for (const reader of this.#readers) {
			reader.resume();
		}
	}
}
