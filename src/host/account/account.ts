import * as vscode from 'vscode';
import { keyPage, sitePages } from '../../openrouter/account/site.ts';
import { SETTINGS_SECTION } from '../ids.ts';
import type { Platform } from '../platform.ts';
import { readSettings } from '../settings.ts';
import { AccountState } from './accountState.ts';
import { showAccount } from './accountView.ts';
import type { ApiKey } from './apiKey.ts';
import { importApiKey } from './importKey.ts';
import { setApiKey, signOut } from './keyCommands.ts';
import { SignIn } from './signIn.ts';
import { askForKey } from './storeKey.ts';

export interface AccountOptions {
	readonly apiKey: ApiKey;
	readonly platform: Platform;
	/** `publisher.name`. */
	readonly extensionId: string;
	readonly log: vscode.LogOutputChannel;
}

/** A page of the service about the account. */
export type SitePage = 'credits' | 'activity' | 'privacy' | 'key';

/** Everything around the key: the ways in and out, how the account stands, and its pages. */
export class Account implements vscode.Disposable {
	readonly state: AccountState;
	readonly #apiKey: ApiKey;
	readonly #platform: Platform;
	readonly #signIn: SignIn;
	readonly #subscriptions: vscode.Disposable;

	constructor(options: AccountOptions) {
		this.#apiKey = options.apiKey;
		this.#platform = options.platform;
		this.#signIn = new SignIn(options);
		this.state = new AccountState({
			getKey: () => options.apiKey.get(),
			readInfo: key => askForKey(key),
			now: () => Date.now(),
		});
		this.#subscriptions = vscode.Disposable.from(
			this.#signIn,
			options.apiKey.onDidChange(() => this.state.forget()),
			vscode.workspace.onDidChangeConfiguration(event => {
				if (event.affectsConfiguration(`${SETTINGS_SECTION}.baseUrl`)) {
					this.state.forget();
				}
			}),
		);
	}

	async signIn(): Promise<void> {
		await this.#signIn.run();
	}

	async setApiKey(): Promise<void> {
		await setApiKey(this.#apiKey);
	}

	async importApiKey(): Promise<void> {
		await importApiKey(this.#apiKey, this.#platform);
	}

	async signOut(): Promise<void> {
		await signOut(this.#apiKey);
	}

	async show(): Promise<void> {
		await showAccount(this.state, page => this.openPage(page));
	}

	/** Opens a page in the browser; that of the key is the list of keys where there is none. */
	async openPage(page: SitePage): Promise<void> {
		const { baseUrl } = readSettings();
		const { keys, ...pages } = sitePages(baseUrl);
		const key = page === 'key' ? await this.#apiKey.get() : undefined;
		const address = page === 'key' ? (key === undefined ? keys : await keyPage(baseUrl, key)) : pages[page];
		await vscode.env.openExternal(vscode.Uri.parse(address));
	}

	dispose(): void {
		this.#subscriptions.dispose();
	}
}
