/** Entry of the browser's extension host. Nothing of Node below this file. */

// Keep the line above first: it takes the time.
import type { ExtensionContext } from 'vscode';
import { type ActiveExtension, activate as activateHost, type TestApi } from './host/activate.ts';
import type { Platform } from './host/platform.ts';
import { startedAt } from './host/startedAt.ts';

let extension: ActiveExtension | undefined;

export function activate(context: ExtensionContext): TestApi | undefined {
	extension = activateHost(context, webPlatform, startedAt);
	return extension.api;
}

export function deactivate(): Promise<void> | undefined {
	return extension?.close();
}

const webPlatform: Platform = {
	operatingSystem: 'browser',
	async openStore(folder) {
		const { openWebStore } = await import('./host/webStore.ts');
		return openWebStore(folder);
	},
	async openLedger(folder) {
		const { openStoredLedger } = await import('./host/webStore.ts');
		return openStoredLedger(folder);
	},
	async openSharedFile(file) {
		const { openStoredFile } = await import('./host/webStore.ts');
		return openStoredFile(file);
	},
	async openWeb() {
		const { createBrowserWeb } = await import('./host/web/browserWeb.ts');
		return createBrowserWeb();
	},
	async openWorkspace() {
		const { createWorkspace } = await import('./host/workspace/vscodeWorkspace.ts');
		return createWorkspace({});
	},
};
