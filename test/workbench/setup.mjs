// Brings what the project needs onto this machine, and does nothing where it is there: `node test/workbench/setup.mjs`.
// Both `npm start` and `npm test` begin with it, so it uses nothing but Node.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findBrowser } from './browser.mjs';
import { editorHost } from './editorHost.mjs';
import { installPackages } from './packages.mjs';
import { step } from './steps.mjs';

/** Scripts name files relative to the project, whatever folder they are started in. */
process.chdir(resolve(dirname(fileURLToPath(import.meta.url)), '../..'));

/** The packages alone: enough to build, check and run unit tests. */
export async function setUpPackages() {
	checkNode();
	await step('packages', installPackages);
}

/**
 * Packages, editor and browser: enough for all tests.
 *
 * @returns {Promise<{ host: import('./editorHost.mjs').EditorHost, browser: string }>}
 */
export async function setUp() {
	await setUpPackages();
	const host = await step('editor', editorHost, ({ vscode }) => vscode);
	const browser = await step('browser', findBrowser, path => path);
	return { host, browser };
}

function checkNode() {
	const { engines } = JSON.parse(readFileSync('package.json', 'utf8'));
	const least = /** @type {string} */ (engines.node).replace('>=', '');
	const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
	const [leastMajor = 0, leastMinor = 0] = least.split('.').map(Number);
	if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
		throw new Error(`This project needs Node ${least} or newer; this is ${process.version}.`);
	}
	if (!existsSync('package-lock.json')) {
		throw new Error('package-lock.json is missing: this is not a whole clone.');
	}
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	await setUp();
}
