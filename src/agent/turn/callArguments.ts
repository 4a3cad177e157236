import type * as z from 'zod';
import type { JsonFault } from '../jsonFault.ts';
import { mendObject } from './mendJson.ts';
import { fitValues, objectIn, unwrapped, valueAt } from './mendValues.ts';

/** What the model sent as arguments: an input the tool may run with, or words that let the model send a better one. */
export type ParsedArguments<Input> =
	| { readonly ok: true; readonly input: Input }
	| { readonly ok: false; readonly problem: string };

/** Issues told at once; more would only repeat themselves. */
const MAX_ISSUES = 5;
/** UTF-16 units shown on each side of a JSON fault. */
const EXCERPT = 20;
/** Names told of what was sent, and UTF-16 units of each. */
const MAX_NAMES = 8;
const MAX_NAME = 30;

/**
 * Parses a call's arguments. What is not quite JSON, or not quite of the schema's types, is put right where one reading
 * alone is possible, as `mendObject` and `fitValues` define it; so nothing runs that the model did not say, and nothing
 * that was cut. An empty text counts as `{}`: some providers send it for a call without arguments.
 * The input is frozen through and through, so what the user approved is what runs.
 */
export function parseArguments<Input>(text: string, schema: z.ZodType<Input>): ParsedArguments<Input> {
	const read = readText(text.trim() === '' ? '{}' : text);
	if (!read.ok) {
		return read;
	}
	const value = objectIn(read.value);
	const parsed = schema.safeParse(value);
	const inner = unwrapped(value, parsed.data);
	if (inner !== undefined) {
		return settle(inner, schema, schema.safeParse(inner));
	}
	return settle(value, schema, parsed);
}

function settle<Input>(
	value: unknown,
	schema: z.ZodType<Input>,
	parsed: z.ZodSafeParseResult<Input>,
): ParsedArguments<Input> {
	const fitting = parsed.success ? parsed : fitValues(value, schema);
	if (fitting !== undefined) {
		return { ok: true, input: deepFreeze(fitting.data) };
	}
	const issues = describeIssues(parsed.error?.issues ?? [], value);
	return { ok: false, problem: `The arguments do not fit: ${issues}. Send the call again with this put right.` };
}

function readText(
	text: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string } {
	try {
		return { ok: true, value: JSON.parse(text) };
	} catch {
		const mended = mendObject(text);
		if (mended.ok) {
			return mended;
		}
		const what =
			mended.kind === 'fault'
				? describeFault(text, mended.fault)
				: `they hold ${mended.count} objects that differ. Make one call for each.`;
		return { ok: false, problem: `The arguments are not valid JSON: ${what}` };
	}
}

function describeFault(text: string, { offset, expected }: JsonFault): string {
	if (offset >= text.length) {
		return `they end at position ${offset}, where ${expected} is missing. Nothing was run. Send the whole call again; if it is long, in smaller pieces.`;
	}
	const before = text.slice(Math.max(0, offset - EXCERPT), offset);
	const excerpt = `${before}⟪here⟫${text.slice(offset, offset + EXCERPT)}`;
	return `expected ${expected} at position ${offset}: ${JSON.stringify(excerpt)}. ${advice(text[offset] ?? '', expected)} Send the call again.`;
}

/** What most likely went wrong, by the character at the fault. */
function advice(found: string, expected: string): string {
	if (found === '\\') {
		return 'Inside a string write each backslash as \\\\.';
	}
	if (expected === 'nothing more' || expected === 'a JSON object') {
		return 'Send one JSON object with nothing around it.';
	}
	if (expected.startsWith('","')) {
		return 'Inside a string write each " as \\"; put a comma between properties.';
	}
	return 'Write strict JSON: names and strings in double quotes.';
}

function describeIssues(issues: readonly z.core.$ZodIssue[], value: unknown): string {
	const told = issues.slice(0, MAX_ISSUES).map(issue => {
		const place = issue.path.map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
		const what = describeIssue(issue, value);
		return place === '' ? what : `${place.replace(/^\./, '')}: ${what}`;
	});
	const more = issues.length - told.length;
	return told.join('; ') + (more > 0 ? `; and ${more} more` : '');
}

function describeIssue(issue: z.core.$ZodIssue, value: unknown): string {
	if (issue.code !== 'invalid_type') {
		return issue.message;
	}
	const wanted = `send ${kindInWords(issue.expected)}`;
	const given = valueAt(value, issue.path);
	if (given === undefined) {
		return `missing, ${wanted}${namesIn(valueAt(value, issue.path.slice(0, -1)))}`;
	}
	return given === null || typeof given !== issue.expected ? `${wanted}, not ${kindOf(given)}` : issue.message;
}

/** The names that were sent where one is missing: it may be there under another. */
function namesIn(parent: unknown): string {
	if (typeof parent !== 'object' || parent === null || Array.isArray(parent)) {
		return '';
	}
	const names = Object.keys(parent);
	const told = names.slice(0, MAX_NAMES).map(name => JSON.stringify(name.slice(0, MAX_NAME)));
	return told.length === 0 ? '' : ` (sent: ${told.join(', ')}${names.length > MAX_NAMES ? ', …' : ''})`;
}

function kindOf(value: unknown): string {
	return value === null ? 'null' : kindInWords(Array.isArray(value) ? 'array' : typeof value);
}

function kindInWords(kind: string): string {
	switch (kind) {
		case 'array':
		case 'object':
			return `an ${kind}`;
		case 'record':
			return 'an object';
		case 'boolean':
			return 'true or false';
		case 'int':
			return 'a whole number';
		default:
			return `a ${kind}`;
	}
}

function deepFreeze<Value>(value: Value): Value {
	const open: unknown[] = [value];
	for (let item = open.pop(); item !== undefined; item = open.pop()) {
		if (typeof item === 'object' && item !== null && !Object.isFrozen(item)) {
			Object.freeze(item);
			open.push(...Object.values(item).filter(part => part !== undefined));
		}
	}
	return value;
}
