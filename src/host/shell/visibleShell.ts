import { abortError } from '../../agent/abortable.ts';
import { type Clock, systemClock } from '../../agent/clock.ts';
import { refuseTyped } from '../../agent/shell/commandText.ts';
import type { CommandOptions, CommandReport, CommandState, OutputPage, Shell } from '../../agent/shellPort.ts';
import { ToolError } from '../../agent/toolError.ts';
import { OutputUpdates } from '../../tools/outputUpdates.ts';
import { TerminalOutput } from './terminalOutput.ts';
import { type TerminalEnd, VisibleTerminal } from './visibleTerminal.ts';

/** Measured in a quiet editor: 1.2 s. */
const INTEGRATION_MS = 5000;
/** What a command has to end after an interrupt; then its terminal is closed. */
const KILL_AFTER_MS = 5000;
const MAX_KEPT_COMMANDS = 32;
/** The shell tells where it stands after it told that a command ended; where it stays, it tells nothing. */
const MOVES = /\b(?:cd|pushd|popd|source|eval)\b/;
const MOVE_MS = 1000;

export interface VisibleShellOptions {
	/** Whether the user wants to see commands, asked before each. */
	isWanted(): boolean;
	/** All variables for the terminal's shell. */
	readonly environment: Readonly<Record<string, string>>;
	readonly clock?: Clock;
	/** Told, once, that there is no shell integration: commands run unseen then. */
	onUnseen(): void;
}

type RunOptions = CommandOptions & { readonly signal: AbortSignal };

/**
 * A shell whose commands the user sees in a terminal, when they want to. Those that were allowed because they only read
 * run unseen, for a terminal takes no variables for one command; so does what goes on in the background, for it would
 * block the terminal, and everything where the shell integration does not come up.
 */
export class VisibleShell implements Shell {
	readonly #hidden: Shell;
	readonly #options: VisibleShellOptions;
	readonly #clock: Clock;
	readonly #commands = new Map<string, VisibleCommand>();
	#terminal: VisibleTerminal | undefined;
	/** When it was last looked at. */
	#cwd: string;
	#isSeenLast = false;
	#count = 0;
	#isHopeless = false;
	#isBusy = false;
	#isDisposed = false;

	/** @param hidden runs what is not seen. It is ended with this one. */
	constructor(hidden: Shell, options: VisibleShellOptions) {
		this.#hidden = hidden;
		this.#options = options;
		this.#clock = options.clock ?? systemClock;
		this.#cwd = hidden.cwd;
	}

	get language(): Shell['language'] {
		return this.#hidden.language;
	}

	/** That of the terminal as it is now, also when the user went elsewhere in it; of the hidden shell if that ran last. */
	get cwd(): string {
		const terminal = this.#isSeenLast && !this.#terminal?.isClosed ? this.#terminal : undefined;
		return terminal === undefined ? this.#cwd : terminal.cwd;
	}

	get withheld(): readonly string[] {
		return this.#hidden.withheld;
	}

	hasProgram(name: string): Promise<boolean> {
		return this.#hidden.hasProgram(name);
	}

	async run(command: string, options: RunOptions): Promise<CommandReport> {
		if (!this.#isToBeSeen(options)) {
			return this.#runHidden(command, options);
		}
		if (options.signal.aborted) {
			throw abortError();
		}
		const fault = refuseTyped(command);
		if (fault !== undefined) {
			throw new ToolError(fault);
		}
		this.#isBusy = true;
		try {
			const terminal = await this.#openTerminal(options.signal);
			return terminal === undefined
				? await this.#runHidden(command, options)
				: await this.#runSeen(terminal, command, options);
		} finally {
			this.#isBusy = false;
		}
	}

	async start(
		command: string,
		options: CommandOptions & { readonly signal?: AbortSignal } = {},
	): Promise<CommandReport> {
		return this.#placed(await this.#hidden.start(command, { cwd: this.cwd, ...options }));
	}

	async report(id: string): Promise<CommandReport> {
		return this.#commands.get(id)?.report(this.cwd) ?? this.#placed(await this.#hidden.report(id));
	}

