/** What a person sees on standard error while the model works, whatever the form of the output. */
import type { SessionEvent } from '../../../agent/events.ts';
import type { ToolResult } from '../../../agent/tool.ts';
import type { Terminal } from '../terminal.ts';

/** A wait that nobody explains looks like a fault: from so long on it is told to a log too. Milliseconds. */
const LONG_WAIT_MS = 10_000;

/** @param indent stands before the lines of calls. */
export function showProgress(event: SessionEvent, terminal: Terminal, indent = ''): void {
	switch (event.type) {
		case 'toolStart':
			terminal.progress(`${indent}${event.parentId === undefined ? '' : '  '}· ${event.name} ${event.subject}`);
			return;
		case 'toolEnd': {
			const note = noteOf(event.result);
			if (note !== '') {
				terminal.progress(`${indent}${event.parentId === undefined ? '' : '  '}  ${note}`);
			}
			return;
		}
		case 'retry': {
			const seconds = Math.ceil(event.delayMs / 1000);
			const line = `${event.message} Asking again in ${seconds} s (attempt ${event.attempt + 1}).`;
			return event.delayMs >= LONG_WAIT_MS ? terminal.note(line) : terminal.progress(line);
		}
		case 'modelSwitched':
			return terminal.note(`${event.from} could not answer (${event.message}), so ${event.to.id} goes on.`);
		case 'leftOut':
			return terminal.note(
				`${event.model} does not take these settings, so they are left out: ${event.parameters.join(', ')}.`,
			);
		case 'trimmed':
			return terminal.progress('Older results were left out to make room.');
		case 'compacted':
			return terminal.progress('Earlier messages were replaced by a summary to make room.');
		default:
			return;
	}
}

function noteOf({ outcome, view, text }: ToolResult): string {
	if (view?.kind === 'diff') {
		return `${view.path} +${view.added} −${view.removed}`;
	}
	if (view?.kind === 'diffs') {
		return view.files.map(({ path, added, removed }) => `${path} +${added} −${removed}`).join(', ');
	}
	if (outcome !== 'ok') {
		return text.split('\n', 1)[0] ?? '';
	}
	return view !== undefined && 'note' in view ? (view.note ?? '') : '';
}
