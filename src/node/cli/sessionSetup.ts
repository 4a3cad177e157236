/** Puts a session of the command line together: the same loop, tools and journal as in the editor. */
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../agent/clock.ts';
import { buildSystemPrompt, writeRules } from '../../agent/prompt.ts';
import { readRules } from '../../agent/rules.ts';
import type { SessionStore, SessionSummary } from '../../agent/session/log.ts';
import { Session } from '../../agent/session/session.ts';
import type { SessionOptions } from '../../agent/session/sessionOptions.ts';
import type { Workspace } from '../../agent/workspace.ts';
import { toolDefinition, tools } from '../../tools/index.ts';
import { usageError } from './cliError.ts';

export interface SessionSetup {
	readonly store: SessionStore;
	readonly workspace: Workspace;
	readonly resolveModel: SessionOptions['resolveModel'];
	/** Requests in one turn. */
	readonly maxRequests: number;
	onBug(error: unknown): void;
}

export function sessionOptions(setup: SessionSetup): SessionOptions {
	const { store, workspace, resolveModel, maxRequests, onBug } = setup;
	return {
		store,
		workspace,
		tools,
		definitions: tools.map(toolDefinition),
		resolveModel,
		// Who starts the command in a folder works there.
		isTrusted: () => true,
		maxRequests: () => maxRequests,
		currentRules: async signal => writeRules(await readRules(workspace, signal)),
		clock: systemClock,
		newId: () => randomUUID(),
		onBug,
	};
}

/** @param append what the user adds to the instructions. */
export async function createSession(
	options: SessionOptions,
	append: string | undefined,
	signal: AbortSignal,
): Promise<Session> {
	const { workspace } = options;
	const system = buildSystemPrompt(
		{
			operatingSystem: process.platform,
			roots: workspace.roots.map(({ name }) => name),
			date: new Date().toISOString().slice(0, 10),
			isTrusted: true,
			place: 'terminal',
		},
		await readRules(workspace, signal),
	);
	return Session.create(options, {
		system: append === undefined ? system : `${system}\n\n${append}`,
		workspace: workspace.roots.map(({ uri }) => uri),
	});
}

/**
 * @param wanted the id of a session of this folder, its beginning, or `last`.
 * @throws CliError when there is none, several, or another process has it.
 */
export async function resumeSession(options: SessionOptions, wanted: string): Promise<Session> {
	const { id } = choose(wanted, await options.store.list());
	const session = await Session.open(options, id);
	if (session.isReadOnly) {
		await session.dispose();
		throw usageError(`Another process works on session ${id}. Wait until it is done, or stop it.`);
	}
	return session;
}

function choose(wanted: string, sessions: readonly SessionSummary[]): SessionSummary {
	if (sessions[0] === undefined) {
		throw usageError('There is no session of this folder to go on with. Is --cwd the folder it began in?');
	}
	const found = wanted === 'last' ? [sessions[0]] : sessions.filter(({ id }) => id.startsWith(wanted));
	if (found.length > 1) {
		throw usageError(`${found.length} sessions begin with "${wanted}". Give more of the id.`);
	}
	if (found[0] === undefined) {
		throw usageError(
			`There is no session "${wanted}" of this folder. "openrouter-agent sessions" lists them; the newest is ${sessions[0].id}.`,
		);
	}
	return found[0];
}
