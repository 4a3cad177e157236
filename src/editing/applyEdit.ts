/** One edit of a call, on what those before it made of the text. */
import type { Batch } from './batch.ts';
import { findDotsForLines, findNewElision } from './elision.ts';
import { lineChanges } from './lineChanges.ts';
import { toLf } from './lineEnds.ts';
import {
	type How,
	type Located,
	locateFreely,
	locateLiteral,
	type Quote,
	quotedLines,
	type Replacement,
} from './locate.ts';
import { merge3 } from './merge.ts';
import type { OwnText } from './ownText.ts';
import { findPlaces } from './places.ts';
import { type Refusal, refuseLocated, withNearest } from './refusals.ts';
import { isCutSince } from './staleEdges.ts';

export interface Surroundings {
	/** The text before the first edit. */
	readonly original: OwnText;
	/** What the model was shown, where that is another text. */
	readonly shown: OwnText | undefined;
	readonly exists: boolean | undefined;
}

export interface Step {
	readonly batch: Batch;
	readonly how: How;
}

type Found = Extract<Located, { kind: 'found' }>;

/** @param edit without byte-order marks. */
export function applyEdit(batch: Batch, edit: Quote, surroundings: Surroundings): Step | Refusal {
	const quote = { ...edit, oldText: toLf(edit.oldText), newText: toLf(edit.newText) };
	if (quote.oldText === '' || batch.now.text === '') {
		return create(batch, edit, surroundings.exists);
	}
	const refusal = refuseText(quote);
	if (refusal !== undefined) {
		return refusal;
	}
	const { source } = batch.now;
	const literal = locateLiteral(source, quote);
	if (literal.kind === 'found') {
		return take(batch, quote, literal, surroundings);
	}
	if (literal.kind !== 'none') {
		return refuseLocated(literal, source, quote.oldText);
	}
	return (
		carryOver(batch, quote, surroundings, locateLiteral) ??
		fromShown(batch, quote, surroundings) ??
		takeFreely(batch, quote, surroundings)
	);
}

function create(batch: Batch, { oldText, newText }: Quote, exists: boolean | undefined): Step | Refusal {
	if (batch.now.text !== '') {
		return { kind: 'blankQuote', reason: 'oldText is empty; quote the text to replace, or the line to insert beside.' };
	}
	if (oldText !== '') {
		const reason = exists === false ? 'there is no such file; an empty oldText creates it.' : 'the file is empty.';
		return { kind: 'noFile', reason };
	}
	return newText === ''
		? { kind: 'noChange', reason: 'newText is empty: nothing to change.' }
		: { batch: batch.with([{ start: 0, end: 0, text: newText }]), how: 'exact' };
}

function refuseText({ oldText, newText, path }: Quote): Refusal | undefined {
	if (oldText === newText) {
		return { kind: 'noChange', reason: 'oldText and newText are the same: nothing to change.' };
	}
	if (oldText.trim() === '') {
		return { kind: 'blankQuote', reason: 'oldText is blank; quote the lines to change.' };
	}
	const elision =
		findNewElision(oldText, newText) ?? findDotsForLines(quotedLines(oldText), quotedLines(newText), path);
	return elision === undefined ? undefined : refuseElision(elision);
}

function refuseElision(marker: string): Refusal {
	return {
		kind: 'elision',
		reason: `newText has the placeholder "${marker}"; write the code out in full, or edit only the lines that change.`,
	};
}

