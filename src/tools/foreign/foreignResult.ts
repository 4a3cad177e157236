/** What a foreign tool answered, for the model: bounded, set off, and with nothing hidden in it. */
import { delimit } from '../../agent/delimit.ts';
import type { ForeignPart } from '../../agent/foreignTools.ts';
import { counted } from '../counted.ts';
import { sliceWhole } from '../limitText.ts';
import { hiddenNote, visibleText } from '../visibleText.ts';

export interface ForeignImage {
	/** `image/png`, `image/jpeg`, `image/gif` or `image/webp`. */
	readonly mimeType: string;
	readonly data: Uint8Array;
}

export interface ForeignResult {
	readonly text: string;
	readonly images: readonly ForeignImage[];
}

/** About 10,000 tokens. */
const MAX_CHARACTERS = 40_000;
const MAX_IMAGES = 4;
const MAX_IMAGE_BYTES = 5_000_000;
const IMAGE_TYPES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** @param label whose answer it is. */
export function foreignResult(parts: readonly ForeignPart[], label: string): ForeignResult {
	const images: ForeignImage[] = [];
	const texts: string[] = [];
	for (const part of parts) {
		switch (part.kind) {
			case 'text':
				texts.push(part.text);
				break;
			case 'image': {
				const fits = images.length < MAX_IMAGES && part.data.length <= MAX_IMAGE_BYTES;
				const isTaken = fits && IMAGE_TYPES.has(part.mimeType);
				texts.push(`[${part.mimeType}, ${counted(part.data.length, 'byte')}${isTaken ? '' : ', left out'}]`);
				if (isTaken) {
					images.push({ mimeType: part.mimeType, data: part.data });
				}
				break;
			}
			case 'other':
				texts.push(`[${part.words}]`);
				break;
			default:
				part satisfies never;
		}
	}
	const { text, hidden } = visibleText(texts.join('\n').replace(/\r\n?/g, '\n'));
	const shown = sliceWhole(text, MAX_CHARACTERS);
	const ends: string[] = [];
	if (shown.length < text.length) {
		ends.push(`[${counted(text.length - shown.length, 'more character')} left out; ask for less]`);
	}
	if (hidden > 0) {
		ends.push(hiddenNote(hidden));
	}
	const body = shown.trim() === '' ? '[no answer text]' : shown;
	return { text: [delimit(label, body), ...ends].join('\n'), images };
}

/** VS Code gives a server's error as its text, measured with 1.139. */
export function isServerError(parts: readonly ForeignPart[]): boolean {
	const [first] = parts;
	return first?.kind === 'text' && /^MCP error -?\d+:/.test(first.text);
}
