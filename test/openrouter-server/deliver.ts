import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from './answer.ts';
import { SILENT } from './recorder.ts';

const GARBAGE = new Uint8Array([0x00, 0xff, 0xfe, 0x80, 0x0a, 0x7b, 0x22, 0x0a, 0x0a]);
const KEEP_ALIVE = ': OPENROUTER PROCESSING\n\n';

/** Waits, but no longer than the connection lasts. */
export async function pause(response: ServerResponse, ms: number): Promise<void> {
	const gone = new AbortController();
	const stop = () => gone.abort();
	response.once('close', stop);
	response.emit(SILENT);
	try {
		await sleep(ms, undefined, { signal: gone.signal });
	} catch (error) {
		if (!gone.signal.aborted) {
			throw error;
		}
	} finally {
		response.off('close', stop);
	}
}

/**
 * Sends a body at the wanted pace and breaks it where it is to break. Ends early when the client goes.
 * @param onPiece called in front of each piece, with the number of bytes of the body that are sent with it.
 */
export async function deliver(
	response: ServerResponse,
	body: Uint8Array,
	delivery: Delivery,
	onPiece: (sent: number) => void = () => undefined,
): Promise<void> {
	const { fault, keepAlives, delayMs = 0 } = delivery;
	response.flushHeaders();
	for (let count = 0; count < (keepAlives?.count ?? 0) && !response.destroyed; count++) {
		await write(response, KEEP_ALIVE);
		await pause(response, keepAlives?.everyMs ?? 0);
	}
	const end = fault === undefined ? body.length : Math.min(fault.afterBytes, body.length);
	let sent = 0;
	for (const piece of cut(body.subarray(0, end), delivery.pieces ?? 'whole')) {
		if (response.destroyed) {
			return;
		}
		sent += piece.length;
		onPiece(sent);
		await write(response, piece);
		if (delayMs > 0) {
			await pause(response, delayMs);
		}
	}
	switch (fault?.how) {
		case undefined:
		case 'close':
			response.end();
			return;
		case 'garbage':
			response.end(GARBAGE);
			return;
		case 'reset':
			response.socket?.resetAndDestroy();
			return;
		case 'stall':
			// Open until the client, or the server's end, closes it.
			response.emit(SILENT);
			return;
	}
}

function* cut(body: Uint8Array, pieces: NonNullable<Delivery['pieces']>): Generator<Uint8Array> {
	if (pieces === 'whole') {
		yield body;
		return;
	}
	for (let from = 0; from < body.length; ) {
		const to = pieces === 'event' ? endOfEvent(body, from) : from + pieces;
		yield body.subarray(from, to);
		from = to;
	}
}

function endOfEvent(body: Uint8Array, from: number): number {
	for (let at = from + 1; at < body.length; at++) {
		if (body[at] === 0x0a && body[at - 1] === 0x0a) {
			return at + 1;
		}
	}
	return body.length;
}

/** Resolves when the piece is on its way, or the connection is gone. */
function write(response: ServerResponse, piece: Uint8Array | string): Promise<void> {
	return new Promise(resolve => {
		response.write(piece, () => resolve());
	});
}
