/** Plans that search: find, count, where defined, find files, list a folder. */

import type { Scope, SearchText } from '../intents/intent.ts';
import { declaredName } from '../outline/outline.ts';
import type { IntentOf, PlanContext } from './context.ts';
import { folderGlob, globIn, search } from './locate.ts';
import { code, codeBlock, counted, fileLink } from './markdown.ts';
import { ask, type PartPlan, type Plan } from './plan.ts';
import { describeFailure, type FileWithMatches, type Match, parsePaths, parseRead } from './toolText.ts';

/** Entries of a list in an answer; the tool's own row holds all that came. */
const MAX_SHOWN = 40;
const MAX_LINE = 120;
/** Lines of a definition that are shown. */
const DEFINITION_LINES = 24;

const DECLARING =
	'(?:function|class|interface|type|enum|const|let|var|val|def|fn|func|fun|struct|trait|impl|module|namespace|object|record|macro_rules!|#define)';

export function* findPlan({ search: wanted, scope, want }: IntentOf<'find'>, { current }: PlanContext): Plan {
	const result = yield* search(wanted, scope, current, isIgnoringCase(wanted));
	if ('problem' in result) {
		return result.problem;
	}
	const { files, isPartial, notes } = result;
	const lines = files.reduce((sum, { matches }) => sum + matches.length, 0);
	const what = code(wanted.isRegex ? `/${wanted.text}/` : wanted.text);
	const where = scope === undefined ? '' : ` ${describeScope(scope)}`;
	const asides = notes.map(note => `\n\n${note.charAt(0).toUpperCase()}${note.slice(1)}.`).join('');
	if (lines === 0) {
		const hint = isPartial ? ' among the first 100 matches' : '';
		return `I found no ${what}${where}${hint}. Files that .gitignore or the settings hide are left out.${asides}`;
	}
	const most = isPartial ? 'at least ' : '';
	const isMixed = files.some(({ matches }) =>
		matches.some(({ text }) => !wanted.isRegex && !text.includes(wanted.text)),
	);
	const inCase = isMixed ? ', upper and lower case alike' : '';
	const summary = `${what} stands in ${most}${counted(lines, 'line')} of ${most}${counted(files.length, 'file')}${where}${inCase}`;
	const narrower = isPartial
		? '\n\nThe search stops at 100 matches; name a folder or file pattern to see the others.'
		: '';
	if (want !== 'places') {
		return `${summary}.\n\n${fileLines(files)}${narrower}${asides}`;
	}
	return `${summary}:\n\n${matchLines(files, wanted)}${narrower}${asides}`;
}

/** Lower-case text matches in any case; a capital letter says that case matters. */
function isIgnoringCase({ text, isRegex, isWholeWord }: SearchText): boolean {
	return !isRegex && !isWholeWord && text === text.toLowerCase();
}

function matchLines(files: readonly FileWithMatches[], { text }: SearchText): string {
	const all = files.flatMap(({ path, matches }) => matches.map(match => ({ path, ...match })));
	const shown = all
		.slice(0, MAX_SHOWN)
		.map(match => `- ${fileLink(match.path, match.line)} ${code(around(match.text, text))}`);
	return withMore(shown, all.length, 'line');
}

function fileLines(files: readonly FileWithMatches[]): string {
	const shown = files
		.slice(0, MAX_SHOWN)
		.map(({ path, matches }) => `- ${fileLink(path, matches[0]?.line)}: ${counted(matches.length, 'line')}`);
	return withMore(shown, files.length, 'file');
}

function withMore(shown: readonly string[], total: number, noun: string): string {
	const more = total - shown.length;
	return shown.join('\n') + (more > 0 ? `\n- … and ${counted(more, `more ${noun}`)}` : '');
}

/** A long line is cut so that the match stays in sight. */
function around(line: string, wanted: string): string {
	const text = line.trim();
	if (text.length <= MAX_LINE) {
		return text;
	}
	const at = Math.max(0, text.toLowerCase().indexOf(wanted.toLowerCase()) - MAX_LINE / 3);
	return `${at > 0 ? '…' : ''}${text.slice(at, at + MAX_LINE)}${at + MAX_LINE < text.length ? '…' : ''}`;
}

