import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { ToolError } from '../../src/agent/toolError.ts';
import type { Workspace } from '../../src/agent/workspace.ts';
import { editTool } from '../../src/tools/edit.ts';
import { SeenFiles } from '../../src/tools/seenFiles.ts';
import { writeTool } from '../../src/tools/write.ts';
import { toolContext } from '../fakes/toolContext.ts';
import { poll } from '../ui/poll.ts';
import { borrowFolder, clear, put, saved, set, uriOf, withRipgrep } from './openFolder.ts';

const ROUNDS = 300;
const PATH = 'mix.txt';
const { signal } = new AbortController();

/** Lines that an agent counts up; nobody types into the middle of one. */
const AGENT_LINES = [2, 5, 6, 11];
const start = Array.from({ length: 14 }, (_, index) =>
	AGENT_LINES.includes(index) ? `agent${index} = 0;\n` : `user line ${index}\n`,
).join('');

/** Mulberry32: the same numbers for the same seed. @returns whole numbers from 0, below `limit`. */
function randomFrom(seed: number): (limit: number) => number {
	let state = seed;
	return limit => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
	};
}

interface Task {
	readonly lines: readonly number[];
	readonly text: string;
	/** Times that the editor showed its change, whole. */
	landed: number;
}

/** The value of a line is taken from the text that the agent read. */
function counted(text: string, task: Task, from: string): string {
	return task.lines.reduce((now, line) => {
		const value = countOf(from, line);
		return now.replace(`agent${line} = ${value};`, `agent${line} = ${value + 1};`);
	}, text);
}

function countOf(text: string, line: number): number {
	return Number(new RegExp(`agent${line} = (\\d+);`).exec(text)?.[1]);
}

/** Explains every change of the text that the editor reports, in its order: by a user, an agent, the formatter or undo. */
class Witness {
	readonly problems: string[] = [];
	readonly tasks = new Set<Task>();
	readonly #seen: Set<string>;
	#text: string;
	readonly #listener: vscode.Disposable;

	constructor(document: vscode.TextDocument) {
		this.#text = document.getText();
		this.#seen = new Set([this.#text]);
		this.#listener = vscode.workspace.onDidChangeTextDocument(event => {
			if (event.document === document && event.contentChanges.length > 0) {
				this.#explain(event, document.getText());
			}
		});
	}

	dispose(): void {
		this.#listener.dispose();
	}

	#explain({ reason, contentChanges }: vscode.TextDocumentChangeEvent, after: string): void {
		const before = this.#text;
		this.#text = after;
		const isKnown = this.#seen.has(after);
		this.#seen.add(after);
		if (reason !== undefined) {
			if (!isKnown) {
				this.problems.push(`${reason} led to a text that never was: ${after}`);
			}
			return;
		}
		const [only, ...more] = contentChanges;
		const isTyped = more.length === 0 && only?.rangeLength === 0 && /^[\u4e00-\u9fff]( ?\n)?$/.test(only.text);
		if (isTyped || after === formatted(before)) {
			return;
		}
		const task = [...this.tasks].find(candidate => counted(before, candidate, candidate.text) === after);
		if (task === undefined) {
			this.problems.push(`Nobody made this of ${JSON.stringify(before)}: ${JSON.stringify(contentChanges)}`);
			return;
		}
		task.landed++;
	}
}

function formatted(text: string): string {
	return text.replace(/[ \t]+$/gm, '');
}

