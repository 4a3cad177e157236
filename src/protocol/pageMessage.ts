/** The host's check of what the page sends. The page itself imports the types of `messages.ts` alone. */
import * as z from 'zod';
import type { PageMessage } from './messages.ts';

/** Longest text taken from the page, in UTF-16 units: far above any message, far below what could harm the host. */
const MAX_TEXT = 2_000_000;

/** Base64 characters of one image: some 5 MB of bytes, which is what providers take. */
const MAX_IMAGE = 7_000_000;
const thumbnail = z
	.string()
	.max(20_000)
	.regex(/^data:image\/(?:png|jpeg|webp);base64,[A-Za-z\d+/]+=*$/);
const imageType = z.enum(['image/png', 'image/jpeg', 'image/webp', 'image/gif']);

const id = z.string().min(1).max(200);
const text = z.string().max(MAX_TEXT);
const path = z.string().min(1).max(4096);

const action = z.enum([
	'setKey',
	'signIn',
	'signOut',
	'showAccount',
	'addCredits',
	'keySettings',
	'privacySettings',
	'activity',
	'chooseModel',
	'changeModel',
	'chooseEffort',
	'useBuiltIn',
	'editRouting',
	'raiseBudget',
	'compact',
	'retryNow',
	'retry',
	'continue',
	'stop',
	'newSession',
	'manageTrust',
	'takeOver',
	'undoRestore',
]);

const pageMessage = z.discriminatedUnion('type', [
	z.object({ type: z.literal('ready') }),
	z.object({ type: z.literal('send'), text: text.min(1) }),
	z.object({ type: z.literal('stop') }),
	z.object({
		type: z.literal('answer'),
		callId: id,
		nonce: id,
		allow: z.enum(['once', 'session', 'workspace', 'always', 'no']),
		instead: text.exactOptional(),
	}),
	z.object({ type: z.literal('setMode'), mode: z.enum(['ask', 'agent']) }),
	z.object({ type: z.literal('setLevel'), level: z.enum(['ask', 'edits', 'everything']) }),
	z.object({ type: z.literal('openDelegate'), sessionId: id }),
	z.object({ type: z.literal('newSession') }),
	z.object({ type: z.literal('showSessions') }),
	z.object({ type: z.literal('openSession'), sessionId: id }),
	z.object({ type: z.literal('deleteSession'), sessionId: id }),
	z.object({ type: z.literal('range'), before: z.number().int().min(0), count: z.number().int().min(1).max(200) }),
	z.object({ type: z.literal('toggleChip'), id }),
	z.object({ type: z.literal('removeQueued'), id }),
	z.object({ type: z.literal('action'), action, argument: z.string().max(200).exactOptional() }),
	z.object({ type: z.literal('openFile'), path, line: z.number().int().min(1).exactOptional() }),
	z.object({ type: z.literal('openLink'), url: z.string().max(4096) }),
	z.object({ type: z.literal('openDiff'), callId: id }),
	z.object({ type: z.literal('undo'), callId: id }),
	z.object({ type: z.literal('openChanges') }),
	z.object({ type: z.literal('undoAll') }),
	z.object({ type: z.literal('keepAll') }),
	z.object({ type: z.literal('changedFile'), path, do: z.enum(['show', 'compare', 'keep', 'undo']) }),
	z.object({ type: z.literal('restore'), id }),
	z.object({ type: z.literal('copy'), text }),
	z.object({ type: z.literal('insert'), text }),
	z.object({
		type: z.literal('attachImage'),
		mediaType: imageType,
		data: z.base64().max(MAX_IMAGE),
		thumbnail: thumbnail.exactOptional(),
	}),
	z.object({ type: z.literal('removeImage'), id }),
	z.object({ type: z.literal('openSettingsForm'), target: z.string().max(200).exactOptional() }),
	z.object({
		type: z.literal('saveSettings'),
		target: z.string().min(1).max(200),
		settings: z.record(z.string(), z.unknown()),
	}),
	z.object({ type: z.literal('closeForm') }),
	z.object({ type: z.literal('pageError'), message: z.string().max(10_000) }),
]);

/**
 * Reads a message of the page.
 * @returns undefined when it is none: a page that sends such a thing is broken or not ours, and is not obeyed.
 */
export function parsePageMessage(value: unknown): PageMessage | undefined {
	const parsed = pageMessage.safeParse(value);
	return parsed.success ? parsed.data : undefined;
}
