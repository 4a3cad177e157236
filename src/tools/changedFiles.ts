/** What commands changed, in words. */
import type { ChangedFile, FoundChanges } from '../agent/checkpoint/findings.ts';
import { counted } from './counted.ts';
import { visibleText } from './visibleText.ts';

/** Files that are named: their number tells the rest. */
const MAX_NAMED = 10;

/** For the model, one line. @param lead how it begins, such as "changed". */
export function changedNote({ kept, unkept, more, problem }: FoundChanges, lead: string): string {
	const files = [...kept, ...unkept];
	const count = files.length + more;
	const rest = count - Math.min(files.length, MAX_NAMED);
	const names = files.slice(0, MAX_NAMED).map(shown);
	const list = rest > 0 ? `${names.join(', ')} and ${rest.toLocaleString('en-US')} more` : names.join(', ');
	const why = problem === undefined ? '' : `; earlier texts could not be kept: ${visibleText(problem).text}`;
	return `[${lead} ${counted(count, 'file')}: ${list}${why}]`;
}

/** For the user: what taking the changes back will not bring back. Undefined when there is nothing of that kind. */
export function unkeptNote({ unkept, more, inexact }: FoundChanges): string | undefined {
	const lost = unkept.length + more;
	const notes = [
		...(lost > 0 ? [`${counted(lost, 'changed file')} cannot be restored`] : []),
		...(inexact > 0 ? [`${counted(inexact, 'file')} would be restored in another encoding`] : []),
	];
	return notes.length > 0 ? notes.join('; ') : undefined;
}

function shown({ path, how }: ChangedFile): string {
	const name = /^[\w./@+-]+$/.test(path) ? path : JSON.stringify(visibleText(path).text);
	return how === 'changed' ? name : `${name} (${how})`;
}
