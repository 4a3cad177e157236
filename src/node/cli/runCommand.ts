/** The command itself: a prompt goes in, the model works, its answer comes out. */

import type { CollectingStore } from '../../agent/checkpoint/collectTexts.ts';
import type { Attachment } from '../../agent/events.ts';
import { ModelError } from '../../agent/model.ts';
import type { Session } from '../../agent/session/session.ts';
import { BUILT_IN_MODEL } from '../../agent/settings/settingDefaults.ts';
import type { ResolvedModel } from '../../agent/turn/resolvedModel.ts';
import { findEditorRoot } from '../editorRoot.ts';
import { openFileWorkspace } from '../fileWorkspace.ts';
import { openJournalStore } from '../journal.ts';
import { createRipgrep } from '../ripgrep.ts';
import { ApprovalDesk } from './approvals.ts';
import { CliError, usageError } from './cliError.ts';
import { CliTools } from './cliTools.ts';
import type { RunOptions } from './commands.ts';
import { attachResults, runDirectTools } from './directTools.ts';
import { type ExitCode, exitCodeOfTurn, exitCodes } from './exitCodes.ts';
import { endWords, failureWords } from './failureWords.ts';
import { findKey } from './findKey.ts';
import { attachImages } from './images.ts';
import type { InputRequest } from './input.ts';
import { ModelSetup } from './modelSetup.ts';
import { openOutput } from './output/openOutput.ts';
import { showProgress } from './output/progress.ts';
import type { DirectResult, RunOutput, RunProblem, RunStart } from './output/runOutput.ts';
import { RunTally } from './output/runTally.ts';
import { ownFolders } from './ownFolders.ts';
import { readRequest } from './readRequest.ts';
import { readSettings } from './readSettings.ts';
import { createSession, resumeSession, type SessionSetup } from './sessionSetup.ts';
import type { Surroundings } from './surroundings.ts';
import type { Terminal } from './terminal.ts';
import { findWorkFolder, sessionFolder } from './workFolder.ts';

/** How long the end waits for the bill of an answer that was stopped. Milliseconds. */
const BILL_PATIENCE_MS = 3_000;

/** Before the calls of an agent that works for another, on standard error. */
const DELEGATE_INDENT = '    ';

/** @returns the exit code. Every failure that the user can mend is told, by the output of the chosen form. */
export async function runCommand(options: RunOptions, surroundings: Surroundings): Promise<ExitCode> {
	const terminal = options.isQuiet ? withoutProgress(surroundings.terminal) : surroundings.terminal;
	const output = openOutput(options, terminal);
	const run = new Run(options, output, { ...surroundings, terminal });
	const startedAt = performance.now();
	const { exitCode, problem } = await run.toEnd();
	const durationMs = performance.now() - startedAt;
	output.end({ exitCode, durationMs, ...(problem !== undefined && { problem }) }, run.tally, run.start);
	return exitCode;
}

interface Outcome {
	readonly exitCode: ExitCode;
	readonly problem?: RunProblem;
}

class Run {
	readonly tally = new RunTally();
	/** Present once there is a session. */
	start: RunStart | undefined;
	readonly #options: RunOptions;
	readonly #output: RunOutput;
	readonly #surroundings: Surroundings;
	readonly #desk: ApprovalDesk;

	constructor(options: RunOptions, output: RunOutput, surroundings: Surroundings) {
		this.#options = options;
		this.#output = output;
		this.#surroundings = surroundings;
		this.#desk = new ApprovalDesk(options.approve);
	}

