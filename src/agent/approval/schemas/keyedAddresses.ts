/**
 * JSON, YAML and TOML. `$schema` and `$ref` are keys in all three (JSON with comments, YAML in flow style), and comments
 * name schemas by `# yaml-language-server: $schema=…` and `#:schema …`. Read loosely: what is not quite of the format, or
 * commented out, counts as well, since servers forgive much.
 */
import type { SchemaAddresses } from './schemaAddresses.ts';

const MAY_MATTER = /schema|ref\b|Ref\b|fileMatch|systemId|\\(?:[uUx]|\r?\n)/;
const KEY = /\$(?:schema|ref|dynamicRef|recursiveRef)(?![\w$-])/g;
const COMMENT = /#:schema[^\S\n]+(\S+)/g;
/** Settings that map files to schemas, by address. */
const SETTINGS = /fileMatch|\b(?:json|yaml)\.schemas\b|\bschema\.associations\b|\bxml\.(?:catalogs|fileAssociations)\b/;
/** UTF-16 units from a key to the end of its value, comments between them included. Nothing is followed beyond. */
const MAX_REACH = 4000;
/** UTF-16 units of a YAML anchor, and of what is told of a value that is unclear. */
const MAX_NAME = 80;

const GAP = /(?:\s|\/\/[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|#[^\n]*(?:\n|$))*/y;
/** YAML's tags and anchors before a value. */
const PROPERTY = /[&!]\S*\s+/y;
const BLOCK = /[|>][^\n]*\n\s*/y;
const QUOTED = /(["'])\1*([\s\S]*?)\1/y;
const PLAIN = /[^\s,}\]]+/y;

export function keyedAddresses(given: string): SchemaAddresses {
	if (!MAY_MATTER.test(given)) {
		return { values: [], unclear: [], isOpen: false };
	}
	const text = withoutEscapes(given);
	const values = [...text.matchAll(COMMENT)].map(([, address = '']) => address);
	const unclear: string[] = [];
	for (const { index, 0: key } of text.matchAll(KEY)) {
		const end = index + key.length;
		const value = valueAfter(text.slice(end, end + MAX_REACH));
		values.push(...value.texts);
		if (value.unclear !== undefined) {
			unclear.push(value.unclear);
		} else if (/&\S+\s+["']?$/.test(text.slice(Math.max(0, index - MAX_NAME), index))) {
			// The key has a name, by which it may stand anywhere.
			unclear.push(key);
		}
	}
	return { values, unclear, isOpen: unclear.length > 0 || SETTINGS.test(text) };
}

interface Value {
	readonly texts: readonly string[];
	readonly unclear?: string;
}

/** @param text right behind the key. */
function valueAfter(text: string): Value {
	const mark = skip(GAP, text, /^["']/.test(text) ? 1 : 0);
	if (text[mark] !== ':' && text[mark] !== '=') {
		return mark < MAX_REACH ? { texts: [] } : { texts: [], unclear: text.slice(0, MAX_NAME) };
	}
	// An address without a scheme looks like a comment.
	const texts = text.slice(mark + 1).match(/^\s*\/\/[^\s/]\S*/) ?? [];
	let at = skip(GAP, text, mark + 1);
	for (let next = skip(PROPERTY, text, at); next > at; next = skip(PROPERTY, text, at)) {
		at = skip(GAP, text, next);
	}
	at = skip(BLOCK, text, at);
	if (text[at] === '*' || at >= MAX_REACH) {
		return { texts, unclear: (text.slice(at, at + MAX_NAME) || text.slice(0, MAX_NAME)).replace(/\n.*$/s, '') };
	}
	QUOTED.lastIndex = at;
	PLAIN.lastIndex = at;
	const found = QUOTED.exec(text)?.[2] ?? PLAIN.exec(text)?.[0];
	// `type:` on the next line begins a mapping.
	return { texts: found === undefined || /^[{[]|:$/.test(found) ? texts : [...texts, found] };
}

function skip(pattern: RegExp, text: string, at: number): number {
	pattern.lastIndex = at;
	return at + (pattern.exec(text)?.[0].length ?? 0);
}

/** Those of JSON, YAML and TOML together, wherever they stand. */
function withoutEscapes(text: string): string {
	return text.replace(
		/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|U([0-9a-fA-F]{8})|(\/)|[tnrbf]|\r?\n\s*)/g,
		(_, short?: string, byte?: string, long?: string, slash?: string) => {
			const code = Number.parseInt(short ?? byte ?? long ?? '', 16);
			if (Number.isNaN(code)) {
				return slash ?? '';
			}
			return code <= 0x10ffff ? String.fromCodePoint(code) : '';
		},
	);
}
