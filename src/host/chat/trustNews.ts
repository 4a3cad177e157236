import * as vscode from 'vscode';
import type { Attachment } from '../../agent/events.ts';
import { describeTrust, isUntrustedPrompt } from '../../agent/prompt.ts';
import type { Session } from '../../agent/session/session.ts';

const LABEL = 'Workspace trusted';

/**
 * What goes with the first message after the user trusted the workspace, to a session that began before: its prompt
 * says otherwise, and names no rules of the repository.
 * @param readRules the rules as they are now, as the prompt would have them.
 */
export async function trustNews(
	{ events }: Session,
	readRules: (signal: AbortSignal) => Promise<string>,
): Promise<readonly Attachment[]> {
	const [first] = events;
	if (!vscode.workspace.isTrusted || first?.event.type !== 'created' || !isUntrustedPrompt(first.event.system)) {
		return [];
	}
	const isTold = events.some(
		({ event }) => event.type === 'user' && event.attachments.some(({ label }) => label === LABEL),
	);
	return isTold ? [] : [{ label: LABEL, text: describeTrust(await readRules(AbortSignal.timeout(10_000))) }];
}
