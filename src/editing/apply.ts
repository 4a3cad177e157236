/**
 * Applies a model's edits to a text. Each quote must stand in exactly one place; anything else is refused with a
 * reason that lets the next attempt succeed. Only line ends are forgiven: the file's own are kept.
 */
import { fitEdges } from './edges.ts';
import { findNewElision } from './elision.ts';
import { keepLineEnds, lineEndNear, toLf } from './lineEnds.ts';
import { findNearest } from './nearest.ts';
import { contains, findPlaces, lfView, lineAt, type Place } from './places.ts';

export interface Edit {
	readonly oldText: string;
	readonly newText: string;
	readonly replaceAll?: boolean | undefined;
	/** 1-based line near which the text is meant, where it stands in several places. */
	readonly nearLine?: number | undefined;
}

export interface ApplyInput {
	/** The file's text now, byte-order mark and carriage returns kept; '' when absent or empty. */
	readonly content: string;
	readonly edits: readonly Edit[];
	readonly path: string;
	/** Tells an absent file from an empty one, where known. */
	readonly exists?: boolean;
	/** The text that the model was last shown, where it differs from `content`. */
	readonly base?: string;
}

export type ApplyResult =
	| {
			readonly ok: true;
			readonly content: string;
			/** 1-based line of the result at which the first change is. */
			readonly firstChangedLine: number;
	  }
	| { readonly ok: false; readonly reason: string };

const BYTE_ORDER_MARK = '\uFEFF';
const NEAR_LINES = 3;
/** More places than anyone is told about. */
const MAX_PLACES = 1000;
const MAX_REPLACED = 100_000;
/** Characters of the largest result; a `replaceAll` can multiply a text beyond what a string can hold. */
const MAX_RESULT = 100_000_000;

/** All edits or none, in order, each on the result of those before. Never throws, never slow. */
export function apply(input: ApplyInput): ApplyResult {
	const mark = input.content.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
	const original = input.content.slice(mark.length);
	if (input.edits.length === 0) {
		return { ok: false, reason: 'There is no edit.' };
	}
	let batch: Batch = { text: original, written: [], quotes: [] };
	for (const [index, edit] of input.edits.entries()) {
		const step = applyOne(batch, edit, input, original);
		if (typeof step === 'string') {
			return {
				ok: false,
				reason: input.edits.length > 1 ? `Edit ${index + 1} of ${input.edits.length}: ${step}` : step,
			};
		}
		batch = step;
	}
	if (batch.text === original) {
		return { ok: false, reason: 'The edits together change nothing.' };
	}
	return { ok: true, content: mark + batch.text, firstChangedLine: firstDifference(original, batch.text) };
}

interface Batch {
	readonly text: string;
	/** What earlier edits of the batch wrote, in positions of `text`. */
	readonly written: readonly Place[];
	/** What they quoted. */
	readonly quotes: readonly string[];
}

interface Replacement extends Place {
	readonly text: string;
}

/** The text after one edit, or the reason against it. */
function applyOne(batch: Batch, edit: Edit, input: ApplyInput, original: string): Batch | string {
	const oldText = toLf(withoutMark(edit.oldText));
	const newText = toLf(withoutMark(edit.newText));
	if (oldText === '' || batch.text === '') {
		return create(batch, oldText, newText, input.exists);
	}
	if (oldText === newText) {
		return 'oldText and newText are the same: nothing to change.';
	}
	if (oldText.trim() === '') {
		return 'oldText is blank; quote the lines to change.';
	}
	const elision = findNewElision(oldText, newText);
	if (elision !== undefined) {
		return `newText has the placeholder "${elision}"; write the code out in full, or edit only the lines that change.`;
	}
	if (batch.quotes.includes(oldText)) {
		return 'an earlier edit has the same oldText; join the two.';
	}
	const replacements = replacementsFor(batch.text, { ...edit, oldText, newText });
	if (typeof replacements === 'string') {
		return replacements;
	}
	if (replacements.length === 0) {
		return notFound(batch, oldText, input, original);
	}
	const isRewritten = replacements.some(place => batch.written.some(written => overlap(place, written)));
	if (isRewritten && contains(lfView(original).text, oldText)) {
		return 'an earlier edit changed the same text; join the two.';
	}
	return replace(batch, replacements, oldText);
}

function create(batch: Batch, oldText: string, newText: string, exists: boolean | undefined): Batch | string {
	if (batch.text !== '') {
		return 'oldText is empty; quote the text to replace, or the line to insert beside.';
	}
	if (oldText !== '') {
		return exists === false ? 'there is no such file; an empty oldText creates it.' : 'the file is empty.';
	}
	return newText === ''
		? 'newText is empty: nothing to change.'
		: { text: newText, written: [{ start: 0, end: newText.length }], quotes: batch.quotes };
}

function replacementsFor(text: string, edit: Edit): readonly Replacement[] | string {
	const view = lfView(text);
	const hasCarriageReturns = view.text.length !== text.length;
	const toReplacement = (place: Place, newText: string): Replacement => {
		if (!hasCarriageReturns) {
			return { ...place, text: newText };
		}
		const own = view.toOriginal(place);
		return { ...own, text: keepLineEnds(text.slice(own.start, own.end), newText, lineEndNear(text, own.end)) };
	};
	if (edit.replaceAll === true) {
		return replaceAll(view.text, edit, toReplacement);
	}
	const places = findPlaces(view.text, edit.oldText, { overlapping: true, limit: MAX_PLACES });
	const place = places.length > 1 ? nearest(view.text, places, edit.nearLine) : places[0];
	if (place === undefined && places.length > 1) {
		return ambiguous(view.text, places);
	}
	if (place !== undefined) {
		const edged = fitEdges(view.text, place, edit.oldText, edit.newText);
		if (!edged.ok) {
			return edged.reason;
		}
		const replacement = toReplacement(place, edged.newText);
		return text.slice(replacement.start, replacement.end) === replacement.text
			? 'the file has newText there already; oldText stops within a line. Quote whole lines.'
			: [replacement];
	}
	return withoutFinalNewline(view.text, edit).map(at => toReplacement(at, edit.newText.replace(/\n$/, '')));
}

