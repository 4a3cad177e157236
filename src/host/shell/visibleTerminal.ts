import * as vscode from 'vscode';
import type { Clock } from '../../agent/clock.ts';

const TERMINAL_NAME = 'OpenRouter Agent';
const SHELL_PATH = '/bin/bash';
const INTERRUPT = '\u0003';

export interface TerminalOptions {
	readonly cwd: string;
	/** All variables that its shell gets. */
	readonly environment: Readonly<Record<string, string>>;
	readonly clock: Clock;
}

/** How a line ended. */
export type TerminalEnd =
	/** `code` is undefined where the shell did not tell. */
	| { readonly kind: 'ended'; readonly code: number | undefined }
	| { readonly kind: 'closed'; readonly code: number | undefined };

/** A terminal that the user sees, in which lines are run by the editor's shell integration. */
export class VisibleTerminal implements vscode.Disposable {
	readonly #terminal: vscode.Terminal;
	readonly #integration: vscode.TerminalShellIntegration;
	readonly #clock: Clock;
	readonly #openedIn: string;
	readonly #subscriptions: vscode.Disposable[] = [];
	readonly #closed = new vscode.EventEmitter<number | undefined>();
	/** Lines under way, those that the user typed included. */
	readonly #executions = new Set<vscode.TerminalShellExecution>();
	#isClosed = false;

	/**
	 * @param patienceMs how long the shell integration may take to come up.
	 * @returns undefined when it does not come up, or when the signal fires before.
	 */
	static async open(
		options: TerminalOptions,
		patienceMs: number,
		signal: AbortSignal,
	): Promise<VisibleTerminal | undefined> {
		const { cwd, environment, clock } = options;
		const terminal = vscode.window.createTerminal({
			...{ name: TERMINAL_NAME, shellPath: SHELL_PATH, cwd, env: environment, strictEnv: true },
			...{ isTransient: true, iconPath: new vscode.ThemeIcon('hubot') },
		});
		terminal.show(true);
		const integration = await integrationOf(terminal, clock, patienceMs, signal);
		if (integration === undefined) {
			terminal.dispose();
			return undefined;
		}
		return new VisibleTerminal(terminal, integration, options);
	}

	private constructor(
		terminal: vscode.Terminal,
		integration: vscode.TerminalShellIntegration,
		{ clock, cwd }: TerminalOptions,
	) {
		this.#clock = clock;
		this.#openedIn = cwd;
		this.#terminal = terminal;
		this.#integration = integration;
		this.#subscriptions.push(
			this.#closed,
			vscode.window.onDidStartTerminalShellExecution(event => {
				if (event.terminal === terminal) {
					this.#executions.add(event.execution);
				}
			}),
			vscode.window.onDidEndTerminalShellExecution(event => this.#executions.delete(event.execution)),
			vscode.window.onDidCloseTerminal(closed => {
				if (closed === terminal) {
					this.#isClosed = true;
					this.#closed.fire(closed.exitStatus?.code);
				}
			}),
		);
	}

	/** A line given now would not disturb anybody. */
	get isFree(): boolean {
		return !this.#isClosed && this.#executions.size === 0;
	}

	get isClosed(): boolean {
		return this.#isClosed;
	}

	/** Where it stands: where it was opened, until its shell tells. */
	get cwd(): string {
		return this.#integration.cwd?.fsPath ?? this.#openedIn;
	}

	/**
	 * Runs one line; the terminal is free before.
	 * @param onData takes what it prints, as it comes.
	 */
	async run(line: string, onData: (data: string) => void): Promise<TerminalEnd> {
		if (this.#isClosed) {
			return { kind: 'closed', code: undefined };
		}
		const subscriptions: vscode.Disposable[] = [];
		try {
			const execution = this.#integration.executeCommand(line);
			const ended = new Promise<TerminalEnd>(resolve => {
				subscriptions.push(
					vscode.window.onDidEndTerminalShellExecution(event => {
						if (event.execution === execution) {
							resolve({ kind: 'ended', code: event.exitCode });
						}
					}),
					this.#closed.event(code => resolve({ kind: 'closed', code })),
				);
			});
			const closed = new Promise<void>(resolve => {
				subscriptions.push(this.#closed.event(() => resolve()));
			});
			await Promise.race([readAll(execution, onData), closed]);
			return await ended;
		} finally {
			vscode.Disposable.from(...subscriptions).dispose();
		}
	}

	/** Resolves when its shell tells of another directory, or anything else that changed, or after some time. */
	async whenMoved(ms: number): Promise<void> {
		const subscriptions: vscode.Disposable[] = [];
		await new Promise<void>(resolve => {
			subscriptions.push(
				vscode.window.onDidChangeTerminalShellIntegration(event => event.terminal === this.#terminal && resolve()),
				this.#closed.event(() => resolve()),
				new vscode.Disposable(this.#clock.schedule(ms, resolve)),
			);
		});
		vscode.Disposable.from(...subscriptions).dispose();
	}

	/** As Ctrl-C does. */
	interrupt(): void {
		this.#terminal.sendText(INTERRUPT, false);
	}

	/** Leaves it to the user. */
	release(): void {
		vscode.Disposable.from(...this.#subscriptions).dispose();
	}

	dispose(): void {
		this.#terminal.dispose();
		this.#closed.fire(undefined);
		this.#isClosed = true;
		this.release();
	}
}

async function readAll(execution: vscode.TerminalShellExecution, onData: (data: string) => void): Promise<void> {
	for await (const data of execution.read()) {
		onData(data);
	}
}

async function integrationOf(
	terminal: vscode.Terminal,
	clock: Clock,
	patienceMs: number,
	signal: AbortSignal,
): Promise<vscode.TerminalShellIntegration | undefined> {
	const subscriptions: vscode.Disposable[] = [];
	try {
		return await new Promise(resolve => {
			const look = () => terminal.shellIntegration !== undefined && resolve(terminal.shellIntegration);
			const giveUp = () => resolve(undefined);
			signal.addEventListener('abort', giveUp, { once: true });
			subscriptions.push(
				vscode.window.onDidChangeTerminalShellIntegration(look),
				vscode.window.onDidCloseTerminal(closed => closed === terminal && giveUp()),
				new vscode.Disposable(clock.schedule(patienceMs, giveUp)),
				new vscode.Disposable(() => signal.removeEventListener('abort', giveUp)),
			);
			look();
			if (signal.aborted) {
				giveUp();
			}
		});
	} finally {
		vscode.Disposable.from(...subscriptions).dispose();
	}
}
