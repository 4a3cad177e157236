// Runs in the extension host in the place of tests: activates the extension once and notes how long its code took.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';

const EXTENSION_ID = 'openrouter-agent.openrouter-agent';

/** Called by the editor, which ends with code 1 when it rejects. */
export async function run() {
	const folder = process.env['OPENROUTER_AGENT_TEST_OUT'];
	const extension = vscode.extensions.getExtension(EXTENSION_ID);
	if (folder === undefined || extension === undefined || extension.isActive) {
		throw new Error(`${EXTENSION_ID} is absent or active already, or nobody wants the result.`);
	}
	const { activationMs } = await extension.activate();
	// The name that the editor's stand-in looks for.
	writeFileSync(join(folder, 'counts.json'), JSON.stringify({ activationMs }));
}
