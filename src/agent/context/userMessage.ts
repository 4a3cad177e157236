import { delimit } from '../delimit.ts';
import type { Attachment } from '../events.ts';
import type { UserMessage } from '../model.ts';
import { hiddenNote, visibleText } from '../visibleText.ts';

/** What a message of the user was made of, so that it can be written again without its attachments. */
export interface UserSource {
	readonly messageId: string;
	readonly text: string;
	readonly attachments: readonly Attachment[];
	/** What happened outside of turns and the model is told with this message. */
	readonly notes: readonly string[];
}

/** The user's message as the model reads it: text, attachments and notes, in this order. */
export function writeUserMessage({ text, attachments, notes }: UserSource): UserMessage {
	const images = attachments.flatMap(({ image }) => (image === undefined ? [] : [image]));
	return {
		role: 'user',
		text: shown([text, ...attachments.map(writeAttachment), ...notes].join('\n\n')),
		...(images.length > 0 && { images }),
	};
}

/** What the model is told where the user wrote nothing. */
export function writeNotes(notes: readonly string[]): UserMessage {
	return { role: 'user', text: shown(notes.join('\n\n')) };
}

/** What is pasted or attached was written by others, who may have hidden instructions in it that nobody sees. */
function shown(text: string): string {
	const { text: visible, hidden } = visibleText(text.replace(/\r\n?/g, '\n'));
	return hidden > 0 ? `${visible}\n\n${hiddenNote(hidden)}` : visible;
}

/** The same with a note in place of the attachments. */
export function writeWithoutAttachments({ text, attachments, notes }: UserSource): UserMessage {
	const labels = attachments.map(({ label }) => oneLine(label)).join(', ');
	const note = `[Left out to make room: ${labels}. Read it again, or ask the user for it, if you need it.]`;
	return { role: 'user', text: shown([text, note, ...notes].join('\n\n')) };
}

function writeAttachment({ label, text, image }: Attachment): string {
	const title = `Attached by the user: ${label}`;
	// A picture goes behind the text, so only its name stands here. Several come in the order of their names.
	return image !== undefined && text === '' ? `${oneLine(title)} (image)` : delimit(title, text);
}

/** As `delimit` shows a label. */
function oneLine(text: string): string {
	return text.replace(/\s+/g, ' ');
}
