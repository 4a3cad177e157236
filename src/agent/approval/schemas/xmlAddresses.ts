/**
 * XML: locations of schemas as attributes, `xml-model`, inclusions, document types and external entities. Read loosely,
 * with and without character references resolved, since they can hide any of the marks that are looked for.
 */
import type { SchemaAddresses } from './schemaAddresses.ts';

const MAY_MATTER = /schemaLocation|<!|xml-model|include|&#|&lt;/i;
const LITERAL = `(?:"([^"<]{0,8000})"|'([^'<]{0,8000})')`;
const LOCATION = new RegExp(String.raw`(noNamespace)?schemaLocation\s*=\s*${LITERAL}`, 'gi');
const REFERENCE = new RegExp(
	String.raw`<(?:\?xml-model|(?:[^\s<>/:]{1,60}:)?include)\s[^<>]{0,2000}?href\s*=\s*${LITERAL}`,
	'gi',
);
const EXTERNAL = new RegExp(
	String.raw`<!(?:DOCTYPE|ENTITY)\s[^<>"'[]{0,400}?(?:SYSTEM|PUBLIC\s+(?:"[^"<]{0,400}"|'[^'<]{0,400}'))\s*${LITERAL}`,
	'gi',
);

export function xmlAddresses(given: string): SchemaAddresses {
	if (!MAY_MATTER.test(given)) {
		return { values: [], unclear: [], isOpen: false };
	}
	const values: string[] = [];
	const unclear: string[] = [];
	const take = (addresses: readonly string[], whole: string) => {
		// An entity of the document's own can stand for anything.
		if (/&[^#;\s][^;\s]*;/.test(whole)) {
			unclear.push(whole);
		}
		values.push(...addresses);
	};
	for (const text of new Set([given, withoutReferences(given)])) {
		for (const { 1: alone, 2: double, 3: single } of text.matchAll(LOCATION)) {
			const whole = withoutReferences(double ?? single ?? '');
			take(locations(whole, alone !== undefined), whole);
		}
		for (const pattern of [REFERENCE, EXTERNAL]) {
			for (const { 1: double, 2: single } of text.matchAll(pattern)) {
				const whole = withoutReferences(double ?? single ?? '');
				take([whole.trim()], whole);
			}
		}
	}
	return { values, unclear, isOpen: unclear.length > 0 };
}

/** Pairs of a namespace, which nobody fetches, and where its schema is; or one location by itself. */
function locations(value: string, isAlone: boolean): readonly string[] {
	const words = value.split(/\s+/).filter(word => word !== '');
	return isAlone || words.length % 2 === 1 ? words : words.filter((_, index) => index % 2 === 1);
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function withoutReferences(text: string): string {
	return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos));/gi, (whole, hex, decimal, name) => {
		const code = hex === undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16);
		if (Number.isNaN(code)) {
			return NAMED[String(name).toLowerCase()] ?? whole;
		}
		return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
	});
}
