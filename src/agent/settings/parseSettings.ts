import * as z from 'zod';
import { type BudgetLimits, budgetLimits } from '../ledger/spendBudget.ts';
import { type ModelSettingsMap, modelSettings } from './modelSettings.ts';
import { nearestWord } from './wordDistance.ts';

/** One thing that is wrong in what the user wrote. It is left out, the rest is kept. */
export interface SettingFault {
	/** Where it stands, such as `anthropic/*.routing.sort`; the parts of a path may hold dots themselves. */
	readonly path: string;
	/** What is wrong, without the path: "expected number, received string". */
	readonly message: string;
}

export interface ParsedModelSettings {
	readonly settings: ModelSettingsMap;
	readonly faults: readonly SettingFault[];
}

export interface ParsedBudget {
	readonly budget: BudgetLimits;
	readonly faults: readonly SettingFault[];
}

const MAX_ROUNDS = 10;

/** Reads the `modelSettings` of a settings file. Never throws: what is wrong is told and left out. */
export function parseModelSettings(value: unknown): ParsedModelSettings {
	if (!isRecord(value)) {
		return { settings: {}, faults: value === undefined ? [] : [noObject('')] };
	}
	const faults: SettingFault[] = [];
	const entries = Object.entries(value).map(([key, entry]) => {
		const parsed = keepGood(modelSettings, entry, key);
		faults.push(...parsed.faults, ...patternFaults(key));
		return [key, parsed.value] as const;
	});
	return { settings: Object.fromEntries(entries.filter(([key]) => patternFaults(key).length === 0)), faults };
}

/** Reads the `budget` of a settings file, in the same way. */
export function parseBudget(value: unknown): ParsedBudget {
	if (value === undefined) {
		return { budget: {}, faults: [] };
	}
	const { value: budget, faults } = keepGood(budgetLimits, value, '');
	return { budget, faults };
}

/**
 * Parses an object whose fields may all be missing, without those that are wrong. A fault inside a nested object takes
 * that field of it alone.
 */
function keepGood<Schema extends z.ZodType>(
	schema: Schema,
	value: unknown,
	path: string,
): { readonly value: z.infer<Schema>; readonly faults: readonly SettingFault[] } {
	if (!isRecord(value)) {
		return { value: schema.parse({}), faults: [noObject(path)] };
	}
	const faults: SettingFault[] = [];
	let rest = value;
	// Each round takes away what was wrong, so the second or third has nothing to tell; an empty object always passes.
	for (let round = 0; round < MAX_ROUNDS; round++) {
		const parsed = schema.safeParse(rest);
		if (parsed.success) {
			return { value: parsed.data, faults };
		}
		for (const issue of parsed.error.issues) {
			for (const { keys, message } of faultsOf(issue, schema)) {
				faults.push({ path: [path, ...keys].filter(part => part !== '').join('.'), message });
				rest = without(rest, keys);
			}
		}
	}
	return { value: schema.parse({}), faults };
}

interface FieldFault {
	readonly keys: readonly string[];
	readonly message: string;
}

function faultsOf(issue: z.core.$ZodIssue, schema: z.ZodType): readonly FieldFault[] {
	const keys = issue.path.map(String);
	if (issue.code !== 'unrecognized_keys') {
		return [{ keys, message: plain(issue.message) }];
	}
	const known = Object.keys(propertiesAt(z.toJSONSchema(schema), keys));
	return issue.keys.map(key => {
		const nearest = nearestWord(key, known);
		const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
		return { keys: [...keys, key], message: `there is no such setting${hint}` };
	});
}

/** Names of the fields an object of the schema may have. */
function propertiesAt(
	schema: z.core.JSONSchema.JSONSchema,
	keys: readonly string[],
): Readonly<Record<string, unknown>> {
	const [key, ...rest] = keys;
	const properties = schema.properties ?? {};
	const inner = key === undefined ? undefined : properties[key];
	return key === undefined ? properties : typeof inner === 'object' ? propertiesAt(inner, rest) : {};
}

/** zod begins with a word that says nothing here. */
function plain(message: string): string {
	const text = message.replace(/^Invalid (input|option): /, '');
	return text.charAt(0).toLowerCase() + text.slice(1);
}

/** A copy without the field. An element of a list takes the whole list: the others alone would mean something else. */
function without(value: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
	const [key, ...rest] = keys;
	const { [key ?? '']: inner, ...others } = value;
	return key !== undefined && rest.length > 0 && isRecord(inner) ? { ...others, [key]: without(inner, rest) } : others;
}

function patternFaults(key: string): readonly SettingFault[] {
	const message = 'an asterisk may stand at the end only';
	return key.slice(0, -1).includes('*') ? [{ path: key, message }] : [];
}

function noObject(path: string): SettingFault {
	return { path, message: 'expected an object of settings, such as { "temperature": 0.2 }' };
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
