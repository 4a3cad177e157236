/** What calls leave in the journal besides their results. */
import type { TurnEvent } from '../events.ts';
import type { ImageRef } from '../model.ts';
import type { PendingChange, ToolImage } from '../tool.ts';
import { ToolError } from '../toolError.ts';
import type { Emit } from './eventStream.ts';
import type { TurnOptions } from './turnOptions.ts';

type Keeping = Pick<TurnOptions, 'putBlob'>;

/** Resolves once both texts and the record are durable. @throws ToolError when they cannot be; nothing may change then. */
export async function recordChange(
	callId: string,
	{ location, before, after }: PendingChange,
	{
		putBlob,
		newId,
		emit,
		signal,
	}: Keeping & Pick<TurnOptions, 'newId' | 'signal'> & { readonly emit: Emit<TurnEvent> },
): Promise<void> {
	const keep = async (text: string | undefined) => (text === undefined ? undefined : putBlob(text));
	signal.throwIfAborted();
	let hashes: readonly (string | undefined)[];
	try {
		hashes = await Promise.all([keep(before), keep(after)]);
	} catch (error) {
		throw new ToolError(`Not changed: the change could not be recorded first (${messageOf(error)}).`, {
			cause: error,
		});
	}
	signal.throwIfAborted();
	const [beforeHash, afterHash] = hashes;
	await emit({
		type: 'change',
		changeId: newId(),
		callId,
		path: location.path,
		uri: location.uri,
		...(beforeHash !== undefined && { before: beforeHash }),
		...(afterHash !== undefined && { after: afterHash }),
	});
	signal.throwIfAborted();
}

/** Keeps what a tool shows, as the conversation names it. */
export async function keepImages(images: readonly ToolImage[], { putBlob }: Keeping): Promise<readonly ImageRef[]> {
	return Promise.all(
		images.map(async ({ mimeType, data }) => ({ mediaType: mimeType, hash: await putBlob(toBase64(data)) })),
	);
}

/** In parts: the arguments of a function are limited in number. */
function toBase64(bytes: Uint8Array): string {
	let binary = '';
	for (let at = 0; at < bytes.length; at += 0x8000) {
		binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
	}
	return btoa(binary);
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