function replaceAll(
	text: string,
	edit: Edit,
	toReplacement: (place: Place, newText: string) => Replacement,
): readonly Replacement[] | string {
	const places = findPlaces(text, edit.oldText, { overlapping: false, limit: MAX_REPLACED });
	if (places.length === MAX_REPLACED) {
		return `oldText stands in ${MAX_REPLACED} places or more; quote more of each.`;
	}
	if (text.length + places.length * edit.newText.length > MAX_RESULT) {
		return 'the result would be too large.';
	}
	return places.map(place => toReplacement(place, edit.newText));
}

/** A quote's final line end is forgiven at the end of a file that has none. */
function withoutFinalNewline(text: string, edit: Edit): Place[] {
	const quote = edit.oldText.slice(0, -1);
	const start = text.length - quote.length;
	const isLast = edit.oldText.endsWith('\n') && quote.trim() !== '' && text.endsWith(quote);
	const isWholeLines = start === 0 || text[start - 1] === '\n';
	return isLast && isWholeLines ? [{ start, end: text.length }] : [];
}

function nearest(text: string, places: readonly Place[], nearLine: number | undefined): Place | undefined {
	if (nearLine === undefined) {
		return undefined;
	}
	const near = places.filter(place => Math.abs(lineAt(text, place.start) - nearLine) <= NEAR_LINES);
	return near.length === 1 ? near[0] : undefined;
}

function ambiguous(text: string, places: readonly Place[]): string {
	const lines = places.slice(0, 6).map(place => lineAt(text, place.start));
	const count = places.length === MAX_PLACES ? `${MAX_PLACES} or more` : String(places.length);
	const more = places.length > lines.length ? ', …' : '';
	return `oldText stands in ${count} places (lines ${lines.join(', ')}${more}); quote more lines around it, or set replaceAll.`;
}

function notFound(batch: Batch, oldText: string, input: ApplyInput, original: string): string {
	if (batch.text !== original && contains(lfView(original).text, oldText)) {
		return 'an earlier edit changed part of its oldText; join the two.';
	}
	const isChanged = input.base !== undefined && contains(toLf(input.base), oldText);
	const what = isChanged ? 'the file changed since it was read: oldText is gone' : 'oldText is not in the file';
	const near = findNearest(lfView(batch.text).text, oldText);
	if (near === undefined) {
		return `${what}, nor anything like it. Read the file again.`;
	}
	const how = near.isSpacing ? 'White space differs' : 'The nearest text';
	return `${what}. ${how}, line ${near.line}:\n${near.lines.join('\n')}`;
}

function overlap(a: Place, b: Place): boolean {
	return a.start < b.end && b.start < a.end;
}

/** @param replacements in order and apart. */
function replace(batch: Batch, replacements: readonly Replacement[], oldText: string): Batch {
	const parts: string[] = [];
	const mine: Place[] = [];
	let from = 0;
	let length = 0;
	for (const replacement of replacements) {
		const kept = batch.text.slice(from, replacement.start);
		parts.push(kept, replacement.text);
		const was = batch.text.slice(replacement.start, replacement.end);
		const start = length + kept.length;
		mine.push(changedPart(was, replacement.text, start));
		length = start + replacement.text.length;
		from = replacement.end;
	}
	parts.push(batch.text.slice(from));
	return {
		text: parts.join(''),
		written: [...shift(batch.written, replacements), ...mine],
		quotes: [...batch.quotes, oldText],
	};
}

/** What of a replacement is new: without the beginning and end that it shares with what was there. */
function changedPart(was: string, now: string, start: number): Place {
	const most = Math.min(was.length, now.length);
	let head = 0;
	while (head < most && was.charCodeAt(head) === now.charCodeAt(head)) {
		head++;
	}
	let tail = 0;
	while (tail < most - head && was.charCodeAt(was.length - 1 - tail) === now.charCodeAt(now.length - 1 - tail)) {
		tail++;
	}
	return { start: start + head, end: start + now.length - tail };
}

/** Where earlier places are after the replacements, all of which are apart from them or inside what they name. */
function shift(places: readonly Place[], replacements: readonly Replacement[]): Place[] {
	// One sorted pass over all offsets, so that two large replaceAll edits stay linear.
	const offsets = places.flatMap((place, index) => [
		{ index, isStart: true, at: place.start },
		{ index, isStart: false, at: place.end },
	]);
	offsets.sort((a, b) => a.at - b.at);
	const moved = places.map(place => ({ start: place.start, end: place.end }));
	let delta = 0;
	let next = 0;
	for (const { index, isStart, at } of offsets) {
		for (let passed = replacements[next]; passed !== undefined && passed.end <= at; passed = replacements[++next]) {
			delta += passed.text.length - (passed.end - passed.start);
		}
		const place = moved[index];
		if (place !== undefined) {
			place[isStart ? 'start' : 'end'] = at + delta;
		}
	}
	return moved;
}

function withoutMark(text: string): string {
	return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

function firstDifference(before: string, after: string): number {
	let at = 0;
	while (at < after.length && before.charCodeAt(at) === after.charCodeAt(at)) {
		at++;
	}
	return lineAt(after, at);
}
