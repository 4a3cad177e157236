import * as vscode from 'vscode';
import { randomToken } from '../../openrouter/account/oauth.ts';
import type { Callback } from './signInFlow.ts';

/** Takes the browser's return through the editor's own addresses, `vscode://…` or what a web window has instead. */
export class UriCallbacks implements vscode.UriHandler, vscode.Disposable {
	readonly #extensionId: string;
	readonly #waiting = new Map<string, (query: URLSearchParams) => void>();
	/** An extension may have one handler; ours is there from the first sign-in on. */
	#registration: vscode.Disposable | undefined;

	constructor(extensionId: string) {
		this.#extensionId = extensionId;
	}

	/** An address that leads here, for one return. Its secret part is in the path: a query may be rewritten on the way. */
	async open(): Promise<Callback> {
		this.#registration ??= vscode.window.registerUriHandler(this);
		const path = `/auth/${randomToken()}`;
		const own = vscode.Uri.from({ scheme: vscode.env.uriScheme, authority: this.#extensionId, path });
		const external = await vscode.env.asExternalUri(own);
		const query = new Promise<URLSearchParams>(resolve => this.#waiting.set(path, resolve));
		// Unescaped, as the address is escaped once more when it becomes a parameter.
		return { url: external.toString(true), query, close: () => this.#waiting.delete(path) };
	}

	handleUri({ path, query }: vscode.Uri): void {
		const take = this.#waiting.get(path);
		if (take === undefined) {
			void vscode.window.showWarningMessage(
				vscode.l10n.t('This sign-in is over, or was begun in another window. Begin it again here.'),
			);
			return;
		}
		this.#waiting.delete(path);
		take(new URLSearchParams(query));
	}

	dispose(): void {
		this.#registration?.dispose();
	}
}
