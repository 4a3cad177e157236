/** Shells in folders of their own, and an independent look at the processes of the machine. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { OutputUpdate, Shell } from '../../../src/agent/shellPort.ts';
import { type NodeShellOptions, openNodeShell } from '../../../src/node/shell/nodeShell.ts';
import { TemporaryFolders } from '../../contracts/fileWorkspaceFixture.ts';

/** How long a process may take to show up or go, before a test fails. */
const PATIENCE_MS = 6000;

export class ShellBench {
	readonly folders = new TemporaryFolders();
	readonly #shells: Shell[] = [];
	readonly #sleeps: string[] = [];
	/** Where shells keep their outputs and records. */
	store = '';
	/** The workspace's folder. */
	root = '';

	async prepare(): Promise<void> {
		this.store = await this.folders.make();
		this.root = await this.folders.make();
	}

	async open(options: Partial<NodeShellOptions> = {}): Promise<Shell> {
		const shell = await openNodeShell({
			folder: this.store,
			cwd: this.root,
			workspaceFolders: () => [this.root],
			environment: process.env,
			allowedVariables: [],
			...options,
		});
		this.#shells.push(shell);
		return shell;
	}

	/** A length of sleep that no other process has, so that it can be found. */
	uniqueSleep(): string {
		const length = `600.${String(Math.random()).slice(2, 12)}`;
		this.#sleeps.push(length);
		return length;
	}

	/** Ends also what a failed test left. */
	async clean(): Promise<void> {
		await Promise.all(this.#shells.splice(0).map(shell => shell.dispose()));
		for (const pid of this.#sleeps.splice(0).flatMap(processesWith)) {
			try {
				process.kill(pid, 'SIGKILL');
			} catch {
				// It has just ended.
			}
		}
		await this.folders.remove();
	}
}

/** Living processes, no zombies, whose command line has the text. */
export function processesWith(text: string): number[] {
	return readdirSync('/proc')
		.filter(name => /^\d+$/.test(name))
		.filter(name => {
			return !['', 'Z', 'X'].includes(stateOf(name)) && readProc(name, 'cmdline').includes(text);
		})
		.map(Number)
		.filter(pid => pid !== process.pid);
}

export function isSuspended(pids: readonly number[]): boolean {
	return pids.some(pid => stateOf(`${pid}`) === 'T');
}

/** The letter of `ps`; empty for a process that is gone. */
function stateOf(pid: string): string {
	const stat = readProc(pid, 'stat');
	return stat === '' ? '' : stat.charAt(stat.lastIndexOf(')') + 2);
}

function readProc(pid: string, file: string): string {
	try {
		return readFileSync(`/proc/${pid}/${file}`, 'latin1');
	} catch {
		// Gone meanwhile.
		return '';
	}
}

/** Waits until the condition holds. @throws Error when it does not in time. */
export async function until(condition: () => boolean, what: string): Promise<void> {
	const deadline = performance.now() + PATIENCE_MS;
	while (!condition()) {
		if (performance.now() > deadline) {
			throw new Error(`Not in time: ${what}`);
		}
		await pause(10);
	}
}

/** Calls back once, when the output has the text. */
export function whenPrinted(text: string, then: () => void): (update: OutputUpdate) => void {
	let printed = '';
	let isDone = false;
	return update => {
		printed += update.text;
		if (!isDone && `${printed}${update.openLine}`.includes(text)) {
			isDone = true;
			then();
		}
	};
}
