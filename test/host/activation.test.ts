import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const EXTENSION_ID = 'openrouter-agent.openrouter-agent';

describe('activation', () => {
	it('waits for a use', () => {
		assert.equal(extension().isActive, false);
	});

	it('registers every command of the manifest', async () => {
		await extension().activate();
		const registered = await vscode.commands.getCommands(true);
		const contributed: { command: string }[] = extension().packageJSON.contributes.commands;
		const missing = contributed.map(({ command }) => command).filter(command => !registered.includes(command));
		assert.deepEqual(missing, []);
	});

	it('opens the chat view', async () => {
		await vscode.commands.executeCommand('openrouterAgent.openChat');
	});
});

function extension(): vscode.Extension<unknown> {
	const found = vscode.extensions.getExtension(EXTENSION_ID);
	assert.ok(found, `${EXTENSION_ID} is not installed`);
	return found;
}
