/** Entry of the desktop and remote extension hosts. */

// Keep the line above first: it takes the time.
import type { ExtensionContext } from 'vscode';
import { type ActiveExtension, activate as activateHost, type TestApi } from './host/activate.ts';
import type { Platform } from './host/platform.ts';
import { startedAt } from './host/startedAt.ts';

let extension: ActiveExtension | undefined;

export function activate(context: ExtensionContext): TestApi | undefined {
	extension = activateHost(context, desktopPlatform, startedAt);
	return extension.api;
}

export function deactivate(): Promise<void> | undefined {
	return extension?.close();
}

const desktopPlatform: Platform = {
	operatingSystem: process.platform,
	async openStore(folder) {
		const { openJournalStore } = await import('./node/journal.ts');
		return openJournalStore(folder.fsPath);
	},
	async openLedger(folder) {
		const { openLedgerFolder } = await import('./node/ledgerFile.ts');
		return openLedgerFolder(folder.fsPath);
	},
	async openWorkspace(appRoot) {
		const { createWorkspace } = await import('./host/workspace/vscodeWorkspace.ts');
		const { createRipgrep } = await import('./node/ripgrep.ts');
		const { createLocalFiles } = await import('./node/localFiles.ts');
		return createWorkspace({
			search: createRipgrep(appRoot),
			files: createLocalFiles(),
			operatingSystem: process.platform,
		});
	},
	async openSharedFile(file) {
		const { openSharedFile } = await import('./node/sharedFile.ts');
		return openSharedFile(file.fsPath);
	},
	async openWeb(loopbackPorts) {
		const { createNodeWeb } = await import('./node/web/nodeWeb.ts');
		return createNodeWeb({ loopbackPorts });
	},
	async openShell(options) {
		const { openEditorShell } = await import('./node/shell/editorShell.ts');
		return openEditorShell({ ...options, folder: options.folder.fsPath });
	},
	async reapCommands(folder) {
		const { reapOrphans } = await import('./node/shell/shellRecord.ts');
		return reapOrphans(folder.fsPath);
	},
	async listenForCode(page) {
		const { listenForCode } = await import('./node/loopback.ts');
		return listenForCode(page);
	},
	async readForeignKeys(folders) {
		const { readEnvironmentKeys } = await import('./node/environmentKeys.ts');
		return readEnvironmentKeys(folders);
	},
};