	async running(): Promise<readonly CommandReport[]> {
		const seen = [...this.#commands.values()].filter(command => command.isRunning);
		const hidden = await this.#hidden.running();
		return [...seen.map(command => command.report(this.cwd)), ...hidden.map(report => this.#placed(report))];
	}

	async read(id: string, from: number, count: number): Promise<OutputPage> {
		return this.#commands.get(id)?.output.read(from, count) ?? this.#hidden.read(id, from, count);
	}

	async waitForNews(id: string, from: number, ms: number, signal: AbortSignal): Promise<void> {
		const command = this.#commands.get(id);
		return command === undefined
			? this.#hidden.waitForNews(id, from, ms, signal)
			: command.waitForNews(from, ms, signal);
	}

	async stop(id: string): Promise<CommandReport> {
		const command = this.#commands.get(id);
		if (command === undefined) {
			return this.#placed(await this.#hidden.stop(id));
		}
		await command.stop('asked');
		return command.report(this.cwd);
	}

	async dispose(): Promise<void> {
		this.#isDisposed = true;
		this.#terminal?.dispose();
		this.#commands.clear();
		await this.#hidden.dispose();
	}

	#isToBeSeen({ cwd, environment }: CommandOptions): boolean {
		const isPossible = this.language === 'bash' && !this.#isHopeless && !this.#isBusy && !this.#isDisposed;
		const isTypable = refuseTyped(this.cwd) === undefined;
		return isPossible && isTypable && cwd === undefined && environment === undefined && this.#options.isWanted();
	}

	/** Where this shell stands, wherever the hidden one does. */
	async #runHidden(command: string, options: RunOptions): Promise<CommandReport> {
		const { cwd } = this;
		if (options.cwd === undefined && this.#hidden.cwd !== cwd) {
			await this.#hidden.run(changeFolder(cwd), { signal: options.signal });
		}
		const report = await this.#hidden.run(command, options);
		if (options.cwd === undefined) {
			this.#cwd = this.#hidden.cwd;
			this.#isSeenLast = false;
		}
		return this.#placed(report);
	}

	/** Undefined where there is no shell integration, or when the signal fired. */
	async #openTerminal(signal: AbortSignal): Promise<VisibleTerminal | undefined> {
		if (this.#terminal?.isFree) {
			return this.#terminal;
		}
		// One that is closed, or in which the user runs something.
		this.#terminal?.release();
		const { environment, onUnseen } = this.#options;
		const options = { cwd: this.cwd, environment, clock: this.#clock };
		this.#terminal = await VisibleTerminal.open(options, INTEGRATION_MS, signal);
		if (this.#isDisposed) {
			this.#terminal?.dispose();
			throw new ToolError('The session is being closed: no command can be started.');
		}
		if (signal.aborted) {
			throw abortError();
		}
		if (this.#terminal === undefined) {
			this.#isHopeless = true;
			onUnseen();
		}
		return this.#terminal;
	}

	async #runSeen(
		terminal: VisibleTerminal,
		command: string,
		{ signal, timeoutMs, onOutput }: RunOptions,
	): Promise<CommandReport> {
		const startedIn = this.cwd;
		// It stands elsewhere when another one ran the last command.
		if (terminal.cwd !== startedIn) {
			const moved = await terminal.run(changeFolder(startedIn), () => undefined);
			if (moved.code !== 0) {
				throw new ToolError(`There is no directory "${startedIn}" to run the command in.`);
			}
		}
		const id = `terminal-${++this.#count}`;
		const running = new VisibleCommand({ id, command, startedIn, terminal, clock: this.#clock, onOutput });
		this.#keep(id, running);
		const stop = (why: 'asked' | 'timeout') => void running.stop(why);
		const onAbort = () => stop('asked');
		signal.addEventListener('abort', onAbort, { once: true });
		if (signal.aborted) {
			onAbort();
		}
		const cancel = timeoutMs === undefined ? undefined : this.#clock.schedule(timeoutMs, () => stop('timeout'));
		try {
			await running.ended;
		} finally {
			cancel?.();
			signal.removeEventListener('abort', onAbort);
		}
		if (!terminal.isClosed && MOVES.test(command)) {
			await terminal.whenMoved(MOVE_MS);
		}
		this.#isSeenLast = true;
		this.#cwd = terminal.isClosed ? startedIn : terminal.cwd;
		return running.report(this.cwd);
	}

	#keep(id: string, command: VisibleCommand): void {
		this.#commands.set(id, command);
		const [oldest] = this.#commands.keys();
		if (this.#commands.size > MAX_KEPT_COMMANDS && oldest !== undefined) {
			this.#commands.delete(oldest);
		}
	}

	#placed(report: CommandReport): CommandReport {
		return { ...report, cwd: this.cwd };
	}
}

