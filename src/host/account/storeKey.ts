import * as vscode from 'vscode';
import { ModelError } from '../../agent/model.ts';
import { type KeyInfo, readKeyInfo } from '../../openrouter/account/keyInfo.ts';
import { readSettings } from '../settings.ts';
import { accountFault } from './accountFault.ts';
import { remainingText } from './accountRows.ts';
import type { ApiKey } from './apiKey.ts';
import { showFault } from './mendFault.ts';

const CHECK_TIMEOUT_MS = 20_000;

/** `given` by the user, who may have mistaken it, or `issued` by the service a moment ago. */
export type KeyOrigin = 'given' | 'issued';

/** Asks the service for the state of a key. */
export function askForKey(key: string, signal = AbortSignal.timeout(CHECK_TIMEOUT_MS)): Promise<KeyInfo> {
	return readKeyInfo({ baseUrl: readSettings().baseUrl, key, signal });
}

/**
 * Checks a key against the service, stores it, and tells the outcome. A key that cannot be checked for lack of a network
 * is stored if the user wants so, one that the service just issued without asking.
 * @param again what "Try again" does: how the user came by the key.
 * @returns whether the key is stored now.
 */
export async function storeKey(apiKey: ApiKey, key: string, origin: KeyOrigin, again: () => unknown): Promise<boolean> {
	let info: KeyInfo | undefined;
	try {
		info = await checked(key);
	} catch (error) {
		if (!(error instanceof ModelError)) {
			throw error;
		}
		if (!(await isWantedUnchecked(error, origin, again))) {
			return false;
		}
	}
	if (info?.isManagementKey) {
		const text = vscode.l10n.t('This key administers other keys and cannot ask models. It was not stored.');
		void showFault({ text, mends: ['setKey', 'signIn'] }, again);
		return false;
	}
	if (!(await kept(apiKey, key))) {
		return false;
	}
	const done =
		info === undefined
			? vscode.l10n.t('The key is stored. It could not be checked.')
			: vscode.l10n.t('Connected to OpenRouter: {0}, {1}.', info.label, remainingText(info, vscode.l10n.t));
	void vscode.window.showInformationMessage(done);
	return true;
}

function checked(key: string): Thenable<KeyInfo> {
	const progress = { location: vscode.ProgressLocation.Notification, cancellable: true };
	return vscode.window.withProgress({ ...progress, title: vscode.l10n.t('Checking the key…') }, (_, cancelled) => {
		const stop = new AbortController();
		cancelled.onCancellationRequested(() => stop.abort());
		return askForKey(key, AbortSignal.any([stop.signal, AbortSignal.timeout(CHECK_TIMEOUT_MS)]));
	});
}

async function isWantedUnchecked(error: ModelError, origin: KeyOrigin, again: () => unknown): Promise<boolean> {
	if (error.kind === 'aborted') {
		return false;
	}
	const fault = accountFault(error, vscode.l10n.t);
	if (error.kind === 'auth') {
		void showFault({ ...fault, text: vscode.l10n.t('{0} It was not stored.', fault.text) }, again);
		return false;
	}
	if (origin === 'issued') {
		return true;
	}
	const store = vscode.l10n.t('Store anyway');
	const question = vscode.l10n.t('The key could not be checked. {0}', fault.text);
	return (await vscode.window.showWarningMessage(question, store)) === store;
}

/** Writes it to the secret store; where that fails the user may keep it until the window closes. */
async function kept(apiKey: ApiKey, key: string): Promise<boolean> {
	try {
		await apiKey.set(key);
		return true;
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		const keep = vscode.l10n.t('Keep it until this window closes');
		const choice = await vscode.window.showErrorMessage(
			vscode.l10n.t("The system's key store cannot be written, so the key is not stored: {0}", reason),
			keep,
		);
		if (choice === keep) {
			apiKey.setUntilClosed(key);
		}
		return choice === keep;
	}
}
