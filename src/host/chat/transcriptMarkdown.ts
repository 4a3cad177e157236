import type { Detail, DiffHunkView, FileDiffView } from '../../protocol/detail.ts';
import type { Item } from '../../protocol/transcript.ts';
import type { Translate } from '../translate.ts';

/**
 * A transcript as a Markdown document. All that agent, tools and user wrote stands in code blocks: a preview of the
 * document draws no picture of theirs and follows no link.
 */
export function transcriptMarkdown(title: string, items: readonly Item[], t: Translate): string {
	return `${[`# ${line(title)}`, ...items.flatMap(item => block(item, t))].join('\n\n')}\n`;
}

function block(item: Item, t: Translate): readonly string[] {
	switch (item.kind) {
		case 'user':
			return [`## ${t('Task')}`, fenced(item.text)];
		case 'text':
			return [`## ${t('Answer')}`, fenced(item.text)];
		case 'reasoning':
			return [`## ${t('Thinking')}`, fenced(item.text)];
		case 'tool':
			return [
				`- ${[item.verb, item.subject, item.note]
					.filter(part => part !== '')
					.map(line)
					.join(' · ')}`,
				...(item.detail ? detailBlocks(item.detail) : []),
				...(item.live ? [fenced(item.live.text + item.live.openLine)] : []),
			];
		case 'notice':
			return [line(item.text), ...(item.detail ? detailBlocks(item.detail) : [])];
		case 'error':
			return [`## ${line(item.title)}`, line(item.text)];
		case 'receipt':
			return [line([item.model, item.cost].join(' · '))];
		default:
			return item satisfies never;
	}
}

function detailBlocks(detail: Detail): readonly string[] {
	switch (detail.kind) {
		case 'diff':
			return [fenced(detail.hunks.map(hunkText).join('\n'), 'diff')];
		case 'diffs':
			return [fenced(detail.files.map(fileText).join('\n'), 'diff')];
		case 'paths':
			return [fenced(detail.paths.join('\n'))];
		case 'matches':
			return [fenced(detail.matches.map(match => `${match.path}:${match.line}: ${match.text}`).join('\n'))];
		case 'text':
			return [fenced(detail.text)];
		case 'command':
			return [fenced(detail.command, 'sh'), ...(detail.output ? [fenced(detail.output)] : [])];
		case 'url':
			return [fenced(detail.parts.map(({ text }) => text).join(''))];
		case 'foreign':
			return [fenced(detail.input, 'json')];
		default:
			return detail satisfies never;
	}
}

function fileText({ path, hunks, fate, movedFrom = path }: FileDiffView): string {
	const heads = [`--- ${fate === 'new' ? '/dev/null' : movedFrom}`, `+++ ${fate === 'deleted' ? '/dev/null' : path}`];
	return [...heads, ...hunks.map(hunkText)].join('\n');
}

function hunkText({ oldStart, newStart, lines }: DiffHunkView): string {
	return [`@@ -${oldStart} +${newStart} @@`, ...lines].join('\n');
}

/** In a fence that the text cannot close. */
function fenced(text: string, language = ''): string {
	const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(run => run.length));
	const fence = '`'.repeat(longest + 1);
	return `${fence}${language}\n${text.replace(/\n$/, '')}\n${fence}`;
}

/** Words that Markdown takes as they are. Dots may make a link of them. */
const PLAIN = /^[\p{L}\p{N} ,;$%+'()\u2026\u00b7-]*$/u;

/** On one line: as it is where Markdown reads nothing in it, else as code. */
function line(text: string): string {
	const whole = text.replace(/\s+/g, ' ').trim();
	if (PLAIN.test(whole)) {
		return whole;
	}
	const ticks = '`'.repeat(1 + Math.max(0, ...(whole.match(/`+/g) ?? []).map(run => run.length)));
	return whole.includes('`') ? `${ticks} ${whole} ${ticks}` : `${ticks}${whole}${ticks}`;
}
