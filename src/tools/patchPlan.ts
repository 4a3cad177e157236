/** What a patch would do to each of its files, worked out before the first of them is touched. */
import { ToolError } from '../agent/toolError.ts';
import type { FileText, Location } from '../agent/workspace.ts';
import { apply, type Edit, type PatchOperation, parsePatch } from '../editing/index.ts';
import { absentError } from './absent.ts';
import { hidingUnread, readForChange } from './fileChange.ts';
import { type PlanContext, type PlannedChange, schemasOf } from './landChange.ts';
import { matchNote } from './matchNote.ts';
import { isNotebookPath } from './notebook/notebookPath.ts';
import type { SeenFiles } from './seenFiles.ts';

/** A file that goes. */
export interface PlannedRemoval {
	readonly location: Location;
	readonly current: FileText;
}

/** One file's part of a patch. */
export type PlannedPart =
	| { readonly kind: 'change'; readonly operation: PatchOperation; readonly change: PlannedChange }
	/** The file is written anew under the other name first. */
	| {
			readonly kind: 'move';
			readonly operation: PatchOperation;
			readonly change: PlannedChange;
			readonly removal: PlannedRemoval;
	  }
	| { readonly kind: 'remove'; readonly operation: PatchOperation; readonly removal: PlannedRemoval };

/** A patch without the texts of its files: what it wants of which. @throws ToolError that names the line at fault. */
export function readPatch(patch: string): readonly PatchOperation[] {
	// An empty text fits every hunk: those of the files themselves are looked at where the files are.
	const parsed = parsePatch(patch, () => '');
	if (!parsed.ok) {
		throw new ToolError(`Nothing was changed. ${parsed.reason}`);
	}
	return parsed.operations;
}

/** The paths of the operations, each once, as the model gave them. */
export function pathsOf(operations: readonly PatchOperation[]): readonly string[] {
	return [...new Set(operations.flatMap(one => [one.path, ...(movedTo(one) ?? [])]))];
}

function movedTo(operation: PatchOperation): readonly string[] | undefined {
	return operation.kind === 'update' && operation.moveTo !== undefined ? [operation.moveTo] : undefined;
}

/** The files that a part touches, each named as the workspace does. */
export function locationsOf(part: PlannedPart): readonly Location[] {
	switch (part.kind) {
		case 'change':
			return [part.change.location];
		case 'move':
			return [part.change.location, part.removal.location];
		case 'remove':
			return [part.removal.location];
		default:
			return part satisfies never;
	}
}

/** Addresses of schemas that the parts together add. */
export function schemasIn(parts: readonly PlannedPart[]): readonly string[] {
	return parts.flatMap(part => (part.kind === 'remove' ? [] : schemasOf(part.change)));
}

/** All parts or none. @throws ToolError that names the file, and the hunk where there are several. */
export async function planPatch(patch: string, seen: SeenFiles | undefined, context: PlanContext) {
	const parts: PlannedPart[] = [];
	const taken = new Set<string>();
	for (const operation of readPatch(patch)) {
		const part = await planPart(operation, patch, seen, context);
		for (const { uri, path } of locationsOf(part)) {
			if (taken.has(uri)) {
				throw refusal(path, 'the patch names this file twice; use a second patch for what comes after.');
			}
			taken.add(uri);
		}
		parts.push(part);
	}
	return parts;
}

/** @param patch that the operation is of. */
export async function planPart(
	operation: PatchOperation,
	patch: string,
	seen: SeenFiles | undefined,
	context: PlanContext,
): Promise<PlannedPart> {
	const location = await context.workspace.locate(operation.path, context.signal);
	switch (operation.kind) {
		case 'add':
			return { kind: 'change', operation, change: await planNew(location, operation.content, context) };
		case 'delete':
			return { kind: 'remove', operation, removal: await planRemoval(location, seen, context) };
		case 'update':
			return planUpdate(operation, location, patch, context);
		default:
			return operation satisfies never;
	}
}

