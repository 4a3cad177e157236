import { abortError } from '../../src/agent/abortable.ts';
import type { Clock } from '../../src/agent/clock.ts';
import {
	type CommandOptions,
	type CommandReport,
	type CommandState,
	type OutputExcerpt,
	type OutputPage,
	type Shell,
	unknownCommand,
} from '../../src/agent/shellPort.ts';
import { ToolError } from '../../src/agent/toolError.ts';

/** Characters of an excerpt's beginning and of its end. */
const HALF = 15_000;
const PROGRAMS = ['echo', 'printf', 'seq', 'pwd', 'sleep', 'true', 'false'];

export interface MemoryShellOptions {
	readonly clock: Clock;
	/** Absolute paths there are; the first one is where the shell begins. */
	readonly folders: Set<string>;
	readonly language?: Shell['language'];
	readonly withheld?: readonly string[];
}

/**
 * A shell that knows `echo` with the variables of the call, `printf` of plain text, `seq`, `cd`, `pwd`, `sleep`, `exit`, `true` and `false`, joined by
 * `;` and `&&`, with a final `&` for a `sleep` that outlives its command. Letters are ASCII: a byte is a character.
 */
export function memoryShell({ clock, folders, language = 'bash', withheld = [] }: MemoryShellOptions): Shell {
	const [first = '/'] = folders;
	const commands = new Map<string, MemoryCommand>();
	let cwd = first;
	let isOver = false;

	const find = (id: string) => {
		const command = commands.get(id);
		if (command === undefined) {
			throw unknownCommand(id, [...commands.values()].filter(isLeft).map(report));
		}
		return command;
	};
	const report = (command: MemoryCommand) => command.report(cwd);
	const launch = (line: string, options: CommandOptions) => {
		if (isOver) {
			throw new ToolError('The session is being closed: no command can be started.');
		}
		const wanted = options.cwd ?? cwd;
		if (!folders.has(wanted) && options.cwd !== undefined) {
			throw new ToolError(`There is no directory "${wanted}" to run the command in.`);
		}
		const place = folders.has(wanted) ? wanted : first;
		const missing = place === wanted ? undefined : wanted;
		cwd = missing === undefined ? cwd : first;
		const id = `mem-${commands.size + 1}`;
		const command = new MemoryCommand(id, line, place, missing, folders, clock, options);
		commands.set(id, command);
		return command;
	};
	return {
		language,
		withheld,
		get cwd() {
			return cwd;
		},
		hasProgram: async name => PROGRAMS.includes(name),
		async run(line, options) {
			if (options.signal.aborted) {
				throw abortError();
			}
			const command = launch(line, options);
			const stop = () => command.stop('asked');
			options.signal.addEventListener('abort', stop);
			await command.ended;
			options.signal.removeEventListener('abort', stop);
			cwd = options.cwd === undefined ? command.cwd : cwd;
			return report(command);
		},
		async start(line, options = {}) {
			if (options.signal?.aborted) {
				throw abortError();
			}
			return report(launch(line, options));
		},
		report: async id => report(find(id)),
		running: async () => [...commands.values()].filter(isLeft).map(report),
		read: async (id, from, count) => find(id).read(from, count),
		waitForNews: async (id, from, ms, signal) => find(id).waitForNews(from, ms, signal),
		async stop(id) {
			const command = find(id);
			command.stop('asked');
			await command.ended;
			return report(command);
		},
		async dispose() {
			isOver = true;
			for (const command of commands.values()) {
				command.stop('asked');
			}
			commands.clear();
		},
	};
}

function isLeft(command: MemoryCommand): boolean {
	return command.state.kind === 'running' || command.leftRunning > 0;
}

class MemoryCommand {
	readonly ended: Promise<void>;
	state: CommandState = { kind: 'running' };
	leftRunning = 0;
	cwd: string;
	private printed = '';
	private handed = 0;
	private readonly startedAt: number;
	private endedAt: number | undefined;
	private readonly listeners = new Set<() => void>();
	private settle: () => void = () => undefined;
	private cancelSleep: () => void = () => undefined;
	private readonly cancelTimeout: () => void;

	private readonly id: string;
	private readonly line: string;
	private readonly startedIn: string;
	private readonly missingCwd: string | undefined;
	private readonly folders: ReadonlySet<string>;
	private readonly clock: Clock;
	private readonly options: CommandOptions;

	constructor(
		id: string,
		line: string,
		startedIn: string,
		missingCwd: string | undefined,
		folders: ReadonlySet<string>,
		clock: Clock,
		options: CommandOptions,
	) {
		this.id = id;
		this.line = line;
		this.startedIn = startedIn;
		this.cwd = startedIn;
		this.missingCwd = missingCwd;
		this.folders = folders;
		this.clock = clock;
		this.options = options;
		this.startedAt = clock.monotonic();
		this.ended = new Promise(resolve => {
			this.settle = resolve;
		});
		const { timeoutMs } = options;
		this.cancelTimeout =
			timeoutMs === undefined ? () => undefined : clock.schedule(timeoutMs, () => this.stop('timeout'));
		// As a process does: not before the caller has gone on.
		void Promise.resolve().then(() => this.step(line.split(/(;|&&|&$)/).map(part => part.trim())));
	}

