import * as z from 'zod';
import type { CommandFiles } from '../agent/checkpoint/commandFiles.ts';
import type { FindPlace } from '../agent/shell/commandPlace.ts';
import { visibleCommand } from '../agent/shell/commandText.ts';
import { readOnlyEnvironment } from '../agent/shell/readOnlyEnvironment.ts';
import type { CommandOptions, CommandReport, Shell } from '../agent/shellPort.ts';
import { defineTool, type Tool, type ToolContext, type ToolOutput, type ToolView } from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import type { Workspace } from '../agent/workspace.ts';
import { describeExcerpt, describePage, stateLine, visibleEnd } from './bashOutput.ts';
import { changedNote, unkeptNote } from './changedFiles.ts';
import { counted } from './counted.ts';
import { visibleText } from './visibleText.ts';

const DEFAULT_TIMEOUT_S = 120;
const MAX_TIMEOUT_S = 3600;
/** Bytes of one page of output. */
const PAGE_BYTES = 30_000;
/** A command in the background that fails at once is told of at once. */
const BACKGROUND_LOOK_MS = 1000;
/** How long reading waits for something new, so that nobody has to ask again and again. */
const READ_WAIT_MS = 5000;

const input = z.object({
	command: z.string().optional().describe('Command line'),
	timeout: z
		.number()
		.int()
		.min(1)
		.max(MAX_TIMEOUT_S)
		.optional()
		.describe(`Seconds to wait, default ${DEFAULT_TIMEOUT_S}`),
	background: z.boolean().optional().describe('Leave it running'),
	id: z.string().optional().describe('Without command: id of one that ran, to read what it printed since'),
	offset: z
		.number()
		.int()
		.min(0)
		.max(1_000_000_000_000)
		.optional()
		.describe('Byte of its output to read from, with id'),
	stop: z.boolean().optional().describe('Stop the command of id'),
});

type BashInput = z.infer<typeof input>;

export interface BashOptions {
	/** The session's. */
	readonly shell: Shell;
	/** What a decision about a command has to know, see `commandPlaces`. */
	readonly place: FindPlace;
	/** Finds what its commands change, so that it can be taken back. */
	readonly files?: CommandFiles;
}

export function createBashTool({ shell, place, files }: BashOptions): Tool {
	/** Up to where the model has seen the outputs, by id. */
	const seen = new Map<string, number>();
	return defineTool({
		name: 'bash',
		description: `Run a ${shell.language} command; the working directory is kept. No input, no terminal. Without arguments: lists what runs.`,
		effect: 'execute',
		input,
		paths: () => [],
		subject: ({ command, id, stop }) => visibleCommand(command || [stop ? 'stop' : 'read', id].join(' ')).trim(),
		runsBeside: ({ command, stop }) => !command && !stop,
		async demand({ command }, context) {
			if (!command) {
				return { kind: 'nothing' };
			}
			refuseControls(command);
			return { kind: 'command', command, place: await place(command, shell, context) };
		},
		async preview({ command = '', background }, context) {
			const view = await commandView(shell, command, context);
			return background ? { ...view, note: 'in the background' } : view;
		},
		async run(call, context) {
			const { command, id } = call;
			if (command && id) {
				throw new ToolError('Give command to run something, or id to read on, not both.');
			}
			if (command) {
				return withChanges(files, await runFollowed({ shell, seen, files }, command, call, context));
			}
			await files?.settle(context);
			if (id) {
				const output = await (call.stop ? stopCommand(shell, seen, id) : readOn(shell, seen, id, call, context));
				await files?.settle(context);
				return withChanges(files, output);
			}
			if (call.stop || call.offset !== undefined) {
				throw new ToolError(`Give the id of the command as well. ${await listRunning(shell)}`);
			}
			return { text: await listRunning(shell), view: { kind: 'note', note: 'running commands' } };
		},
		...(files && { turnEnds: context => files.settle(context) }),
	});
}

