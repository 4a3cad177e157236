import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ToolError } from '../../../src/agent/toolError.ts';
import type { FileStat, FileText, Location, WriteOutcome } from '../../../src/agent/workspace.ts';
import { FileQueue } from '../../../src/files/fileQueue.ts';
import { stampOf } from '../../../src/files/stamp.ts';
import { writeBuffer } from '../../../src/host/workspace/bufferWriter.ts';
import { editTool } from '../../../src/tools/edit.ts';
import { patchTool } from '../../../src/tools/patch.ts';
import { SeenFiles } from '../../../src/tools/seenFiles.ts';
import { writeTool } from '../../../src/tools/write.ts';
import { MemoryWorkspace } from '../../fakes/memoryWorkspace.ts';
import { ModelEditor } from '../../fakes/modelEditor.ts';
import { toolContext } from '../../fakes/toolContext.ts';

const RUNS = 10_000;

/** The lines of a file as they should be: what everybody did, in the order in which it reached the editor. */
type Lines = readonly string[];
const render = (lines: Lines) => `${lines.join('\n')}\n`;

const FILES = ['a.txt', 'b.txt'] as const;
type File = (typeof FILES)[number];

/** The lines that each of two agents counts up. */
const AGENT_LINES = [
	[1, 5],
	[4, 9],
] as const;
const start: Lines = Array.from({ length: 11 }, (_, index) =>
	AGENT_LINES.flat().some(line => line === index) ? `  agent${index} = 0;` : `user ${index} `,
);

type Formatter = 'none' | 'trim' | 'tabs';
const formatted: Readonly<Record<Formatter, (line: string) => string>> = {
	none: line => line,
	trim: line => line.trimEnd(),
	tabs: line => line.replace(/^ {2}/, '\t'),
};

/** What the user does at a place of a file. */
type Act = { readonly file: File } & (
	| { readonly kind: 'type'; readonly line: number; readonly at: number }
	| { readonly kind: 'newLine' | 'join'; readonly line: number }
	| { readonly kind: 'undo' | 'redo' | 'save' }
);

/** What an agent does: it counts lines of its own up, by one call. */
interface Task {
	readonly tool: 'edit' | 'write' | 'apply_patch';
	readonly file: File;
	/** Both of its lines, or the first. */
	readonly isBoth: boolean;
}

/** One file in its editor, and what a test knows of it. */
class OpenFile {
	readonly editor: ModelEditor<Lines>;
	readonly #problems: string[];
	/** What was saved, with an agent's change and nothing else. */
	#pure: Lines | undefined;

	constructor(formatter: Formatter, problems: string[], whileWaiting: () => void) {
		this.#problems = problems;
		this.editor = new ModelEditor<Lines>({
			text: render(start),
			mark: start,
			...(formatter !== 'none' && {
				format: ({ mark }) => {
					const lines = mark.map(formatted[formatter]);
					return { text: render(lines), mark: lines };
				},
			}),
			whileWaiting,
		});
	}

	check(): void {
		const expected = render(this.editor.mark);
		if (this.editor.text !== expected) {
			this.#problems.push(`${JSON.stringify(this.editor.text)} is not ${JSON.stringify(expected)}`);
		}
	}

	/** An agent's change comes into the editor. */
	land(change: (line: string) => string): Lines {
		const lines = this.editor.mark.map(change);
		this.#pure = this.editor.isDirty ? undefined : lines;
		return lines;
	}

	/** An agent saves it. */
	checkSave(): void {
		if (this.#pure === undefined || this.editor.text !== render(this.#pure)) {
			this.#problems.push('saved the unsaved work of the user');
		}
	}

	perform(act: Act, typed: string): void {
		const { editor } = this;
		const lines = [...editor.mark];
		switch (act.kind) {
			case 'save':
				editor.saveNow();
				return;
			case 'undo':
			case 'redo':
				editor[act.kind]();
				return;
			case 'join': {
				const at = act.line % (lines.length - 1);
				// Lines of the agents stay apart, so that there is one truth of what becomes of them.
				if (!/agent/.test(`${lines[at]}${lines[at + 1]}`)) {
					lines.splice(at, 2, `${lines[at]}${lines[at + 1]}`);
				}
				break;
			}
			case 'newLine':
				lines.splice(act.line % lines.length, 0, `typed ${typed}  `);
				break;
			case 'type': {
				const number = act.line % lines.length;
				const line = lines[number] ?? '';
				const at = act.at % (line.length + 1);
				lines[number] = `${line.slice(0, at)}${typed}${line.slice(at)}`;
				break;
			}
			default:
				act satisfies never;
		}
		editor.change(render(lines), lines);
	}
}

