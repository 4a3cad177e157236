/** What calls leave in the journal besides their results. */
import { diffTexts } from '../../editing/index.ts';
import type { TurnEvent } from '../events.ts';
import type { ImageRef } from '../model.ts';
import type { MadeChange, PendingChange, ToolImage } from '../tool.ts';
import { ToolError } from '../toolError.ts';
import type { Emit } from './eventStream.ts';
import type { TurnOptions } from './turnOptions.ts';

type Keeping = Pick<TurnOptions, 'putBlob'>;

type Recording = Keeping & Pick<TurnOptions, 'newId'> & { readonly emit: Emit<TurnEvent> };

/** Resolves once both texts and the record are durable. @throws ToolError when they cannot be; nothing may change then. */
export async function recordChange(
	callId: string,
	change: PendingChange,
	{ signal, ...recording }: Recording & Pick<TurnOptions, 'signal'>,
): Promise<void> {
	signal.throwIfAborted();
	let texts: KeptTexts;
	try {
		texts = await keepTexts(change, recording);
	} catch (error) {
		throw new ToolError(`Not changed: the change could not be recorded first (${messageOf(error)}).`, {
			cause: error,
		});
	}
	signal.throwIfAborted();
	await recording.emit({ type: 'change', changeId: recording.newId(), callId, ...nameOf(change), ...texts });
	signal.throwIfAborted();
}

/** The same for what is changed already. @throws ToolError when the texts cannot be kept. */
export async function recordMade(change: MadeChange, recording: Recording): Promise<void> {
	const { callId, origin, before = '', after = '' } = change;
	let texts: KeptTexts;
	try {
		texts = await keepTexts(change, recording);
	} catch (error) {
		throw new ToolError(messageOf(error), { cause: error });
	}
	const { added, removed } = diffTexts(before, after, 0);
	const made = { added, removed };
	await recording.emit({
		type: 'change',
		...{ changeId: recording.newId(), callId, ...nameOf(change), ...texts },
		...{ origin, made },
	});
}

/** Hashes; absent means no file. */
interface KeptTexts {
	readonly before?: string;
	readonly after?: string;
}

async function keepTexts({ before, after }: PendingChange, { putBlob }: Keeping): Promise<KeptTexts> {
	const keep = async (text: string | undefined) => (text === undefined ? undefined : putBlob(text));
	const [beforeHash, afterHash] = await Promise.all([keep(before), keep(after)]);
	return {
		...(beforeHash !== undefined && { before: beforeHash }),
		...(afterHash !== undefined && { after: afterHash }),
	};
}

function nameOf({ location: { path, uri } }: PendingChange): { readonly path: string; readonly uri: string } {
	return { path, uri };
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
