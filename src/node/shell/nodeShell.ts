import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { abortError } from '../../agent/abortable.ts';
import { type Clock, systemClock } from '../../agent/clock.ts';
import {
	type CommandOptions,
	type CommandReport,
	type OutputPage,
	type Shell,
	unknownCommand,
} from '../../agent/shellPort.ts';
import { ToolError } from '../../agent/toolError.ts';
import { isCode } from '../fileLock.ts';
import { endProcesses } from './endProcesses.ts';
import { commandEnvironment, MARK_VARIABLE } from './environment.ts';
import { defaultOutputLimits, type OutputLimits, OutputStore } from './outputStore.ts';
import { ProcessTable } from './processes.ts';
import { type Launch, RunningCommand } from './runningCommand.ts';
import { findProgram, safeSearchPath } from './searchPath.ts';
import { findShell, type ShellProgram, shellCandidates } from './shellProgram.ts';
import { ShellRecord } from './shellRecord.ts';

/** What commands have to end by themselves before they are killed. */
const KILL_AFTER_MS = 5000;
/** The same when the host ends, which itself has about a second. */
const DISPOSE_KILL_AFTER_MS = 500;
/** Ended commands whose output is kept, and bytes of it at most. */
const MAX_KEPT_COMMANDS = 32;
const MAX_KEPT_BYTES = 200 * 1024 * 1024;
/** Linux takes no longer argument (MAX_ARG_STRLEN). */
const MAX_COMMAND_BYTES = 128 * 1024 - 1;

export interface NodeShellOptions {
	/** For outputs and the record of what runs: one for all shells, also those of other windows. Need not exist. */
	readonly folder: string;
	/** Where the first command runs, and those after one that removed its own directory. */
	readonly cwd: string;
	/** The workspace's folders as they are now: programs in them do not stand in for those of the system. */
	workspaceFolders(): readonly string[];
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** Variables that the user lets through although they look like secrets. */
	readonly allowedVariables: readonly string[];
	readonly clock?: Clock;
	/** Shells to try; those of the system when left out. */
	readonly candidates?: readonly ShellProgram[];
	readonly outputLimits?: OutputLimits;
	readonly killAfterMs?: number;
	/** Told when what runs could not be noted on disk: commands work all the same. */
	readonly onProblem?: (error: unknown) => void;
}

/** A shell for one session. @throws ToolError when the machine has none. */
export async function openNodeShell(options: NodeShellOptions): Promise<Shell> {
	const candidates = options.candidates ?? shellCandidates(process.platform, options.environment);
	return new NodeShell(options, candidates, await findShell(candidates));
}

class NodeShell implements Shell {
	readonly withheld: readonly string[];
	readonly #options: NodeShellOptions;
	readonly #candidates: readonly ShellProgram[];
	readonly #clock: Clock;
	readonly #variables: Readonly<Record<string, string>>;
	readonly #mark = randomUUID();
	readonly #processes = new ProcessTable();
	#program: ShellProgram;
	#cwd: string;
	#record: Promise<ShellRecord | undefined> | undefined;
	#count = 0;
	/** By id, oldest first. Those whose output was let go are left out. */
	readonly #commands = new Map<string, RunningCommand>();
	#disposing: Promise<void> | undefined;

	constructor(options: NodeShellOptions, candidates: readonly ShellProgram[], program: ShellProgram) {
		this.#options = options;
		this.#candidates = candidates;
		this.#program = program;
		this.#clock = options.clock ?? systemClock;
		this.#cwd = options.cwd;
		const { variables, withheld } = commandEnvironment({
			environment: options.environment,
			allowed: options.allowedVariables,
		});
		this.#variables = variables;
		this.withheld = withheld;
	}

	get language(): Shell['language'] {
		return this.#program.language;
	}

	get cwd(): string {
		return this.#cwd;
	}

