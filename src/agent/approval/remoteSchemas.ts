/**
 * Addresses of schemas in files of data. An editor that has the file open fetches them without asking, so whoever writes
 * one can carry away what was read as part of the address.
 */
import { keyedAddresses } from './schemas/keyedAddresses.ts';
import { anyAddresses, isRemote, type SchemaAddresses } from './schemas/schemaAddresses.ts';
import { xmlAddresses } from './schemas/xmlAddresses.ts';

/**
 * Code and prose: no server reads schemas out of them, and they often speak of addresses. Every other name may stand for
 * data, as settings can map any extension to any language.
 */
const CODE = new Set(
	(
		'ts tsx mts cts js jsx mjs cjs py pyi rs go java kt kts scala groovy c h cc cpp cxx hpp hh m mm cs fs vb rb php ' +
		'swift dart lua r jl pl pm ex exs erl hs elm clj cljs ml mli nim zig v sol sh bash zsh fish ps1 psm1 bat cmd sql ' +
		'graphql gql proto md mdx markdown rst adoc tex txt log html htm vue svelte astro css scss sass less styl csv tsv diff patch'
	).split(' '),
);
const KEYED = new Set(['json', 'jsonc', 'json5', 'yaml', 'yml', 'toml']);
const XML = new Set(['xml', 'xsd', 'xsl', 'xslt', 'svg', 'dtd', 'rng', 'wsdl', 'xhtml']);

/**
 * Addresses that are always the same words carry nothing away, and editors bring what they stand for: the meta schemas
 * of JSON Schema, and the document types of SVG and XHTML.
 */
const WELL_KNOWN = [
	/^https?:\/\/json-schema\.org\/(?:draft-0[3-7]|draft\/(?:2019-09|2020-12))\/schema#?$/,
	/^https?:\/\/www\.w3\.org\/Graphics\/SVG\/1\.[01]\/DTD\/svg1[01](?:-basic|-tiny)?\.dtd$/,
	/^https?:\/\/www\.w3\.org\/TR\/(?:2001\/REC-SVG-20010904\/DTD\/svg10|xhtml1\/DTD\/xhtml1-(?:strict|transitional|frameset)|xhtml11\/DTD\/xhtml11)\.dtd$/,
];

/**
 * The addresses that a change adds where an editor would fetch them, as the file's own server would read them: escapes
 * and character references resolved. Where a value is put together in a way that is not followed here, as by an alias,
 * it counts itself and so does every address that the change adds anywhere.
 * @param path of the file; its extension tells code from data.
 */
export function addedRemoteSchemas(path: string, before: string, after: string): readonly string[] {
	const find = finderFor(path);
	if (find === undefined || before === after) {
		return [];
	}
	const now = find(after);
	if (now.values.length === 0 && now.unclear.length === 0 && !now.isOpen) {
		return [];
	}
	const was = find(before);
	const there = new Set([...was.values, ...was.unclear]);
	const thereAnywhere = new Set(now.isOpen ? anyAddresses(before) : []);
	const added = [
		...now.values.filter(address => isRemote(address) && !there.has(address)),
		...now.unclear.filter(words => !there.has(words)),
		...(now.isOpen ? anyAddresses(after) : []).filter(address => !thereAnywhere.has(address)),
	];
	return [...new Set(added)].filter(address => !WELL_KNOWN.some(pattern => pattern.test(address)));
}

function finderFor(path: string): ((text: string) => SchemaAddresses) | undefined {
	const extension = /\.([^./\\]*)$/.exec(path)?.[1]?.toLowerCase() ?? '';
	if (CODE.has(extension)) {
		return undefined;
	}
	if (KEYED.has(extension)) {
		return keyedAddresses;
	}
	return XML.has(extension) ? xmlAddresses : findAll;
}

function findAll(text: string): SchemaAddresses {
	const [keyed, xml] = [keyedAddresses(text), xmlAddresses(text)];
	return {
		values: [...keyed.values, ...xml.values],
		unclear: [...keyed.unclear, ...xml.unclear],
		isOpen: keyed.isOpen || xml.isOpen,
	};
}