/** The user, who acts whenever anybody waits. */
class Scene {
	readonly files: Readonly<Record<File, OpenFile>>;
	readonly problems: string[] = [];
	/** As the workspace has it: one write at a time for each file. */
	readonly queue = new FileQueue();
	readonly #acts: (Act | undefined)[];
	#typed = 0;

	constructor(acts: readonly (Act | undefined)[], formatter: Formatter) {
		this.#acts = [...acts];
		const open = () => new OpenFile(formatter, this.problems, () => this.act());
		this.files = { 'a.txt': open(), 'b.txt': open() };
	}

	/** The next thing that the user does, if anything. */
	act(): void {
		this.check();
		const act = this.#acts.shift();
		if (act !== undefined) {
			this.files[act.file].perform(act, `<${++this.#typed}>`);
			this.check();
		}
	}

	check(): void {
		for (const file of FILES) {
			this.files[file].check();
		}
	}
}

/** The workspace as one agent has it. */
class AgentWorkspace extends MemoryWorkspace {
	readonly #scene: Scene;
	/** What its newest task makes of a line of each file. */
	counted: Partial<Record<File, (line: string) => string>> = {};
	/** Files to which the newest task came. */
	readonly landed = new Set<File>();

	constructor(scene: Scene) {
		super({ files: Object.fromEntries(FILES.map(file => [file, render(start)])) });
		this.#scene = scene;
	}

	override async stat(location: Location, _signal: AbortSignal): Promise<FileStat> {
		const version = this.#file(location).editor.text;
		this.#scene.act();
		return { kind: 'file', size: version.length, isReadOnly: false, version };
	}

	override async readText(location: Location, _signal: AbortSignal): Promise<FileText> {
		const { text, isDirty } = this.#file(location).editor;
		this.#scene.act();
		return { text, stamp: await stampOf(text), version: text, isUnsaved: isDirty };
	}

	override write(location: Location, text: string, expected: string, signal: AbortSignal): Promise<WriteOutcome> {
		return this.#scene.queue.run(location.uri, signal, async () => {
			const name = fileAt(location);
			const file = this.#file(location);
			const buffer = file.editor.buffer(
				() => {
					this.landed.add(name);
					return file.land(line => this.counted[name]?.(line) ?? line);
				},
				() => file.checkSave(),
			);
			const outcome = await writeBuffer(buffer, location.path, text, expected);
			this.#scene.check();
			return outcome;
		});
	}

	#file(location: Location): OpenFile {
		return this.#scene.files[fileAt(location)];
	}
}

function fileAt({ path }: Location): File {
	return FILES.find(file => file === path) ?? assert.fail(path);
}

const { signal } = new AbortController();

/** An agent does its tasks, one after the other. @returns how many it tried, and how many came to be. */
async function runAgent(scene: Scene, index: 0 | 1, tasks: readonly Task[]): Promise<readonly [number, number]> {
	const workspace = new AgentWorkspace(scene);
	const seen = new SeenFiles();
	const tools = {
		edit: editTool(undefined, seen),
		write: writeTool(undefined, seen),
		apply_patch: patchTool(undefined, seen),
	};
	const context = toolContext({ workspace, recordChange: async () => scene.act() });
	let asked = 0;
	let made = 0;
	for (const { tool, file, isBoth } of tasks) {
		workspace.landed.clear();
		workspace.counted = {};
		const files = tool === 'apply_patch' ? FILES : [file];
		const lines = AGENT_LINES[index].slice(0, isBoth ? 2 : 1);
		const read = new Map<File, string>();
		for (const name of files) {
			const location = await workspace.locate(name, signal);
			const { text } = await workspace.readText(location, signal);
			seen.note(location, text);
			read.set(name, text);
		}
		// Where the user types into the number itself, there is nothing to count for now.
		const own = lines.filter(line => [...read.values()].every(text => valueIn(text, line) !== undefined));
		if (own.length === 0) {
			continue;
		}
		for (const [name, text] of read) {
			workspace.counted[name] = line => countAll(line, own, text);
		}
		asked++;
		const input = inputOf(tool, files, own, read);
		try {
			await tools[tool].demand?.(input, context);
			// The user looks at it, and does something else.
			scene.act();
			await tools[tool].run(input, context);
			assert.deepEqual([...workspace.landed].sort(), files, 'said to be done, but is not');
			made++;
		} catch (error) {
			assert.ok(error instanceof ToolError, String(error));
			const told = /^Only a part was done\. Done: (.*?)\. Not done/.exec(error.message)?.[1]?.split(', ') ?? [];
			assert.deepEqual([...workspace.landed], told, `refused, but done: ${error.message}`);
		}
		scene.check();
	}
	return [asked, made];
}

