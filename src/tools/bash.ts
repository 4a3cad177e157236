import * as z from 'zod';
import type { CommandReport, OutputUpdate, Shell } from '../agent/shellPort.ts';
import type { ToolOutput } from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import { describeExcerpt, describePage, stateLine } from './bashOutput.ts';
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
	id: z.string().optional().describe('Command to read on, instead'),
	offset: z.number().int().min(0).max(1_000_000_000_000).optional().describe('Read from here'),
	stop: z.boolean().optional().describe('Stop it'),
});

export type BashInput = z.infer<typeof input>;

/** The part of a tool's context that running commands takes. */
export interface BashContext {
	readonly signal: AbortSignal;
	readonly onOutput?: (update: OutputUpdate) => void;
	/** Variables that the decision to run the command asks for. */
	readonly environment?: Readonly<Record<string, string>>;
}

export interface BashTool {
	readonly name: 'bash';
	readonly description: string;
	readonly input: z.ZodType<BashInput>;
	/**
	 * What the call would execute, exactly; the user is asked about this text. Undefined when it only reads or stops what
	 * runs already.
	 */
	commandOf(input: BashInput): string | undefined;
	/** Why the command must not even be asked for. */
	refusal(input: BashInput): string | undefined;
	/** One short line for the row. */
	subject(input: BashInput): string;
	/** @throws ToolError with advice for the model. @throws AbortError when stopped before the start. */
	run(input: BashInput, context: BashContext): Promise<ToolOutput>;
}

/** @param shell the session's. */
export function createBashTool(shell: Shell): BashTool {
	/** Up to where the model has seen the outputs, by id. */
	const seen = new Map<string, number>();
	return {
		name: 'bash',
		description: `Run a ${shell.language} command; the working directory is kept. No input, no terminal. Without arguments: lists what runs.`,
		input,
		commandOf: ({ command }) => command || undefined,
		refusal: ({ command }) => (command ? commandFault(command) : undefined),
		subject: ({ command, id, stop }) => (command || [stop ? 'stop' : 'read', id].join(' ')).trim(),
		async run(call, context) {
			const { command, id } = call;
			if (command && id) {
				throw new ToolError('Give command to run something, or id to read on, not both.');
			}
			if (command) {
				return runCommand(shell, seen, command, call, context);
			}
			if (id) {
				return call.stop ? stopCommand(shell, seen, id) : readOn(shell, seen, id, call, context);
			}
			if (call.stop || call.offset !== undefined) {
				throw new ToolError(`Give the id of the command as well. ${await listRunning(shell)}`);
			}
			return note(await listRunning(shell), 'running commands');
		},
	};
}

/**
 * What makes a command one that nobody can judge by reading it: control characters, which a terminal obeys. Line ends
 * and tabs are no such thing.
 */
export function commandFault(command: string): string | undefined {
	const control = /(?![\n\t])\p{Cc}/u.exec(command);
	if (control === null) {
		return undefined;
	}
	const { text } = visibleText(control[0]);
	const advice =
		control[0] === '\r'
			? 'End lines with a line feed alone.'
			: `Leave it out, or write it as $'${escaped(control[0])}'.`;
	return `The command holds the control character ${text}. ${advice}`;
}

async function runCommand(
	shell: Shell,
	seen: Map<string, number>,
	command: string,
	{ timeout, background = false }: BashInput,
	{ signal, onOutput, environment }: BashContext,
): Promise<ToolOutput> {
	const fault = commandFault(command);
	if (fault !== undefined) {
		throw new ToolError(fault);
	}
	const before = shell.cwd;
	const options = { ...(onOutput && { onOutput }), ...(environment && { environment }) };
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
	return note(lines.join('\n'), head);
}

async function readOn(
	shell: Shell,
	seen: Map<string, number>,
	id: string,
	{ offset, timeout }: BashInput,
	{ signal }: BashContext,
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
	return note([...lines, ...describePage(id, page)].join('\n'), head);
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

function note(text: string, shortly: string): ToolOutput {
	return { text, view: { kind: 'note', note: shortly } };
}