export function describeScope(scope: Scope): string {
	return scope.kind === 'current' ? 'in this file' : `in ${code(scope.kind === 'glob' ? scope.glob : scope.path)}`;
}

interface Definition extends Match {
	readonly path: string;
}

export function* definitionPlan({ name, scope }: IntentOf<'definition'>, { current }: PlanContext): Plan {
	const word: SearchText = { text: name, isRegex: false, isWholeWord: true };
	let result = yield* search(word, scope, current, false);
	if ('problem' in result) {
		return result.problem;
	}
	let definitions = definitionsIn(result.files, name);
	if (definitions.length === 0 && result.isPartial && /^\w+$/.test(name)) {
		const declaring: SearchText = { text: `${DECLARING}\\W+${name}\\b`, isRegex: true, isWholeWord: false };
		const narrowed = yield* search(declaring, scope, current, false);
		if (!('problem' in narrowed)) {
			result = { ...result, isPartial: true };
			definitions = definitionsIn(narrowed.files, name);
		}
	}
	const [first, ...others] = definitions;
	if (first === undefined) {
		return noDefinition(name, result.files);
	}
	const block = yield* codeAt(first);
	const also = others
		.slice(0, MAX_SHOWN)
		.map(({ path, line, text }) => `- ${fileLink(path, line)} ${code(text.trim())}`);
	const rest = also.length === 0 ? '' : `\n\nAlso declared in:\n\n${also.join('\n')}`;
	return `${code(name)} is declared in ${fileLink(first.path, first.line)}:\n\n${block}${rest}`;
}

function noDefinition(name: string, files: readonly FileWithMatches[]): string {
	if (files.length === 0) {
		return `I found no ${code(name)} in the workspace. Files that .gitignore or the settings hide are left out.`;
	}
	const word: SearchText = { text: name, isRegex: false, isWholeWord: true };
	return `No line looks like the declaration of ${code(name)}. It stands here:\n\n${matchLines(files, word)}`;
}

/** Lines that look like its declaration: sources before type declarations before tests and documents. */
function definitionsIn(files: readonly FileWithMatches[], name: string): Definition[] {
	return files
		.flatMap(({ path, matches }) => matches.map(match => ({ path, ...match })))
		.filter(
			({ path, text }) =>
				!/\.(?:md|mdx|json|jsonc|ya?ml|toml|css|scss|less)$/i.test(path) && declaredName(path, text) === name,
		)
		.sort((a, b) => remoteness(a.path) - remoteness(b.path));
}

function remoteness(path: string): number {
	const isTest = /(?:^|[/._-])(?:tests?|specs?|__tests__|examples?|benchmarks?|fixtures)(?:[/._-]|$)/i.test(path);
	return isTest ? 2 : path.endsWith('.d.ts') ? 1 : 0;
}

function* codeAt({ path, line, text }: Definition): PartPlan<string> {
	const read = parseRead(yield* ask('read', { path, offset: line, limit: DEFINITION_LINES }), line);
	const lines = read.kind === 'text' ? firstBlock(read.lines) : [text];
	return codeBlock(lines, path);
}

/** Up to the line that closes what the first line opens, told by indentation. */
function firstBlock(lines: readonly string[]): readonly string[] {
	const indent = indentOf(lines[0] ?? '');
	for (const [index, line] of lines.entries()) {
		if (index === 0 || line.trim() === '' || indentOf(line) > indent) {
			continue;
		}
		return /^\s*[\])}]/.test(line) ? lines.slice(0, index + 1) : trimEnd(lines.slice(0, index));
	}
	return trimEnd(lines);
}

function trimEnd(lines: readonly string[]): readonly string[] {
	return lines.slice(0, lines.findLastIndex(line => line.trim() !== '') + 1);
}

function indentOf(line: string): number {
	return line.search(/\S|$/);
}

