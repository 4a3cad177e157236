import * as vscode from 'vscode';
import type { ImageType } from '../../protocol/messages.ts';
import type { Translate } from '../translate.ts';
import { type ImageAttachments, refusalText } from './imageAttachments.ts';

const TYPES: Readonly<Record<string, ImageType>> = {
	png: 'image/png',
	jpg: 'image/jpeg',
	jpeg: 'image/jpeg',
	webp: 'image/webp',
	gif: 'image/gif',
};

/** Lets the user choose pictures that go with the next message. */
export async function pickImages(images: ImageAttachments, t: Translate): Promise<void> {
	const files = await vscode.window.showOpenDialog({
		title: t('Attach images'),
		canSelectMany: true,
		filters: { [t('Images')]: Object.keys(TYPES) },
	});
	for (const file of files ?? []) {
		const extension = file.path.slice(file.path.lastIndexOf('.') + 1).toLowerCase();
		const bytes = await vscode.workspace.fs.readFile(file);
		const refusal = images.add({ mediaType: TYPES[extension] ?? 'image/png', data: toBase64(bytes) });
		if (refusal !== undefined) {
			void vscode.window.showWarningMessage(refusalText(refusal, t));
			return;
		}
	}
}

function toBase64(bytes: Uint8Array): string {
	const parts: string[] = [];
	// In pieces: a call takes only so many arguments. A multiple of three, so that the pieces join without padding.
	for (let from = 0; from < bytes.length; from += 0x6000) {
		parts.push(btoa(String.fromCharCode(...bytes.subarray(from, from + 0x6000))));
	}
	return parts.join('');
}
