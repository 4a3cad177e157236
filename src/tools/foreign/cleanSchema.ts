/**
 * A foreign JSON schema made small and harmless: only words that every provider takes, texts cleaned and cut, references
 * put in place. It tells the model what to send; what is sent is checked by the server itself.
 */
import { cleanText } from './cleanText.ts';

export interface JsonSchema {
	readonly [word: string]: unknown;
}

const MAX_DEPTH = 8;
/** Schemas within the schema. */
const MAX_NODES = 300;
const MAX_DESCRIPTION = 300;
const MAX_ENUM = 60;
const MAX_ENUM_CHARACTERS = 120;
const MAX_ALTERNATIVES = 8;
/** Characters of the whole as JSON: about 1,200 tokens. */
const MAX_JSON = 5000;
const PROPERTY_NAME = /^[\w.$-]{1,64}$/;
const TYPES = new Set(['object', 'array', 'string', 'number', 'integer', 'boolean']);
const NUMBER_WORDS = ['minimum', 'maximum', 'minLength', 'minItems'] as const;

interface Walk {
	readonly root: unknown;
	nodes: number;
	readonly hasDescriptions: boolean;
}

/** Always of type object. */
export function cleanSchema(schema: unknown): JsonSchema {
	const whole = cleanRoot(schema, true);
	if (JSON.stringify(whole).length <= MAX_JSON) {
		return whole;
	}
	const bare = cleanRoot(schema, false);
	if (JSON.stringify(bare).length <= MAX_JSON) {
		return bare;
	}
	const names = Object.keys(isRecord(bare['properties']) ? bare['properties'] : {});
	const properties = Object.fromEntries(names.slice(0, MAX_ENUM).map(name => [name, {}]));
	return { type: 'object', description: 'The schema is too large to show.', properties };
}

function cleanRoot(schema: unknown, hasDescriptions: boolean): JsonSchema {
	const cleaned = clean(schema, 0, [], { root: schema, nodes: 0, hasDescriptions });
	const empty = { type: 'object', properties: {} };
	return cleaned['type'] === 'object' ? { ...empty, ...cleaned } : empty;
}

/** @param above references being put in place: one that leads to itself ends there. */
function clean(schema: unknown, depth: number, above: readonly string[], walk: Walk): JsonSchema {
	walk.nodes++;
	if (!isRecord(schema) || depth > MAX_DEPTH || walk.nodes > MAX_NODES) {
		return {};
	}
	const reference = schema['$ref'];
	if (typeof reference === 'string') {
		return above.includes(reference) ? {} : clean(follow(reference, walk.root), depth + 1, [...above, reference], walk);
	}
	const inner = (part: unknown) => clean(part, depth + 1, above, walk);
	return {
		...joinAll(schema['allOf'], inner),
		...typeOf(schema),
		...descriptionOf(schema, walk),
		...choicesOf(schema),
		...propertiesOf(schema, inner),
		...(isRecord(schema['items']) && { items: inner(schema['items']) }),
		...Object.fromEntries(NUMBER_WORDS.filter(word => Number.isFinite(schema[word])).map(word => [word, schema[word]])),
		...alternativesOf(schema, inner),
	};
}

function typeOf(schema: JsonSchema): JsonSchema {
	const { type } = schema;
	const given = (Array.isArray(type) ? type : [type]).filter(word => typeof word === 'string' && TYPES.has(word));
	if (given.length > 1) {
		return { anyOf: given.map(word => ({ type: word })) };
	}
	if (given.length === 1) {
		return { type: given[0] };
	}
	if (isRecord(schema['properties'])) {
		return { type: 'object' };
	}
	return isRecord(schema['items']) ? { type: 'array' } : {};
}

function descriptionOf({ description }: JsonSchema, { hasDescriptions }: Walk): JsonSchema {
	const text = typeof description === 'string' && hasDescriptions ? cleanText(description, MAX_DESCRIPTION) : '';
	return text === '' ? {} : { description: text };
}

/** Values that cleaning would change are left out: they could not be sent as shown. */
function choicesOf(schema: JsonSchema): JsonSchema {
	const given = Array.isArray(schema['enum']) ? schema['enum'] : 'const' in schema ? [schema['const']] : [];
	const choices = given
		.filter(
			value =>
				typeof value === 'number' ||
				typeof value === 'boolean' ||
				(typeof value === 'string' && cleanText(value, MAX_ENUM_CHARACTERS) === value),
		)
		.slice(0, MAX_ENUM);
	return choices.length === 0 ? {} : { enum: choices };
}

function propertiesOf(schema: JsonSchema, inner: (part: unknown) => JsonSchema): JsonSchema {
	if (!isRecord(schema['properties'])) {
		return {};
	}
	// From entries, so that `__proto__` is a name like any other.
	const entries = Object.entries(schema['properties']).filter(([name]) => PROPERTY_NAME.test(name));
	const properties = Object.fromEntries(entries.map(([name, part]) => [name, inner(part)]));
	const { required: given } = schema;
	const required = Array.isArray(given) ? given.filter(name => Object.hasOwn(properties, String(name))) : [];
	return { properties, ...(required.length > 0 && { required }) };
}

function alternativesOf(schema: JsonSchema, inner: (part: unknown) => JsonSchema): JsonSchema {
	const given = [schema['anyOf'], schema['oneOf']].find(Array.isArray)?.slice(0, MAX_ALTERNATIVES) ?? [];
	const parts = given.filter((part: unknown) => !(isRecord(part) && part['type'] === 'null')).map(inner);
	return parts.length > 1 ? { anyOf: parts } : (parts[0] ?? {});
}

function joinAll(given: unknown, inner: (part: unknown) => JsonSchema): JsonSchema {
	if (!Array.isArray(given)) {
		return {};
	}
	const parts = given.slice(0, MAX_ALTERNATIVES).map(inner);
	const properties = parts.flatMap(part => (isRecord(part['properties']) ? Object.entries(part['properties']) : []));
	const required = parts.flatMap(part => (Array.isArray(part['required']) ? part['required'] : []));
	return {
		...Object.assign({}, ...parts),
		...(properties.length > 0 && { type: 'object', properties: Object.fromEntries(properties) }),
		...(required.length > 0 && { required }),
	};
}

/** Within the schema alone: nothing is fetched. */
function follow(reference: string, root: unknown): unknown {
	if (!reference.startsWith('#/')) {
		return undefined;
	}
	let target = root;
	for (const part of reference.slice(2).split('/')) {
		const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
		target = isRecord(target) && Object.hasOwn(target, name) ? target[name] : undefined;
	}
	return target;
}

function isRecord(value: unknown): value is JsonSchema {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
