import { setTimeout as pause } from 'node:timers/promises';
import type { LiveProcess } from './processes.ts';

/** How often it is looked whether a process has ended: soon at first, since most do. */
const FIRST_LOOK_MS = 5;
const MAX_LOOK_MS = 100;
/** Killed processes are gone at once, unless the system itself holds them. */
const KILLED_WITHIN_MS = 2000;

export interface Ending {
	/** Some took no notice of the polite signal. */
	readonly wasKilled: boolean;
	/** Not even killing ended these: they wait inside the system, for example for a disk. */
	readonly survivors: readonly LiveProcess[];
}

/**
 * Asks processes to end, and kills what is left when their time is over. Resolves when none is found any more.
 * @param find is asked again each time, so that ids used again are not mistaken and new children are seen.
 * @param graceOver fires when the processes have had time enough.
 * @param shell id of our own shell: one with a trap looks at signals only between commands, so it may start one more.
 */
export async function endProcesses(
	find: () => Promise<readonly LiveProcess[]>,
	graceOver: AbortSignal,
	shell?: number,
): Promise<Ending> {
	/** Programs that were asked, by process. */
	const asked = new Map<string, string>();
	for (let wait = FIRST_LOOK_MS, isFirst = true; ; wait = Math.min(2 * wait, MAX_LOOK_MS), isFirst = false) {
		const living = await find();
		if (living.length === 0) {
			return { wasKilled: false, survivors: [] };
		}
		if (graceOver.aborted) {
			return { wasKilled: true, survivors: await killAll(find) };
		}
		const ids = new Set(living.map(({ pid }) => pid));
		for (const found of living) {
			const before = asked.get(nameOf(found));
			// What a process starts in order to tidy up is left to it. Who has lost that parent is asked after all.
			const isOthers = before === undefined && !isFirst && found.parent !== shell && ids.has(found.parent);
			// A shell's child that is about to become a program may lose the signal: as that program it is asked again.
			if (before !== found.image && !isOthers) {
				asked.set(nameOf(found), found.image);
				signalProcess(found.pid, 'SIGTERM');
				// One that is suspended would not see it.
				signalProcess(found.pid, 'SIGCONT');
			}
		}
		await pauseUntil(wait, graceOver);
	}
}

async function killAll(find: () => Promise<readonly LiveProcess[]>): Promise<readonly LiveProcess[]> {
	const deadline = performance.now() + KILLED_WITHIN_MS;
	for (;;) {
		const living = await find();
		if (living.length === 0 || performance.now() > deadline) {
			return living;
		}
		for (const { pid } of living) {
			signalProcess(pid, 'SIGKILL');
		}
		await pause(FIRST_LOOK_MS);
	}
}

async function pauseUntil(ms: number, signal: AbortSignal): Promise<void> {
	try {
		await pause(ms, undefined, { signal });
	} catch (error) {
		if (!signal.aborted) {
			throw error;
		}
	}
}

/** @param pid negative for a whole group. @returns whether there was such a process. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
	try {
		return process.kill(pid, signal);
	} catch {
		// It ended meanwhile, or became another user's, where nothing can be done.
		return false;
	}
}

function nameOf({ pid, start }: LiveProcess): string {
	return `${pid} ${start}`;
}
