/** What a shell leaves on disk so that its processes are found when its own process was killed. */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { isCode } from '../fileLock.ts';
import { endProcesses } from './endProcesses.ts';
import { type LiveProcess, ProcessTable } from './processes.ts';

const FILE = 'shell.json';
const MARK = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** What an orphan has to end by itself. */
const GRACE_MS = 2000;
/** A folder so old without a record was left by a crash. */
const UNFINISHED_MS = 3_600_000;

const processName = z.object({ pid: z.number().int().min(2), start: z.string().min(1) });
const record = z.object({
	/** Process ids mean something on this machine, since it was last started. */
	host: z.string(),
	boot: z.string(),
	owner: processName,
	commands: z.array(processName),
});

export type ProcessName = z.infer<typeof processName>;

/** The folder of one shell, named by its mark: its record and the outputs of its commands. */
export class ShellRecord {
	readonly folder: string;
	readonly #shared: Omit<z.infer<typeof record>, 'commands'>;
	#commands: readonly ProcessName[] = [];
	#writing: Promise<void>;
	#isWaiting = false;

	private constructor(folder: string, shared: Omit<z.infer<typeof record>, 'commands'>) {
		this.folder = folder;
		this.#shared = shared;
		this.#writing = this.#write();
	}

	/** Resolves when the record is on disk. @param mark a UUID. */
	static async open(folder: string, mark: string): Promise<ShellRecord> {
		const own = join(folder, mark);
		await mkdir(own, { recursive: true, mode: 0o700 });
		const start = (await new ProcessTable().startOf(process.pid)) ?? 'unknown';
		const opened = new ShellRecord(own, {
			host: hostname(),
			boot: await bootId(),
			owner: { pid: process.pid, start },
		});
		await opened.#writing;
		return opened;
	}

	/** Notes which commands run. Resolves when that is on disk. */
	async note(commands: readonly ProcessName[]): Promise<void> {
		this.#commands = commands;
		if (!this.#isWaiting) {
			this.#isWaiting = true;
			this.#writing = this.#writing
				.catch(() => undefined)
				.then(() => {
					this.#isWaiting = false;
					return this.#write();
				});
		}
		await this.#writing;
	}

	async remove(): Promise<void> {
		await this.#writing.catch(() => undefined);
		await rm(this.folder, { recursive: true, force: true });
	}

	async #write(): Promise<void> {
		const path = join(this.folder, FILE);
		const text = JSON.stringify({ ...this.#shared, commands: this.#commands });
		await writeFile(`${path}.new`, text, { mode: 0o600 });
		await rename(`${path}.new`, path);
	}
}

export interface Reaped {
	readonly ended: number;
	/** Could not be ended, not even by killing. */
	readonly survivors: number;
}

/**
 * Ends what commands of shells left running whose own process is gone, and removes the folders of those shells. A
 * process is touched only when it carries the shell's mark, or where the system does not show that, when it is the very
 * one that was started: same id, same start.
 * @param folder the one that shells were opened with; need not exist.
 */
export async function reapOrphans(folder: string): Promise<Reaped> {
	let ended = 0;
	let survivors = 0;
	for (const mark of (await namesIn(folder)).filter(name => MARK.test(name))) {
		const left = await orphansOf(join(folder, mark), mark);
		if (left === 'alive') {
			continue;
		}
		const found = new Set<string>();
		const find = async () => {
			const living = await left();
			for (const { pid, start } of living) {
				found.add(`${pid} ${start}`);
			}
			return living;
		};
		const ending = await endProcesses(find, AbortSignal.timeout(GRACE_MS));
		ended += found.size - ending.survivors.length;
		survivors += ending.survivors.length;
		if (ending.survivors.length === 0) {
			await rm(join(folder, mark), { recursive: true, force: true });
		}
	}
	return { ended, survivors };
}

/** How to find what a shell left, or that it is not for us: it lives, or belongs to another machine. */
async function orphansOf(folder: string, mark: string): Promise<'alive' | (() => Promise<readonly LiveProcess[]>)> {
	const left = record.safeParse(await readJson(join(folder, FILE)));
	if (!left.success) {
		// A shell writes its record before it runs anything: this one is being made just now, or never came to it.
		return (await ageOf(folder)) > UNFINISHED_MS ? async () => [] : 'alive';
	}
	const { host, boot, owner, commands } = left.data;
	if (host !== hostname()) {
		return 'alive';
	}
	if (boot !== (await bootId())) {
		return async () => [];
	}
	const processes = new ProcessTable();
	if ((await processes.startOf(owner.pid)) === owner.start) {
		return 'alive';
	}
	return async () => {
		const groups: { id: number; start: string }[] = [];
		if (process.platform !== 'linux') {
			for (const { pid, start } of commands) {
				if ((await processes.startOf(pid)) === start) {
					groups.push({ id: pid, start });
				}
			}
		}
		return processes.find({ mark, groups });
	};
}

/** In milliseconds; 0 when another window has removed it meanwhile. */
async function ageOf(folder: string): Promise<number> {
	try {
		return Date.now() - (await stat(folder)).mtimeMs;
	} catch (error) {
		if (isCode(error, 'ENOENT')) {
			return 0;
		}
		throw error;
	}
}

async function namesIn(folder: string): Promise<readonly string[]> {
	try {
		return await readdir(folder);
	} catch (error) {
		if (isCode(error, 'ENOENT')) {
			return [];
		}
		throw error;
	}
}

async function readJson(path: string): Promise<unknown> {
	try {
		return JSON.parse(await readFile(path, 'utf8'));
	} catch {
		// Whatever it is, it is no record.
		return undefined;
	}
}

/** Names this run of the machine, where the system does. Elsewhere the start of a process has its date. */
async function bootId(): Promise<string> {
	try {
		return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
	} catch {
		return '';
	}
}
