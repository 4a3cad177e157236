/** Where the parts of a JSON text are, so that one can be replaced while every other byte stays. */
import { endOfBrackets, endOfString } from '../../agent/jsonSpan.ts';

/** Characters `start`..`end`, end exclusive. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

export interface Member {
	readonly name: string;
	readonly value: Span;
}

/** @param json must be valid, with an object at `at`. */
function membersOf(json: string, at: number): readonly Member[] {
	const members: Member[] = [];
	let next = skipSpace(json, at + 1);
	while (json[next] === '"') {
		const nameEnd = endOfString(json, next);
		const name = String(JSON.parse(json.slice(next, nameEnd)));
		const value = valueAt(json, skipSpace(json, skipSpace(json, nameEnd) + 1));
		members.push({ name, value });
		next = afterComma(json, value.end);
	}
	return members;
}

/** The last one of that name, as `JSON.parse` takes it. */
export function memberOf(json: string, at: number, name: string): Span | undefined {
	return membersOf(json, at).findLast(member => member.name === name)?.value;
}

/** @param json must be valid, with an array at `at`. */
export function itemsOf(json: string, at: number): readonly Span[] {
	const items: Span[] = [];
	let next = skipSpace(json, at + 1);
	while (next < json.length && json[next] !== ']') {
		const item = valueAt(json, next);
		items.push(item);
		next = afterComma(json, item.end);
	}
	return items;
}

export function skipSpace(json: string, from: number): number {
	let at = from;
	while (' \t\r\n'.includes(json[at] ?? '.')) {
		at++;
	}
	return at;
}

function afterComma(json: string, from: number): number {
	const at = skipSpace(json, from);
	return json[at] === ',' ? skipSpace(json, at + 1) : at;
}

function valueAt(json: string, start: number): Span {
	const first = json[start];
	if (first === '"') {
		return { start, end: endOfString(json, start) };
	}
	if (first === '{' || first === '[') {
		return { start, end: endOfBrackets(json, start) ?? json.length };
	}
	let end = start;
	while (!/[\s,\]}]/.test(json[end] ?? ',')) {
		end++;
	}
	return { start, end };
}
