import type { Stamp } from '../agent/workspace.ts';

/** Names a text by its content, so that it holds for a buffer and for a file alike. */
export async function stampOf(text: string): Promise<Stamp> {
	const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
	return `${text.length}-${[...new Uint8Array(digest)].map(byte => byte.toString(16).padStart(2, '0')).join('')}`;
}
