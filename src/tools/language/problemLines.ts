/** Problems as the model reads them: one line each, the worst first. */
import { type Diagnostic, type Severity, severities } from '../../agent/languageServices.ts';
import type { MatchView } from '../../agent/tool.ts';
import { counted } from '../counted.ts';
import { sliceWhole } from '../limitText.ts';
import { hiddenNote, visibleText } from '../visibleText.ts';

/** Characters of one message. Types spelt out can take pages. */
const MAX_MESSAGE = 400;

const words: Readonly<Record<Severity, string>> = {
	error: 'error',
	warning: 'warning',
	information: 'info',
	hint: 'hint',
};

export interface ToldProblems {
	/** With notes on what is left out or was hidden. */
	readonly lines: readonly string[];
	readonly matches: readonly MatchView[];
}

/** @param howMore for the model: how to see those beyond the limit. */
export function tellProblems(problems: readonly Diagnostic[], limit: number, howMore: string): ToldProblems {
	const sorted = [...problems].sort(compareProblems);
	const shown = sorted.slice(0, limit).map(problem => ({ problem, text: messageOf(problem) }));
	const { text, hidden } = visibleText(shown.map(({ problem, text }) => `${placeOf(problem)} ${text}`).join('\n'));
	const lines = text === '' ? [] : [text];
	if (sorted.length > limit) {
		lines.push(`[${counted(sorted.length - limit, 'more problem')}; ${howMore}]`);
	}
	if (hidden > 0) {
		lines.push(hiddenNote(hidden));
	}
	return {
		lines,
		matches: shown.map(({ problem, text }) => ({
			path: problem.path,
			line: problem.span.start.line,
			text: visibleText(text).text,
		})),
	};
}

/** "2 errors, 1 warning". */
export function countProblems(problems: readonly Diagnostic[]): string {
	const counts = severities.map(severity => ({
		noun: words[severity],
		count: problems.filter(problem => problem.severity === severity).length,
	}));
	const told = counts.filter(({ count }) => count > 0).map(({ noun, count }) => counted(count, noun));
	return told.length === 0 ? 'no problems' : told.join(', ');
}

function compareProblems(a: Diagnostic, b: Diagnostic): number {
	return (
		severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
		(a.path < b.path ? -1 : a.path > b.path ? 1 : 0) ||
		a.span.start.line - b.span.start.line ||
		a.span.start.column - b.span.start.column
	);
}

function placeOf({ path, span: { start } }: Diagnostic): string {
	return `${oneLine(path)}:${start.line}:${start.column}`;
}

function messageOf({ severity, message, source, code }: Diagnostic): string {
	const whole = oneLine(message);
	const cut = sliceWhole(whole, MAX_MESSAGE);
	const origin = oneLine([source, code].filter(part => part !== undefined && part !== '').join(' '));
	return `${words[severity]} ${cut}${cut === whole ? '' : '…'}${origin === '' ? '' : ` (${origin})`}`;
}

/** A message that brings its own lines cannot pass for several. */
function oneLine(text: string): string {
	return text.replace(/\s+/g, ' ').trim();
}
