import type { StoredEvent } from '../../../agent/session/log.ts';
import type { Terminal } from '../terminal.ts';
import { OUTPUT_VERSION, reportOf } from './report.ts';
import type { DirectResult, RunEnd, RunOutput, RunStart } from './runOutput.ts';
import type { RunTally } from './runTally.ts';

/** One object at the end, whatever happened. */
export class JsonOutput implements RunOutput {
	readonly #terminal: Terminal;
	readonly #direct: DirectResult[] = [];

	constructor(terminal: Terminal) {
		this.#terminal = terminal;
	}

	direct(result: DirectResult): void {
		this.#direct.push(result);
	}

	start(): void {
		// All of it comes at the end.
	}

	event(): void {
		// All of it comes at the end.
	}

	delegateEvent(): void {
		// All of it comes at the end.
	}

	end(end: RunEnd, tally: RunTally, start: RunStart | undefined): void {
		const tools = this.#direct.length > 0 ? { tools: this.#direct } : {};
		writeLine(this.#terminal, { ...reportOf(end, tally, start), ...tools });
		if (end.problem !== undefined) {
			this.#terminal.note(end.problem.message);
		}
	}
}

/**
 * A line for each thing that happens: `{version, tool}` for tools called directly, `{version, session}` at the start,
 * `{version, sequence, at, event}` for the session's events, `{version, delegate}` with those of an agent that works for
 * one of its calls, and at the end `{version, result}`.
 */
export class StreamOutput implements RunOutput {
	readonly #terminal: Terminal;

	constructor(terminal: Terminal) {
		this.#terminal = terminal;
	}

	direct(tool: DirectResult): void {
		writeLine(this.#terminal, { version: OUTPUT_VERSION, tool });
	}

	start({ sessionId, folder, model, tools, approve, mode }: RunStart): void {
		const session = { id: sessionId, folder, model, tools, approve, mode };
		writeLine(this.#terminal, { version: OUTPUT_VERSION, session });
	}

	event({ sequence, at, event }: StoredEvent): void {
		writeLine(this.#terminal, { version: OUTPUT_VERSION, sequence, at, event });
	}

	/** Not in the form of the session's own, so that nobody takes it for one. */
	delegateEvent({ sequence, at, event }: StoredEvent, _tally: RunTally, callId: string): void {
		writeLine(this.#terminal, { version: OUTPUT_VERSION, delegate: { callId, sequence, at, event } });
	}

	end(end: RunEnd, tally: RunTally, start: RunStart | undefined): void {
		const { version, ...result } = reportOf(end, tally, start);
		writeLine(this.#terminal, { version, result });
		if (end.problem !== undefined) {
			this.#terminal.note(end.problem.message);
		}
	}
}

function writeLine(terminal: Terminal, value: object): void {
	terminal.write(`${JSON.stringify(value)}\n`);
}
