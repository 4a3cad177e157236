import type { Translate } from '../../src/host/translate.ts';

/** What the editor does in English: puts the arguments into the text. */
export const translate: Translate = (message, ...args) =>
	message.replace(/\{(\d+)\}/g, (place, index) => String(args[Number(index)] ?? place));
