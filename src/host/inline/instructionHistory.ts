/** The instructions given last, newest first, each once. */
export interface HistoryMemory {
	get(key: string): unknown;
	update(key: string, value: readonly string[]): PromiseLike<void>;
}

const KEY = 'inlineInstructions';
const MAX_ENTRIES = 20;
/** UTF-16 units: what is longer is no line to be chosen again. */
const MAX_LENGTH = 2000;

export class InstructionHistory {
	readonly #memory: HistoryMemory;

	constructor(memory: HistoryMemory) {
		this.#memory = memory;
	}

	get entries(): readonly string[] {
		const stored = this.#memory.get(KEY);
		return Array.isArray(stored) ? stored.filter(entry => typeof entry === 'string').slice(0, MAX_ENTRIES) : [];
	}

	async add(instruction: string): Promise<void> {
		const text = instruction.trim();
		if (text === '' || text.length > MAX_LENGTH) {
			return;
		}
		const others = this.entries.filter(entry => entry !== text);
		await this.#memory.update(KEY, [text, ...others].slice(0, MAX_ENTRIES));
	}
}