describe('edits in a real editor beside a user who types', () => {
	borrowFolder();
	let formatter: vscode.Disposable;
	before(async () => {
		formatter = vscode.languages.registerDocumentFormattingEditProvider(
			{ pattern: `**/${PATH}` },
			{
				provideDocumentFormattingEdits: document =>
					Array.from({ length: document.lineCount }, (_, line) => document.lineAt(line)).flatMap(({ text, range }) => {
						const kept = formatted(text).length;
						const rest = new vscode.Range(range.start.translate(0, kept), range.end);
						return rest.isEmpty ? [] : [vscode.TextEdit.delete(rest)];
					}),
			},
		);
		await set('editor', 'formatOnSave', true);
	});
	after(async () => {
		formatter.dispose();
		await set('editor', 'formatOnSave', undefined);
	});

	it(`lose no character of anybody and are whole or not there, in ${ROUNDS} interleavings`, async function () {
		this.timeout(300_000);
		await clear();
		await put(PATH, start);
		const document = await vscode.workspace.openTextDocument(uriOf(PATH));
		const editor = await vscode.window.showTextDocument(document);
		const witness = new Witness(document);
		// Two sessions, which know nothing of each other.
		const agents = [withRipgrep(), withRipgrep()].map(workspace => ({ workspace, seen: new SeenFiles() }));
		let typed = 0;
		let made = 0;
		let asked = 0;
		for (let seed = 1; seed <= ROUNDS; seed++) {
			const random = randomFrom(seed);
			const acts: Promise<unknown>[] = [];
			const act = () => {
				for (let count = random(3); count > 0; count--) {
					acts.push(userActs(random, editor, () => String.fromCharCode(0x4e00 + (typed++ % 20_000))));
				}
			};
			const runs = agents.slice(0, 1 + random(2)).map(async ({ workspace, seen }, index) => {
				const own = AGENT_LINES.filter((_, at) => at % 2 === index);
				const lines = random(2) === 0 ? own : own.slice(0, 1);
				asked++;
				made += (await runAgent(lines, workspace, seen, random(3) === 0, { witness, act })) ? 1 : 0;
			});
			act();
			await Promise.all(runs);
			await Promise.all(acts);
			assert.deepEqual(witness.problems, [], `seed ${seed}`);
		}
		witness.dispose();
		assert.ok(await document.save());
		assert.equal(await saved(PATH), document.getText());
		assert.ok(made > asked / 2, `${made} of ${asked} were made`);
	});
});

/** One thing that a user does; when the text changes at that moment, the editor may refuse it. */
async function userActs(
	random: (limit: number) => number,
	editor: vscode.TextEditor,
	mark: () => string,
): Promise<void> {
	const { document } = editor;
	switch (random(8)) {
		case 0:
			await document.save();
			return;
		case 1:
			await vscode.commands.executeCommand('undo');
			return;
		case 2:
			await vscode.commands.executeCommand('redo');
			return;
		case 3:
		case 4: {
			const line = document.lineAt(random(document.lineCount));
			editor.selection = new vscode.Selection(line.range.end, line.range.end);
			await vscode.commands.executeCommand('type', { text: mark() });
			return;
		}
		case 5: {
			const line = random(document.lineCount);
			await editor.edit(edit => edit.insert(new vscode.Position(line, 0), `${mark()} \n`));
			return;
		}
		default: {
			const line = document.lineAt(random(document.lineCount));
			const at = /agent/.test(line.text) ? line.text.length : random(line.text.length + 1);
			await editor.edit(edit => edit.insert(line.range.start.translate(0, at), mark()));
		}
	}
}

/** @returns whether it made its change. */
async function runAgent(
	lines: readonly number[],
	workspace: Workspace,
	seen: SeenFiles,
	isWhole: boolean,
	{ witness, act }: { readonly witness: Witness; readonly act: () => void },
): Promise<boolean> {
	const location = await workspace.locate(PATH, signal);
	seen.note(location, (await workspace.stat(location, signal))?.version);
	const { text } = await workspace.readText(location, signal);
	const task: Task = { lines, text, landed: 0 };
	const context = toolContext({
		workspace,
		recordChange: async () => act(),
	});
	const edits = task.lines.map(line => ({
		oldText: `agent${line} = ${countOf(text, line)};`,
		newText: `agent${line} = ${countOf(text, line) + 1};`,
	}));
	const tool = isWhole ? writeTool(undefined, seen) : editTool(undefined, seen);
	const input = isWhole ? { path: PATH, content: counted(text, task, text) } : { path: PATH, edits };
	witness.tasks.add(task);
	try {
		await tool.demand?.(input, context);
		act();
		const { text: told } = await tool.run(input, context);
		// What was written below an editor is shown by it a moment later.
		await poll(
			() => task.landed > 0 || witness.problems.length > 0,
			isShown => isShown,
		).catch(() => undefined);
		assert.equal(task.landed, 1, `said to be made: ${told}\n${witness.problems.join('\n')}`);
		return true;
	} catch (error) {
		assert.ok(error instanceof ToolError, error instanceof Error ? error.message : String(error));
		assert.equal(task.landed, 0, `refused: ${error.message}`);
		return false;
	} finally {
		witness.tasks.delete(task);
	}
}
