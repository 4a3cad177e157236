/**
 * Language servers for a language of one rule a line, over a workspace in memory. `def NAME` declares (indented: inside
 * the one above; `def NAME < BASE` with a base), every other occurrence of a name uses it. `!!words` is an error,
 * `??words` a warning, `~~words` a hint.
 */
import { type Clock, systemClock } from '../../src/agent/clock.ts';
import type {
	AskedDiagnostics,
	CodePlace,
	Diagnostic,
	FileEdits,
	LanguageEvent,
	LanguageServices,
	OpenedFile,
	OutlineSymbol,
	PlaceKind,
	Severity,
	TextPosition,
	TextSpan,
	WorkspaceSymbol,
} from '../../src/agent/languageServices.ts';
import { ToolError } from '../../src/agent/toolError.ts';
import type { Location } from '../../src/agent/workspace.ts';
import type { MemoryWorkspace } from './memoryWorkspace.ts';

export interface MemoryLanguageOptions {
	readonly workspace: MemoryWorkspace;
	readonly clock?: Clock;
	/** Answers for the text of now; without it reports come after each of `reportsAfter` milliseconds. */
	readonly canBeAsked?: boolean;
	readonly reportsAfter?: readonly number[];
	/** Serves no language at all. */
	readonly isAbsent?: boolean;
}

interface Declaration {
	readonly name: string;
	readonly base: string | undefined;
	readonly path: string;
	readonly line: number;
	readonly column: number;
	readonly lastLine: number;
	readonly isMember: boolean;
}

const SEVERITIES: Readonly<Record<string, Severity>> = { '!!': 'error', '??': 'warning', '~~': 'hint' };
const SOURCE = 'words';

export class MemoryLanguageServices implements LanguageServices {
	/** Files in a tab. */
	readonly shown = new Set<string>();
	/** What other sources, such as a linter, have reported. */
	readonly linted: Diagnostic[] = [];
	/** Symbols of libraries outside the workspace. */
	readonly libraries: WorkspaceSymbol[] = [];
	/** Like TypeScript at an import: renames the local name of the line alone. */
	renamesLocally = new Set<string>();
	private readonly workspace: MemoryWorkspace;
	private readonly clock: Clock;
	private readonly options: MemoryLanguageOptions;
	private readonly pushed = new Map<string, readonly Diagnostic[]>();
	private readonly opened = new Set<string>();
	private readonly listeners = new Set<(event: LanguageEvent) => void>();

	constructor(options: MemoryLanguageOptions) {
		this.options = options;
		this.workspace = options.workspace;
		this.clock = options.clock ?? systemClock;
	}

	/** To be called after a change of a file's text, as the editor would notice. */
	changed(path: string): void {
		this.emit('text', path);
		if (this.opened.has(path)) {
			this.schedule(path);
		}
	}

	/** A linter says something new of a file. */
	lint(problem: Diagnostic): void {
		this.linted.push(problem);
		this.emit('diagnostics', problem.path);
	}

	reported(location?: Location): readonly Diagnostic[] {
		const all = [...[...this.pushed.values()].flat(), ...this.linted];
		return location === undefined ? all : all.filter(({ path }) => path === location.path);
	}

	async open({ path }: Location, signal: AbortSignal): Promise<OpenedFile> {
		signal.throwIfAborted();
		this.textOf(path);
		const wasOpen = this.opened.has(path);
		this.opened.add(path);
		if (!wasOpen) {
			this.schedule(path);
		}
		return { wasOpen, isShown: this.shown.has(path), isServed: this.options.isAbsent !== true };
	}

	async ask({ path }: Location, signal: AbortSignal): Promise<AskedDiagnostics | undefined> {
		signal.throwIfAborted();
		return this.options.canBeAsked === true ? { diagnostics: this.problemsOf(path), sources: [SOURCE] } : undefined;
	}

