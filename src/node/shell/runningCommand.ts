import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Clock } from '../../agent/clock.ts';
import type { CommandReport, CommandState, OutputUpdate } from '../../agent/shellPort.ts';
import { CommandOutput } from './commandOutput.ts';
import { type Ending, endProcesses, signalProcess } from './endProcesses.ts';
import type { OutputStore } from './outputStore.ts';
import type { LiveProcess, ProcessTable } from './processes.ts';
import { CWD_DESCRIPTOR, CWD_FILE_VARIABLE, type ShellProgram, shellArguments } from './shellProgram.ts';
import type { ProcessName } from './shellRecord.ts';

/** What ends right after its shell, such as the `tee` of a redirection, is not worth telling of. */
const LEFT_LOOKS_MS = [5, 10, 20, 40, 80];
const MAX_CWD_BYTES = 16 * 1024;

export interface Launch {
	readonly program: ShellProgram;
	readonly command: string;
	readonly cwd: string;
	/** Where it should have run, when that was gone. */
	readonly missingCwd: string | undefined;
	readonly environment: Readonly<Record<string, string>>;
	/** Value of the mark in `environment`; this command's own. */
	readonly mark: string;
	/** Where PowerShell writes its location to. */
	readonly cwdFile: string;
	readonly processes: ProcessTable;
	readonly store: OutputStore;
	readonly clock: Clock;
	readonly onOutput: ((update: OutputUpdate) => void) | undefined;
}

/** One command: its processes from start to end. */
export class RunningCommand {
	readonly output: CommandOutput;
	/** Resolves when the shell has ended, or was given up, and all that it printed is taken in. Never rejects. */
	readonly ended: Promise<void>;
	readonly #launch: Launch;
	readonly #pid: number;
	readonly #startedAt: number;
	/** What tells the shell's process from a later one with its id. */
	readonly #start: Promise<string | undefined>;
	readonly #exited: Promise<void>;
	#exit: { readonly code: number | null; readonly signal: NodeJS.Signals | null } | undefined;
	/** Stops waiting for the exit. */
	#giveUp: () => void = () => undefined;
	#stopping: { readonly grace: AbortController; readonly done: Promise<void> } | undefined;
	#state: CommandState = { kind: 'running' };
	#leftRunning = 0;
	#endedAt: number | undefined;
	readonly #toldCwd: Buffer[] = [];
	#cwd: string | undefined;

	/** @throws Error of the system when the shell cannot be started. */
	static async start(launch: Launch): Promise<RunningCommand> {
		const { program, command, cwd, environment, cwdFile } = launch;
		const child = spawn(program.path, shellArguments(program, command), {
			cwd,
			env: program.language === 'powershell' ? { ...environment, [CWD_FILE_VARIABLE]: cwdFile } : environment,
			stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
			// A process group, and on POSIX a session, of its own: there is no terminal to ask questions on.
			detached: process.platform !== 'win32',
			windowsHide: true,
		});
		const { pid } = child;
		if (pid === undefined) {
			const [error] = await once(child, 'error');
			throw error;
		}
		const exited = new Promise<[number | null, NodeJS.Signals | null]>(resolve => {
			child.once('exit', (code, signal) => resolve([code, signal]));
		});
		const readers = child.stdio.map(stream => (stream instanceof Readable ? stream : undefined));
		return new RunningCommand(launch, pid, exited, readers);
	}

