import type { Notebook, NotebookCell, NotebookOutput } from '../../agent/notebook.ts';
import { counted } from '../counted.ts';
import { sliceWhole } from '../limitText.ts';
import { TerminalText } from '../terminalText.ts';
import { parseNotebook } from './parseNotebook.ts';

/** Of what a cell printed, the beginning; of a trace the end, where the user's own code is. */
const MAX_OUTPUT_LINES = 20;
const MAX_OUTPUT_CHARACTERS = 2000;
const TRACE_LINES = 8;

/** The cells one below the other, each under a line that counts it from 1; outputs in short. */
export function notebookLines({ cells, language }: Notebook): string[] {
	return cells.flatMap((cell, index) => cellLines(cell, index + 1, language));
}

/** "notebook, 12 cells, python" */
export function describeNotebook({ cells, language }: Notebook): string {
	return ['notebook', counted(cells.length, 'cell'), ...(language ? [language] : [])].join(', ');
}

/** What a person writes in a notebook, to compare two texts of its file. The text itself where it is no notebook. */
export function shownSources(json: string): string {
	const cells = parseNotebook(json)?.cells;
	return cells?.map(({ kind, source }) => `[${kind}]\n${source.replace(/\n?$/, '\n')}`).join('') ?? json;
}

function cellLines(cell: NotebookCell, number: number, usual: string | undefined): string[] {
	const { kind, language, source, outputs } = cell;
	const isUnusual = kind === 'code' && language !== undefined && language !== usual;
	const head = `[cell ${number} ${kind}${isUnusual ? ` ${language}` : ''}]`;
	return [head, ...linesOf(source), ...joinTexts(outputs).flatMap(output => outputLines(output, number))];
}

/** What a program prints comes in as many outputs as it was flushed. */
function joinTexts(outputs: readonly NotebookOutput[]): NotebookOutput[] {
	const joined: NotebookOutput[] = [];
	for (const output of outputs) {
		const last = joined.at(-1);
		if (output.kind === 'text' && last?.kind === 'text') {
			const end = last.text === '' || last.text.endsWith('\n') ? '' : '\n';
			joined[joined.length - 1] = { kind: 'text', text: last.text + end + output.text };
		} else {
			joined.push(output);
		}
	}
	return joined;
}

function outputLines(output: NotebookOutput, number: number): string[] {
	switch (output.kind) {
		case 'text':
			return [`[output of cell ${number}]`, ...beginning(printed(output.text))];
		case 'error': {
			const trace = printed(output.trace).slice(-TRACE_LINES);
			return [`[cell ${number} failed: ${oneLine(`${output.name}: ${output.message}`)}]`, ...beginning(trace)];
		}
		case 'other':
			return [`[output of cell ${number}: ${oneLine(output.mimeType)}, not shown]`];
	}
}

function beginning(lines: readonly string[]): string[] {
	const shown: string[] = [];
	let left = MAX_OUTPUT_CHARACTERS;
	for (const line of lines.slice(0, MAX_OUTPUT_LINES)) {
		if (left <= 0) {
			break;
		}
		shown.push(line.length > left ? `${sliceWhole(line, left)}…` : line);
		left -= line.length;
	}
	const missing = lines.length - shown.length;
	return missing > 0 ? [...shown, `[${counted(missing, 'more line')} of output]`] : shown;
}

/** As a terminal would leave it: without colours, a progress bar as it was last. */
function printed(text: string): string[] {
	const terminal = new TerminalText();
	return linesOf(terminal.write(text) + terminal.end());
}

function linesOf(text: string): string[] {
	return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
}

function oneLine(text: string): string {
	return sliceWhole(printed(text).join(' '), 300);
}
