/** An editor with one file, a formatter and an undo history, in which others act whenever somebody waits. */

import { applyChanges } from '../../src/editing/index.ts';
import type { TextChange } from '../../src/editing/lineChanges.ts';
import type { Buffer } from '../../src/host/workspace/bufferWriter.ts';

interface Step<Mark> {
	readonly text: string;
	readonly mark: Mark;
}

export interface ModelEditorOptions<Mark> {
	readonly text: string;
	/** Kept beside each text: what a test knows of it. */
	readonly mark: Mark;
	/** Runs within each save. */
	readonly format?: (step: Step<Mark>) => Step<Mark>;
	/** Called wherever a call into an editor takes its time. */
	readonly whileWaiting: () => void;
}

export class ModelEditor<Mark> {
	disk: string;
	#now: Step<Mark>;
	#past: Step<Mark>[] = [];
	#future: Step<Mark>[] = [];
	#version = 1;
	#saved: Step<Mark>;
	readonly #options: ModelEditorOptions<Mark>;

	constructor(options: ModelEditorOptions<Mark>) {
		this.#options = options;
		this.#now = { text: options.text, mark: options.mark };
		this.#saved = this.#now;
		this.disk = options.text;
	}

	get text(): string {
		return this.#now.text;
	}

	get mark(): Mark {
		return this.#now.mark;
	}

	get isDirty(): boolean {
		return this.#now !== this.#saved;
	}

	get undoSteps(): number {
		return this.#past.length;
	}

	/** One change, by whomever. */
	change(text: string, mark: Mark): void {
		this.#past.push(this.#now);
		this.#future = [];
		this.#show({ text, mark });
	}

	undo(): boolean {
		return this.#travel(this.#past, this.#future);
	}

	redo(): boolean {
		return this.#travel(this.#future, this.#past);
	}

	/** The user's, at once. */
	saveNow(): void {
		this.#format();
		this.#store();
	}

	/** @param markAfter what the test knows of the text after an edit through the buffer. */
	buffer(markAfter: (mark: Mark) => Mark, onSave: () => void): Buffer {
		const editor = this;
		const wait = async () => this.#options.whileWaiting();
		return {
			get version() {
				return editor.#version;
			},
			get isDirty() {
				return editor.isDirty;
			},
			isUntitled: false,
			isClosed: false,
			lineEnd: '\n',
			getText: () => {
				// Whoever takes the text and waits for anything at all has an old one.
				queueMicrotask(this.#options.whileWaiting);
				return editor.text;
			},
			async edit(changes: readonly TextChange[]) {
				const version = editor.#version;
				await wait();
				if (editor.#version !== version) {
					return false;
				}
				editor.change(applyChanges(editor.text, changes), markAfter(editor.mark));
				await wait();
				return true;
			},
			async save() {
				onSave();
				await wait();
				const version = editor.#version;
				const formatted = editor.#options.format?.(editor.#now);
				await wait();
				// What a formatter worked out for an older text is of no use.
				if (formatted !== undefined && formatted.text !== editor.text && editor.#version === version) {
					editor.change(formatted.text, formatted.mark);
				}
				await wait();
				editor.#store();
				await wait();
				return true;
			},
			async readDisk() {
				return editor.disk;
			},
		};
	}

	#format(): void {
		const formatted = this.#options.format?.(this.#now);
		if (formatted !== undefined && formatted.text !== this.text) {
			this.change(formatted.text, formatted.mark);
		}
	}

	#store(): void {
		this.disk = this.text;
		this.#saved = this.#now;
	}

	#travel(from: Step<Mark>[], to: Step<Mark>[]): boolean {
		const step = from.pop();
		if (step === undefined) {
			return false;
		}
		to.push(this.#now);
		this.#show(step);
		return true;
	}

	#show(step: Step<Mark>): void {
		this.#now = step;
		this.#version++;
	}
}
