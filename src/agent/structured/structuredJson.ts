import { jsonrepair } from 'jsonrepair';
import { endOfBrackets } from '../jsonSpan.ts';
import type { ReadAnswer, ReadOptions } from './structuredAnswer.ts';

/**
 * The JSON in an answer that may have prose or fences around it. Strictly parsed where that works; else its punctuation
 * is repaired, but only when the repair adds and drops nothing that has a meaning. What was cut is closed only where
 * that is allowed.
 */
export function readJson(answer: string, { isCut, allowCut, fits }: ReadOptions): ReadAnswer {
	const { whole, open } = candidates(answer);
	if (open !== undefined && isCut) {
		// What stands whole before or inside it is an example or a part, and may fit by accident.
		const closed = allowCut ? parsedBy(() => JSON.parse(jsonrepair(open))) : [];
		const value = closed.find(fits);
		return value === undefined ? { faults: [CUT], nearest: open } : { value };
	}
	const strict = whole.flatMap(text => parsedBy(() => JSON.parse(text)));
	const fitting = strict.find(fits);
	if (fitting !== undefined) {
		return { value: fitting };
	}
	const broken = open === undefined ? whole : [...whole, open.slice(0, lastBracket(open))];
	const repaired = broken.flatMap(text => parsedBy(() => parseRepaired(text)));
	const value = repaired.find(fits) ?? (open === undefined ? (strict[0] ?? repaired[0]) : undefined);
	return value === undefined ? { faults: [faultOf(whole[0], open)], nearest: open ?? whole[0] ?? answer } : { value };
}

const CUT = 'it was cut at its length limit before it was complete; answer more briefly';

interface Candidates {
	/** From a bracket to its end, the longest first; or the answer itself where it has no bracket. */
	readonly whole: readonly string[];
	/** From a bracket that begins JSON and never closes to the end of the answer. */
	readonly open: string | undefined;
}

/** Everything in an answer that could be its JSON. */
function candidates(answer: string): Candidates {
	const whole: string[] = [];
	for (let at = nextBracket(answer, 0); at >= 0; ) {
		const end = endOfBrackets(answer, at);
		if (end === undefined) {
			return { whole: whole.sort(longestFirst), open: answer.slice(at).trim() };
		}
		whole.push(answer.slice(at, end));
		at = nextBracket(answer, end);
	}
	const trimmed = answer.trim();
	return { whole: whole.length > 0 || trimmed === '' ? whole.sort(longestFirst) : [trimmed], open: undefined };
}

function longestFirst(one: string, other: string): number {
	return other.length - one.length;
}

/** Index of the next bracket that begins JSON, repaired or not, rather than a remark. */
function nextBracket(text: string, from: number): number {
	const found = text.slice(from).search(/\{\s*(["'}]|[\w$-]+["']?\s*:)|\[\s*(["'{[\]]|-?\d|true|false|null)/i);
	return found < 0 ? -1 : from + found;
}

/** Index behind the last closing bracket. */
function lastBracket(text: string): number {
	return Math.max(text.lastIndexOf('}'), text.lastIndexOf(']')) + 1;
}

/** @throws SyntaxError or JSONRepairError when there is no repair that leaves the content as it is. */
function parseRepaired(text: string): unknown {
	const repaired = jsonrepair(text);
	if (contentOf(text) !== contentOf(repaired)) {
		throw new SyntaxError('The repair would change what is said.');
	}
	return JSON.parse(repaired);
}

/**
 * What a JSON text says, without the punctuation in which repairs differ: letters, digits and brackets in their order,
 * and the dots that stand for something left out.
 */
function contentOf(text: string): string {
	return text
		.replace(/\\(u[\da-f]{4}|[^u])/gi, '')
		.replace(/\bTrue\b/g, 'true')
		.replace(/\bFalse\b/g, 'false')
		.replace(/\bNone\b/g, 'null')
		.replace(/\.\.\.|…/g, '<left out>')
		.replace(/[^\p{L}\p{N}{}[\]<>+-]/gu, '');
}

function faultOf(whole: string | undefined, open: string | undefined): string {
	const text = open ?? whole;
	if (text === undefined) {
		return 'it is empty';
	}
	try {
		JSON.parse(text);
		return 'it has no JSON of the wanted form';
	} catch (error) {
		return `it is not valid JSON: ${error instanceof Error ? error.message : String(error)}`;
	}
}

/** An empty list where parsing fails: the next candidate may be the one that is meant. */
function parsedBy(parse: () => unknown): readonly unknown[] {
	try {
		return [parse()];
	} catch {
		return [];
	}
}