export function* findFilesPlan({ glob, scope, want }: IntentOf<'findFiles'>, { current }: PlanContext): Plan {
	const call = globIn(glob, scope, current);
	if ('problem' in call) {
		return call.problem;
	}
	let found = parsePaths(yield* ask(call.name, call.input));
	if (found.kind === 'failed' && scope?.kind === 'path' && /^There is no "/.test(found.text)) {
		const nested = `${folderGlob(scope.path).replace(/\*\*$/, '')}${glob}`;
		found = parsePaths(yield* ask('glob', { pattern: nested }));
	}
	if (found.kind === 'failed') {
		return describeFailure(found.text);
	}
	const where = scope === undefined ? '' : ` ${describeScope(scope)}`;
	const { paths, isPartial } = found;
	if (paths.length === 0) {
		return `No file matches ${code(glob)}${where}. Files that .gitignore or the settings hide are left out.`;
	}
	const count = `${isPartial ? 'more than ' : ''}${counted(paths.length, 'file')}`;
	const summary =
		glob === '**/*'
			? `There are ${count}${where}`
			: `${count} ${paths.length === 1 ? 'matches' : 'match'} ${code(glob)}${where}`;
	const sentence = `${summary.charAt(0).toUpperCase()}${summary.slice(1)}`;
	if (want === 'count') {
		return `${sentence}, not counting those that .gitignore or the settings hide.`;
	}
	const shown = paths.slice(0, MAX_SHOWN).map(path => `- ${fileLink(path)}`);
	return `${sentence}:\n\n${withMore(shown, paths.length, 'file')}`;
}

export function* listPlan({ folder }: IntentOf<'list'>, { current }: PlanContext): Plan {
	if (folder?.kind === 'glob') {
		return yield* findFilesPlan(
			{ kind: 'findFiles', glob: folder.glob, want: 'paths' },
			{ current, nextLines: undefined },
		);
	}
	const path = folder?.kind === 'current' ? folderOf(current?.path) : (folder?.path ?? '.');
	let found = parsePaths(yield* ask('list', path === '.' ? {} : { path }));
	if (found.kind === 'failed' && /^There is no "/.test(found.text)) {
		found = parsePaths(yield* ask('glob', { pattern: folderGlob(path) }));
		if (found.kind === 'paths' && found.paths.length === 0) {
			return `There is no folder ${code(path)}.`;
		}
		return found.kind === 'paths' ? pathList(found.paths, path) : describeFailure(found.text);
	}
	if (found.kind === 'failed') {
		return describeFailure(found.text);
	}
	if (found.paths.length === 0 || found.paths[0] === '[the folder is empty]') {
		return `${path === '.' ? 'The workspace' : code(path)} is empty.`;
	}
	return entryList(found.paths, path);
}

function folderOf(path: string | undefined): string {
	return path?.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
}

function pathList(paths: readonly string[], folder: string): string {
	const shown = paths.slice(0, MAX_SHOWN).map(path => `- ${fileLink(path)}`);
	return `${counted(paths.length, 'file')} in folders called ${code(folder)}:\n\n${withMore(shown, paths.length, 'file')}`;
}

function entryList(entries: readonly string[], folder: string): string {
	const folders = entries.filter(entry => /\/(?: \(ignored\))?$/.test(entry));
	const files = entries.length - folders.length;
	const counts = [folders.length > 0 ? counted(folders.length, 'folder') : '', files > 0 ? counted(files, 'file') : ''];
	const shown = entries.slice(0, MAX_SHOWN * 2).map(entry => {
		const name = entry.replace(/ \((?:ignored|special file)\)$/, '');
		const path = folder === '.' ? name : `${folder}/${name}`;
		const note = entry.slice(name.length);
		return name.endsWith('/') ? `- ${code(name)}${note}` : `- ${fileLink(path)}${note}`;
	});
	const where = folder === '.' ? 'The workspace' : code(folder);
	return `${where} has ${counts.filter(text => text !== '').join(' and ')}:\n\n${withMore(shown, entries.length, 'entry')}`;
}
