/** Something that is made at its first use. What could not be made then is tried again by the next use. */
export class Lazy<Value> {
	readonly #make: () => Promise<Value>;
	#making: Promise<Value> | undefined;

	constructor(make: () => Promise<Value>) {
		this.#make = make;
	}

	/** Undefined while nobody has used it. */
	get current(): Promise<Value> | undefined {
		return this.#making;
	}

	get(): Promise<Value> {
		this.#making ??= this.#make().catch((error: unknown) => {
			this.#making = undefined;
			throw error;
		});
		return this.#making;
	}
}
