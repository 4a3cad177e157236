import type * as z from 'zod';
import { findJsonFault } from '../jsonFault.ts';

/** What the model sent as arguments: an input the tool may run with, or words that let the model send a better one. */
export type ParsedArguments<Input> =
	| { readonly ok: true; readonly input: Input }
	| { readonly ok: false; readonly problem: string };

/** Issues told at once; more would only repeat themselves. */
const MAX_ISSUES = 5;
/** UTF-16 units shown on each side of a JSON fault. */
const EXCERPT = 20;

/**
 * Parses a call's arguments strictly: nothing is repaired, so nothing runs that the model did not say.
 * An empty text counts as `{}`: some providers send it for a call without arguments.
 * The input is frozen through and through, so what the user approved is what runs.
 */
export function parseArguments<Input>(text: string, schema: z.ZodType<Input>): ParsedArguments<Input> {
	let value: unknown;
	try {
		value = JSON.parse(text.trim() === '' ? '{}' : text);
	} catch {
		return { ok: false, problem: `The arguments are not valid JSON: ${describeFault(text)} Send the call again.` };
	}
	const parsed = schema.safeParse(value);
	if (parsed.success) {
		return { ok: true, input: deepFreeze(parsed.data) };
	}
	return {
		ok: false,
		problem: `The arguments do not fit: ${describeIssues(parsed.error.issues)}. Send the call again.`,
	};
}

function describeFault(text: string): string {
	const fault = findJsonFault(text);
	if (fault === undefined) {
		return 'they cannot be parsed.';
	}
	const { offset, expected } = fault;
	if (offset >= text.length) {
		return `they end at position ${offset}, where ${expected} is missing.`;
	}
	const before = text.slice(Math.max(0, offset - EXCERPT), offset);
	const excerpt = `${before}⟪here⟫${text.slice(offset, offset + EXCERPT)}`;
	return `expected ${expected} at position ${offset}: ${JSON.stringify(excerpt)}.`;
}

function describeIssues(issues: readonly z.core.$ZodIssue[]): string {
	const told = issues.slice(0, MAX_ISSUES).map(({ path, message }) => {
		const place = path.map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
		return place === '' ? message : `${place.replace(/^\./, '')}: ${message}`;
	});
	const more = issues.length - told.length;
	return told.join('; ') + (more > 0 ? `; and ${more} more` : '');
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
