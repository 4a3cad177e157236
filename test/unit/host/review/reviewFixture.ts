import { ReviewHub } from '../../../../src/host/review/reviewHub.ts';
import { type ShownFile, ShownFiles } from '../../../../src/host/review/shownFiles.ts';
import { MemoryReview, type Texts } from './memoryReview.ts';

export const A = 'file:///w/a.ts';
export const B = 'file:///w/b.ts';

/** Texts, all open in the editor, with a session or two whose edits are under review. */
export function reviewFixture(start: Readonly<Record<string, string>> = {}) {
	const texts: Texts = new Map(Object.entries(start));
	const documents = new Map<string, { text: string; version: number; getText(): string }>();
	const hub = new ReviewHub();
	const shown = new ShownFiles(hub, key => {
		const text = texts.get(key);
		if (text === undefined) {
			return undefined;
		}
		const document = documents.get(key) ?? {
			text,
			version: 1,
			getText() {
				return this.text;
			},
		};
		if (document.text !== text) {
			document.text = text;
			document.version++;
		}
		documents.set(key, document);
		return document;
	});
	const session = (id: string) => {
		const review = new MemoryReview(texts);
		const subscription = hub.add(id, review);
		return Object.assign(review, { end: () => subscription.dispose() });
	};
	return { texts, hub, shown, session };
}

/** Lines with their ends. */
export function lines(...of: readonly string[]): string {
	return of.map(line => `${line}\n`).join('');
}

/** Where a file's hunks are, as "start-end". */
export function spans(file: ShownFile | undefined): readonly string[] {
	return (file?.hunks ?? []).map(({ span }) => `${span.start}-${span.end}`);
}
