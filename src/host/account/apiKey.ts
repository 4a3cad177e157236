import * as vscode from 'vscode';

const SECRET = 'openrouterAgent.apiKey';

/** The OpenRouter key. It lives in SecretStorage alone; nothing else may keep or print it. */
export class ApiKey implements vscode.Disposable {
	readonly #secrets: vscode.SecretStorage;
	readonly #changed = new vscode.EventEmitter<void>();
	readonly #subscription: vscode.Disposable;

	/** Fires when the key was set or removed, also by another window. */
	readonly onDidChange = this.#changed.event;

	constructor(secrets: vscode.SecretStorage) {
		this.#secrets = secrets;
		this.#subscription = secrets.onDidChange(({ key }) => {
			if (key === SECRET) {
				this.#changed.fire();
			}
		});
	}

	/** @throws Error when the system's key store cannot be read. */
	async get(): Promise<string | undefined> {
		return (await this.#secrets.get(SECRET)) || undefined;
	}

	/** @throws Error when the system's key store cannot be written; the key is then nowhere. */
	async set(key: string): Promise<void> {
		await this.#secrets.store(SECRET, key);
	}

	async remove(): Promise<void> {
		await this.#secrets.delete(SECRET);
	}

	dispose(): void {
		this.#subscription.dispose();
		this.#changed.dispose();
	}
}
