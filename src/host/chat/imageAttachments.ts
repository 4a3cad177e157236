import type { Attachment } from '../../agent/events.ts';
import { MAX_IMAGE_BYTES, MAX_IMAGES } from '../../protocol/images.ts';
import type { ImageType, ImageView } from '../../protocol/messages.ts';
import type { Translate } from '../translate.ts';

export interface NewImage {
	/** As its source calls it; the bytes decide. */
	readonly mediaType: ImageType;
	/** Base64. */
	readonly data: string;
	/** Small `data:` URL. */
	readonly thumbnail?: string;
}

interface PendingImage extends NewImage {
	readonly id: string;
}

export type ImageRefusal = 'tooMany' | 'tooLarge' | 'notAnImage';

/** The pictures that go with the next message. */
export class ImageAttachments {
	readonly #newId: () => string;
	readonly #onDidChange: () => void;
	#pending: readonly PendingImage[] = [];
	#taken: readonly PendingImage[] = [];

	/** @param newId gives ids that are unique for good. */
	constructor(newId: () => string, onDidChange: () => void) {
		this.#newId = newId;
		this.#onDidChange = onDidChange;
	}

	/** @returns why it is not taken; undefined when it is. */
	add(image: NewImage): ImageRefusal | undefined {
		const mediaType = typeOf(image.data);
		if (mediaType === undefined) {
			return 'notAnImage';
		}
		if (byteLength(image.data) > MAX_IMAGE_BYTES) {
			return 'tooLarge';
		}
		if (this.#pending.length >= MAX_IMAGES) {
			return 'tooMany';
		}
		this.#set([...this.#pending, { ...image, mediaType, id: this.#newId() }]);
		return undefined;
	}

	remove(id: string): void {
		this.#set(this.#pending.filter(image => image.id !== id));
	}

	views(t: Translate): readonly ImageView[] {
		return this.#pending.map(({ id, mediaType, data, thumbnail }, index) => ({
			id,
			label: `${labelOf(index, t)} (${formatNames[mediaType]}, ${formatBytes(byteLength(data))})`,
			...(thumbnail !== undefined && { thumbnail }),
		}));
	}

	/**
	 * Hands them over to a message. They stay when this throws.
	 * @param putBlob keeps a text and gives its hash.
	 */
	async take(putBlob: (text: string) => Promise<string>, t: Translate): Promise<readonly Attachment[]> {
		const taken = this.#pending;
		const attachments = await Promise.all(
			taken.map(async ({ mediaType, data }, index) => ({
				label: labelOf(index, t),
				text: '',
				image: { mediaType, hash: await putBlob(data) },
			})),
		);
		this.#taken = taken;
		this.#set(this.#pending.filter(image => !taken.includes(image)));
		return attachments;
	}

	/** Puts back what was taken last, because the message was not sent. */
	restore(): void {
		const taken = this.#taken;
		this.#taken = [];
		this.#set([...taken, ...this.#pending].slice(0, MAX_IMAGES));
	}

	#set(pending: readonly PendingImage[]): void {
		const isSame = pending.length === this.#pending.length;
		this.#pending = pending;
		if (!isSame) {
			this.#onDidChange();
		}
	}
}

/** For the user: why a picture was not taken. */
export function refusalText(refusal: ImageRefusal, t: Translate): string {
	switch (refusal) {
		case 'tooMany':
			return t('At most {0} images go with one message.', MAX_IMAGES);
		case 'tooLarge':
			return t('The image is larger than {0}. Make it smaller and attach it again.', formatBytes(MAX_IMAGE_BYTES));
		case 'notAnImage':
			return t('This is no PNG, JPEG, WebP or GIF image.');
	}
}

function labelOf(index: number, t: Translate): string {
	return t('Image {0}', index + 1);
}

const formatNames: Readonly<Record<ImageType, string>> = {
	'image/png': 'PNG',
	'image/jpeg': 'JPEG',
	'image/webp': 'WebP',
	'image/gif': 'GIF',
};

/** The format that the bytes say; undefined when it is none of those that models take. */
function typeOf(base64: string): ImageType | undefined {
	const head = decodeHead(base64);
	if (head.startsWith('\x89PNG\r\n\x1a\n')) {
		return 'image/png';
	}
	if (head.startsWith('\xff\xd8\xff')) {
		return 'image/jpeg';
	}
	if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) {
		return 'image/gif';
	}
	return head.startsWith('RIFF') && head.endsWith('WEBP') ? 'image/webp' : undefined;
}

/** The first 12 bytes, one character each; empty when it is no Base64. */
function decodeHead(base64: string): string {
	try {
		return atob(base64.slice(0, 16));
	} catch {
		return '';
	}
}

/** Bytes that Base64 text stands for. */
function byteLength(base64: string): number {
	const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
	return (base64.length / 4) * 3 - padding;
}

function formatBytes(bytes: number): string {
	return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