function valueIn(text: string, line: number): number | undefined {
	const value = new RegExp(`agent${line} = (\\d+);`).exec(text)?.[1];
	return value === undefined ? undefined : Number(value);
}

/** @param read the text that the values were read from. */
function countAll(text: string, lines: readonly number[], read: string): string {
	return lines.reduce((now, line) => {
		const value = valueIn(read, line) ?? 0;
		return now.replace(`agent${line} = ${value};`, `agent${line} = ${value + 1};`);
	}, text);
}

function inputOf(
	tool: Task['tool'],
	files: readonly File[],
	own: readonly number[],
	read: ReadonlyMap<File, string>,
): unknown {
	const [path = 'a.txt'] = files;
	const textOf = (name: File) => read.get(name) ?? '';
	switch (tool) {
		case 'edit':
			return {
				path,
				edits: own.map(line => {
					const oldText = `agent${line} = ${valueIn(textOf(path), line)};`;
					return { oldText, newText: countAll(oldText, own, textOf(path)) };
				}),
			};
		case 'write':
			return { path, content: countAll(textOf(path), own, textOf(path)) };
		case 'apply_patch': {
			const hunks = (name: File) =>
				own.flatMap(line => {
					const was = textOf(name)
						.split('\n')
						.find(one => valueIn(one, line) !== undefined);
					return ['@@', `-${was}`, `+${countAll(was ?? '', [line], textOf(name))}`];
				});
			const body = files.flatMap(name => [`*** Update File: ${name}`, ...hunks(name)]);
			return { patch: ['*** Begin Patch', ...body, '*** End Patch'].join('\n') };
		}
		default:
			return tool satisfies never;
	}
}

const file = fc.constantFrom(...FILES);
const line = fc.nat(20);
const act: fc.Arbitrary<Act> = fc.oneof(
	{ weight: 5, arbitrary: fc.record({ file, line, kind: fc.constant('type' as const), at: fc.nat(40) }) },
	{ weight: 3, arbitrary: fc.record({ file, line, kind: fc.constantFrom('newLine' as const, 'join' as const) }) },
	{
		weight: 4,
		arbitrary: fc.record({ file, kind: fc.constantFrom('undo' as const, 'redo' as const, 'save' as const) }),
	},
);
const task: fc.Arbitrary<Task> = fc.record({
	tool: fc.constantFrom('edit' as const, 'edit' as const, 'write' as const, 'apply_patch' as const),
	file,
	isBoth: fc.boolean(),
});

describe('edits beside a user who types', () => {
	it(`lose no character of anybody, are whole or not there, and save nothing of the user, in ${RUNS} interleavings`, async function () {
		this.timeout(300_000);
		let made = 0;
		let asked = 0;
		let runs = 0;
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.option(act, { nil: undefined, freq: 2 }), { minLength: 5, maxLength: 60, size: 'max' }),
				fc.array(task, { minLength: 1, maxLength: 2 }),
				fc.array(task, { maxLength: 2 }),
				fc.constantFrom<Formatter>('none', 'trim', 'tabs'),
				async (acts, first, second, formatter) => {
					const scene = new Scene(acts, formatter);
					// The agents know nothing of each other.
					const done = await Promise.all([runAgent(scene, 0, first), runAgent(scene, 1, second)]);
					assert.deepEqual(scene.problems, []);
					runs++;
					for (const [tried, come] of done) {
						asked += tried;
						made += come;
					}
				},
			),
			{ numRuns: RUNS },
		);
		assert.equal(runs, RUNS);
		// Not by refusing everything.
		assert.ok(made > asked / 2, `${made} of ${asked}`);
	});
});
