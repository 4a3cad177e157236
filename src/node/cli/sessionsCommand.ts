import { openJournalStore } from '../journal.ts';
import { type ExitCode, exitCodes } from './exitCodes.ts';
import type { Surroundings } from './surroundings.ts';
import { findWorkFolder, sessionFolder } from './workFolder.ts';

/** Lists the sessions of a folder, the newest first. */
export async function sessionsCommand(
	{ cwd, json }: { readonly cwd?: string; readonly json: boolean },
	{ places, folder: start, terminal }: Surroundings,
): Promise<ExitCode> {
	const folder = await findWorkFolder(cwd, start);
	const all = await openJournalStore(sessionFolder(places.sessions, folder)).list();
	// Those of agents that worked for another session belong to that one.
	const sessions = all.filter(({ parent }) => parent === undefined);
	if (json) {
		const rows = sessions.map(({ id, title, updatedAt }) => ({
			id,
			title,
			updatedAt: new Date(updatedAt).toISOString(),
		}));
		terminal.write(`${JSON.stringify({ version: 1, folder, sessions: rows })}\n`);
		return exitCodes.done;
	}
	for (const { id, title, updatedAt } of sessions) {
		const at = new Date(updatedAt).toISOString().slice(0, 16).replace('T', ' ');
		terminal.write(`${id}  ${at}  ${title.replace(/\s+/g, ' ')}\n`);
	}
	if (sessions.length === 0) {
		terminal.note('There are no sessions of this folder.');
	}
	return exitCodes.done;
}
