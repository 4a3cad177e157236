/** Shorter texts stand in nearly every file. */
const MIN_LENGTH = 3;

/**
 * Finds texts of which every match of a regular expression holds one. A quick look for them spares most files the slow
 * engine. Undefined where the expression has none, or is not simple enough to tell.
 */
export function requiredLiterals(pattern: string, isCaseSensitive: boolean): RegExp | undefined {
	const flags = /^\(\?([ims]+)\)/.exec(pattern);
	const literals = literalsOf(pattern.slice(flags?.[0].length ?? 0));
	if (literals === undefined) {
		return undefined;
	}
	const foldsCase = !isCaseSensitive || flags?.[1]?.includes('i') === true;
	return new RegExp(literals.map(escapeLiteral).join('|'), foldsCase ? 'iu' : 'u');
}

/** A text as source of a regular expression, of JavaScript with flag `u` and of ripgrep. */
export function escapeLiteral(text: string): string {
	return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** The longest text of each alternative. */
function literalsOf(pattern: string): readonly string[] | undefined {
	// Flags, and quotations by `\Q`, change what the characters behind them mean.
	if (/\(\?(?!:)|\\Q/.test(pattern)) {
		return undefined;
	}
	const longest = [''];
	let run = '';
	const endRun = () => {
		if (run.length > (longest.at(-1) ?? '').length) {
			longest.splice(-1, 1, run);
		}
		run = '';
	};
	for (let at = 0; at < pattern.length; ) {
		const part = PART.exec(pattern.slice(at))?.[0] ?? '';
		const literal = literalOf(part);
		at += part.length;
		if (literal !== undefined) {
			run += literal;
			continue;
		}
		if (/^[*?{]/.test(part)) {
			// What stands before may be absent.
			run = withoutLast(run);
		}
		endRun();
		if (part === '(') {
			at = groupEnd(pattern, at);
		} else if (part === '|') {
			longest.push('');
		}
	}
	endRun();
	return longest.every(literal => literal.length >= MIN_LENGTH) ? longest : undefined;
}

/** An escape, a class, a count, or one character. */
const PART =
	/^(?:\\(?:[pPx]\{[^}]*\}|x[\da-fA-F]{2}|[\s\S])|\[\^?\]?(?:\\[\s\S]|\[:\w+:\]|[^\]\\])*\]|\{[^}]*\}|[\s\S])/u;

/** The character that a part stands for by itself. */
function literalOf(part: string): string | undefined {
	if (part.startsWith('\\')) {
		return /^\\[^\w\s]$/u.test(part) ? part.slice(1) : undefined;
	}
	return /^[^[\]^$.+){}*?|(]$/u.test(part) ? part : undefined;
}

function withoutLast(run: string): string {
	return [...run].slice(0, -1).join('');
}

/** Behind the parenthesis that closes the group whose inside begins at `at`. */
function groupEnd(pattern: string, start: number): number {
	let at = start;
	for (let depth = 1; depth > 0 && at < pattern.length; ) {
		const part = PART.exec(pattern.slice(at))?.[0] ?? '';
		at += part.length;
		depth += part === '(' ? 1 : part === ')' ? -1 : 0;
	}
	return at;
}
