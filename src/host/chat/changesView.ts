import type { ReviewedFile } from '../../agent/review/review.ts';
import { diffTexts } from '../../editing/index.ts';
import type { PendingEdit } from '../../editing/pendingEdit.ts';
import type { ChangedFileView, ChangesView } from '../../protocol/messages.ts';

/** Files that the panel lists. */
const MAX_FILES = 200;

type Counts = Pick<ChangedFileView, 'added' | 'removed'>;

/** The list of changes in the panel. Lines are counted once for each state of a file. */
export class ChangesViews {
	readonly #counts = new WeakMap<PendingEdit, Counts>();

	of(files: readonly Pick<ReviewedFile, 'path' | 'pending'>[]): ChangesView {
		const shown = files.map(file => this.#file(file));
		return {
			files: shown.slice(0, MAX_FILES),
			total: shown.length,
			added: sum(shown.map(({ added }) => added)),
			removed: sum(shown.map(({ removed }) => removed)),
		};
	}

	#file({ path, pending }: Pick<ReviewedFile, 'path' | 'pending'>): ChangedFileView {
		const mark = pending.base === undefined ? 'new' : pending.text === undefined ? 'deleted' : undefined;
		return { path, ...this.#count(pending), ...(mark && { mark }) };
	}

	#count(pending: PendingEdit): Counts {
		const known = this.#counts.get(pending);
		if (known !== undefined) {
			return known;
		}
		const { added, removed } = diffTexts(pending.base ?? '', pending.text ?? '');
		const counts = { added, removed };
		this.#counts.set(pending, counts);
		return counts;
	}
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}
