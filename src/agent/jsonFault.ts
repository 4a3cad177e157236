/** Where a text stops being JSON. */
export interface JsonFault {
	/** UTF-16 units from the start; the text's length when it ended too early. */
	readonly offset: number;
	/** What could have stood there. */
	readonly expected: string;
}

const blank = /[ \t\n\r]*/y;
const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const scalar = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;

/**
 * Finds the first fault of a text that `JSON.parse` refuses. The engines' own messages give a position only
 * sometimes, and each in another form. Linear time, no recursion.
 * @returns undefined when the text is JSON after all.
 */
export function findJsonFault(text: string): JsonFault | undefined {
	const open: ('{' | '[')[] = [];
	let at = 0;
	const skip = (pattern: RegExp): boolean => {
		pattern.lastIndex = at;
		const match = pattern.exec(text);
		at += match?.[0].length ?? 0;
		return match !== null;
	};
	const next = (): string | undefined => {
		skip(blank);
		return text[at];
	};
	/** By hand: a regular expression's stack overflows on a string of megabytes. */
	const string = (): JsonFault | undefined => {
		for (at++; at < text.length && text[at] !== '"'; at++) {
			if (text.charCodeAt(at) < 0x20) {
				return { offset: at, expected: 'the closing " of the string, or an escape such as \\n' };
			}
			if (text[at] === '\\') {
				escapeSequence.lastIndex = at;
				const length = escapeSequence.exec(text)?.[0].length;
				if (length === undefined) {
					return { offset: at, expected: 'a valid escape' };
				}
				at += length - 1;
			}
		}
		if (at >= text.length) {
			return { offset: text.length, expected: 'the closing " of the string' };
		}
		at++;
		return undefined;
	};
	const key = (): JsonFault | undefined => {
		if (next() !== '"') {
			return { offset: at, expected: 'a property name in double quotes' };
		}
		const fault = string();
		if (fault !== undefined) {
			return fault;
		}
		if (next() !== ':') {
			return { offset: at, expected: '":"' };
		}
		at++;
		return undefined;
	};

	for (;;) {
		// A value begins here.
		const first = next();
		if (first === '{' || first === '[') {
			at++;
			if (next() === (first === '{' ? '}' : ']')) {
				at++;
			} else {
				open.push(first);
				const fault = first === '{' ? key() : undefined;
				if (fault !== undefined) {
					return fault;
				}
				continue;
			}
		} else if (first === '"') {
			const fault = string();
			if (fault !== undefined) {
				return fault;
			}
		} else if (!skip(scalar)) {
			return { offset: at, expected: 'a value' };
		}
		// A value ended here: close what ends with it, then look for the next one.
		for (;;) {
			const container = open.at(-1);
			const after = next();
			if (container === undefined) {
				return after === undefined ? undefined : { offset: at, expected: 'nothing more' };
			}
			const close = container === '{' ? '}' : ']';
			if (after === close) {
				at++;
				open.pop();
			} else if (after === ',') {
				at++;
				const fault = container === '{' ? key() : undefined;
				if (fault !== undefined) {
					return fault;
				}
				break;
			} else {
				return { offset: at, expected: `"," or "${close}"` };
			}
		}
	}
}
