/** Plans that show a file: its text, or its outline. */

import type { FileReference, LineRange, OutlineFilter } from '../intents/intent.ts';
import { matchesFilter, type OutlineEntry, outlineOf } from '../outline/outline.ts';
import type { IntentOf, PlanContext } from './context.ts';
import { locateFile, lookUp, type Problem } from './locate.ts';
import { code, codeBlock, counted, fileAddress, fileLink } from './markdown.ts';
import { ask, type PartPlan, type Plan } from './plan.ts';
import { listPlan } from './searchPlans.ts';
import { describeFailure, parseRead, type ReadText } from './toolText.ts';

/** Lines of a file that an answer shows. */
const MAX_SHOWN = 200;
/** Lines that an outline covers; what `read` gives at once. */
const MAX_OUTLINED = 2000;
const MAX_ENTRIES = 150;

export function* readPlan({ file, range }: IntentOf<'read'>, context: PlanContext): Plan {
	const selection = file.kind === 'current' ? context.current?.selection : undefined;
	const wanted: LineRange | undefined = range ?? (selection && { kind: 'span', ...selection });
	const read = yield* readLines(file, wanted, context);
	if ('isFolder' in read) {
		return yield* listPlan({ kind: 'list', folder: { kind: 'path', path: read.path } }, context);
	}
	return 'problem' in read ? read.problem : shownLines(read.path, read.text, wanted);
}

export function* morePlan({ nextLines }: PlanContext): Plan {
	if (nextLines === undefined) {
		return 'There is nothing to continue: show a file first, such as “show README.md”. To repeat a request, say “again”.';
	}
	const { path, from } = nextLines;
	const text = parseRead(yield* ask('read', { path, offset: from, limit: MAX_SHOWN }), from);
	if (text.kind === 'failed') {
		return /^Line \d+ is past the end/.test(text.text)
			? `That was the end of ${fileLink(path)}.`
			: describeFailure(text.text);
	}
	return shownLines(path, text, undefined);
}

function shownLines(path: string, text: ReadText, wanted: LineRange | undefined): string {
	if (text.lines.length === 0) {
		return `${fileLink(path)} is empty.`;
	}
	const last = text.from + text.lines.length - 1;
	const isWhole = text.from === 1 && !text.hasMore;
	const title = isWhole
		? `${fileLink(path)}, ${counted(last, 'line')}`
		: `${fileLink(path, text.from, last)}${text.total === undefined ? '' : ` of ${counted(text.total, 'line')}`}`;
	const unsaved = text.isUnsaved ? ', with your unsaved changes' : '';
	const isCut =
		text.hasMore &&
		(wanted === undefined || (wanted.kind === 'span' && (wanted.to ?? Number.POSITIVE_INFINITY) > last));
	const more = isCut ? '\n\nSay “more” for the next lines.' : '';
	return `${title}${unsaved}:\n\n${codeBlock(text.lines, path)}${more}`;
}

interface Located {
	readonly path: string;
	readonly text: ReadText;
}

interface Folder {
	readonly path: string;
	readonly isFolder: true;
}

type Reading = Located | Folder | Problem;

function* readLines(file: FileReference, range: LineRange | undefined, { current }: PlanContext): PartPlan<Reading> {
	if (range?.kind === 'last') {
		const head = yield* readOnce(file, 1, 1, current);
		if (!('text' in head) || head.text.total === undefined || head.text.total <= 1) {
			return head;
		}
		const count = Math.min(range.count, MAX_SHOWN);
		return yield* readAt(head.path, Math.max(1, head.text.total - count + 1), count);
	}
	const from = range?.from ?? 1;
	const count = Math.min(MAX_SHOWN, range?.to === undefined ? MAX_SHOWN : range.to - from + 1);
	return yield* readOnce(file, from, count, current);
}

/** Reads lines, looking the file up by name when it is not where the user said. */
function* readOnce(
	file: FileReference,
	offset: number,
	limit: number,
	current: PlanContext['current'],
): PartPlan<Reading> {
	const path = yield* locateFile(file, current);
	if (typeof path !== 'string') {
		return path;
	}
	const read = yield* readAt(path, offset, limit);
	const isMissing = 'problem' in read && read.problem.startsWith('There is no "');
	if (!isMissing || file.kind !== 'path' || !file.path.includes('/')) {
		return read;
	}
	const found = yield* lookUp(file.path);
	return typeof found === 'string' ? yield* readAt(found, offset, limit) : found;
}

function* readAt(path: string, offset: number, limit: number): PartPlan<Reading> {
	const text = parseRead(yield* ask('read', { path, ...(offset > 1 && { offset }), limit }), offset);
	if (text.kind === 'text') {
		return { path, text };
	}
	return / is a folder; use list\.$/.test(text.text)
		? { path, isFolder: true }
		: { problem: describeFailure(text.text) };
}

export function* outlinePlan({ file, filter }: IntentOf<'outline'>, context: PlanContext): Plan {
	const read = yield* readOnce(file, 1, MAX_OUTLINED, context.current);
	if ('isFolder' in read) {
		const listing = yield* listPlan({ kind: 'list', folder: { kind: 'path', path: read.path } }, context);
		return `An outline is of one file. ${listing}`;
	}
	if ('problem' in read) {
		return read.problem;
	}
	const { path, text } = read;
	const entries = outlineOf(path, text.lines);
	if (entries === undefined) {
		return `I have no outline rules for this kind of file. Say “show ${path}” to read it.`;
	}
	const part = text.hasMore ? ` Only its first ${counted(text.lines.length, 'line')} were looked at.` : '';
	return outlineText(path, entries, filter) + part;
}

/** The outline as a nested list. */
function outlineText(path: string, all: readonly OutlineEntry[], filter: OutlineFilter | undefined): string {
	const entries = filter === undefined ? all : all.filter(entry => matchesFilter(entry, filter));
	const noun = filter ?? 'entry';
	if (entries.length === 0) {
		return `I see no ${filter ?? 'declaration or heading'} in ${fileLink(path)}.`;
	}
	const shown = entries.slice(0, MAX_ENTRIES).map(entry => {
		const indent = filter === undefined ? '  '.repeat(entry.depth) : '';
		const isPlain = entry.kind === 'heading' || entry.kind === 'entry';
		const kind = isPlain ? '' : ` ${entry.isExported && entry.kind !== 'export' ? 'exported ' : ''}${entry.kind}`;
		return `${indent}- ${code(entry.name)}${kind}, [line ${entry.line}](${fileAddress(path, entry.line)})`;
	});
	const more = entries.length - shown.length;
	const rest = more > 0 ? `\n- … and ${more} more` : '';
	return `${fileLink(path)} has ${counted(entries.length, noun)}, by line rules:\n\n${shown.join('\n')}${rest}`;
}
