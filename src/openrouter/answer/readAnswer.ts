import { ModelError, type ModelEvent } from '../../agent/model.ts';
import { oneLine } from '../failure/errorText.ts';
import { redact } from '../failure/redact.ts';
import { ChunkReader, type ChunkReaderOptions, type StreamEnd } from './chunkReader.ts';
import { EventStream } from './eventStream.ts';
import type { Watchdog } from './watchdog.ts';

const END_MARK = '[DONE]';
/** How long a connection may take to end after the end mark. */
const DRAIN_MS = 1_000;
/** An answer in one piece is not longer than this, in characters. */
const MAX_DOCUMENT_LENGTH = 64 * 1024 * 1024;

/** Bytes of one streamed answer to events, without any I/O: fed with pieces cut anywhere, then ended. */
export class AnswerStream {
	readonly #events = new EventStream();
	readonly #chunks: ChunkReader;
	readonly #key: string | undefined;
	#hasEndMark = false;
	#dataEvents = 0;

	constructor(options: ChunkReaderOptions) {
		this.#chunks = new ChunkReader(options);
		this.#key = options.key;
	}

	/** The end mark came; whatever follows is not read. */
	get hasEndMark(): boolean {
		return this.#hasEndMark;
	}

	/** Data events read so far; comments do not count. */
	get dataEvents(): number {
		return this.#dataEvents;
	}

	/** @throws ModelError for an error inside the stream. */
	*feed(bytes: Uint8Array): Generator<ModelEvent> {
		for (const data of this.#split(bytes)) {
			if (this.#hasEndMark) {
				return;
			}
			this.#dataEvents++;
			if (data === END_MARK) {
				this.#hasEndMark = true;
			} else {
				yield* this.#chunks.push(data);
			}
		}
	}

	/**
	 * @param breakCause what broke the connection, when it did.
	 * @throws ModelError when the answer is not whole.
	 */
	*end(breakCause?: unknown): Generator<ModelEvent> {
		if (this.#dataEvents === 0 && !this.#events.isPlausible) {
			throw notAnAnswer(this.#events.head, this.#key);
		}
		yield* this.#chunks.end(this.#endOf(breakCause));
	}

	#endOf(breakCause: unknown): StreamEnd {
		if (this.#hasEndMark) {
			return { by: 'mark' };
		}
		return breakCause === undefined ? { by: 'close' } : { by: 'break', cause: breakCause };
	}

	#split(bytes: Uint8Array): readonly string[] {
		try {
			return this.#events.feed(bytes);
		} catch (error) {
			throw new ModelError(
				'malformed',
				'The answer has a line without an end.',
				{ isRetryable: true },
				{ cause: error },
			);
		}
	}
}

/**
 * Reads the answer to a streaming request, whatever came in its place.
 * @throws ModelError for every end but a whole answer; for a broken connection with the cause.
 */
export async function* readAnswer(
	response: Response,
	watchdog: Watchdog,
	options: ChunkReaderOptions,
): AsyncGenerator<ModelEvent> {
	const contentType = response.headers.get('content-type') ?? '';
	if (/^application\/(problem\+)?json\b/i.test(contentType)) {
		yield* readDocument(await readText(response, watchdog), options);
		return;
	}
	if (contentType !== '' && !/^text\/event-stream\b/i.test(contentType)) {
		throw notAnAnswer(await readText(response, watchdog, 4_000), options.key);
	}
	const stream = new AnswerStream(options);
	const reader = response.body?.getReader();
	let breakCause: unknown;
	try {
		while (reader !== undefined && !stream.hasEndMark) {
			let piece: Awaited<ReturnType<typeof reader.read>>;
			try {
				piece = await watchdog.wait(reader.read());
			} catch (error) {
				if (error instanceof ModelError) {
					throw error;
				}
				breakCause = error ?? new Error('The connection broke.');
				break;
			}
			if (piece.done) {
				break;
			}
			const before = stream.dataEvents;
			yield* stream.feed(piece.value);
			if (stream.dataEvents > before) {
				watchdog.sawData();
			}
		}
	} finally {
		void (stream.hasEndMark ? drain(reader, watchdog) : close(reader));
	}
	yield* stream.end(breakCause);
}

/**
 * Closes the connection behind a body that is not read to its end. The request's signal alone does not: Node's `fetch`
 * holds what connects it with the body weakly, so after a garbage collection an abort no longer reaches the socket, and
 * the answer goes on and is billed.
 */
async function close(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<void> {
	try {
		await reader?.cancel();
	} catch {
		// It broke before.
	}
}

/**
 * Reads past the end mark, where nothing but the end of the body should follow, so that the next request can use the
 * connection again. Nobody waits for this and it cannot fail: what goes wrong here has no meaning for the answer.
 */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array> | undefined, watchdog: Watchdog): Promise<void> {
	const stopLater = watchdog.after(DRAIN_MS, () => void close(reader));
	try {
		let isDone = reader === undefined;
		while (reader !== undefined && !isDone) {
			isDone = (await reader.read()).done;
		}
	} catch {
		// The connection is gone; the next request opens one.
	} finally {
		stopLater();
	}
}

/** An answer that came whole although a stream was asked for, or an error with status 200. */
export function* readDocument(text: string, options: ChunkReaderOptions): Generator<ModelEvent> {
	const chunks = new ChunkReader(options);
	yield* chunks.push(text);
	yield* chunks.end({ by: 'mark' });
}

/** @param limit characters after which the rest is left unread. */
async function readText(response: Response, watchdog: Watchdog, limit = MAX_DOCUMENT_LENGTH): Promise<string> {
	const reader = response.body?.getReader();
	const decoder = new TextDecoder();
	let text = '';
	try {
		while (reader !== undefined && text.length < limit) {
			const { done, value } = await watchdog.wait(reader.read()).catch(brokenConnection);
			if (done) {
				break;
			}
			text += decoder.decode(value, { stream: true });
		}
	} finally {
		void close(reader);
	}
	return text;
}

function brokenConnection(error: unknown): never {
	throw error instanceof ModelError
		? error
		: new ModelError(
				'network',
				'The connection broke before the answer was whole.',
				{ isRetryable: true },
				{ cause: error },
			);
}

function notAnAnswer(body: string, key: string | undefined): ModelError {
	const start = oneLine(redact(body, key), 200);
	return new ModelError(
		'notAnAnswer',
		start === '' ? 'An empty page came in place of an answer.' : `Something other than an answer came: ${start}`,
		{ isRetryable: false },
	);
}
