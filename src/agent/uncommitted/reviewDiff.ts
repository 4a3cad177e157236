import { diffTexts, type Hunk } from '../../editing/hunks.ts';

/** A file as it was committed and as the user sees it now. */
export interface ChangedFile {
	/** As the repository has it. */
	readonly path: string;
	/** Empty for a new file. */
	readonly before: string;
	readonly after: string;
}

/** A run of changed lines as the model reads it. */
export interface ReviewPart {
	readonly path: string;
	/** Lines with their numbers in the file as it is now; removed ones have none. */
	readonly text: string;
	/** The lines shown that the file has now, by number, from 1. */
	readonly lines: ReadonlyMap<number, string>;
}

/** One question to the model. */
export interface ReviewBatch {
	readonly parts: readonly ReviewPart[];
}

export interface ReviewPlan {
	readonly batches: readonly ReviewBatch[];
	/** Paths of files that are not shown, or not all of them, because there is too much. */
	readonly cut: readonly string[];
}

/** UTF-16 units of one question: some 15,000 tokens, of which a model still reads every line. */
const MOST_BATCH = 50_000;
const MOST_BATCHES = 6;
/** Lines around a change. */
const CONTEXT = 6;
/** A longer line is cut: it is data. */
const MOST_LINE = 400;

/** Puts the changes of files into questions of a size that a model can review, as many as are sensible. */
export function planReview(
	files: readonly ChangedFile[],
	mostBatch = MOST_BATCH,
	mostBatches = MOST_BATCHES,
): ReviewPlan {
	const batches: ReviewPart[][] = [];
	const cut = new Set<string>();
	let room = 0;
	for (const part of files.flatMap(partsOf)) {
		const fitted = fitPart(part, mostBatch);
		if (fitted !== part) {
			cut.add(part.path);
		}
		if (fitted.text.length > room) {
			if (batches.length === mostBatches) {
				cut.add(part.path);
				continue;
			}
			batches.push([]);
			room = mostBatch;
		}
		batches.at(-1)?.push(fitted);
		room -= fitted.text.length;
	}
	return { batches: batches.map(parts => ({ parts })), cut: [...cut] };
}

/** Line ends are no matter of a review: git may check them out otherwise than it keeps them. */
function partsOf({ path, before, after }: ChangedFile): readonly ReviewPart[] {
	return diffTexts(withPlainEnds(before), withPlainEnds(after), CONTEXT).hunks.map(hunk => partOf(path, hunk));
}

function withPlainEnds(text: string): string {
	return text.replaceAll('\r\n', '\n');
}

function partOf(path: string, { newStart, lines }: Hunk): ReviewPart {
	const shown = new Map<number, string>();
	const width = String(newStart + lines.length).length;
	let number = newStart;
	const rows = lines.map(line => {
		const sign = line.charAt(0);
		const text = line.slice(1);
		const row = text.length > MOST_LINE ? `${text.slice(0, MOST_LINE)}…` : text;
		if (sign === '-') {
			return `${' '.repeat(width)} - ${row}`;
		}
		shown.set(number, text);
		return `${String(number++).padStart(width)} ${sign} ${row}`;
	});
	return { path, text: rows.join('\n'), lines: shown };
}

/** A run that alone is too long ends earlier; what is not shown cannot be spoken of. */
function fitPart(part: ReviewPart, most: number): ReviewPart {
	if (part.text.length <= most) {
		return part;
	}
	const end = part.text.lastIndexOf('\n', most);
	const text = part.text.slice(0, Math.max(0, end));
	const count = text.split('\n').filter(row => /^ *\d/.test(row)).length;
	return { ...part, text, lines: new Map([...part.lines].slice(0, count)) };
}
