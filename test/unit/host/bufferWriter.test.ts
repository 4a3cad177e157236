import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ToolError } from '../../../src/agent/toolError.ts';
import type { FileStat, FileText, Location, WriteOutcome } from '../../../src/agent/workspace.ts';
import { stampOf } from '../../../src/files/stamp.ts';
import { writeBuffer } from '../../../src/host/workspace/bufferWriter.ts';
import { editTool } from '../../../src/tools/edit.ts';
import { SeenFiles } from '../../../src/tools/seenFiles.ts';
import { writeTool } from '../../../src/tools/write.ts';
import { MemoryWorkspace } from '../../fakes/memoryWorkspace.ts';
import { ModelEditor } from '../../fakes/modelEditor.ts';
import { toolContext } from '../../fakes/toolContext.ts';

/** The lines of the file as they should be: what everybody did, in the order in which it reached the editor. */
type Lines = readonly string[];
const render = (lines: Lines) => `${lines.join('\n')}\n`;

const AGENT_LINES = [1, 4, 5, 9];
const start: Lines = Array.from({ length: 11 }, (_, index) =>
	AGENT_LINES.includes(index) ? `  agent${index} = 0;` : `user ${index} `,
);

/** What the user does at a place of the file. */
type Act =
	| { readonly kind: 'type'; readonly line: number; readonly at: number }
	| { readonly kind: 'newLine' | 'join'; readonly line: number }
	| { readonly kind: 'undo' | 'redo' | 'save' };

/** What the agent does: it counts its lines up, by one call. */
interface Task {
	readonly lines: readonly number[];
	readonly isWhole: boolean;
}

class Scene extends MemoryWorkspace {
	readonly editor: ModelEditor<Lines>;
	/** The agent made its change, by the value that its lines have since. */
	landed = false;
	readonly problems: string[] = [];
	#acts: Act[];
	#typed = 0;
	/** Something is unsaved that is not the agent's. */
	#isUsers = false;
	#task: Task = { lines: [], isWhole: false };
	#value = 0;

	constructor(acts: readonly Act[], canFormat: boolean) {
		super({ files: { 'a.txt': render(start) } });
		this.#acts = [...acts];
		this.editor = new ModelEditor<Lines>({
			text: render(start),
			mark: start,
			...(canFormat && {
				format: ({ mark }) => {
					const lines = mark.map(line => line.trimEnd());
					return { text: render(lines), mark: lines };
				},
			}),
			whileWaiting: () => this.act(),
		});
	}

	begin(task: Task, value: number): void {
		this.#task = task;
		this.#value = value;
		this.landed = false;
	}

	/** The line as the agent leaves it. */
	counted(line: string): string {
		return this.#task.lines.reduce(
			(text, number) => text.replace(`agent${number} = ${this.#value};`, `agent${number} = ${this.#value + 1};`),
			line,
		);
	}

	override async stat(_location: Location, _signal: AbortSignal): Promise<FileStat> {
		const version = this.editor.text;
		this.act();
		return { kind: 'file', size: version.length, isReadOnly: false, version };
	}

	override async readText(_location: Location, _signal: AbortSignal): Promise<FileText> {
		const { text, isDirty } = this.editor;
		this.act();
		return { text, stamp: await stampOf(text), version: text, isUnsaved: isDirty };
	}

	override async write({ path }: Location, text: string, expected: string): Promise<WriteOutcome> {
		const buffer = this.editor.buffer(
			lines => {
				this.landed = true;
				return lines.map(line => this.counted(line));
			},
			() => this.#isUsers && this.problems.push('saved the unsaved work of the user'),
		);
		const outcome = await writeBuffer(buffer, path, text, expected);
		this.check();
		if (outcome.isSaved && !this.editor.isDirty) {
			this.#isUsers = false;
		}
		return outcome;
	}

	/** One or two things that others do. */
	act(): void {
		this.check();
		for (const act of this.#acts.splice(0, 1 + (this.#acts.length % 2))) {
			this.#perform(act);
		}
		this.check();
	}

	check(): void {
		if (this.editor.text !== render(this.editor.mark)) {
			this.problems.push(`${JSON.stringify(this.editor.text)} is not ${JSON.stringify(render(this.editor.mark))}`);
		}
	}

	#perform(act: Act): void {
		const { editor } = this;
		const lines = [...editor.mark];
		switch (act.kind) {
			case 'save':
				editor.saveNow();
				this.#isUsers = false;
				return;
			case 'undo':
			case 'redo':
				editor[act.kind]();
				this.#isUsers = editor.isDirty;
				return;
			case 'join': {
				const at = act.line % (lines.length - 1);
				// Lines of the agent stay apart, so that there is one truth of what becomes of them.
				if (!/agent/.test(`${lines[at]}${lines[at + 1]}`)) {
					lines.splice(at, 2, `${lines[at]}${lines[at + 1]}`);
				}
				break;
			}
			case 'newLine':
				lines.splice(act.line % lines.length, 0, `typed <${++this.#typed}>  `);
				break;
			case 'type': {
				const number = act.line % lines.length;
				const line = lines[number] ?? '';
				const at = act.at % (line.length + 1);
				lines[number] = `${line.slice(0, at)}<${++this.#typed}>${line.slice(at)}`;
			}
		}
		this.#isUsers = true;
		editor.change(render(lines), lines);
	}
}

