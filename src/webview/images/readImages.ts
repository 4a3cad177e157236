/** Makes what the user pasted or dropped fit to be sent. Loaded with the first picture. */
import { MAX_IMAGE_BYTES, MAX_IMAGES } from '../../protocol/images.ts';
import type { ImageType } from '../../protocol/messages.ts';
import { scaledSizes } from './scaledSizes.ts';

interface ReadImage {
	readonly mediaType: ImageType;
	/** Base64. */
	readonly data: string;
	readonly thumbnail?: string;
}

export interface ReadImages {
	readonly images: readonly ReadImage[];
	/** Why some are not among them, for the user. */
	readonly refusal?: string;
}

const TYPES: readonly string[] = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'] satisfies readonly ImageType[];

/** Pixels of a thumbnail's sides: twice what it is shown in, for sharp screens. */
const THUMBNAIL_SIZE = 48;
/** Quality of a picture that had to be encoded anew. */
const QUALITY = 0.85;

/** @param attached pictures that go with the message already. */
export async function readImages(files: readonly File[], attached: number): Promise<ReadImages> {
	const images: ReadImage[] = [];
	const refusals: string[] = [];
	for (const file of files) {
		if (!TYPES.includes(file.type)) {
			refusals.push(`${nameOf(file)} is no PNG, JPEG, WebP or GIF image.`);
		} else if (attached + images.length >= MAX_IMAGES) {
			refusals.push(`At most ${MAX_IMAGES} images go with one message.`);
			break;
		} else {
			const image = await readImage(file);
			if (typeof image === 'string') {
				refusals.push(image);
			} else {
				images.push(image);
			}
		}
	}
	return { images, ...(refusals.length > 0 && { refusal: refusals.join(' ') }) };
}

/** @returns the picture, or why it cannot be sent. */
async function readImage(file: File): Promise<ReadImage | string> {
	const bitmap = await decode(file);
	if (bitmap === undefined) {
		return `${nameOf(file)} could not be read as an image.`;
	}
	try {
		const fitting = file.size <= MAX_IMAGE_BYTES ? file : await scaleDown(bitmap);
		if (fitting === undefined) {
			return `${nameOf(file)} is too large to be sent.`;
		}
		const thumbnail = await encode(bitmap, THUMBNAIL_SIZE, THUMBNAIL_SIZE, 'cover');
		return {
			// Of the four by the check before, or what it was encoded as.
			mediaType: fitting.type as ImageType,
			data: await base64Of(fitting),
			thumbnail: `data:${thumbnail.type};base64,${await base64Of(thumbnail)}`,
		};
	} finally {
		bitmap.close();
	}
}

/** @returns undefined when the bytes are no picture. */
async function decode(file: File): Promise<ImageBitmap | undefined> {
	try {
		return await createImageBitmap(file);
	} catch (error) {
		if (error instanceof DOMException) {
			return undefined;
		}
		throw error;
	}
}

/** Fewer and fewer pixels, until it is small enough. An animation keeps its first picture. */
async function scaleDown(bitmap: ImageBitmap): Promise<Blob | undefined> {
	for (const { width, height } of scaledSizes(bitmap)) {
		const blob = await encode(bitmap, width, height, 'fill');
		if (blob.size <= MAX_IMAGE_BYTES) {
			return blob;
		}
	}
	return undefined;
}

/** @param fit `cover` cuts off what does not have the shape of the result. */
async function encode(bitmap: ImageBitmap, width: number, height: number, fit: 'cover' | 'fill'): Promise<Blob> {
	const canvas = new OffscreenCanvas(width, height);
	const context = canvas.getContext('2d');
	if (context === null) {
		throw new Error('No canvas to draw on.');
	}
	const scale = Math.max(width / bitmap.width, height / bitmap.height);
	const [drawnWidth, drawnHeight] = fit === 'fill' ? [width, height] : [bitmap.width * scale, bitmap.height * scale];
	context.drawImage(bitmap, (width - drawnWidth) / 2, (height - drawnHeight) / 2, drawnWidth, drawnHeight);
	return canvas.convertToBlob({ type: 'image/webp', quality: QUALITY });
}

async function base64Of(blob: Blob): Promise<string> {
	const url = await new Promise<string>((resolve, reject) => {
		const reader = new FileReader();
		reader.onload = () => resolve(String(reader.result));
		reader.onerror = () => reject(reader.error ?? new Error('The image could not be read.'));
		reader.readAsDataURL(blob);
	});
	return url.slice(url.indexOf(',') + 1);
}

function nameOf(file: File): string {
	return file.name === '' ? 'The file' : file.name;
}
