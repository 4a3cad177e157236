/**
 * Turns what programs write to a terminal into plain text, in pieces as it comes. Escape sequences are removed
 * (ECMA-48: CSI, OSC, DCS and the like, also by their 8-bit introducers), a line overwritten by carriage returns is
 * left as it was last, and a backspace takes a character back. No text is lost to a sequence that never ends.
 */

const ESCAPE = '\u001B';
/** Escape, the 8-bit introducers of CSI, OSC, DCS, SOS, PM and APC; and bell and shifts, which are nothing but noise. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const INTRODUCER = /[\u0007\u000E\u000F\u001B\u0090\u0098\u009B\u009D-\u009F]/g;
/** What a string cannot hold: a line end, a cancelling character, or the beginning of another sequence. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: likewise.
const BREAK = /[\n\u0018\u001A\u0090\u0098\u009B\u009D-\u009F]/;
/** Longer sequences are taken for text: nothing that a model or a card needs hides in them for long. */
const MAX_SEQUENCE = 8192;
/** A line may still be overwritten up to this length; what is longer is given out as it is. */
const MAX_OPEN_LINE = 4096;

export class TerminalText {
	/** A sequence that is not complete yet. */
	#held = '';
	/** What came since the last line end, perhaps with carriage returns at its end. */
	#open = '';

	/** @returns what is final by now. */
	write(text: string): string {
		const raw = this.#open + this.#withoutSequences(this.#held + text, false);
		const end = raw.lastIndexOf('\n') + 1;
		const final = settleLines(raw.slice(0, end));
		this.#open = settleOpen(raw.slice(end));
		if (this.#open.length <= MAX_OPEN_LINE) {
			return final;
		}
		const long = settleLine(this.#open);
		this.#open = '';
		return final + long;
	}

	/** The line that may still change. */
	get openLine(): string {
		return settleLine(this.#open);
	}

	/** @returns what was open. Nothing may be written after it. */
	end(): string {
		const last = settleLines(this.#open + this.#withoutSequences(this.#held, true));
		this.#open = '';
		return last;
	}

	#withoutSequences(text: string, isEnd: boolean): string {
		this.#held = '';
		let plain = '';
		let at = 0;
		for (;;) {
			INTRODUCER.lastIndex = at;
			const start = INTRODUCER.exec(text)?.index;
			if (start === undefined) {
				return at === 0 ? text : plain + text.slice(at);
			}
			plain += text.slice(at, start);
			const end = sequenceEnd(text, start, isEnd);
			if (end === undefined) {
				this.#held = text.slice(start);
				return plain;
			}
			at = end;
		}
	}
}

/**
 * Where the sequence ends that begins at `start`. One that is broken off ends behind its introducer.
 * @returns undefined when more text may complete it.
 */
function sequenceEnd(text: string, start: number, isEnd: boolean): number | undefined {
	const first = text.charAt(start);
	if (first === '\u0007' || first === '\u000E' || first === '\u000F') {
		return start + 1;
	}
	const second = first === ESCAPE ? text.charAt(start + 1) : String.fromCharCode(first.charCodeAt(0) - 0x40);
	const body = start + (first === ESCAPE ? 2 : 1);
	switch (second) {
		case '':
			return isEnd ? body - 1 : undefined;
		case '[':
			return restEnd(text, skip(text, body, 0x30, 0x3f), 0x40, start, isEnd);
		case ']':
		case 'P':
		case 'X':
		case '^':
		case '_':
			return stringEnd(text, body, second === ']', start, isEnd);
		default:
			return restEnd(text, start + 1, 0x30, start, isEnd);
	}
}

/** Intermediate characters, then a final one from `firstFinal` on. Where another one stands, it ended before that. */
function restEnd(text: string, from: number, firstFinal: number, start: number, isEnd: boolean): number | undefined {
	const at = skip(text, from, 0x20, 0x2f);
	if (at - start > MAX_SEQUENCE) {
		return start + 1;
	}
	if (at === text.length) {
		return isEnd ? at : undefined;
	}
	const final = text.charCodeAt(at);
	return final >= firstFinal && final <= 0x7e ? at + 1 : at;
}

/** The first place from `at` on whose character is not between the two codes. */
function skip(text: string, at: number, low: number, high: number): number {
	let end = at;
	for (let code = text.charCodeAt(end); code >= low && code <= high; code = text.charCodeAt(end)) {
		end++;
	}
	return end;
}

/** A string up to its terminator. What breaks it off is looked at again: then all behind the introducer is text. */
function stringEnd(text: string, body: number, endsAtBell: boolean, start: number, isEnd: boolean): number | undefined {
	const limit = Math.min(text.length, start + MAX_SEQUENCE);
	for (let at = body; at < limit; at++) {
		switch (text.charAt(at)) {
			case '\u009C':
				return at + 1;
			case '\u0007':
				if (endsAtBell) {
					return at + 1;
				}
				break;
			case ESCAPE:
				if (at + 1 === text.length && !isEnd) {
					return undefined;
				}
				return text.charAt(at + 1) === '\\' ? at + 2 : body;
			default:
				if (BREAK.test(text.charAt(at))) {
					return body;
				}
		}
	}
	return isEnd || limit < text.length || limit - start >= MAX_SEQUENCE ? body : undefined;
}

function settleLines(text: string): string {
	return needsSettling(text) ? text.split('\n').map(settleLine).join('\n') : text;
}

/** What the line shows in the end: the text behind the last carriage return that something follows. */
function settleLine(line: string): string {
	if (!needsSettling(line)) {
		return line;
	}
	let end = line.length;
	while (line[end - 1] === '\r') {
		end--;
	}
	const shown = line.slice(end === 0 ? 0 : line.lastIndexOf('\r', end - 1) + 1, end);
	return shown.includes('\b') ? takeBack(shown) : shown;
}

/** The same for a line that goes on: a carriage return at its end waits for what follows. */
function settleOpen(line: string): string {
	return needsSettling(line) && line.endsWith('\r') ? `${settleLine(line)}\r` : settleLine(line);
}

function needsSettling(text: string): boolean {
	return text.includes('\r') || text.includes('\b');
}

function takeBack(line: string): string {
	const kept: string[] = [];
	for (const character of line) {
		if (character === '\b') {
			kept.pop();
		} else {
			kept.push(character);
		}
	}
	return kept.join('');
}
