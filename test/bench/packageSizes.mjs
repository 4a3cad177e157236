// How much ships, how much of it loads at the start, and how long our code takes to activate in a real editor.
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import { checkBundle, LIMITS } from '../checks/bundleFaults.mjs';
import { packStage, stageExtension } from '../workbench/extensionPackage.mjs';

/** @typedef {import('./row.ts').Row} Row */

const VSIX_LIMIT = 1_500_000;
const ACTIVATION_LIMIT_MS = 20;
const STARTS = 5;

/**
 * Builds and packs a release in `folder` and measures it.
 *
 * @param {string} folder
 * @param {(row: Row) => void} report
 */
export async function measurePackage(folder, report) {
	const stage = join(folder, 'extension');
	const vsix = join(folder, 'extension.vsix');
	const metafiles = await stageExtension({ folder: stage, production: true });
	const desktop = checkBundle('desktop', metafiles.desktop, LIMITS.desktop);
	const page = checkBundle('page', metafiles.page, LIMITS.page);
	await packStage(stage, vsix);
	/** @type {(name: string, bytes: number, limit: number) => void} */
	const size = (name, bytes, limit) =>
		report({ name, measured: bytes / 1000, against: limit / 1000, peer: 'limit', unit: 'kB', reach: 1 });
	size('host code that loads at activation', desktop.bytes, LIMITS.desktop.bytes);
	size('page at first paint, with styles', page.bytes, LIMITS.page.bytes);
	size('VSIX', statSync(vsix).size, VSIX_LIMIT);
	report({
		name: `activation in a settled editor, ${STARTS} starts`,
		measured: median(await activations(resolve(folder), stage)),
		against: ACTIVATION_LIMIT_MS,
		peer: 'limit',
		unit: 'ms',
		reach: 1,
	});
}

/**
 * Milliseconds from the first line of our code to the end of `activate`, each in a freshly started editor that has
 * settled. The editor's own work between the two is in it: while everything starts, that can be far more than ours.
 *
 * @param {string} folder
 * @param {string} stage
 */
async function activations(folder, stage) {
	const workspace = join(folder, 'workspace');
	mkdirSync(workspace, { recursive: true });
	/** @type {number[]} */
	const times = [];
	for (let start = 0; start < STARTS; start++) {
		const out = join(folder, `start-${start}`);
		mkdirSync(out);
		await runTests({
			...(process.env['VSCODE_TEST_HOST'] !== 'desktop' && {
				vscodeExecutablePath: resolve('test/workbench/serverEditor.mjs'),
				reuseMachineInstall: true,
			}),
			extensionDevelopmentPath: resolve(stage),
			extensionTestsPath: fileURLToPath(new URL('./activationProbe.mjs', import.meta.url)),
			launchArgs: [workspace],
			extensionTestsEnv: { OPENROUTER_AGENT_TEST_OUT: out },
		});
		times.push(JSON.parse(readFileSync(join(out, 'counts.json'), 'utf8')).activationMs);
	}
	return times;
}

/** @param {readonly number[]} values an odd number of them */
function median(values) {
	return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
