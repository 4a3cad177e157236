import * as vscode from 'vscode';
import { systemClock } from '../../agent/clock.ts';
import { ModelError } from '../../agent/model.ts';
import { exchangeCode } from '../../openrouter/account/oauth.ts';
import { commandIds } from '../ids.ts';
import type { Platform } from '../platform.ts';
import { readSettings } from '../settings.ts';
import { accountFault } from './accountFault.ts';
import type { ApiKey } from './apiKey.ts';
import { askForCode } from './codeBox.ts';
import { showFault } from './mendFault.ts';
import { type Callback, SignInFlow } from './signInFlow.ts';
import { chooseSignInWay } from './signInWay.ts';
import { storeKey } from './storeKey.ts';
import { UriCallbacks } from './uriCallbacks.ts';

const EXCHANGE_TIMEOUT_MS = 20_000;

export interface SignInOptions {
	readonly apiKey: ApiKey;
	readonly platform: Pick<Platform, 'listenForCode'>;
	/** `publisher.name`. */
	readonly extensionId: string;
	readonly log: vscode.LogOutputChannel;
}

/** Signing in through the browser, with everything the user sees of it. */
export class SignIn implements vscode.Disposable {
	readonly #options: SignInOptions;
	readonly #flow = new SignInFlow(systemClock);
	readonly #callbacks: UriCallbacks;

	constructor(options: SignInOptions) {
		this.#options = options;
		this.#callbacks = new UriCallbacks(options.extensionId);
	}

	/** @returns whether a key is stored now that was not before. */
	async run(): Promise<boolean> {
		const again = () => vscode.commands.executeCommand(commandIds.signIn);
		const { baseUrl } = readSettings();
		try {
			const key = await this.#flow.run({
				baseUrl,
				listen: () => this.#listen(),
				askForCode,
				exchange: (code, verifier, signal) => exchange(baseUrl, code, verifier, signal),
			});
			return key !== undefined && (await storeKey(this.#options.apiKey, key, 'issued', again));
		} catch (error) {
			if (!(error instanceof ModelError)) {
				throw error;
			}
			// What was refused is a code, not a key: a fresh one is the way on.
			const isCode = error.kind === 'auth' || error.kind === 'silent';
			const fault = isCode
				? { text: error.message, mends: ['retry', 'setKey'] as const }
				: accountFault(error, vscode.l10n.t);
			void showFault({ ...fault, text: vscode.l10n.t('Not signed in. {0}', fault.text) }, again);
			return false;
		}
	}

	dispose(): void {
		this.#flow.cancel();
		this.#callbacks.dispose();
	}

	async #listen(): Promise<Callback | undefined> {
		const { listenForCode } = this.#options.platform;
		const editor = await this.#callbacks.open();
		const way = chooseSignInWay({
			editorCallback: editor.url,
			isDesktop: vscode.env.uiKind === vscode.UIKind.Desktop,
			canListen: listenForCode !== undefined,
		});
		this.#options.log.info(`Sign-in: the browser's code comes back by ${way}.`);
		if (way === 'editor') {
			return editor;
		}
		editor.close();
		if (way === 'paste' || listenForCode === undefined) {
			return undefined;
		}
		try {
			return await loopback(listenForCode);
		} catch (error) {
			// A machine that lets no port be opened: there is pasting.
			this.#options.log.warn(`Sign-in: no port could be opened. ${String(error)}`);
			return undefined;
		}
	}
}

async function loopback(listenForCode: NonNullable<Platform['listenForCode']>): Promise<Callback> {
	const listener = await listenForCode({
		title: vscode.l10n.t('Go on in VS Code'),
		text: vscode.l10n.t('The editor has what it needs. You can close this page.'),
	});
	if (vscode.env.remoteName === undefined) {
		return listener;
	}
	// The browser is on the user's machine, the port on the remote one: the editor forwards it.
	const forwarded = await vscode.env.asExternalUri(vscode.Uri.parse(listener.url));
	return { ...listener, url: forwarded.toString(true) };
}

function exchange(baseUrl: string, code: string, verifier: string, signal: AbortSignal): Thenable<string> {
	const progress = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Signing in…') };
	return vscode.window.withProgress(progress, () =>
		exchangeCode(
			{ baseUrl, signal: AbortSignal.any([signal, AbortSignal.timeout(EXCHANGE_TIMEOUT_MS)]) },
			code,
			verifier,
		),
	);
}