/** A place in the text now, unless an earlier edit stands in the way. */
function take(batch: Batch, quote: Quote, found: Found, { original, shown }: Surroundings): Step | Refusal {
	const { source, text } = batch.now;
	const replacements = batch.now
		.toOwn(found.replacements)
		.filter(({ start, end, text: now }) => text.slice(start, end) !== now);
	if (replacements.length === 0) {
		return { kind: 'noChange', reason: 'the file has newText there already: nothing to change.' };
	}
	for (const { start, end, text: now } of found.replacements) {
		const elision = findNewElision(source.text.slice(start, end), now);
		if (elision !== undefined) {
			return refuseElision(elision);
		}
	}
	if (text !== original.text && quote.replaceAll !== true) {
		const refusal = refuseRewrite(batch, quote, replacements, original);
		if (refusal !== undefined) {
			return refusal;
		}
	}
	if (found.how === 'exact' && isOnlyPlace(quote) && isCutSince(source.text, quote, shown?.source.text)) {
		return withNearest('stale', 'the line that oldText ends in goes on in the file', source, quote.oldText);
	}
	return { batch: batch.with(replacements), how: found.how };
}

function isOnlyPlace({ replaceAll, nearLine }: Quote): boolean {
	return replaceAll !== true && nearLine === undefined;
}

/** Edits are mostly written for the original: what they quote of it must not mean what an earlier edit wrote. */
function refuseRewrite(
	batch: Batch,
	quote: Quote,
	replacements: readonly Replacement[],
	original: OwnText,
): Refusal | undefined {
	if (batch.rewrites(replacements)) {
		return locateLiteral(original.source, quote).kind === 'none'
			? undefined
			: { kind: 'overlap', reason: 'an earlier edit changed the same text; join the two.' };
	}
	const places = findPlaces(original.source.text, quote.oldText, { overlapping: true, limit: 2 });
	return places.length > 1 && quote.nearLine === undefined
		? {
				kind: 'ambiguous',
				reason: 'oldText stood in several places before the earlier edits; quote more lines around it.',
			}
		: undefined;
}

/** The edit made in the original and merged with what the earlier edits made of it. */
function carryOver(
	batch: Batch,
	quote: Quote,
	{ original }: Surroundings,
	locate: typeof locateLiteral,
): Step | Refusal | undefined {
	if (batch.now.text === original.text) {
		return undefined;
	}
	const found = locate(original.source, quote);
	if (found.kind === 'none') {
		return undefined;
	}
	if (found.kind !== 'found') {
		return refuseLocated(found, original.source, quote.oldText);
	}
	return (
		mergeInto(batch, original, found, found.how) ?? {
			kind: 'overlap',
			reason: 'an earlier edit changed part of the same lines; join the two.',
		}
	);
}

/** The edit made in the text that the model was shown and merged with what became of that. */
function fromShown(batch: Batch, quote: Quote, { shown }: Surroundings): Step | Refusal | undefined {
	if (shown === undefined) {
		return undefined;
	}
	const literal = locateLiteral(shown.source, quote);
	const found = literal.kind === 'none' ? locateFreely(shown.source, quote) : literal;
	if (found.kind !== 'found') {
		return undefined;
	}
	const what = 'the file changed since it was read, in lines of oldText';
	return mergeInto(batch, shown, found, 'base') ?? withNearest('stale', what, batch.now.source, quote.oldText);
}

function takeFreely(batch: Batch, quote: Quote, surroundings: Surroundings): Step | Refusal {
	const found = locateFreely(batch.now.source, quote);
	if (found.kind === 'found') {
		return take(batch, quote, found, surroundings);
	}
	const carried = found.kind === 'none' ? carryOver(batch, quote, surroundings, locateFreely) : undefined;
	return carried ?? refuseLocated(found, batch.now.source, quote.oldText);
}

/** Undefined where both sides changed the same lines. */
function mergeInto(batch: Batch, base: OwnText, found: Found, how: How): Step | Refusal | undefined {
	const merged = merge3(batch.now.text, base.text, base.replace(base.toOwn(found.replacements)).text);
	if (!merged.ok) {
		return undefined;
	}
	const replacements = lineChanges(batch.now.text, merged.text);
	const elision = findNewElision(batch.now.source.text, toLf(merged.text));
	if (elision !== undefined) {
		return refuseElision(elision);
	}
	return replacements.length === 0
		? { kind: 'noChange', reason: 'the file has newText there already: nothing to change.' }
		: { batch: batch.with(replacements), how };
}
