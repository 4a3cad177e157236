import * as vscode from 'vscode';

const SECRET = 'openrouterAgent.apiKey';

/** The OpenRouter key. It lives in SecretStorage alone; nothing else may keep or print it. */
export class ApiKey implements vscode.Disposable {
	readonly #secrets: vscode.SecretStorage;
	readonly #changed = new vscode.EventEmitter<void>();
	readonly #subscription: vscode.Disposable;
	/** For a system without a key store, and only when the user wants so. */
	#untilClosed: string | undefined;

	/** Fires when the key was set or removed, also by another window. */
	readonly onDidChange = this.#changed.event;

	constructor(secrets: vscode.SecretStorage) {
		this.#secrets = secrets;
		this.#subscription = secrets.onDidChange(({ key }) => {
			if (key === SECRET) {
				this.#untilClosed = undefined;
				this.#changed.fire();
			}
		});
	}

	/** @throws Error when the system's key store cannot be read. */
	async get(): Promise<string | undefined> {
		return this.#untilClosed ?? ((await this.#secrets.get(SECRET)) || undefined);
	}

	/** @throws Error when the system's key store cannot be written; the key is then nowhere. */
	async set(key: string): Promise<void> {
		await this.#secrets.store(SECRET, key);
	}

	/** Keeps the key in memory, until this window closes or another key is stored. */
	setUntilClosed(key: string): void {
		this.#untilClosed = key;
		this.#changed.fire();
	}

	/** @throws Error when the system's key store cannot be written; the key may be there still. */
	async remove(): Promise<void> {
		if (this.#untilClosed !== undefined) {
			this.#untilClosed = undefined;
			this.#changed.fire();
		}
		await this.#secrets.delete(SECRET);
	}

	dispose(): void {
		this.#subscription.dispose();
		this.#changed.dispose();
	}
}
