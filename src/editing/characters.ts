/** Characters that typography, editors and models write for one another. */

const PLAIN = new Map<number, number>([
	...[0x2018, 0x2019, 0x201a, 0x201b, 0x2032].map(code => [code, 0x27] as const),
	...[0x201c, 0x201d, 0x201e, 0x201f, 0x2033].map(code => [code, 0x22] as const),
	...[0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212].map(code => [code, 0x2d] as const),
	...[0xa0, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a].map(
		code => [code, 0x20] as const,
	),
	...[0x202f, 0x205f, 0x3000].map(code => [code, 0x20] as const),
]);

export const ELLIPSIS = 0x2026;
const FANCY = new RegExp(`[${String.fromCharCode(...PLAIN.keys())}]`, 'g');
const ZERO_WIDTH = /[\u200b\u2060\ufeff]/g;

/** The plain character for a typographic one, else the character itself. UTF-16 codes. */
export function plainCode(code: number): number {
	return code < 0xa0 ? code : (PLAIN.get(code) ?? code);
}

/** Drawn as nothing at all. */
export function isZeroWidth(code: number): boolean {
	return code === 0x200b || code === 0x2060 || code === 0xfeff;
}

/** Plain characters for typographic ones, one for one: positions stay. */
export function toPlain(text: string): string {
	return hasOnlyAscii(text)
		? text
		: text.replace(FANCY, character => String.fromCharCode(plainCode(character.charCodeAt(0))));
}

/** As `toPlain`, also spelling the ellipsis out and leaving out what is drawn as nothing. */
export function toPlainest(text: string): string {
	return hasOnlyAscii(text) ? text : toPlain(text).replaceAll('…', '...').replace(ZERO_WIDTH, '');
}

function hasOnlyAscii(text: string): boolean {
	for (let at = 0; at < text.length; at++) {
		if (text.charCodeAt(at) > 0x7f) {
			return false;
		}
	}
	return true;
}
