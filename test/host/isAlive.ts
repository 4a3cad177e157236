import { readFile } from 'node:fs/promises';

/** Whether a process does anything: one that ended stays in the table until its parent has looked. */
export async function isAlive(pid: number): Promise<boolean> {
	try {
		process.kill(pid, 0);
	} catch {
		// There is no such process.
		return false;
	}
	return process.platform !== 'linux' || !/\) Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8'));
}