/** What the user is asked about: the whole line, and where it would run when that is not the folder they opened. */
async function commandView(
	shell: Shell,
	command: string,
	{ workspace, signal }: Pick<ToolContext, 'workspace' | 'signal'>,
): Promise<Extract<ToolView, { kind: 'command' }>> {
	const directory = await directoryOf(shell.cwd, workspace, signal);
	return { kind: 'command', command: visibleCommand(command), ...(directory !== undefined && { directory }) };
}

async function directoryOf(cwd: string, workspace: Workspace, signal: AbortSignal): Promise<string | undefined> {
	const { path, isOutside } = await workspace.locate(cwd, signal);
	return path === '.' && !isOutside ? undefined : visibleCommand(isOutside ? cwd : path);
}

/**
 * Refuses what nobody can judge by reading it: control characters, which a terminal obeys. Line ends and tabs are no
 * such thing.
 * @throws ToolError
 */
function refuseControls(command: string): void {
	const control = /(?![\n\t])\p{Cc}/u.exec(command);
	if (control === null) {
		return;
	}
	const { text } = visibleText(control[0]);
	const advice =
		control[0] === '\r'
			? 'End lines with a line feed alone.'
			: `Leave it out, or write it as $'${escaped(control[0])}'.`;
	throw new ToolError(`The command holds the control character ${text}. ${advice}`);
}

interface Followed {
	readonly shell: Shell;
	readonly seen: Map<string, number>;
	readonly files: CommandFiles | undefined;
}

/** Runs a command and records what it changed. One that was found to read only changes nothing. */
async function runFollowed(
	{ shell, seen, files }: Followed,
	command: string,
	call: BashInput,
	context: ToolContext,
): Promise<ToolOutput> {
	refuseControls(command);
	if (files === undefined || context.allowed.why === 'readOnly') {
		return runCommand(shell, seen, command, call, context);
	}
	await files.begin({ command, language: shell.language, cwd: shell.cwd }, context);
	try {
		return await runCommand(shell, seen, command, call, context);
	} finally {
		await files.settle(context);
	}
}

function withChanges(files: CommandFiles | undefined, output: ToolOutput): ToolOutput {
	const found = files?.takeFound();
	if (found === undefined) {
		return output;
	}
	const { view } = output;
	const unkept = unkeptNote(found);
	return {
		...output,
		text: `${output.text}\n${changedNote(found, 'changed')}`,
		...(view?.kind === 'command' &&
			unkept !== undefined && { view: { ...view, note: [view.note, unkept].filter(Boolean).join('; ') } }),
	};
}

async function runCommand(
	shell: Shell,
	seen: Map<string, number>,
	command: string,
	{ timeout, background = false }: BashInput,
	context: ToolContext,
): Promise<ToolOutput> {
	const { signal } = context;
	const before = shell.cwd;
	const view = await commandView(shell, command, context);
	const options = commandOptions(shell, context);
	let report: CommandReport;
	if (background) {
		const timeoutMs = timeout === undefined ? undefined : timeout * 1000;
		const { id } = await shell.start(command, { ...options, signal, ...(timeoutMs !== undefined && { timeoutMs }) });
		await shell.waitForNews(id, Number.POSITIVE_INFINITY, BACKGROUND_LOOK_MS, signal);
		report = await (signal.aborted ? shell.stop(id) : shell.report(id));
	} else {
		report = await shell.run(command, { ...options, signal, timeoutMs: (timeout ?? DEFAULT_TIMEOUT_S) * 1000 });
	}
	seen.set(report.id, report.output.end);
	const head = stateLine(report, signal.aborted);
	const lines = [head, ...placeNotes(report, before), ...describeExcerpt(report.id, report.output)];
	const hint = withheldHint(shell, report);
	if (hint !== undefined) {
		lines.push(hint);
	}
	if (report.state.kind === 'stopped' && report.state.why === 'timeout') {
		lines.push('[if it only needs longer, give a timeout; if it never ends by itself, set background]');
	}
	const output = visibleEnd(report.output);
	return {
		text: lines.join('\n'),
		view: { ...view, note: head, ...(output !== '' && { output }) },
	};
}