	get #terminal(): Terminal {
		return this.#surroundings.terminal;
	}

	get #stopper(): Surroundings['stopper'] {
		return this.#surroundings.stopper;
	}

	async toEnd(): Promise<Outcome> {
		try {
			return await this.#work();
		} catch (error) {
			if (this.#isUnheard) {
				return { exitCode: exitCodes.done };
			}
			if (this.#stopper.exitCode !== undefined) {
				return { exitCode: this.#stopper.exitCode, problem: { kind: 'stopped', message: 'Stopped.' } };
			}
			if (error instanceof CliError) {
				return { exitCode: error.exitCode, problem: { kind: nameOf(error.exitCode), message: error.message } };
			}
			if (error instanceof ModelError) {
				const { kind, message, fields } = error;
				const failure = { kind, message, fields };
				return { exitCode: exitCodeOfTurn('failed', failure), problem: { kind, message: failureWords(failure) } };
			}
			this.#debug('', error);
			const message = `Something went wrong inside: ${error instanceof Error ? error.message : String(error)}`;
			return { exitCode: exitCodes.internal, problem: { kind: 'internal', message } };
		}
	}

	async #work(): Promise<Outcome> {
		const options = this.#options;
		const { environment, places, packageFolder } = this.#surroundings;
		const folder = await findWorkFolder(options.cwd, this.#surroundings.folder);
		const { message, tools: calls, attached } = await readRequest(options, this.#surroundings);
		const settings = await readSettings(this.#surroundings);
		const store = openJournalStore(sessionFolder(places.sessions, folder));
		const workspace = openFileWorkspace({
			folder,
			platform: process.platform,
			search: createRipgrep(() => findEditorRoot(environment)),
		});
		const isModelAsked = message.trim() !== '' || options.resume !== undefined || options.images.length > 0;

		const name = options.model ?? settings.model;
		const isKeyless = !isModelAsked || name.trim().toLowerCase() === BUILT_IN_MODEL;
		const key = isKeyless ? undefined : await findKey(this.#surroundings);
		const { budget, effort } = options;
		const models = new ModelSetup({
			places,
			packageFolder,
			settings,
			key: key?.key,
			...(budget !== undefined && { budget }),
			...(effort !== undefined && { effort }),
			onFault: (what, error) => this.#debug(what, error),
		});
		// First of all: without a model, or with a picture that is none, nothing is begun.
		const model = isModelAsked ? await models.resolve(name) : undefined;
		const images = await attachImages(options.images, this.#surroundings.folder, base64 => store.putBlob(base64));

		const own = await ownFolders(places);
		const tools = new CliTools({
			...{ workspace, folder, environment, settings, shells: places.shells, ownFolders: own },
			search: spender => models.search(spender),
			onFault: (what, error) => this.#debug(what, error),
		});
		const release = this.#endWithUs(tools);
		try {
			const results = await this.#runDirectly(calls, { workspace, tools, ownFolders: own, store });
			this.#stopper.signal.throwIfAborted();
			if (model === undefined) {
				const failed = results.find(({ outcome }) => outcome !== 'ok');
				return { exitCode: failed === undefined ? exitCodes.done : exitCodes.internal };
			}
			const session = await this.#openSession({
				...{ store, workspace, tools, ownFolders: own, approve: options.approve },
				resolveModel: id => (id === undefined ? Promise.resolve(model) : models.resolve(id)),
				maxRequests: options.maxRequests ?? settings.maxRequestsPerTurn,
				onBug: error => this.#debug('Something went wrong inside.', error),
			});
			try {
				this.#begin(session, folder, model, tools.names, key?.source);
				const attachments = [...attached, ...attachResults(calls, results), ...images];
				// Beside the turn, which does not depend on it; it tells its failures by itself.
				void models.settleOrphans(this.#stopper.signal);
				const endTidying = this.#tidy(store);
				try {
					return await this.#converse(session, message, attachments);
				} finally {
					await endTidying();
				}
			} finally {
				await session.dispose();
			}
		} finally {
			await tools.dispose();
			release();
			await models.close();
		}
	}

	/** Removes texts that nobody needs any more, as far as the run gives time for it. @returns ends it. */
	#tidy(store: CollectingStore): () => Promise<void> {
		const end = new AbortController();
		const collecting = store.collectTexts({ signal: end.signal }).catch(error => {
			if (!end.signal.aborted) {
				this.#debug('Texts of old sessions could not be collected.', error);
			}
		});
		return async () => {
			end.abort();
			await collecting;
		};
	}

	/** Commands do not outlive us, however we are ended: at the first signal they are told to end as well. */
	#endWithUs(tools: CliTools): () => void {
		const { signal } = this.#stopper;
		const endCommands = () => tools.endCommands().catch(error => this.#debug('Commands could not be ended.', error));
		const stop = () => void endCommands();
		const takeBack = this.#stopper.beforeEnd(endCommands);
		signal.addEventListener('abort', stop, { once: true });
		return () => {
			takeBack();
			signal.removeEventListener('abort', stop);
		};
	}

	async #runDirectly(
		calls: InputRequest['tools'],
		{ workspace, tools, ownFolders, store }: Pick<SessionSetup, 'workspace' | 'tools' | 'ownFolders' | 'store'>,
	): Promise<readonly DirectResult[]> {
		if (calls.length === 0) {
			return [];
		}
		const { approve, mode = 'agent' } = this.#options;
		const opened = await tools.open({ isDelegate: false, isReadOnly: false });
		try {
			const results = await runDirectTools(calls, {
				...{ tools: opened.tools, workspace, ownFolders, approve, mode },
				signal: this.#stopper.signal,
				putBlob: text => store.putBlob(text),
				onBug: error => this.#debug('A tool failed inside.', error),
				onEvent: event => showProgress(event, this.#terminal),
			});
			for (const result of results) {
				this.#output.direct(result);
			}
			return results;
		} finally {
			await opened.dispose();
		}
	}

	async #openSession(setup: SessionSetup): Promise<Session> {
		const { resume, systemAppend, budget, mode } = this.#options;
		const session =
			resume === undefined
				? await createSession(setup, systemAppend, this.#stopper.signal)
				: await resumeSession(setup, resume);
		if (mode !== undefined) {
			await session.setMode(mode);
		}
		if (budget !== undefined && session.state.budget !== budget) {
			// Kept with the session: it holds when the session is resumed without the option.
			await session.setBudget(budget);
		}
		return session;
	}

	#begin(
		session: Session,
		folder: string,
		{ model }: ResolvedModel,
		tools: readonly string[],
		keySource: string | undefined,
	): void {
		const { approve } = this.#options;
		this.start = {
			sessionId: session.id,
			folder,
			model,
			tools,
			approve,
			mode: session.permissions.mode,
			...(keySource !== undefined && { keySource }),
		};
		this.#output.start(this.start);
		session.onEvent(stored => {
			this.tally.apply(stored.event);
			this.#output.event(stored, this.tally);
			showProgress(stored.event, this.#terminal);
			if (stored.event.type === 'delegated') {
				this.#follow(session.delegate(stored.event.sessionId), stored.event.callId);
			}
		});
		session.onDidChangeState(() => {
			// Those of agents that work for it are among them.
			for (const request of session.pendingApprovals) {
				session.answer(request.callId, this.#desk.answer(request));
			}
		});
	}

	/** @param delegate has not begun yet. */
	#follow(delegate: Session | undefined, callId: string): void {
		const tally = this.tally.delegate();
		delegate?.onEvent(stored => {
			tally.apply(stored.event);
			this.#output.delegateEvent(stored, tally, callId);
			showProgress(stored.event, this.#terminal, DELEGATE_INDENT);
		});
	}

	async #converse(session: Session, message: string, attachments: readonly Attachment[]): Promise<Outcome> {
		const { signal } = this.#stopper;
		const stop = () => session.stop();
		signal.addEventListener('abort', stop, { once: true });
		signal.throwIfAborted();
		if (message.trim() !== '' || attachments.length > 0) {
			await session.send(message, attachments);
		} else if (session.state.isUnfinished || session.state.queue.length > 0) {
			await session.continue();
		} else {
			throw usageError('The session is done: there is nothing to go on with. Give a prompt.');
		}
		await session.whenIdle();
		await settled(session);
		return this.#outcomeOf(session);
	}

	/** Nobody reads the output any more: that ended the work, and needs no word. */
	get #isUnheard(): boolean {
		return this.#stopper.exitCode === exitCodes.done;
	}

	#outcomeOf(session: Session): Outcome {
		const { end } = this.tally;
		if (this.#isUnheard) {
			return { exitCode: exitCodes.done };
		}
		if (!session.isSaved) {
			this.#terminal.note(`The session could not be saved (${String(session.saveFailure)}), so it cannot be resumed.`);
		}
		const advice = this.#desk.advice();
		if (advice !== undefined) {
			this.#terminal.note(advice);
		}
		if (end === undefined) {
			const problem = { kind: 'internal', message: 'The turn did not begin.' };
			return { exitCode: this.#stopper.exitCode ?? exitCodes.internal, problem };
		}
		const { cwd } = this.#options;
		const resume = `openrouter-agent${cwd === undefined ? '' : ` --cwd ${JSON.stringify(cwd)}`} --resume ${session.id}`;
		const { reason, failure } = end;
		const exitCode = reason === 'stopped' ? this.#stopper.exitCode : undefined;
		const message = failure === undefined ? endWords(reason, resume) : failureWords(failure, resume);
		return {
			exitCode: exitCode ?? exitCodeOfTurn(reason, failure),
			...(message !== undefined && { problem: { kind: failure?.kind ?? reason, message } }),
		};
	}

	#debug(what: string, error: unknown): void {
		if (this.#surroundings.environment['OPENROUTER_AGENT_DEBUG']) {
			this.#terminal.note(`${what} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
		}
	}
}

function withoutProgress(terminal: Terminal): Terminal {
	return { ...terminal, progress: () => undefined };
}

function nameOf(exitCode: ExitCode): string {
	return Object.entries(exitCodes).find(([, code]) => code === exitCode)?.[0] ?? 'internal';
}

/** Waits for the bill of a stopped answer, but not for long: it is asked for again when the session is resumed. */
async function settled(session: Session): Promise<void> {
	const patience = new AbortController();
	const timer = setTimeout(() => patience.abort(), BILL_PATIENCE_MS);
	const late = new Promise<void>(done => patience.signal.addEventListener('abort', () => done()));
	await Promise.race([session.whenSettled(), late]);
	clearTimeout(timer);
}
