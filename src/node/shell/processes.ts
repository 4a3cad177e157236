/** Which processes belong to a command. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { MARK_VARIABLE } from './environment.ts';

/** A living process. Id and start together name it for ever: ids are used again. */
export interface LiveProcess {
	/** Negative for a whole group. */
	readonly pid: number;
	/** As the system writes it; only to be compared. */
	readonly start: string;
	/** Changes when the process goes on as another program. Empty where the system does not tell. */
	readonly image: string;
	readonly parent: number;
}

interface ListedProcess extends LiveProcess {
	readonly group: number;
	/** Absent where the system does not show environments. */
	readonly mark: string | undefined;
}

/** What to look for. */
export interface ProcessTarget {
	/** Value of the mark, or its part before a full stop: then all commands of a shell are meant. */
	readonly mark: string;
	/** Process groups of commands whose first process was started by us and has that id. */
	readonly groups: readonly { readonly id: number; readonly start: string | undefined }[];
}

/** The processes of the machine, as far as commands are concerned. */
export class ProcessTable {
	readonly #platform: NodeJS.Platform;
	#listing: Promise<readonly ListedProcess[] | undefined> | undefined;
	#next: Promise<readonly ListedProcess[] | undefined> | undefined;

	constructor(platform = process.platform) {
		this.#platform = platform;
	}

	/**
	 * Living processes that carry the mark, are in one of the groups, or descend from those. On Linux that finds also who
	 * left the group with `setsid`; elsewhere environments are not shown, and only the descendants of living ones are
	 * found.
	 */
	async find(target: ProcessTarget): Promise<readonly LiveProcess[]> {
		const all = await this.#list();
		if (all === undefined) {
			return target.groups.flatMap(livingGroup);
		}
		const byId = new Map(all.map(found => [found.pid, found]));
		// The id of a group stays taken as long as the group lives: another first process means that ours is gone.
		const groups = target.groups
			.filter(({ id, start }) => start === undefined || (byId.get(id)?.start ?? start) === start)
			.map(({ id }) => id);
		const ours = new Set(
			all.filter(({ mark, group }) => isMarked(mark, target.mark) || groups.includes(group)).map(({ pid }) => pid),
		);
		for (let before = -1; before < ours.size; ) {
			before = ours.size;
			for (const { pid, parent } of all) {
				if (ours.has(parent)) {
					ours.add(pid);
				}
			}
		}
		return all.filter(({ pid }) => ours.has(pid));
	}

	/** When the process started; undefined when there is none, or the system does not tell. */
	async startOf(pid: number): Promise<string | undefined> {
		if (this.#platform === 'linux') {
			return (await readStat(pid))?.start;
		}
		return (await this.#list())?.find(found => found.pid === pid)?.start;
	}

	/** Undefined where the system does not list them. Who asks while a list is made shares the next one. */
	#list(): Promise<readonly ListedProcess[] | undefined> {
		if (this.#listing === undefined) {
			const list = this.#platform === 'linux' ? listProc() : listByPs();
			this.#listing = list
				.catch(() => undefined)
				.finally(() => {
					this.#listing = undefined;
				});
			return this.#listing;
		}
		this.#next ??= this.#listing.then(() => {
			this.#next = undefined;
			return this.#list();
		});
		return this.#next;
	}
}

/** The whole group in place of its processes, where the system does not list them: a signal to it reaches all. */
function livingGroup({ id, start = '' }: ProcessTarget['groups'][number]): LiveProcess[] {
	try {
		process.kill(-id, 0);
		return [{ pid: -id, start, image: '', parent: 0 }];
	} catch {
		// There is no such group.
		return [];
	}
}

function isMarked(mark: string | undefined, wanted: string): boolean {
	return mark === wanted || mark?.startsWith(`${wanted}.`) === true;
}

/** Only processes of this user: others neither show their environment nor take our signals. */
async function listProc(): Promise<ListedProcess[]> {
	const names = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
	const found = await Promise.all(
		names.map(async name => {
			const environment = await readProc(`/proc/${name}/environ`);
			const stat = environment === undefined ? undefined : await readStat(Number(name));
			// A zombie runs no more: it waits for its parent to look.
			return stat === undefined || 'ZXx'.includes(stat.state)
				? undefined
				: { ...stat, mark: markIn(environment ?? '') };
		}),
	);
	return found.filter(process => process !== undefined);
}

function markIn(environment: string): string | undefined {
	const name = `\0${MARK_VARIABLE}=`;
	const at = `\0${environment}`.indexOf(name);
	return at < 0 ? undefined : environment.slice(at + name.length - 1).split('\0', 1)[0];
}

async function readStat(pid: number) {
	const stat = await readProc(`/proc/${pid}/stat`);
	if (stat === undefined) {
		return undefined;
	}
	// The second field is the program's name in brackets, and may hold brackets itself. The 22nd is the start in ticks
	// since the machine's; the 28th the bottom of the stack, which each program gets at another place.
	const [state = '', parent, group, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return { pid, parent: Number(parent), group: Number(group), start: rest[16] ?? '', image: rest[22] ?? '', state };
}

async function readProc(path: string): Promise<string | undefined> {
	try {
		return await readFile(path, 'latin1');
	} catch {
		// Gone meanwhile, or another user's.
		return undefined;
	}
}

const run = promisify(execFile);

/** POSIX `ps`. Years and seconds are part of the start, so it names a process well enough together with its id. */
async function listByPs(): Promise<ListedProcess[]> {
	const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=,lstart='], {
		env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' },
		maxBuffer: 16 * 1024 * 1024,
	});
	return stdout.split('\n').flatMap(line => {
		const [, pid, parent, group, state = 'Z', start = ''] =
			/^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
		return state.startsWith('Z')
			? []
			: [{ pid: Number(pid), parent: Number(parent), group: Number(group), start, image: '', mark: undefined }];
	});
}
