import type { StoredEvent } from '../../../agent/session/log.ts';
import type { Terminal } from '../terminal.ts';
import type { DirectResult, RunEnd, RunOutput, RunStart } from './runOutput.ts';
import type { RunTally } from './runTally.ts';

/**
 * The model's words. A person sees them as they come; a program gets an answer once it is whole, so that one that broke
 * and was asked for again does not stand there twice.
 */
export class TextOutput implements RunOutput {
	readonly #terminal: Terminal;
	readonly #direct: DirectResult[] = [];
	#written = '';

	constructor(terminal: Terminal) {
		this.#terminal = terminal;
	}

	/** Printed where no model is asked, which would get them. */
	direct(result: DirectResult): void {
		this.#direct.push(result);
	}

	start(): void {
		// The answer begins with the model's first word.
	}

	event({ event }: StoredEvent, tally: RunTally): void {
		const { isLive } = this.#terminal;
		if (event.type === 'requestStart' && event.purpose === undefined && isLive) {
			this.#paragraph();
		} else if (event.type === 'text' && isLive) {
			this.#write(event.delta);
		} else if (event.type === 'requestFailed' && isLive && tally.isTextOpen && tally.text !== '') {
			this.#write(' […]\n');
		} else if (event.type === 'response' && !tally.isSideRequest && !isLive && tally.text !== '') {
			this.#paragraph();
			this.#write(tally.text);
		}
	}

	delegateEvent(): void {
		// What another agent says is for the one it works for.
	}

	end({ problem }: RunEnd, tally: RunTally, start: RunStart | undefined): void {
		for (const { name, outcome, text } of start === undefined ? this.#direct : []) {
			this.#paragraph();
			this.#write(outcome === 'ok' ? text : `${name}: ${text}`);
		}
		if (!this.#terminal.isLive && tally.isTextOpen && tally.text !== '') {
			this.#paragraph();
			this.#write(tally.text);
		}
		if (this.#written !== '' && !this.#written.endsWith('\n')) {
			this.#write('\n');
		}
		if (problem !== undefined) {
			this.#terminal.note(problem.message);
		}
		if (start !== undefined) {
			this.#terminal.progress(summaryOf(tally, start));
		}
	}

	/** An empty line between what is there and what comes. */
	#paragraph(): void {
		if (this.#written !== '') {
			this.#write(this.#written.endsWith('\n') ? '\n' : '\n\n');
		}
	}

	#write(text: string): void {
		if (text !== '') {
			this.#terminal.write(text);
			this.#written = text;
		}
	}
}

function summaryOf(tally: RunTally, { sessionId, model }: RunStart): string {
	const { known, unknownRequests } = tally.cost;
	const isFree = tally.model?.isBuiltIn === true;
	const cost = isFree ? 'no cost' : `$${known.toFixed(4)}${unknownRequests > 0 ? ` + ${unknownRequests} unknown` : ''}`;
	const { allRequests } = tally;
	const requests = `${allRequests} request${allRequests === 1 ? '' : 's'}`;
	return [(tally.model ?? model).id, tally.provider, requests, cost, `session ${sessionId}`]
		.filter(Boolean)
		.join(' · ');
}
