/** What the tools rely on, of language servers in memory and of the editor's. */
import assert from 'node:assert/strict';
import type { LanguageEvent, LanguageServices, TextPosition, TextSpan } from '../../src/agent/languageServices.ts';
import { ToolError } from '../../src/agent/toolError.ts';
import type { Location, Workspace } from '../../src/agent/workspace.ts';
import { plainName } from '../../src/tools/language/symbolTarget.ts';
import { splitTextLines, wordPlaces } from '../../src/tools/language/wordPlaces.ts';

export interface LanguageFixture {
	readonly services: LanguageServices;
	readonly workspace: Workspace;
	/** Declares the function `greet` and nothing else. */
	readonly declaring: string;
	/** Uses `greet` once, within the function `run`; no problems. */
	readonly using: string;
	/** Declares a `Shape` with `area`, and a `Square` based on it with `area`. */
	readonly shapes: string;
	/** A text for `using` with exactly one error, and the line it is on. */
	readonly broken: { readonly text: string; readonly line: number };
	/** Changes a file as the user or a tool would. */
	change(path: string, text: string): Promise<void>;
}

const { signal } = new AbortController();

export function describeLanguageServices(name: string, open: () => Promise<LanguageFixture>): void {
	describe(`language services ${name}`, () => {
		let fixture: LanguageFixture;
		before(async () => {
			fixture = await open();
		});

		const locate = (path: string) => fixture.workspace.locate(path, signal);
		const textOf = async (location: Location) => (await fixture.workspace.readText(location, signal)).text;
		/** The last place of a word in a file. */
		const placeOf = async (path: string, word: string): Promise<TextPosition> => {
			const lines = splitTextLines(await textOf(await locate(path)));
			return wordPlaces(lines, word, { limit: 100 }).at(-1) ?? assert.fail(`There is no ${word} in ${path}.`);
		};
		const spanText = async (location: Location, { start, end }: TextSpan) =>
			splitTextLines(await textOf(location))[start.line - 1]?.slice(start.column - 1, end.column - 1);
		const ask = async (kind: Parameters<LanguageServices['places']>[0], path: string, word: string) =>
			fixture.services.places(kind, await locate(path), await placeOf(path, word), signal);

		it('leads from a use to the declaration', async () => {
			const [place, ...more] = await ask('definition', fixture.using, 'greet');
			assert.ok(place !== undefined && more.length === 0);
			assert.deepEqual(place.location, await locate(fixture.declaring));
			assert.equal(await spanText(place.location, place.span), 'greet');
		});
		it('finds every use in every file', async () => {
			const places = await ask('references', fixture.declaring, 'greet');
			assert.deepEqual(
				new Set(places.map(({ location }) => location.path)),
				new Set([fixture.declaring, fixture.using]),
			);
			for (const { location, span } of places) {
				assert.equal(await spanText(location, span), 'greet');
			}
		});
		it('names the function that a call stands in', async () => {
			const [call, ...more] = await ask('callers', fixture.declaring, 'greet');
			assert.ok(call !== undefined && more.length === 0);
			assert.deepEqual([call.location.path, call.name], [fixture.using, 'run']);
			assert.equal(await spanText(call.location, call.span), 'greet');
			const callees = await ask('callees', fixture.using, 'run');
			assert.deepEqual(
				callees.map(({ location, name: callee }) => [location.path, callee]),
				[[fixture.declaring, 'greet']],
			);
		});
		it('finds what is based on a type', async () => {
			const places = await ask('implementations', fixture.shapes, 'Shape');
			assert.deepEqual(await Promise.all(places.map(({ location, span }) => spanText(location, span))), ['Square']);
		});
		it('tells nothing where there is no name', async () => {
			const at = { line: 1, column: 1 };
			await fixture.change(fixture.declaring, `\n${await textOf(await locate(fixture.declaring))}`);
			assert.deepEqual(await fixture.services.places('definition', await locate(fixture.declaring), at, signal), []);
		});
		it('outlines a file with members below what they belong to', async () => {
			const symbols = await fixture.services.outline(await locate(fixture.shapes), signal);
			assert.deepEqual(
				symbols.map(symbol => [symbol.name, symbol.children.map(child => plainName(child.name))]),
				[
					['Shape', ['area']],
					['Square', ['area']],
				],
			);
			assert.ok(symbols.every(({ span, kind }) => span.end.line > span.start.line && /^[a-z ]+$/.test(kind)));
		});
		it('finds a symbol of the workspace by its name', async () => {
			// Most servers know only projects of which a file is open.
			await fixture.services.open(await locate(fixture.declaring), signal);
			const found = await fixture.services.workspaceSymbols('greet', signal);
			const own = found.filter(symbol => plainName(symbol.name) === 'greet');
			assert.deepEqual(
				own.map(({ location }) => location.path),
				[fixture.declaring],
			);
		});
		it('renames in every file, changing nothing itself', async () => {
			const at = await placeOf(fixture.declaring, 'greet');
			const before = await textOf(await locate(fixture.using));
			const files = await fixture.services.rename(await locate(fixture.declaring), at, 'welcome', signal);
			assert.deepEqual(files.map(({ location }) => location.path).sort(), [fixture.declaring, fixture.using].sort());
			for (const { location, edits } of files) {
				for (const { span, newText } of edits) {
					assert.deepEqual([await spanText(location, span), newText], ['greet', 'welcome']);
				}
			}
			assert.equal(await textOf(await locate(fixture.using)), before);
		});
		it('says that there is nothing to rename', async () => {
			await assert.rejects(
				fixture.services.rename(await locate(fixture.declaring), { line: 1, column: 1 }, 'x', signal),
				ToolError,
			);
		});
		it('answers for the text of now, and announces its changes', async () => {
			const location = await locate(fixture.using);
			const clean = await textOf(location);
			const events: LanguageEvent[] = [];
			const stop = fixture.services.watch(event => events.push(event));
			const problems = async () =>
				(await fixture.services.ask(location, signal))?.diagnostics ?? assert.fail('Unasked.');
			assert.deepEqual(await problems(), []);
			await fixture.change(fixture.using, fixture.broken.text);
			const [problem, ...more] = await problems();
			assert.ok(problem !== undefined && more.length === 0);
			assert.deepEqual(
				[problem.path, problem.severity, problem.span.start.line],
				[fixture.using, 'error', fixture.broken.line],
			);
			await fixture.change(fixture.using, clean);
			assert.deepEqual(await problems(), []);
			stop();
			assert.ok(events.filter(({ kind, uris }) => kind === 'text' && uris.includes(location.uri)).length >= 2);
			const heard = events.length;
			await fixture.change(fixture.using, `${clean}\n`);
			assert.equal(events.length, heard);
		});
		it('opens what is there, once, and says what cannot be opened', async () => {
			const location = await locate(fixture.using);
			await fixture.services.open(location, signal);
			assert.equal((await fixture.services.open(location, signal)).wasOpen, true);
			await assert.rejects(fixture.services.open(await locate('no-such-file.ts'), signal), ToolError);
		});
		it('stops at the signal', async () => {
			await assert.rejects(fixture.services.outline(await locate(fixture.using), AbortSignal.abort()), {
				name: 'AbortError',
			});
		});
	});
}