interface VisibleRun {
	readonly id: string;
	readonly command: string;
	readonly startedIn: string;
	readonly terminal: VisibleTerminal;
	readonly clock: Clock;
	readonly onOutput: CommandOptions['onOutput'] | undefined;
}

/** One command in the terminal, from its start to its end. */
class VisibleCommand {
	readonly output = new TerminalOutput();
	/** Rejects where the terminal takes no command. */
	readonly ended: Promise<void>;
	readonly #run: VisibleRun;
	readonly #updates: OutputUpdates;
	readonly #startedAt: number;
	readonly #listeners = new Set<() => void>();
	#state: CommandState = { kind: 'running' };
	#endedAt: number | undefined;
	#stopping: 'asked' | 'timeout' | undefined;
	#wasKilled = false;

	constructor(run: VisibleRun) {
		this.#run = run;
		this.#startedAt = run.clock.monotonic();
		this.#updates = new OutputUpdates(
			update => run.onOutput?.(update),
			run.clock,
			() => this.output.openLine,
		);
		this.ended = this.#follow();
	}

	get isRunning(): boolean {
		return this.#state.kind === 'running';
	}

	report(cwd: string): CommandReport {
		const { id, command, startedIn, clock } = this.#run;
		return {
			...{ id, command, startedIn, cwd, state: this.#state, leftRunning: 0, output: this.output.excerpt() },
			durationMs: (this.#endedAt ?? clock.monotonic()) - this.#startedAt,
		};
	}

	/** Interrupts it; when that does not end it, its terminal is closed. */
	async stop(why: 'asked' | 'timeout'): Promise<void> {
		if (!this.isRunning) {
			return;
		}
		const { terminal, clock } = this.#run;
		this.#stopping ??= why;
		terminal.interrupt();
		const cancel = clock.schedule(KILL_AFTER_MS, () => {
			this.#wasKilled = true;
			terminal.dispose();
		});
		await this.ended;
		cancel();
	}

	async waitForNews(from: number, ms: number, signal: AbortSignal): Promise<void> {
		if (this.output.end > from || !this.isRunning || signal.aborted) {
			return;
		}
		await new Promise<void>(resolve => {
			const done = () => {
				cancel();
				this.#listeners.delete(look);
				signal.removeEventListener('abort', done);
				resolve();
			};
			const look = () => (this.output.end > from || !this.isRunning) && done();
			const cancel = this.#run.clock.schedule(ms, done);
			this.#listeners.add(look);
			signal.addEventListener('abort', done, { once: true });
		});
	}

	async #follow(): Promise<void> {
		const { terminal, command, clock } = this.#run;
		const end = await terminal.run(command, data => {
			this.#updates.add(this.output.write(data));
			this.#tell();
		});
		this.#updates.add(this.output.finish());
		this.#updates.flush();
		this.#state = this.#stateAfter(end);
		this.#endedAt = clock.monotonic();
		this.#tell();
	}

	#stateAfter({ kind, code }: TerminalEnd): CommandState {
		if (this.#stopping !== undefined) {
			return { kind: 'stopped', why: this.#stopping, wasKilled: this.#wasKilled };
		}
		if (code === undefined) {
			return { kind: 'signalled', signal: kind === 'closed' ? 'SIGHUP' : 'unknown' };
		}
		return { kind: 'exited', code };
	}

	#tell(): void {
		for (const listener of [...this.#listeners]) {
			listener();
		}
	}
}

function changeFolder(path: string): string {
	return `cd -- '${path.replaceAll("'", "'\\''")}'`;
}
