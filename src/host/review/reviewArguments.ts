/** What the commands of the review are called with: from our own buttons, the editor's menus, or anybody's keybinding. */
import * as z from 'zod';
import type { LineSpan } from '../../editing/pendingEdit.ts';
import type { ShownHunk } from './shownFiles.ts';

const hunkRef = z.object({
	uri: z.string(),
	sessionId: z.string(),
	revision: z.number(),
	/** See `ShownHunk`. */
	start: z.number(),
	/** In place of what the command is for: take back also what the user changed. */
	decision: z.literal('restore').optional(),
});

/** Names a hunk of a file as it was when a button was drawn. */
export type HunkRef = z.infer<typeof hunkRef>;

/** A URI of the editor: what it is written as names it. */
const uri = z.custom<object>(
	value => typeof value === 'object' && value !== null && 'scheme' in value && 'path' in value,
);

/** Of the editor's own diff, in no typing: lines from 1; an end of 0 is "no lines, behind the line of the start". */
const lineChange = z.object({ modifiedStartLineNumber: z.number(), modifiedEndLineNumber: z.number() });

const peekArguments = z.tuple([uri, z.array(lineChange), z.number().int().min(0)]).rest(z.unknown());

export type HunkTarget =
	| { readonly kind: 'hunk'; readonly ref: HunkRef }
	/** A change of the editor's own diff, which may hold several of our hunks. */
	| { readonly kind: 'span'; readonly key: string; readonly span: LineSpan }
	| { readonly kind: 'cursor' };

/** Which hunks a command is for. What is none of the known shapes counts as nothing: the cursor says it then. */
export function hunkTarget(args: readonly unknown[]): HunkTarget {
	const ref = hunkRef.safeParse(args[0]);
	if (ref.success) {
		return { kind: 'hunk', ref: ref.data };
	}
	const peek = peekArguments.safeParse(args);
	const change = peek.success ? peek.data[1][peek.data[2]] : undefined;
	if (peek.success && change !== undefined) {
		const { modifiedStartLineNumber: start, modifiedEndLineNumber: end } = change;
		return {
			kind: 'span',
			key: String(peek.data[0]),
			span: end === 0 ? { start, end: start } : { start: start - 1, end },
		};
	}
	return { kind: 'cursor' };
}

const resourceState = z.object({ resourceUri: uri });
const resourceGroup = z.object({ resourceStates: z.array(resourceState) });

/**
 * The files a command is for, as the editor writes their URIs: of a title's or an explorer's button, a row, rows or a
 * group of the source control view. Undefined where nothing names one.
 */
export function fileTargets(args: readonly unknown[]): readonly string[] | undefined {
	const [first] = args;
	const group = resourceGroup.safeParse(first);
	if (group.success) {
		return group.data.resourceStates.map(({ resourceUri }) => String(resourceUri));
	}
	const states = args.map(arg => resourceState.safeParse(arg)).flatMap(({ data }) => (data ? [data] : []));
	if (states.length > 0) {
		return states.map(({ resourceUri }) => String(resourceUri));
	}
	const named = uri.safeParse(first);
	return named.success ? [String(named.data)] : undefined;
}

/** Our hunks within lines of the editor's diff, which is not ours and may cut the text another way. */
export function hunksWithin(hunks: readonly ShownHunk[], span: LineSpan): readonly ShownHunk[] {
	return hunks.filter(hunk => {
		const isPoint = span.start === span.end || hunk.span.start === hunk.span.end;
		return isPoint
			? hunk.span.start <= span.end && span.start <= hunk.span.end
			: hunk.span.start < span.end && span.start < hunk.span.end;
	});
}
