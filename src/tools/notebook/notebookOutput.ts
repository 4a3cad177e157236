import type { NotebookOutput } from '../../agent/notebook.ts';

/** One of the forms in which a cell gave the same output. */
export interface OutputForm {
	readonly mimeType: string;
	text(): string;
}

/** Forms that a reader of text can use, the best first. */
const TEXT_FORMS = ['text/plain', 'text/markdown', 'application/json', 'text/latex'];

/** The form that tells most: a picture is named, for the text beside it only describes the object that drew it. */
export function outputOf(forms: readonly OutputForm[]): NotebookOutput | undefined {
	const picture = forms.find(({ mimeType }) => mimeType.startsWith('image/'));
	if (picture !== undefined) {
		return { kind: 'other', mimeType: picture.mimeType };
	}
	for (const wanted of TEXT_FORMS) {
		const form = forms.find(({ mimeType }) => mimeType === wanted);
		if (form !== undefined) {
			return { kind: 'text', text: form.text() };
		}
	}
	const [other] = forms;
	return other && { kind: 'other', mimeType: other.mimeType };
}