	async hasProgram(name: string): Promise<boolean> {
		return (await findProgram(await this.#searchPath(), name)) !== undefined;
	}

	async run(command: string, options: CommandOptions & { readonly signal: AbortSignal }): Promise<CommandReport> {
		const { signal } = options;
		const [id, running] = await this.#launch(command, options, signal);
		// A problem is told, and stops no command.
		void this.#noteRunning();
		// The command has not ended before this has.
		const stop = () => void running.stop('asked', this.#killAfterMs);
		signal.addEventListener('abort', stop, { once: true });
		if (signal.aborted) {
			stop();
		}
		await running.ended;
		signal.removeEventListener('abort', stop);
		if (options.cwd === undefined) {
			this.#cwd = running.cwd ?? this.#cwd;
		}
		await this.#letGo();
		return running.report(id, this.#cwd);
	}

	async start(
		command: string,
		options: CommandOptions & { readonly signal?: AbortSignal } = {},
	): Promise<CommandReport> {
		const [id, running] = await this.#launch(command, options, options.signal);
		await this.#noteRunning();
		return running.report(id, this.#cwd);
	}

	async report(id: string): Promise<CommandReport> {
		const running = await this.#find(id);
		await running.look();
		return running.report(id, this.#cwd);
	}

	async running(): Promise<readonly CommandReport[]> {
		await Promise.all([...this.#commands.values()].map(command => command.look()));
		return [...this.#commands]
			.filter(([, command]) => !command.isOver)
			.map(([id, command]) => command.report(id, this.#cwd));
	}

	async read(id: string, from: number, count: number): Promise<OutputPage> {
		return (await this.#find(id)).output.read(from, count);
	}

	async waitForNews(id: string, from: number, ms: number, signal: AbortSignal): Promise<void> {
		const running = await this.#find(id);
		const { output } = running;
		if (output.end > from || running.isOver || signal.aborted) {
			return;
		}
		await new Promise<void>(resolve => {
			const done = () => {
				cancel();
				forget();
				signal.removeEventListener('abort', done);
				resolve();
			};
			const look = () => (output.end > from || running.isOver) && done();
			const cancel = this.#clock.schedule(ms, done);
			const forget = output.onNews(look);
			signal.addEventListener('abort', done, { once: true });
			if (running.isRunning) {
				void running.ended.then(done);
			}
		});
	}

	async stop(id: string): Promise<CommandReport> {
		const running = await this.#find(id);
		const wasRunning = running.isRunning;
		await running.stop('asked', this.#killAfterMs);
		if (wasRunning) {
			await running.ended;
		}
		return running.report(id, this.#cwd);
	}

	dispose(): Promise<void> {
		this.#disposing ??= this.#end([...this.#commands.values()]);
		return this.#disposing;
	}

	get #killAfterMs(): number {
		return this.#options.killAfterMs ?? KILL_AFTER_MS;
	}

	async #end(commands: readonly RunningCommand[]): Promise<void> {
		await Promise.all(commands.map(command => command.stop('asked', DISPOSE_KILL_AFTER_MS, true)));
		// And who was missed: started at the same moment, or by a command that was let go.
		const { survivors } = await endProcesses(
			() => this.#processes.find({ mark: this.#mark, groups: [] }),
			AbortSignal.timeout(DISPOSE_KILL_AFTER_MS),
		);
		await Promise.all(commands.map(({ output }) => output.close()));
		const record = await this.#record;
		// Who could not be ended is left to the next start.
		if (survivors.length === 0) {
			await record?.remove();
		}
	}

	async #find(id: string): Promise<RunningCommand> {
		const running = this.#commands.get(id);
		if (running === undefined) {
			throw unknownCommand(id, await this.running());
		}
		return running;
	}

	async #launch(
		command: string,
		{ cwd, environment, timeoutMs, onOutput }: CommandOptions,
		signal?: AbortSignal,
	): Promise<readonly [string, RunningCommand]> {
		checkCommand(command);
		const place = await this.#place(cwd);
		const path = await this.#searchPath();
		const folder = (await this.#openRecord())?.folder ?? this.#options.folder;
		if (signal?.aborted) {
			throw abortError();
		}
		if (this.#disposing !== undefined) {
			throw new ToolError('The session is being closed: no command can be started.');
		}
		const number = ++this.#count;
		const id = `${this.#mark.slice(0, 4)}-${number}`;
		const mark = `${this.#mark}.${number}`;
		const running = await this.#spawn({
			program: this.#program,
			command,
			cwd: place.cwd,
			missingCwd: place.missing,
			environment: { ...this.#variables, PATH: path, ...environment, PWD: place.cwd, [MARK_VARIABLE]: mark },
			mark,
			cwdFile: join(folder, `${number}.cwd`),
			processes: this.#processes,
			store: new OutputStore(join(folder, `${number}.txt`), this.#options.outputLimits ?? defaultOutputLimits),
			clock: this.#clock,
			onOutput,
		});
		this.#commands.set(id, running);
		if (timeoutMs !== undefined) {
			const cancel = this.#clock.schedule(timeoutMs, () => void running.stop('timeout', this.#killAfterMs));
			void running.ended.then(cancel);
		}
		return [id, running];
	}

	async #spawn(launch: Launch): Promise<RunningCommand> {
		try {
			return await RunningCommand.start(launch);
		} catch (error) {
			if (isCode(error, 'E2BIG')) {
				throw new ToolError('The command is too long for the system. Put it into a script and run that.');
			}
			// The shell itself may have been removed or replaced: then another one takes over from the next command on.
			this.#program = await findShell(this.#candidates);
			throw new ToolError(`The command could not be started: ${String(error)}. Try again.`, { cause: error });
		}
	}

	/** @throws ToolError for a directory that is not there. */
	async #place(cwd: string | undefined): Promise<{ readonly cwd: string; readonly missing: string | undefined }> {
		const wanted = cwd ?? this.#cwd;
		if (isAbsolute(wanted) && (await isFolder(wanted))) {
			return { cwd: wanted, missing: undefined };
		}
		const { cwd: first } = this.#options;
		if (cwd !== undefined || wanted === first || !(await isFolder(first))) {
			throw new ToolError(`There is no directory "${wanted}" to run the command in.`);
		}
		this.#cwd = first;
		return { cwd: first, missing: wanted };
	}

	#searchPath(): Promise<string> {
		const { environment, workspaceFolders } = this.#options;
		return safeSearchPath(environment['PATH'] ?? environment['Path'] ?? '', workspaceFolders());
	}

	/** Undefined while the disk refuses it: then nothing is noted and no long output kept. */
	async #openRecord(): Promise<ShellRecord | undefined> {
		this.#record ??= ShellRecord.open(this.#options.folder, this.#mark).catch((error: unknown) => {
			this.#options.onProblem?.(error);
			this.#record = undefined;
			return undefined;
		});
		return this.#record;
	}

	async #noteRunning(): Promise<void> {
		const names = await Promise.all([...this.#commands.values()].map(command => command.name()));
		const record = await this.#record;
		try {
			await record?.note(names.filter(name => name !== undefined));
		} catch (error) {
			if (this.#disposing === undefined) {
				this.#options.onProblem?.(error);
			}
		}
	}

	/** Lets the oldest outputs go that nothing adds to any more, when there are too many. */
	async #letGo(): Promise<void> {
		const over = [...this.#commands].filter(([, command]) => command.isOver);
		let bytes = 0;
		const old = over.reverse().filter(([, { output }], index) => {
			bytes += output.keptBytes;
			return index >= MAX_KEPT_COMMANDS || bytes > MAX_KEPT_BYTES;
		});
		for (const [id, { output }] of old) {
			this.#commands.delete(id);
			await output.close();
		}
	}
}

function checkCommand(command: string): void {
	if (command.includes('\0')) {
		throw new ToolError('A command cannot hold a NUL character.');
	}
	if (Buffer.byteLength(command) > MAX_COMMAND_BYTES) {
		throw new ToolError('The command is too long for the system. Put it into a script and run that.');
	}
}

async function isFolder(path: string): Promise<boolean> {
	try {
		return (await stat(path)).isDirectory();
	} catch {
		// Gone, or not for us: no command runs there either.
		return false;
	}
}
