/**
 * Port to a shell on the machine of the workspace. Implemented by `node/shell/` and, for tests, by
 * `test/fakes/memoryShell.ts`; both pass the same contract tests. Absent in the browser.
 *
 * One shell belongs to one session: it keeps the working directory between commands, and the output of the last
 * commands to be read by page.
 *
 * Output is text as a terminal would leave it: decoded as UTF-8 with invalid bytes replaced, escape sequences removed,
 * lines that were overwritten shown as they were last. It is foreign text: other invisible characters are still in it.
 * Positions in it count bytes of its UTF-8 form, from 0; only those that a shell gave out are meant to be passed back.
 */
import { ToolError } from './toolError.ts';

/** How a command stands. `exited` and `signalled` say what it did by itself. */
export type CommandState =
	| { readonly kind: 'running' }
	| { readonly kind: 'exited'; readonly code: number }
	| { readonly kind: 'signalled'; readonly signal: string }
	/** Ended by us. `wasKilled`: it took no notice of the polite signal. */
	| { readonly kind: 'stopped'; readonly why: 'asked' | 'timeout'; readonly wasKilled: boolean };

/** What is shown of an output: all of it, or its beginning and end. */
export interface OutputExcerpt {
	readonly head: string;
	/** Absent when `head` is all there is. */
	readonly gap?: OutputGap;
	/** What follows the gap; empty without one. */
	readonly tail: string;
	/** Position behind what is final so far. */
	readonly end: number;
	/** Line at the end that may still change; empty once the command has ended. Not part of `tail`. */
	readonly openLine: string;
	/** From this position on to the tail nothing was kept, because there was too much or the disk did not take it. */
	readonly lostFrom?: number;
}

export interface OutputGap {
	/** Position of its first character. */
	readonly from: number;
	/** Bytes left out. */
	readonly bytes: number;
}

export interface CommandReport {
	/** Names the command and its output in this session. Another shell of the same session, later, gives other ones. */
	readonly id: string;
	readonly command: string;
	readonly state: CommandState;
	/** Processes that the command started and that live on after it. 0 while it runs. */
	readonly leftRunning: number;
	readonly output: OutputExcerpt;
	readonly durationMs: number;
	/** Where the next command runs. */
	readonly cwd: string;
	/** Where this one ran. */
	readonly startedIn: string;
	/** The directory where it should have run and that was gone; it ran in the shell's first one then. */
	readonly missingCwd?: string;
}

export interface OutputPage {
	readonly text: string;
	/** Position to read on from. */
	readonly next: number;
	/** There is nothing behind this page now; more may come while the command runs. */
	readonly isEnd: boolean;
	/** As in `OutputExcerpt`; empty before the end. */
	readonly openLine: string;
	/** Bytes from the asked position on, before this page, that were not kept. */
	readonly lostBytes: number;
}

/** What is new of an output since the last update. */
export interface OutputUpdate {
	/** Final text that follows that of the update before. */
	readonly text: string;
	/** Characters left out before `text`, because too many came at once. */
	readonly skipped: number;
	/** Line after it that may still change. It takes the place of the open line before. */
	readonly openLine: string;
}

export interface CommandOptions {
	/** Absolute path, for this command alone. Absent: where the last one left off. */
	readonly cwd?: string;
	/** Variables for this command, over all that it has otherwise. */
	readonly environment?: Readonly<Record<string, string>>;
	/** The command is stopped after so long. Absent: never. */
	readonly timeoutMs?: number;
	/** Called at most 20 times a second. Must not throw. */
	readonly onOutput?: (update: OutputUpdate) => void;
}

export interface Shell {
	/** The language that commands are written in. */
	readonly language: 'bash' | 'sh' | 'powershell';
	/** Where the next command runs. */
	readonly cwd: string;
	/** Names of the user's environment variables that commands do not get, because they look like secrets. */
	readonly withheld: readonly string[];
	/** Whether commands find a program by this bare name. One that lies in the workspace is never found so. */
	hasProgram(name: string): Promise<boolean>;
	/**
	 * Runs a command to its end. At the signal it is stopped with all its processes, and the report says so.
	 * @throws ToolError when it cannot be started. @throws AbortError when the signal fired before the start.
	 */
	run(command: string, options: CommandOptions & { readonly signal: AbortSignal }): Promise<CommandReport>;
	/**
	 * Starts a command and leaves it running; it does not move the working directory. A signal that fires after the start
	 * means nothing to it. @throws as `run` does.
	 */
	start(command: string, options?: CommandOptions & { readonly signal?: AbortSignal }): Promise<CommandReport>;
	/** How a command stands now. @throws ToolError for one that is not known any more. */
	report(id: string): Promise<CommandReport>;
	/** What runs now, oldest first: commands, and those that ended and left processes behind. */
	running(): Promise<readonly CommandReport[]>;
	/**
	 * At most `count` bytes of a command's output, ended at a line's end where one is near.
	 * @throws ToolError for an output that is not kept any more.
	 */
	read(id: string, from: number, count: number): Promise<OutputPage>;
	/** Resolves when there is final output behind `from`, the command has ended, `ms` have passed or the signal fires. */
	waitForNews(id: string, from: number, ms: number, signal: AbortSignal): Promise<void>;
	/** Ends a command and all it started. Resolves when nothing of it lives. */
	stop(id: string): Promise<CommandReport>;
	/** Ends everything; politely asked processes have half a second. The shell takes no more commands. */
	dispose(): Promise<void>;
}

/** @param running what could have been meant. */
export function unknownCommand(id: string, running: readonly CommandReport[]): ToolError {
	const names = running.map(report => `${report.id} (${report.command.slice(0, 60)})`).join(', ');
	return new ToolError(
		`There is no command with id "${id}", or its output is not kept any more. ${names === '' ? 'No command is running.' : `Running: ${names}.`}`,
	);
}
