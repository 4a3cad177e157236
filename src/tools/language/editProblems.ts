/** Tells the model, below the result of an edit, which problems the edit brought. */
import type { Clock } from '../../agent/clock.ts';
import type { LanguageServices } from '../../agent/languageServices.ts';
import type { ToolContext } from '../../agent/tool.ts';
import { ToolError } from '../../agent/toolError.ts';
import type { Location } from '../../agent/workspace.ts';
import { isReadAsked } from '../unread.ts';
import { currentProblems, describeNewProblems, ProblemWatch } from './problemWatch.ts';

/** Files of one edit that are looked at: a rename can touch hundreds, and each is opened. */
const MAX_FILES = 20;

export interface EditProblemsOptions {
	readonly services: LanguageServices;
	readonly clock: Clock;
	/** Takes errors that are bugs, of ours or of a server. Must not throw. */
	onBug(error: unknown): void;
}

/** The part of a tool's context that looking takes. */
export type LookContext = Pick<ToolContext, 'workspace' | 'signal'>;

/** Edits that are told of together. */
interface Joint {
	/** By URI. */
	readonly files: Map<string, Location>;
	readonly looks: Promise<void>[];
	watch: Promise<ProblemWatch | undefined> | undefined;
}

/** One for the tools of an agent. Nothing that goes wrong here makes an edit fail. */
export class EditProblems {
	readonly #options: EditProblemsOptions;
	/** By the input of the call. */
	readonly #looks = new WeakMap<object, Promise<void>>();
	#joint: Joint | undefined;

	constructor(options: EditProblemsOptions) {
		this.#options = options;
	}

	/**
	 * Has the servers look at files that a call is about to change, while the user is asked. Returns at once.
	 * @param input of the call: what is begun here is waited for in `around`.
	 */
	prepare(input: object, files: readonly Location[], { signal }: LookContext): void {
		const watched = watchable(files);
		if (watched.length === 0 || this.#looks.has(input)) {
			return;
		}
		const look = this.#look(watched, signal);
		this.#looks.set(input, look);
		this.#joint?.looks.push(look);
		this.#join(watched);
	}

	/** Makes an edit. `told` is what to tell the model of it, and empty within `together`. Throws what the edit throws. */
	async around<Value>(
		input: object,
		files: readonly Location[],
		context: LookContext,
		edit: () => Promise<Value>,
	): Promise<{ readonly value: Value; readonly told: string }> {
		const joint = this.#joint;
		if (joint !== undefined) {
			this.#join(watchable(files));
			await Promise.all(joint.looks);
			joint.watch ??= this.#begin([...joint.files.values()], context);
			(await joint.watch)?.editing();
			return { value: await edit(), told: '' };
		}
		await this.#looks.get(input);
		const watch = await this.#begin(watchable(files), context);
		try {
			watch?.editing();
			const value = await edit();
			return { value, told: await this.#tell(watch, context) };
		} finally {
			watch?.dispose();
		}
	}

	/** Tells of all edits that `work` makes at its end: in between they may break what the next one mends. */
	async together<Value>(
		work: () => Promise<Value>,
		context: LookContext,
	): Promise<{ readonly value: Value; readonly told: string }> {
		const joint: Joint = { files: new Map(), looks: [], watch: undefined };
		this.#joint = joint;
		try {
			const value = await work();
			return { value, told: await this.#tell(await joint.watch, context) };
		} finally {
			this.#joint = undefined;
			(await joint.watch)?.dispose();
		}
	}

	#join(files: readonly Location[]): void {
		for (const file of files) {
			this.#joint?.files.set(file.uri, file);
		}
	}

	async #look(files: readonly Location[], signal: AbortSignal): Promise<void> {
		try {
			await currentProblems(files, this.#options, signal, 'before');
		} catch (error) {
			// A file that cannot be opened, or is not there yet.
			if (!(error instanceof ToolError)) {
				this.#excuse(error, signal);
			}
		}
	}

	async #begin(files: readonly Location[], { workspace, signal }: LookContext): Promise<ProblemWatch | undefined> {
		if (files.length === 0) {
			return undefined;
		}
		try {
			return await ProblemWatch.begin(files.slice(0, MAX_FILES), { ...this.#options, workspace }, signal);
		} catch (error) {
			this.#excuse(error, signal);
			return undefined;
		}
	}

	/** After the edit is made it cannot fail any more: the change would count as not made. */
	async #tell(watch: ProblemWatch | undefined, { signal }: LookContext): Promise<string> {
		if (watch === undefined) {
			return '';
		}
		try {
			return describeNewProblems(await watch.newProblems(signal));
		} catch (error) {
			this.#excuse(error, signal);
			return '';
		}
	}

	#excuse(error: unknown, signal: AbortSignal): void {
		if (!signal.aborted) {
			this.#options.onBug(error);
		}
	}
}

/** Looking opens a file in the editor, which nobody allowed for some. */
function watchable(files: readonly Location[]): readonly Location[] {
	return files.filter(file => !isReadAsked(file)).slice(0, MAX_FILES);
}
