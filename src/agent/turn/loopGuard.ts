/** What to make of a result that may be one too many of its kind. */
export type Repetition = 'fresh' | 'hint' | 'stop';

/** Rounds without news, the first one included. */
const HINT_AT = 3;
const STOP_AT = 5;
/** Responses in a row whose call of one tool could not be read. */
const STOP_AT_UNREADABLE = 3;
/** Responses that are remembered. A cycle that takes longer to come round counts as news. */
const MEMORY = 10;
/** Calls named in a hint. */
const MAX_NAMED = 5;
/** UTF-16 units shown of a call's argument. */
const MAX_ARGUMENT = 60;

/** A call with its result, seen in one response or in several. */
interface Sighting {
	readonly name: string;
	readonly argumentText: string;
	readonly result: string;
	/** Number of the newest response that had it. */
	response: number;
	/** 1 until the last news, and one more for each response that had it since. */
	rounds: number;
}

/**
 * Notices a model that runs in circles: response after response in which every call brings a result that it brought a
 * short while ago. That covers one call as well as a cycle of several, in whatever order and however the calls are
 * spread over responses. A call that was not made of late, or a result that differs, is news, and the count begins
 * anew: running tests between edits, reading a file again after an edit and polling for output are no loops.
 *
 * What counts are responses, so several equal calls within one are not yet a loop, and the order in which calls that
 * run side by side come back does not matter.
 */
export class LoopGuard {
	#response = 0;
	#hasNews = false;
	#seen: Sighting[] = [];
	#unreadableBefore = new Map<string, number>();
	#unreadableNow = new Map<string, number>();
	#stopWords = '';

	/** Called before the calls of each response. */
	beginResponse(): void {
		this.#seen = this.#seen.filter(({ response }) => this.#response - response < MEMORY);
		if (this.#hasNews) {
			for (const sighting of this.#seen) {
				sighting.rounds = 1;
			}
		}
		this.#hasNews = false;
		this.#response++;
		this.#unreadableBefore = this.#unreadableNow;
		this.#unreadableNow = new Map();
	}

	/** @param text the result for the model, before any hint was added. */
	observe(name: string, argumentText: string, text: string): Repetition {
		const result = withoutIncidentals(text);
		const known = this.#seen.find(
			one => one.name === name && one.argumentText === argumentText && one.result === result,
		);
		if (known === undefined) {
			this.#hasNews = true;
			this.#seen.push({ name, argumentText, result, response: this.#response, rounds: 1 });
			return 'fresh';
		}
		if (known.response !== this.#response) {
			known.response = this.#response;
			known.rounds++;
		}
		if (known.rounds >= STOP_AT) {
			this.#stopWords = `The model went on repeating what brings nothing new: ${this.#repeated()}.`;
			return 'stop';
		}
		return known.rounds >= HINT_AT ? 'hint' : 'fresh';
	}

	/** Counts arguments that could not be read, whatever was wrong with them. */
	observeUnreadable(name: string): Repetition {
		const count = (this.#unreadableBefore.get(name) ?? 0) + 1;
		this.#unreadableNow.set(name, count);
		if (count < STOP_AT_UNREADABLE) {
			return 'fresh';
		}
		this.#stopWords = `The model called ${name} ${count} times in a row with arguments that cannot be read.`;
		return 'stop';
	}

	/** For the model, behind the result that was a `hint`: names what is repeating. */
	get hint(): string {
		return `[Nothing new comes of repeating this: ${this.#repeated()}. Do something else, or tell the user what stands in the way.]`;
	}

	/** For the user, after a `stop`: one sentence that names what was repeated. */
	get stopWords(): string {
		return this.#stopWords;
	}

	#repeated(): string {
		const repeated = this.#seen.filter(({ rounds }) => rounds > 1).map(describeCall);
		const named = [...new Set(repeated)];
		const more = named.length > MAX_NAMED ? `, and ${named.length - MAX_NAMED} more` : '';
		return named.slice(0, MAX_NAMED).join(', ') + more;
	}
}

/** The name and the argument that says most, as a line: `read "src/app.ts"`. */
function describeCall({ name, argumentText }: Sighting): string {
	const argument = firstText(argumentText);
	if (argument === undefined) {
		return name;
	}
	const short = argument.length > MAX_ARGUMENT ? `${argument.slice(0, MAX_ARGUMENT)}…` : argument;
	return `${name} ${JSON.stringify(short)}`;
}

/** Tools have what they work on as their first text: a path, a pattern, a command. */
function firstText(argumentText: string): string | undefined {
	try {
		const value: unknown = JSON.parse(argumentText);
		return Object.values(value ?? {}).find(item => typeof item === 'string');
	} catch {
		// Arguments that cannot be read: the name has to do.
		return undefined;
	}
}

/** A finished command's first line, up to how long it took. */
const FINISHED = /^(exit code -?\d+|ended by \w+|stopped [a-z ]+?)(?:,| after) [^;\n]*/;

/**
 * Leaves out how long a command ran and the id of its output, which differ at every run of one and the same. While a
 * command still runs its time counts: then asking again is how one waits.
 */
function withoutIncidentals(result: string): string {
	return FINISHED.test(result) ? result.replace(FINISHED, '$1').replace(/\bid="[^"\n]*"/g, 'id') : result;
}
