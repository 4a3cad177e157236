import type { EditCase } from './editCase.ts';
import type { Judged } from './judge.ts';

const MAX_SHOWN = 2500;
const AROUND = 3;

/** A case that did not come out as it should, for people: the file's place, the quote, what came and what is right. */
export function describeFailure({ editClass, at, path, content, edits, expected }: EditCase, judged: Judged): string {
	const [right] = expected;
	const lines = [
		`## ${editClass.name} ${at} (${editClass.required}): ${judged.outcome}, ${path}`,
		...edits.flatMap(({ oldText, newText, replaceAll, nearLine }) => [
			`old: ${shown(oldText)}`,
			`new: ${shown(newText)}${replaceAll === true ? ' (all)' : ''}${nearLine === undefined ? '' : ` (near ${nearLine})`}`,
		]),
		`file: ${shown(difference(content, right ?? content))}`,
		...(right === undefined ? [] : [`right: ${shown(difference(right, content))}`]),
		judged.outcome === 'refused' || judged.outcome === 'threw'
			? `why: ${shown(judged.got)}`
			: `got: ${shown(difference(judged.got, right ?? content))}`,
	];
	return `${lines.join('\n')}\n`;
}

/** The lines of a text that are not those of the other, with some around; nothing where they are the same. */
function difference(text: string, other: string): string {
	const [lines, others] = [text.split('\n'), other.split('\n')];
	const first = lines.findIndex((line, at) => line !== others[at]);
	let last = 0;
	while (last < lines.length - first && lines.at(-1 - last) === others.at(-1 - last)) {
		last++;
	}
	return first === -1 && lines.length >= others.length
		? ''
		: lines.slice(Math.max(0, first - AROUND), lines.length - last + AROUND).join('\n');
}

/** Every sign seen, one line of the text a line. */
function shown(text: string): string {
	return text
		.slice(0, MAX_SHOWN)
		.split('\n')
		.map(line => JSON.stringify(line).slice(1, -1))
		.join('\n    | ');
}
