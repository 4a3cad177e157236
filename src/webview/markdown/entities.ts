/** The character references that turn up in answers. Others stay as they are written, which reads well enough. */
const NAMED: Readonly<Record<string, string>> = {
	amp: '&',
	apos: "'",
	bull: '•',
	copy: '©',
	darr: '↓',
	deg: '°',
	gt: '>',
	harr: '↔',
	hellip: '…',
	larr: '←',
	ldquo: '“',
	le: '≤',
	lsquo: '‘',
	lt: '<',
	mdash: '—',
	middot: '·',
	nbsp: '\u00a0',
	ndash: '–',
	ne: '≠',
	ge: '≥',
	quot: '"',
	rarr: '→',
	rdquo: '”',
	rsquo: '’',
	times: '×',
	uarr: '↑',
};

const REFERENCE = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-zA-Z]{2,6}));/g;

/** Replaces HTML character references. The lexer leaves them to a browser, but our text never passes as HTML. */
export function decodeEntities(text: string): string {
	if (!text.includes('&')) {
		return text;
	}
	return text.replace(REFERENCE, (whole, decimal?: string, hex?: string, name?: string) => {
		if (name !== undefined) {
			return NAMED[name] ?? whole;
		}
		const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
		const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
		return isCharacter ? String.fromCodePoint(code) : '\ufffd';
	});
}