	private constructor(
		launch: Launch,
		pid: number,
		exited: Promise<[number | null, NodeJS.Signals | null]>,
		readers: readonly (Readable | undefined)[],
	) {
		this.#launch = launch;
		this.#pid = pid;
		this.#startedAt = launch.clock.monotonic();
		this.#start = launch.processes.startOf(pid);
		const printed = readers.slice(0, CWD_DESCRIPTOR).filter(reader => reader !== undefined);
		this.output = new CommandOutput(printed, launch.store, launch.clock, launch.onOutput);
		this.#listenForCwd(readers[CWD_DESCRIPTOR]);
		this.#exited = new Promise(resolve => {
			this.#giveUp = resolve;
			void exited.then(([code, signal]) => {
				this.#exit = { code, signal };
				resolve();
			});
		});
		this.ended = this.#follow();
	}

	get isRunning(): boolean {
		return this.#state.kind === 'running';
	}

	/** Nothing of it lives, and nothing more can be printed. As far as was last looked. */
	get isOver(): boolean {
		return !this.isRunning && this.#leftRunning === 0 && !this.output.isOpen;
	}

	/** Where the shell stood in the end, if it came to tell. */
	get cwd(): string | undefined {
		return this.#cwd;
	}

	/** @param cwd where the next command runs. */
	report(id: string, cwd: string): CommandReport {
		const { command, cwd: startedIn, missingCwd, clock } = this.#launch;
		return {
			id,
			command,
			state: this.#state,
			leftRunning: this.#leftRunning,
			output: this.output.excerpt(),
			durationMs: (this.#endedAt ?? clock.monotonic()) - this.#startedAt,
			cwd,
			startedIn,
			...(missingCwd !== undefined && { missingCwd }),
		};
	}

	/** The shell's process while it runs. */
	async name(): Promise<ProcessName | undefined> {
		const start = await this.#start;
		return this.#exit === undefined && start !== undefined ? { pid: this.#pid, start } : undefined;
	}

	/** Looks again which processes live on. */
	async look(): Promise<void> {
		if (!this.isRunning && !this.isOver) {
			await this.output.rest();
			this.#leftRunning = await this.#countLeft();
		}
	}

	/**
	 * Ends the command and all it started.
	 * @param graceMs what they have to end by themselves; the shortest counts when this is called again.
	 * @param isUrgent the first signal must be out when this returns, for there may be no time after it.
	 */
	async stop(why: 'asked' | 'timeout', graceMs: number, isUrgent = false): Promise<void> {
		if (this.isOver) {
			return;
		}
		if (isUrgent && this.#exit === undefined && process.platform !== 'win32') {
			signalProcess(-this.#pid, 'SIGTERM');
		}
		const { grace, done } = this.#stopping ?? this.#beginStop(why);
		const cancel = this.#launch.clock.schedule(graceMs, () => grace.abort());
		await done;
		cancel();
	}

	#beginStop(why: 'asked' | 'timeout') {
		const grace = new AbortController();
		const done = this.#end(why, grace.signal).finally(() => {
			this.#stopping = undefined;
		});
		this.#stopping = { grace, done };
		return this.#stopping;
	}

	async #end(why: 'asked' | 'timeout', graceOver: AbortSignal): Promise<void> {
		const wasRunning = this.#exit === undefined;
		const { wasKilled, survivors } =
			process.platform === 'win32'
				? await endTreeOnWindows(this.#pid)
				: await endProcesses(() => this.#living(), graceOver, this.#pid);
		if (wasRunning) {
			this.#state = { kind: 'stopped', why, wasKilled };
		}
		this.#leftRunning = survivors.length;
		if (survivors.length > 0) {
			this.#giveUp();
		}
		await this.#exited;
		await this.output.rest();
		this.output.settle();
	}

	/** The life of the shell's process. */
	async #follow(): Promise<void> {
		await this.#exited;
		await this.output.rest();
		await this.#readCwd();
		const left = this.#stopping === undefined ? await this.#countLeft(LEFT_LOOKS_MS) : 0;
		if (this.#stopping === undefined) {
			this.#leftRunning = left;
		} else {
			await this.#stopping.done;
		}
		if (this.#state.kind === 'running') {
			const { code = null, signal = null } = this.#exit ?? {};
			this.#state = code === null ? { kind: 'signalled', signal: signal ?? 'unknown' } : { kind: 'exited', code };
		}
		this.#endedAt = this.#launch.clock.monotonic();
		this.output.settle();
	}

	/** @param waits after which it is looked again, in milliseconds, while some live. */
	async #countLeft(waits: readonly number[] = []): Promise<number> {
		let living = await this.#living();
		for (const wait of waits) {
			if (living.length === 0 && !this.output.isOpen) {
				break;
			}
			await pause(wait);
			living = await this.#living();
		}
		// Who holds the pipe lives, also where it cannot be found.
		return Math.max(living.length, this.output.isOpen ? 1 : 0);
	}

	async #living(): Promise<readonly LiveProcess[]> {
		const start = await this.#start;
		return this.#launch.processes.find({ mark: this.#launch.mark, groups: [{ id: this.#pid, start }] });
	}

	#listenForCwd(reader: Readable | undefined): void {
		let length = 0;
		reader?.on('data', (chunk: Buffer) => {
			length += chunk.length;
			if (length <= MAX_CWD_BYTES) {
				this.#toldCwd.push(chunk);
			}
		});
		// Nothing told is an answer too.
		reader?.on('error', () => undefined);
	}

	async #readCwd(): Promise<void> {
		const told =
			this.#launch.program.language === 'powershell'
				? await readFile(this.#launch.cwdFile, 'utf8').catch(() => '')
				: Buffer.concat(this.#toldCwd).toString('utf8');
		this.#cwd = told.replace(/\n$/, '') || undefined;
	}
}

/** Not tested on Windows. */
async function endTreeOnWindows(pid: number): Promise<Ending> {
	try {
		await promisify(execFile)('taskkill', ['/PID', `${pid}`, '/T', '/F'], { windowsHide: true });
	} catch {
		// It has ended by itself.
	}
	return { wasKilled: true, survivors: [] };
}