	stop(why: 'asked' | 'timeout'): void {
		this.leftRunning = 0;
		this.cancelSleep();
		if (this.state.kind === 'running') {
			this.end({ kind: 'stopped', why, wasKilled: false });
		}
	}

	report(cwd: string): CommandReport {
		return {
			id: this.id,
			command: this.line,
			state: this.state,
			leftRunning: this.leftRunning,
			output: this.excerpt(),
			durationMs: (this.endedAt ?? this.clock.monotonic()) - this.startedAt,
			cwd,
			startedIn: this.startedIn,
			...(this.missingCwd !== undefined && { missingCwd: this.missingCwd }),
		};
	}

	read(from: number, count: number): OutputPage {
		const text = this.final.slice(from, from + count);
		const lines = text.lastIndexOf('\n') + 1;
		const isEnd = from + text.length >= this.final.length;
		const page = isEnd || lines === 0 ? text : text.slice(0, lines);
		return {
			text: page,
			next: Math.max(from + page.length, Math.min(from, this.final.length)),
			isEnd,
			openLine: isEnd ? this.openLine : '',
			lostBytes: 0,
		};
	}

	waitForNews(from: number, ms: number, signal: AbortSignal): Promise<void> {
		return new Promise(resolve => {
			const cancel = this.clock.schedule(ms, () => done());
			const done = () => {
				cancel();
				this.listeners.delete(look);
				resolve();
			};
			const look = () => (this.final.length > from || !isLeft(this)) && done();
			this.listeners.add(look);
			signal.addEventListener('abort', done, { once: true });
			if (signal.aborted) {
				done();
			}
			look();
		});
	}

	private get final(): string {
		return this.state.kind === 'running' ? this.printed.slice(0, this.printed.lastIndexOf('\n') + 1) : this.printed;
	}

	private get openLine(): string {
		return this.printed.slice(this.final.length);
	}

	private excerpt(): OutputExcerpt {
		const { final, openLine } = this;
		if (final.length <= 2 * HALF) {
			return { head: final, tail: '', end: final.length, openLine };
		}
		const tail = final.slice(-HALF);
		const gap = { from: HALF, bytes: final.length - 2 * HALF };
		return { head: final.slice(0, HALF), gap, tail, end: final.length, openLine };
	}

	private print(text: string): void {
		this.printed += text;
		this.tell();
	}

	private tell(): void {
		const text = this.final.slice(this.handed);
		this.handed = this.final.length;
		this.options.onOutput?.({ text, skipped: 0, openLine: this.openLine });
		for (const listener of [...this.listeners]) {
			listener();
		}
	}

	private end(state: CommandState): void {
		this.state = state;
		this.endedAt = this.clock.monotonic();
		this.cancelTimeout();
		this.tell();
		this.settle();
	}

	private expand(text: string): string {
		return text.replace(/\$(\w+)/g, (_, name: string) => this.options.environment?.[name] ?? '');
	}

	/** @param parts commands with the operators between them. */
	private step([part = '', operator, ...rest]: readonly string[], code = 0): void {
		if (this.state.kind !== 'running') {
			return;
		}
		const [name = '', ...words] = part.split(/\s+/);
		const argument = words.join(' ').replaceAll("'", '');
		const go = (result: number) => {
			const isSkipped = operator === '&&' && result !== 0;
			return operator === undefined || isSkipped ? this.end({ kind: 'exited', code: result }) : this.step(rest, result);
		};
		switch (name) {
			case '':
				return go(code);
			case 'echo':
				this.print(`${this.expand(argument)}\n`);
				return go(0);
			case 'printf':
				this.print(argument);
				return go(0);
			case 'seq': {
				const [from = 1, to = 1] = words.map(Number);
				this.print(Array.from({ length: to - from + 1 }, (_, index) => `${from + index}\n`).join(''));
				return go(0);
			}
			case 'cd': {
				const target = argument.startsWith('/') ? argument : `${this.cwd}/${argument}`;
				if (!this.folders.has(target)) {
					this.print(`bash: line 1: cd: ${argument}: No such file or directory\n`);
					return go(1);
				}
				this.cwd = target;
				return go(0);
			}
			case 'pwd':
				this.print(`${this.cwd}\n`);
				return go(0);
			case 'sleep':
				if (operator === '&') {
					this.leftRunning++;
					return go(0);
				}
				this.cancelSleep = this.clock.schedule(Number(words[0]) * 1000, () => go(0));
				return;
			case 'exit':
				return this.end({ kind: 'exited', code: Number(words[0] ?? 0) });
			case 'true':
				return go(0);
			case 'false':
				return go(1);
			default:
				this.print(`bash: line 1: ${name}: command not found\n`);
				return go(127);
		}
	}
}