	watch(listener: (event: LanguageEvent) => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	/** How many listen. */
	get watching(): number {
		return this.listeners.size;
	}

	async places(
		kind: PlaceKind,
		{ path }: Location,
		at: TextPosition,
		signal: AbortSignal,
	): Promise<readonly CodePlace[]> {
		signal.throwIfAborted();
		const word = this.wordAt(path, at);
		if (word === undefined || this.options.isAbsent === true) {
			return [];
		}
		const all = this.declarations();
		const own = all.filter(({ name }) => name === word);
		switch (kind) {
			case 'definition':
				return [...own.map(declared), ...this.libraries.filter(({ name }) => name === word).map(anonymous)];
			case 'references':
				return this.occurrences(word).map(({ path, span }) => ({ location: locationOf(path), span }));
			case 'callers':
				return this.occurrences(word).flatMap(({ path, span }) => {
					const isDeclaration = own.some(item => item.path === path && item.line === span.start.line);
					const around = enclosing(all, path, span.start.line);
					return isDeclaration ? [] : [{ location: locationOf(path), span, name: around ?? path, kind: 'function' }];
				});
			case 'callees':
				return all.filter(({ name }) => own.some(item => this.uses(item, name))).map(named);
			case 'implementations':
			case 'subtypes':
				return all.filter(({ base }) => base === word).map(named);
			case 'supertypes':
				return all.filter(({ name }) => own.some(({ base }) => base === name)).map(named);
			default:
				kind satisfies never;
				return [];
		}
	}

	async outline({ path }: Location, signal: AbortSignal): Promise<readonly OutlineSymbol[]> {
		signal.throwIfAborted();
		const all = this.options.isAbsent === true ? [] : this.declarations().filter(item => item.path === path);
		return all.filter(({ isMember }) => !isMember).map(item => outlined(item, all));
	}

	async workspaceSymbols(query: string, signal: AbortSignal): Promise<readonly WorkspaceSymbol[]> {
		signal.throwIfAborted();
		if (this.options.isAbsent === true) {
			return [];
		}
		const all = this.declarations();
		const own = all.map(item => {
			const container = item.isMember ? containerOf(item, all)?.name : undefined;
			return { ...named(item), ...(container !== undefined && { container }) };
		});
		return [...own, ...this.libraries].filter(({ name }) => name.toLowerCase().includes(query.toLowerCase()));
	}

	async rename(
		{ path }: Location,
		at: TextPosition,
		newName: string,
		signal: AbortSignal,
	): Promise<readonly FileEdits[]> {
		signal.throwIfAborted();
		const word = this.wordAt(path, at);
		if (word === undefined || this.declarations().every(({ name }) => name !== word)) {
			throw new ToolError('Nothing was renamed: You cannot rename this element.');
		}
		const isLocal = this.renamesLocally.has(path);
		const files = new Map<string, { span: TextSpan; newText: string }[]>();
		for (const { path: file, span } of this.occurrences(word)) {
			if (!isLocal || file === path) {
				files.set(file, [...(files.get(file) ?? []), { span, newText: newName }]);
			}
		}
		return [...files].map(([file, edits]) => ({ location: locationOf(file), edits }));
	}

	private schedule(path: string): void {
		if (this.options.canBeAsked === true || this.options.isAbsent === true) {
			return;
		}
		for (const ms of this.options.reportsAfter ?? [400]) {
			this.clock.schedule(ms, () => {
				this.pushed.set(path, this.problemsOf(path));
				this.emit('diagnostics', path);
			});
		}
	}

	private emit(kind: LanguageEvent['kind'], path: string): void {
		for (const listener of [...this.listeners]) {
			listener({ kind, uris: [locationOf(path).uri] });
		}
	}

	private textOf(path: string): string {
		const text = this.workspace.unsaved(path) ?? this.workspace.saved(path);
		if (text === undefined) {
			throw new ToolError(`There is no "${path}".`);
		}
		return text;
	}

	private linesOf(path: string): readonly string[] {
		return this.textOf(path).split(/\r\n|\n/);
	}

	private problemsOf(path: string): readonly Diagnostic[] {
		return this.linesOf(path).flatMap((text, index) =>
			[...text.matchAll(/(!!|\?\?|~~)(.*)$/g)].map(({ 1: sign = '', 2: message = '', index: column }) => ({
				path,
				span: spanOf(index + 1, column + 1, text.length - column),
				severity: SEVERITIES[sign] ?? 'information',
				message,
				source: SOURCE,
				code: '1',
			})),
		);
	}

	private declarations(): readonly Declaration[] {
		return [...this.workspace.disk.keys()].sort().flatMap(path => {
			const lines = this.linesOf(path);
			return lines.flatMap((text, index): Declaration[] => {
				const found = text.match(/^(\s*)def (\w+)(?: < (\w+))?/);
				if (found === null) {
					return [];
				}
				const [, indent = '', name = '', base] = found;
				const isEnd = (line: string) =>
					/^(\s*)def /.exec(line)?.[1]?.length === 0 || (indent !== '' && /^\s*def /.test(line));
				const next = lines.findIndex((line, at) => at > index && isEnd(line));
				return [
					{
						...{ name, base, path, line: index + 1, column: indent.length + 5 },
						...{ lastLine: next === -1 ? lines.length : next, isMember: indent !== '' },
					},
				];
			});
		});
	}

	private occurrences(word: string): readonly { readonly path: string; readonly span: TextSpan }[] {
		return [...this.workspace.disk.keys()].sort().flatMap(path =>
			this.linesOf(path).flatMap((text, index) =>
				[...text.matchAll(new RegExp(`\\b${word}\\b`, 'g'))].map(found => ({
					path,
					span: spanOf(index + 1, found.index + 1, word.length),
				})),
			),
		);
	}

	private uses({ path, line, lastLine }: Declaration, word: string): boolean {
		return this.occurrences(word).some(
			found => found.path === path && found.span.start.line > line && found.span.start.line <= lastLine,
		);
	}

	private wordAt(path: string, { line, column }: TextPosition): string | undefined {
		const text = this.linesOf(path)[line - 1] ?? '';
		for (const { 0: word, index } of text.matchAll(/\w+/g)) {
			if (index <= column - 1 && column - 1 <= index + word.length) {
				return word;
			}
		}
		return undefined;
	}
}

function locationOf(path: string): Location {
	const isOutside = path.startsWith('/');
	return { path, uri: isOutside ? `memory:${path}` : `memory:/project/${path}`, isOutside };
}

function spanOf(line: number, column: number, length: number): TextSpan {
	return { start: { line, column }, end: { line, column: column + length } };
}

function declared({ path, line, column, name }: Declaration): CodePlace {
	return { location: locationOf(path), span: spanOf(line, column, name.length) };
}

function named(item: Declaration): WorkspaceSymbol {
	return { ...declared(item), name: item.name, kind: item.isMember ? 'method' : 'function' };
}

function anonymous({ location, span }: CodePlace): CodePlace {
	return { location, span };
}

function enclosing(all: readonly Declaration[], path: string, line: number): string | undefined {
	return all.filter(item => item.path === path && item.line <= line && line <= item.lastLine).at(-1)?.name;
}

function containerOf(item: Declaration, all: readonly Declaration[]): Declaration | undefined {
	return all.filter(other => other.path === item.path && !other.isMember && other.line < item.line).at(-1);
}

function outlined(item: Declaration, all: readonly Declaration[]): OutlineSymbol {
	const { name, line, column, lastLine, isMember } = item;
	return {
		name,
		kind: isMember ? 'method' : 'function',
		span: { start: { line, column: 1 }, end: { line: lastLine, column: 1 } },
		at: { line, column },
		children: all
			.filter(other => other.isMember && containerOf(other, all) === item)
			.map(other => outlined(other, all)),
	};
}