async function planNew(location: Location, content: string, context: PlanContext): Promise<PlannedChange> {
	if ((await context.workspace.stat(location, context.signal)) !== undefined) {
		throw refusal(location.path, 'it exists already. Use "*** Update File" for it.');
	}
	// The workspace gives new files the mark that the settings want.
	const text = content.startsWith('\uFEFF') ? content.slice(1) : content;
	return { location, current: undefined, after: { text } };
}

async function planRemoval(
	location: Location,
	seen: SeenFiles | undefined,
	context: PlanContext,
): Promise<PlannedRemoval> {
	const current = await readForChange(location, context, { takesNotebooks: true });
	if (current === undefined) {
		throw await absentError(context.workspace, location, context.signal);
	}
	if (seen?.isOutdated(location, current.version)) {
		throw refusal(location.path, 'it has changed since you read it. Read it again before you delete it.');
	}
	return { location, current };
}

async function planUpdate(
	operation: Extract<PatchOperation, { kind: 'update' }>,
	location: Location,
	patch: string,
	context: PlanContext,
): Promise<PlannedPart> {
	const { path, moveTo } = operation;
	const takesNotebooks = operation.edits.length === 0;
	const current = await readForChange(location, context, { takesNotebooks });
	if (current === undefined) {
		throw await absentError(context.workspace, location, context.signal);
	}
	const after = await hidingUnread(location, async () => updated(path, location, current, patch));
	const target = moveTo === undefined ? location : await context.workspace.locate(moveTo, context.signal);
	if (target.uri === location.uri) {
		if (after.text === current.text) {
			throw refusal(location.path, 'it would be moved to where it is.');
		}
		return { kind: 'change', operation, change: { location, current, after } };
	}
	if (isNotebookPath(location.path) !== isNotebookPath(target.path)) {
		throw refusal(location.path, 'a notebook stays one when it is moved, and nothing else becomes one.');
	}
	if (current.isUnsaved) {
		throw refusal(location.path, 'it has unsaved work of the user, who has to save it before it is moved.');
	}
	const change = await planNew(target, after.text, context);
	return {
		kind: 'move',
		operation,
		change: { ...change, after },
		removal: { location, current },
	};
}

/** The text of a file after its hunks. */
function updated(path: string, location: Location, { text }: FileText, patch: string) {
	const parsed = parsePatch(patch, asked => (asked === path ? text : ''));
	if (!parsed.ok) {
		throw refusal(location.path, parsed.reason);
	}
	const found = parsed.operations.find(one => one.kind === 'update' && one.path === path);
	const edits: readonly Edit[] = found?.kind === 'update' ? found.edits : [];
	if (edits.length === 0) {
		return { text };
	}
	const result = apply({ content: text, edits, path: location.path, exists: true });
	if (!result.ok) {
		throw new ToolError(`Nothing was changed. ${hunkWords(location.path, result.reason, edits.length)}`);
	}
	return { text: result.content, ...matchNote(result, 'Hunk') };
}

/** The engine speaks of the edits that a hunk is read as; a patch has no such words. */
function hunkWords(path: string, reason: string, count: number): string {
	const [why = '', ...shown] = reason.split('\n');
	const [, number = '1', rest = why] = /^Edit (\d+) of \d+: (.*)$/.exec(why) ?? [];
	const words = rest
		.replaceAll(', or set replaceAll', '')
		.replaceAll('quote more lines around it', 'give more lines of context')
		.replaceAll(/\boldText\b/g, 'its old text')
		.replaceAll(/\bnewText\b/g, 'its new text');
	const hunk = count === 1 ? 'the hunk' : `hunk ${number} of ${count}`;
	return [`"${path}", ${hunk}: ${words}`, ...shown].join('\n');
}

function refusal(path: string, why: string): ToolError {
	return new ToolError(`Nothing was changed. "${path}": ${why}`);
}
