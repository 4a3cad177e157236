/** Puts a session of the command line together: the same loop, tools and journal as in the editor. */
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../agent/clock.ts';
import { buildSystemPrompt, writeRules } from '../../agent/prompt.ts';
import { readRules } from '../../agent/rules.ts';
import type { SessionStore, SessionSummary } from '../../agent/session/log.ts';
import { Session } from '../../agent/session/session.ts';
import type { AgentKind, SessionOptions } from '../../agent/session/sessionOptions.ts';
import type { Workspace } from '../../agent/workspace.ts';
import { levelFor } from './approvals.ts';
import { usageError } from './cliError.ts';
import type { CliTools } from './cliTools.ts';
import type { ApprovalMode } from './commands.ts';
import { noRules } from './noRules.ts';

/** For the rules that an agent gets that works for another. */
const RULES_TIMEOUT_MS = 10_000;

export interface SessionSetup {
	readonly store: SessionStore;
	readonly workspace: Workspace;
	readonly tools: CliTools;
	/** See `ownFolders`. */
	readonly ownFolders: readonly string[];
	readonly approve: ApprovalMode;
	readonly resolveModel: SessionOptions['resolveModel'];
	/** Requests in one turn. */
	readonly maxRequests: number;
	onBug(error: unknown): void;
}

function sessionOptions(setup: SessionSetup): SessionOptions {
	const { store, workspace, tools, ownFolders, approve, resolveModel, maxRequests, onBug } = setup;
	return {
		store,
		workspace,
		openTools: (agent, spender) => tools.open(agent, spender),
		rules: noRules,
		ownFolders,
		initialLevel: () => levelFor(approve),
		delegateSystem: agent => systemPrompt(setup, agent, AbortSignal.timeout(RULES_TIMEOUT_MS)),
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
	setup: SessionSetup,
	append: string | undefined,
	signal: AbortSignal,
): Promise<Session> {
	const system = await systemPrompt(setup, { isDelegate: false, isReadOnly: false }, signal);
	return Session.create(sessionOptions(setup), {
		system: append === undefined ? system : `${system}\n\n${append}`,
		workspace: setup.workspace.roots.map(({ uri }) => uri),
	});
}

async function systemPrompt(
	{ workspace, tools }: SessionSetup,
	agent: AgentKind,
	signal: AbortSignal,
): Promise<string> {
	return buildSystemPrompt(
		{
			operatingSystem: process.platform,
			roots: workspace.roots.map(({ name }) => name),
			date: new Date().toISOString().slice(0, 10),
			isTrusted: true,
			place: 'terminal',
			canRunCommands: !agent.isReadOnly && (await tools.canRunCommands()),
			agent,
		},
		await readRules(workspace, signal),
	);
}

/**
 * @param wanted the id of a session of this folder, its beginning, or `last`.
 * @throws CliError when there is none, several, or another process has it.
 */
export async function resumeSession(setup: SessionSetup, wanted: string): Promise<Session> {
	const { id } = choose(wanted, await setup.store.list());
	const session = await Session.open(sessionOptions(setup), id);
	if (session.isReadOnly) {
		await session.dispose();
		throw usageError(`Another process works on session ${id}. Wait until it is done, or stop it.`);
	}
	return session;
}

function choose(wanted: string, all: readonly SessionSummary[]): SessionSummary {
	const sessions = all.filter(({ parent }) => parent === undefined);
	if (sessions[0] === undefined) {
		throw usageError('There is no session of this folder to go on with. Is --cwd the folder it began in?');
	}
	const found = wanted === 'last' ? [sessions[0]] : all.filter(({ id }) => id.startsWith(wanted));
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
