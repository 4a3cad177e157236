import assert from 'node:assert/strict';
import { CHECKER_TIMEOUT_MS, PlantedProject } from './plants.ts';

/** Lines that forget a promise, and the rule that says so. */
const FORGOTTEN = [
	['vscode.window.showInformationMessage("done");', 'no-floating-promises'],
	['vscode.workspace.fs.readFile(uri);', 'no-floating-promises'],
	['work();', 'no-floating-promises'],
	['list.map(async () => work());', 'no-floating-promises'],
	['fetch(uri.toString());', 'no-floating-promises'],
	['port.save?.();', 'no-floating-promises'],
	['list.forEach(async () => { await work(); });', 'no-misused-promises'],
	['if (work()) return;', 'no-misused-promises'],
	["signal.addEventListener('abort', async () => work());", 'no-misused-promises'],
	['await uri;', 'await-thenable'],
] as const;

/** Lines that keep or plainly drop theirs. */
const KEPT = [
	'await work();',
	'void work();',
	'work().catch(() => undefined);',
	'const done = work(); await done;',
] as const;

const HEAD = `import * as vscode from 'vscode';

interface Port {
	save?(): Promise<void>;
}

async function work(): Promise<void> {
	await Promise.resolve();
}

export async function planted(uri: vscode.Uri, list: string[], port: Port, signal: AbortSignal): Promise<void> {
`;

describe('promises', () => {
	let project: PlantedProject;
	/** Rule by line number. */
	let reported: Map<number, string>;
	const lines = [...FORGOTTEN.map(([line]) => line), ...KEPT];
	const lineNumber = (line: string) => HEAD.split('\n').length + (lines as readonly string[]).indexOf(line);

	before(function () {
		this.timeout(CHECKER_TIMEOUT_MS);
		project = new PlantedProject({ 'src/host/plant.ts': `${HEAD}${lines.map(line => `\t${line}\n`).join('')}}\n` });
		const output = project.run('oxlint/bin/oxlint', ['--format=unix']);
		const found = output.matchAll(/^src\/host\/plant\.ts:(\d+):.*\(([\w-]+)\)\]$/gm);
		reported = new Map([...found].map(([, line, rule = '']) => [Number(line), rule]));
	});
	after(() => project.remove());

	for (const [line, rule] of FORGOTTEN) {
		it(`reports ${rule}: ${line}`, () => {
			assert.equal(reported.get(lineNumber(line)), rule);
		});
	}

	for (const line of KEPT) {
		it(`accepts: ${line}`, () => {
			assert.equal(reported.get(lineNumber(line)), undefined);
		});
	}
});
