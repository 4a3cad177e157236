// The steps of `npm run check`. Each one says what is wrong, or nothing.
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import { packStage, stageExtension } from '../workbench/extensionPackage.mjs';
import { capture } from '../workbench/processes.mjs';
import { checkBundle, LIMITS } from './bundleFaults.mjs';
import { packageFaults } from './packageFaults.mjs';
import { repositoryFaults } from './repositoryFaults.mjs';
import { webLoadFaults } from './webLoad.mjs';

const TIMEOUT_MS = 5 * 60_000;

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {() => Promise<{ fault?: string, note?: string }>} run `fault` fails the step; `note` goes into its line
 */

/** @type {readonly Step[]} Slow ones first: they run side by side. */
export const STEPS = [
	tool('format, lint, layers', 'node_modules/@biomejs/biome/bin/biome', ['check', '--error-on-warnings']),
	tool('promises', 'node_modules/oxlint/bin/oxlint', ['--deny-warnings']),
	tool('types: shared, host', 'node_modules/typescript/bin/tsc', ['--project', 'tsconfig.json']),
	tool('types: node', 'node_modules/typescript/bin/tsc', ['--project', 'src/node']),
	tool('types: page', 'node_modules/typescript/bin/tsc', ['--project', 'src/webview']),
	tool('types: tests', 'node_modules/typescript/bin/tsc', ['--project', 'test']),
	tool('unused code', 'node_modules/knip/bin/knip.js', ['--no-progress', '--treat-config-hints-as-errors']),
	{ name: 'bundles, package', run: checkPackage },
	{ name: 'repository', run: async () => ({ fault: repositoryFaults('.').join('\n') }) },
];

/** @type {Step} */
export const UNIT_STEP = {
	name: 'unit tests',
	async run() {
		const { code, output, timedOut } = await capture(process.execPath, ['test/unit.mjs'], { timeoutMs: TIMEOUT_MS });
		return timedOut || code !== 0 ? { fault: withTimeout(output, timedOut) } : { note: lastLine(output) };
	},
};

/** @param {string} output */
function lastLine(output) {
	return output.trimEnd().split('\n').at(-1) ?? '';
}

/**
 * @param {string} name
 * @param {string} script of the package; called with our Node, so that it works on every platform
 * @param {readonly string[]} args
 * @returns {Step}
 */
function tool(name, script, args) {
	return {
		name,
		async run() {
			const { code, output, timedOut } = await capture(process.execPath, [script, ...args], { timeoutMs: TIMEOUT_MS });
			return timedOut || code !== 0
				? { fault: withTimeout(output || `${script} ended with code ${code}`, timedOut) }
				: {};
		},
	};
}

/**
 * @param {string} output
 * @param {boolean} timedOut
 */
function withTimeout(output, timedOut) {
	return timedOut ? `${output}\nstopped after ${TIMEOUT_MS / 1000} s` : output;
}

/** Builds and packs as for a release, elsewhere than `dist`, and looks at what came out. */
async function checkPackage() {
	mkdirSync('out', { recursive: true });
	const folder = mkdtempSync(join('out', 'check-'));
	try {
		const stage = join(folder, 'extension');
		const vsix = join(folder, 'extension.vsix');
		const metafiles = await stageExtension({ folder: stage, production: true });
		const checked = Object.entries(LIMITS).map(([name, limit]) => ({
			name,
			...checkBundle(name, metafiles[/** @type {keyof typeof metafiles} */ (name)], limit),
		}));
		await packStage(stage, vsix);
		const size = statSync(vsix).size;
		const faults = [
			...checked.flatMap(({ faults }) => faults),
			...webLoadFaults(join(stage, 'dist/web/extension.js')),
			...packageFaults(await listFiles({ cwd: stage, packageManager: PackageManager.None }), size),
		];
		const sizes = [...checked.map(({ name, bytes }) => `${name} ${kilobytes(bytes)}`), `VSIX ${kilobytes(size)}`];
		return { fault: faults.join('\n'), note: sizes.join(', ') };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** @param {number} bytes */
function kilobytes(bytes) {
	return `${Math.round(bytes / 1000)} kB`;
}
