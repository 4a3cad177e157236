// Runs in the extension host in the place of tests: activates the extension once and notes how long its code took.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as vscode from 'vscode';

const EXTENSION_ID = 'openrouter-agent.openrouter-agent';
const TIMER_MS = 20;
const MAX_LAG_MS = 4;
const CALM_TIMERS = 100;

/** Called by the editor, which ends with code 1 when it rejects. */
export async function run() {
	const folder = process.env['OPENROUTER_AGENT_TEST_OUT'];
	const extension = vscode.extensions.getExtension(EXTENSION_ID);
	if (folder === undefined || extension === undefined || extension.isActive) {
		throw new Error(`${EXTENSION_ID} is absent or active already, or nobody wants the result.`);
	}
	await settled();
	const { activationMs } = await extension.activate();
	// The name that the editor's stand-in looks for.
	writeFileSync(join(folder, 'counts.json'), JSON.stringify({ activationMs }));
}

/** Resolves when the host does nothing else: timers have come on time for a while. All of an editor starts at once. */
async function settled() {
	for (let calm = 0; calm < CALM_TIMERS; ) {
		const start = performance.now();
		await wait(TIMER_MS);
		calm = performance.now() - start - TIMER_MS <= MAX_LAG_MS ? calm + 1 : 0;
	}
}
