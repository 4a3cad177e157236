/** Makes text of the bytes that a web server sent, whose words about them are not always true. */
import type { WebContent } from '../../agent/webPort.ts';
import { binaryKind } from '../binary.ts';

export interface ContentType {
	/** Lower case, such as `text/html`; empty when the server did not say. */
	readonly mediaType: string;
	readonly charset: string | undefined;
}

/** Where HTML and XML name their own encoding: in the first bytes, as the HTML standard has it. */
const PRESCAN_BYTES = 1024;
const TEXT_TYPES =
	/^text\/|[/+](?:json|json5|jsonl|ndjson|xml|yaml|x-yaml|toml|javascript|x-javascript|ecmascript|typescript|graphql|sql|x-sh|x-httpd-php|x-tex|x-www-form-urlencoded|rtf)$/;
/** Types that say nothing, or that servers send for files they do not know. The bytes decide. */
const VAGUE_TYPES = /^$|\/(?:octet-stream|unknown|x-unknown|binary|force-download|x-download)$/;
const ONE_BYTE_ENCODING = /^(?:windows-\d+|iso-8859-|koi8-|macintosh|x-mac-|ibm866)/;
/** What decoders put in the place of bytes that are no character. */
const BROKEN = '\uFFFD';
const NAMED_KINDS: readonly (readonly [RegExp, string])[] = [
	[/\/pdf$/, 'a PDF document'],
	[/^image\//, 'an image'],
	[/^(audio|video)\//, 'audio or video'],
	[/^font\//, 'a font'],
	[/(zip|tar|compressed|7z|rar)/, 'an archive'],
	[/(officedocument|msword|ms-excel|ms-powerpoint|opendocument)/, 'an Office document'],
];

/** @param header of a `content-type`. */
export function parseContentType(header: string | null | undefined): ContentType {
	const [mediaType = '', ...parameters] = (header ?? '').split(';');
	const charset = parameters.map(parameter => /^\s*charset\s*=\s*"?([^"\s]+)/i.exec(parameter)?.[1]).find(Boolean);
	return { mediaType: mediaType.trim().toLowerCase(), charset };
}

/** What a body is that need not be read because its type says it is no text, such as "a PDF document". */
export function kindOfNoText({ mediaType }: ContentType): string | undefined {
	if (TEXT_TYPES.test(mediaType) || VAGUE_TYPES.test(mediaType)) {
		return undefined;
	}
	return NAMED_KINDS.find(([pattern]) => pattern.test(mediaType))?.[1] ?? `of the type ${mediaType.slice(0, 100)}`;
}

/** The text of a body, or in `what` what it is that has none. */
export function readBody(
	bytes: Uint8Array,
	type: ContentType,
): { readonly content: WebContent; readonly text: string } | { readonly what: string } {
	// UTF-16 without a mark is full of zero bytes, which otherwise mean that something is no text.
	const what = /^utf-?16/i.test(type.charset ?? '') ? undefined : binaryKind(bytes);
	if (what !== undefined) {
		return { what };
	}
	const text = decode(bytes, type);
	return { content: contentOf(type.mediaType, text), text };
}

function contentOf(mediaType: string, text: string): WebContent {
	if (/[/+]json$/.test(mediaType)) {
		return 'json';
	}
	if (mediaType === 'text/html' || mediaType === 'application/xhtml+xml') {
		return 'html';
	}
	return VAGUE_TYPES.test(mediaType) && /^\s*(?:<!doctype html|<html[\s>])/i.test(text) ? 'html' : 'text';
}

/**
 * In the encoding that the byte-order mark, the header or the document names, in this order. Two claims are often wrong,
 * being a server's default, and give way to what the bytes show: UTF-8, and the alphabets of one byte a letter.
 */
function decode(bytes: Uint8Array, { charset }: ContentType): string {
	const marked = markedEncoding(bytes);
	if (marked !== undefined) {
		return new TextDecoder(marked).decode(bytes);
	}
	const inside = decoderFor(ownCharset(bytes));
	const named = decoderFor(charset) ?? inside;
	const utf8 = new TextDecoder().decode(bytes);
	if (named === undefined || named.encoding === 'utf-8') {
		const other = inside === undefined || inside.encoding === 'utf-8' ? new TextDecoder('windows-1252') : inside;
		return isMostlyWhole(utf8) ? utf8 : other.decode(bytes);
	}
	return ONE_BYTE_ENCODING.test(named.encoding) && !utf8.includes(BROKEN) ? utf8 : named.decode(bytes);
}

/** A few broken characters are damage, such as a cut end; many are another encoding. */
function isMostlyWhole(text: string): boolean {
	let broken = 0;
	let whole = 0;
	for (const character of text) {
		if (character === BROKEN) {
			broken += 1;
		} else if (character > '\u007F') {
			whole += 1;
		}
	}
	return broken <= whole;
}

function markedEncoding(bytes: Uint8Array): string | undefined {
	if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
		return 'utf-8';
	}
	if (bytes[0] === 0xff && bytes[1] === 0xfe) {
		return 'utf-16le';
	}
	return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
}

/** What a `<meta charset>`, its older form, or an XML declaration names. */
function ownCharset(bytes: Uint8Array): string | undefined {
	const head = new TextDecoder('windows-1252').decode(bytes.subarray(0, PRESCAN_BYTES));
	return (/<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/i.exec(head) ??
		/^<\?xml[^>]+encoding\s*=\s*["']([\w-]+)/i.exec(head))?.[1];
}

function decoderFor(label: string | undefined): InstanceType<typeof TextDecoder> | undefined {
	if (label === undefined) {
		return undefined;
	}
	try {
		return new TextDecoder(label);
	} catch {
		// A label that no decoder knows tells nothing.
		return undefined;
	}
}

export function joinBytes(chunks: readonly Uint8Array[]): Uint8Array {
	const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
	let at = 0;
	for (const chunk of chunks) {
		bytes.set(chunk, at);
		at += chunk.length;
	}
	return bytes;
}