/**
 * A line that was found to read only was judged for this very directory, and for these variables. It cannot move the
 * shell, so the directory may be given.
 */
function commandOptions(shell: Shell, { allowed, onOutput }: ToolContext): CommandOptions {
	const bound = allowed.why === 'readOnly' ? { cwd: shell.cwd, environment: readOnlyEnvironment } : {};
	return { onOutput: update => onOutput(update), ...bound };
}

async function readOn(
	shell: Shell,
	seen: Map<string, number>,
	id: string,
	{ offset, timeout }: BashInput,
	{ signal }: ToolContext,
): Promise<ToolOutput> {
	const from = offset ?? seen.get(id) ?? 0;
	const waitMs = timeout === undefined ? READ_WAIT_MS : timeout * 1000;
	await shell.waitForNews(id, from, waitMs, signal);
	return offset === undefined ? readNews(shell, seen, id) : readPage(shell, seen, id, offset);
}

async function stopCommand(shell: Shell, seen: Map<string, number>, id: string): Promise<ToolOutput> {
	await shell.stop(id);
	return readNews(shell, seen, id);
}

/** What was not seen yet; the end of it when it is much, since that tells how things stand. */
async function readNews(shell: Shell, seen: Map<string, number>, id: string): Promise<ToolOutput> {
	const from = seen.get(id) ?? 0;
	const { output } = await shell.report(id);
	return readPage(shell, seen, id, Math.max(from, output.end - PAGE_BYTES), from);
}

/** @param unseen where reading would have begun, had there been less. */
async function readPage(
	shell: Shell,
	seen: Map<string, number>,
	id: string,
	from: number,
	unseen = from,
): Promise<ToolOutput> {
	const page = await shell.read(id, from, PAGE_BYTES);
	const report = await shell.report(id);
	const known = seen.get(id) ?? 0;
	if (unseen <= known) {
		seen.set(id, Math.max(known, page.next));
	}
	const head = stateLine(report);
	const lines = [head];
	if (unseen < from) {
		lines.push(`[${counted(from - unseen, 'byte')} left out before this: id="${id}" and offset=${unseen}]`);
	}
	const view: ToolView = { kind: 'command', command: visibleCommand(report.command), note: head };
	const output = visibleEnd({ head: page.text, tail: '', end: page.next, openLine: page.openLine });
	return {
		text: [...lines, ...describePage(id, page)].join('\n'),
		view: { ...view, ...(output !== '' && { output }) },
	};
}

async function listRunning(shell: Shell): Promise<string> {
	const running = await shell.running();
	if (running.length === 0) {
		return 'No command is running.';
	}
	const lines = running.map(report => `${stateLine(report)}: ${visibleText(report.command).text}`);
	return ['These run:', ...lines].join('\n');
}

function placeNotes({ cwd, startedIn, missingCwd }: CommandReport, before: string): string[] {
	const notes: string[] = [];
	if (missingCwd !== undefined) {
		notes.push(`[the directory ${shown(missingCwd)} is gone; this ran in ${shown(startedIn)}]`);
	}
	if (cwd !== before && cwd !== startedIn) {
		notes.push(`[working directory now ${shown(cwd)}]`);
	}
	return notes;
}

/** A command that failed and names a variable that it was not given probably failed for that. */
function withheldHint({ withheld }: Shell, { state, command, output }: CommandReport): string | undefined {
	if (state.kind !== 'exited' || state.code === 0) {
		return undefined;
	}
	const words = new Set(`${command}\n${output.head}\n${output.tail}`.match(/\w+/g));
	const missed = withheld.filter(name => words.has(name));
	return missed.length === 0
		? undefined
		: `[withheld from commands, as it looks like a secret: ${missed.join(', ')}. Only the user can allow it.]`;
}

function shown(path: string): string {
	return JSON.stringify(visibleText(path).text);
}

function escaped(control: string): string {
	return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
