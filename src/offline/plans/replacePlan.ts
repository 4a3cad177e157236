/** The plan of "rename x to y": search, read what matched, edit file by file, say what came of it. */
import type { IntentOf, PlanContext } from './context.ts';
import { search } from './locate.ts';
import { code, counted, fileLink } from './markdown.ts';
import { ask, type PartPlan, type Plan } from './plan.ts';
import { type FileEdits, replaceEdits } from './replaceEdits.ts';
import { describeScope } from './searchPlans.ts';
import { describeFailure, parseEdit, parseRead } from './toolText.ts';

/** Files changed in one turn; each edit is a request of its own, and a turn has a limit of those. */
const MAX_FILES = 30;
/** Files read at the same time. */
const READ_TOGETHER = 8;
/** Parts of a large file that are read, 2,000 lines each. */
const MAX_PARTS = 5;
/** Refusals or failures in a row after which nothing more is tried. */
const MAX_MISSES = 2;

interface FileChange {
	readonly path: string;
	readonly edits: FileEdits['edits'];
	readonly count: number;
}

interface Miss {
	readonly path: string;
	readonly why: string;
}

interface Tally {
	readonly changed: FileChange[];
	readonly unsaved: string[];
	readonly skipped: string[];
	readonly failed: Miss[];
	/** Why it ended before all was tried. */
	stopped?: string;
}

export function* replacePlan(intent: IntentOf<'replace'>, { current }: PlanContext): Plan {
	const { from, to, isWholeWord, scope } = intent;
	if (from === to) {
		return `${code(from)} and ${code(to)} are the same; there is nothing to replace.`;
	}
	if (/\n/.test(from + to) || from.trim() === '') {
		return 'I replace text within lines only, and it must hold more than spaces.';
	}
	const tally: Tally = { changed: [], unsaved: [], skipped: [], failed: [] };
	const seen = new Set<string>();
	let place = scope;
	for (;;) {
		const found = yield* search({ text: from, isRegex: false, isWholeWord }, place, current, false);
		if ('problem' in found) {
			if (seen.size === 0) {
				return found.problem;
			}
			tally.stopped = `The search for more failed: ${found.problem}`;
			break;
		}
		// A folder found by name is searched by its pattern from now on.
		place = found.place.glob === undefined ? place : { kind: 'glob', glob: found.place.glob };
		const paths = found.files.map(({ path }) => path).filter(path => !seen.has(path));
		const batch = paths.slice(0, MAX_FILES - seen.size);
		for (const path of batch) {
			seen.add(path);
		}
		const changes = yield* workOut(batch, intent, tally);
		yield* changeFiles(changes, intent, tally);
		if (tally.stopped !== undefined || batch.length < paths.length) {
			tally.stopped ??= `I change ${MAX_FILES} files at a time. Say “again” for the next ones.`;
			break;
		}
		if (!found.isPartial) {
			break;
		}
		if (batch.length === 0) {
			tally.stopped = 'The search stops at 100 matches, so there may be more; name a folder to look there.';
			break;
		}
	}
	return report(intent, tally);
}

/** Reads the files and works out their edits. */
function* workOut(paths: readonly string[], intent: IntentOf<'replace'>, tally: Tally): PartPlan<FileChange[]> {
	const changes: FileChange[] = [];
	for (let at = 0; at < paths.length; at += READ_TOGETHER) {
		const together = paths.slice(at, at + READ_TOGETHER);
		const texts = yield { calls: together.map(path => ({ name: 'read' as const, input: { path } })) };
		for (const [index, path] of together.entries()) {
			const whole = yield* readOn(path, texts[index] ?? '');
			if (typeof whole !== 'string') {
				tally.failed.push(whole);
				continue;
			}
			const found = replaceEdits(whole, intent);
			if (found === undefined) {
				tally.failed.push({ path, why: 'no quote of it is exact and unique' });
			} else if (found.count > 0) {
				changes.push({ path, ...found });
			}
		}
	}
	return changes;
}

/** The rest of a file whose first part is here. */
function* readOn(path: string, first: string): PartPlan<string | Miss> {
	const lines: string[] = [];
	let text = first;
	for (let part = 1; ; part++) {
		const read = parseRead(text, lines.length + 1);
		if (read.kind === 'failed') {
			return { path, why: describeFailure(read.text) };
		}
		lines.push(...read.lines);
		if (!read.hasMore) {
			return lines.join('\n');
		}
		if (part === MAX_PARTS || read.lines.length === 0) {
			return { path, why: `it is longer than ${lines.length} lines` };
		}
		text = yield* ask('read', { path, offset: lines.length + 1 });
	}
}

/** One file a step, so that nothing more is asked after the user said no. */
function* changeFiles(changes: readonly FileChange[], { from, to }: IntentOf<'replace'>, tally: Tally): PartPlan<void> {
	const places = changes.reduce((sum, { count }) => sum + count, 0);
	let misses = 0;
	for (const [index, change] of changes.entries()) {
		const { path, edits } = change;
		const intro = `Replacing ${code(from)} by ${code(to)}: ${counted(places, 'place')} in ${counted(changes.length, 'file')}.`;
		const result = parseEdit(yield* ask('edit', { path, edits }, index === 0 ? intro : undefined));
		switch (result.kind) {
			case 'changed':
				misses = 0;
				tally.changed.push(change);
				if (!result.isSaved) {
					tally.unsaved.push(path);
				}
				break;
			case 'denied':
				misses++;
				tally.skipped.push(path);
				break;
			case 'failed':
				misses++;
				tally.failed.push({ path, why: describeFailure(result.text) });
				break;
		}
		const isSaid = result.kind === 'denied' && result.instead !== undefined;
		const left = changes.length - index - 1;
		if (isSaid || (misses >= MAX_MISSES && left > 0)) {
			tally.stopped =
				left === 0 ? 'I stopped there.' : `I stopped there and left ${counted(left, 'other file')} alone.`;
			return;
		}
	}
}

function report({ from, to, isWholeWord, scope }: IntentOf<'replace'>, tally: Tally): string {
	const { changed, unsaved, skipped, failed, stopped } = tally;
	const where = scope === undefined ? '' : ` ${describeScope(scope)}`;
	if (changed.length + skipped.length + failed.length === 0) {
		return `Nothing to replace: I found no ${isWholeWord ? 'whole word ' : ''}${code(from)}${where}.`;
	}
	const places = changed.reduce((sum, { count }) => sum + count, 0);
	const parts = [
		changed.length === 0
			? `Nothing was changed.`
			: `Replaced ${code(from)} by ${code(to)} in ${counted(places, 'place')} of ${counted(changed.length, 'file')}${where}:\n\n${changed.map(({ path, count }) => `- ${fileLink(path)}: ${counted(count, 'place')}`).join('\n')}`,
	];
	if (unsaved.length > 0) {
		parts.push(`Not saved, because you had unsaved changes there: ${unsaved.map(path => fileLink(path)).join(', ')}.`);
	}
	if (skipped.length > 0) {
		parts.push(`Skipped by you: ${skipped.map(path => fileLink(path)).join(', ')}.`);
	}
	if (failed.length > 0) {
		parts.push(`Not changed:\n\n${failed.map(({ path, why }) => `- ${fileLink(path)}: ${why}`).join('\n')}`);
	}
	if (stopped !== undefined) {
		parts.push(stopped);
	}
	if (changed.length > 0) {
		parts.push(
			isWholeWord
				? 'Only whole words in exactly this case were replaced, in comments and texts as well: I know words, not their meaning.'
				: 'Every place with exactly this text was replaced, whatever stands around it.',
		);
	}
	return parts.join('\n\n');
}
