import type * as z from 'zod';

/** Names under which models send the arguments once more, with nothing beside them. */
const WRAPPERS: ReadonlySet<string> = new Set(['arguments', 'args', 'input', 'parameters', 'params']);
/** A list sent as text may hold numbers sent as text. */
const MAX_PASSES = 3;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
	['true', true],
	['True', true],
	['false', false],
	['False', false],
]);

/** The object that a text holds, for arguments that were encoded twice. */
export function objectIn(value: unknown): unknown {
	const inner = typeof value === 'string' ? jsonIn(value) : undefined;
	return isObject(inner) ? inner : value;
}

/**
 * The arguments in something like `{"arguments": {…}}`, where the schema does not know that name.
 * @param taken what the schema took of `value`; undefined when it did not fit.
 */
export function unwrapped(value: unknown, taken: unknown): Readonly<Record<string, unknown>> | undefined {
	const [entry, ...others] = isObject(value) ? Object.entries(value) : [];
	if (entry === undefined || others.length > 0 || !WRAPPERS.has(entry[0])) {
		return undefined;
	}
	const inner = objectIn(entry[1]);
	return isObject(inner) && !(isObject(taken) && Object.hasOwn(taken, entry[0])) ? inner : undefined;
}

/**
 * Puts right values of a wrong simple type, where the schema leaves one reading alone: a number or boolean in quotes,
 * a list or object as JSON text, one object in place of a list, and null for something that may be left out.
 * @returns undefined unless the whole then fits.
 */
export function fitValues<Input>(value: unknown, schema: z.ZodType<Input>): { readonly data: Input } | undefined {
	const current = structuredClone(value);
	for (let pass = 0; pass < MAX_PASSES; pass++) {
		const { success, data, error } = schema.safeParse(current);
		if (success) {
			return { data };
		}
		if (!error.issues.every(issue => mendAt(current, issue))) {
			return undefined;
		}
	}
	const last = schema.safeParse(current);
	return last.success ? { data: last.data } : undefined;
}

/** Changes the value in its place. @returns false when there is nothing that would mend it beyond doubt. */
function mendAt(root: unknown, issue: z.core.$ZodIssue): boolean {
	const key = issue.path.at(-1);
	const parent = valueAt(root, issue.path.slice(0, -1));
	if (issue.code !== 'invalid_type' || key === undefined || typeof parent !== 'object' || parent === null) {
		return false;
	}
	const given: unknown = Reflect.get(parent, key);
	if (given === null) {
		// Where it must not be missing, the next pass says so.
		return isObject(parent) && Reflect.deleteProperty(parent, key);
	}
	const meant = meantBy(given, issue.expected);
	return meant !== undefined && Reflect.set(parent, key, meant);
}

export function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
	return path.reduce<unknown>(
		(value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
		root,
	);
}

function meantBy(given: unknown, expected: z.core.$ZodIssueInvalidType['expected']): unknown {
	switch (expected) {
		case 'number':
		case 'int':
			return typeof given === 'string' ? numberIn(given) : undefined;
		case 'boolean':
			return typeof given === 'string' ? BOOLEANS.get(given) : undefined;
		case 'array': {
			const inner = typeof given === 'string' ? jsonIn(given) : given;
			return Array.isArray(inner) ? inner : isObject(inner) ? [inner] : undefined;
		}
		case 'object':
		case 'record': {
			const inner = typeof given === 'string' ? jsonIn(given) : undefined;
			return isObject(inner) ? inner : undefined;
		}
		default:
			return undefined;
	}
}

/** Only one that is written as we would write it: no digit is lost. */
function numberIn(text: string): number | undefined {
	return NUMBER.test(text) && String(Number(text)) === text ? Number(text) : undefined;
}

function jsonIn(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
