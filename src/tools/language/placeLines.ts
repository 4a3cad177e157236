/** Places in code as the model reads them: by file, each with its line. */
import { isSecret } from '../../agent/approval/protectedPaths.ts';
import type { CodePlace } from '../../agent/languageServices.ts';
import type { MatchView, ToolOutput } from '../../agent/tool.ts';
import { ToolError } from '../../agent/toolError.ts';
import type { Location, Workspace } from '../../agent/workspace.ts';
import { counted } from '../counted.ts';
import { limitLines } from '../limitText.ts';
import { lineExcerpt } from '../lineExcerpt.ts';
import { hiddenNote, visibleText } from '../visibleText.ts';
import { plainName } from './symbolTarget.ts';
import { splitTextLines } from './wordPlaces.ts';

const MAX_PLACES = 100;

/** @param noun for the row, such as "reference". */
export async function showPlaces(
	places: readonly CodePlace[],
	noun: string,
	workspace: Workspace,
	signal: AbortSignal,
): Promise<ToolOutput> {
	const unique = new Map(
		places.map(place => [`${place.location.uri} ${place.span.start.line} ${place.name ?? ''}`, place]),
	);
	const shown = [...unique.values()].slice(0, MAX_PLACES);
	const files = new Map<string, { readonly location: Location; readonly inFile: CodePlace[] }>();
	for (const place of shown) {
		const file = files.get(place.location.uri) ?? { location: place.location, inFile: [] };
		file.inFile.push(place);
		files.set(place.location.uri, file);
	}
	const described: string[] = [];
	const matches: MatchView[] = [];
	for (const { location, inFile } of files.values()) {
		const lines = await linesOf(location, workspace, signal);
		described.push(oneLine(location.path));
		for (const place of inFile.sort((a, b) => a.span.start.line - b.span.start.line)) {
			const text = describe(place, lines);
			const { line } = place.span.start;
			described.push(`${line}:${text}`);
			matches.push({ path: location.path, line, text: visibleText(text).text });
		}
	}
	const { lines, taken } = limitLines(described);
	const { text, hidden } = visibleText(lines.join('\n'));
	const ends: string[] = [];
	if (unique.size > MAX_PLACES) {
		ends.push(`[${counted(unique.size - MAX_PLACES, 'more place')}; grep can narrow by folder]`);
	} else if (taken < described.length) {
		ends.push('[more places; grep can narrow by folder]');
	}
	if (hidden > 0) {
		ends.push(hiddenNote(hidden));
	}
	return { text: [text, ...ends].join('\n'), view: { kind: 'matches', note: counted(unique.size, noun), matches } };
}

/** The line, and the symbol it stands in or declares unless the line says it. */
function describe({ span, name, kind }: CodePlace, lines: readonly string[] | undefined): string {
	const line = lines?.[span.start.line - 1];
	const text = line === undefined ? '' : lineExcerpt(line, span.start.column - 1);
	const symbol = name === undefined ? '' : [kind, oneLine(name)].filter(part => part !== undefined).join(' ');
	if (text === '') {
		return symbol;
	}
	return name === undefined || text.includes(plainName(name)) ? text : `${text}  [${symbol}]`;
}

/** Undefined where a file must not be read without being asked for: outside the workspace, or with secrets. */
async function linesOf(
	location: Location,
	workspace: Workspace,
	signal: AbortSignal,
): Promise<readonly string[] | undefined> {
	if (location.isOutside || [location.path, location.realPath ?? ''].some(isSecret)) {
		return undefined;
	}
	try {
		return splitTextLines((await workspace.readText(location, signal)).text);
	} catch (error) {
		if (error instanceof ToolError) {
			// Deleted meanwhile, or too large to hold: the place alone has to do.
			return undefined;
		}
		throw error;
	}
}

function oneLine(text: string): string {
	return text.replace(/\s+/g, ' ').trim();
}