const act: fc.Arbitrary<Act> = fc.oneof(
	{ weight: 5, arbitrary: fc.record({ kind: fc.constant('type' as const), line: fc.nat(20), at: fc.nat(40) }) },
	{ weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('newLine' as const, 'join' as const), line: fc.nat(20) }) },
	{ weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('undo' as const, 'redo' as const, 'save' as const) }) },
);
const task: fc.Arbitrary<Task> = fc.record({
	lines: fc.subarray(AGENT_LINES, { minLength: 1, maxLength: 2 }),
	isWhole: fc.boolean(),
});
const { signal } = new AbortController();

/** Has the agent do its tasks while others act; returns how many of them came to be. */
async function play(acts: readonly Act[], tasks: readonly Task[], canFormat: boolean): Promise<[Scene, number]> {
	const scene = new Scene(acts, canFormat);
	const seen = new SeenFiles();
	const tools = { edit: editTool(undefined, seen), write: writeTool(undefined, seen) };
	const context = toolContext({
		workspace: scene,
		recordChange: async () => scene.act(),
	});
	const location = await scene.locate('a.txt', signal);
	let made = 0;
	for (const [index, todo] of tasks.entries()) {
		const { text } = await scene.readText(location, signal);
		const value = Number(/agent\d+ = (\d+);/.exec(text)?.[1] ?? index);
		scene.begin(todo, value);
		seen.note(location, text);
		const tool = todo.isWhole ? tools.write : tools.edit;
		const edits = todo.lines.map(line => ({
			oldText: `agent${line} = ${value};`,
			newText: `agent${line} = ${value + 1};`,
		}));
		const content = text
			.split('\n')
			.map(line => scene.counted(line))
			.join('\n');
		const input = todo.isWhole ? { path: 'a.txt', content } : { path: 'a.txt', edits };
		await tool.demand?.(input, context);
		// The user looks at it, and does something else.
		scene.act();
		try {
			await tool.run(input, context);
			assert.ok(scene.landed, 'said to be done, but is not');
			made++;
		} catch (error) {
			assert.ok(error instanceof ToolError, String(error));
			assert.ok(!scene.landed, `refused, but done: ${error.message}`);
		}
		scene.check();
	}
	return [scene, made];
}

describe('edits beside a user who types', () => {
	it('lose no character of anybody, are whole or not there, and save nothing of the user, in 10,000 interleavings', async function () {
		this.timeout(120_000);
		let made = 0;
		let asked = 0;
		await fc.assert(
			fc.asyncProperty(
				fc.array(act, { maxLength: 14 }),
				fc.array(task, { minLength: 1, maxLength: 3 }),
				fc.boolean(),
				async (acts, tasks, canFormat) => {
					const [scene, done] = await play(acts, tasks, canFormat);
					assert.deepEqual(scene.problems, []);
					made += done;
					asked += tasks.length;
				},
			),
			{ numRuns: 10_000 },
		);
		// Not by refusing everything.
		assert.ok(made > asked / 2, `${made} of ${asked}`);
	});
});
