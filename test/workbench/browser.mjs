// The browser that opens the workbench in tests: one that is installed, of the Chromium family.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './processes.mjs';

const INSTALL_TIMEOUT_MS = 10 * 60_000;
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'chrome'];
/** Where platforms without a PATH entry for it put the browser. */
const PLACES = {
	darwin: ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
		name => `/Applications/${name}.app/Contents/MacOS/${name}`,
	),
	win32: [process.env['PROGRAMFILES'], process.env['PROGRAMFILES(X86)'], process.env['LOCALAPPDATA']].flatMap(folder =>
		folder
			? [join(folder, 'Google/Chrome/Application/chrome.exe'), join(folder, 'Microsoft/Edge/Application/msedge.exe')]
			: [],
	),
	linux: ['/usr/bin/chromium', '/opt/google/chrome/chrome', '/snap/bin/chromium'],
};

/**
 * Finds the browser: `OPENROUTER_AGENT_BROWSER`, then PATH, then the usual places. Root on Debian and Ubuntu, as in a
 * container, has it installed.
 *
 * @param {(text: string) => void} progress
 * @returns {Promise<string>} path of the executable
 */
export async function findBrowser(progress) {
	const override = process.env['OPENROUTER_AGENT_BROWSER'];
	if (override) {
		if (!isExecutable(override)) {
			throw new Error(`OPENROUTER_AGENT_BROWSER is "${override}", and there is no program.`);
		}
		return override;
	}
	const found = installedBrowser();
	if (found) {
		return found;
	}
	if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
		progress('installing chromium with apt-get');
		const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
		await run('apt-get', ['update', '-qq'], { env, timeoutMs: INSTALL_TIMEOUT_MS });
		const packages = ['chromium', 'fonts-liberation'];
		await run('apt-get', ['install', '-qq', '-y', '--no-install-recommends', ...packages], {
			env,
			timeoutMs: INSTALL_TIMEOUT_MS,
		});
	}
	const installed = installedBrowser();
	if (!installed) {
		throw new Error(
			'No Chromium, Chrome or Edge was found. Install one (Debian: "apt install chromium fonts-liberation"), ' +
				'or name its program in OPENROUTER_AGENT_BROWSER.',
		);
	}
	return installed;
}

function installedBrowser() {
	const folders = (process.env['PATH'] ?? '').split(delimiter).filter(folder => folder !== '');
	const names = process.platform === 'win32' ? NAMES.map(name => `${name}.exe`) : NAMES;
	const places = PLACES[/** @type {keyof typeof PLACES} */ (process.platform)] ?? [];
	return [...names.flatMap(name => folders.map(folder => join(folder, name))), ...places].find(isExecutable);
}

/** @param {string} file */
function isExecutable(file) {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		// Absent or not for us: the next place may have it.
		return false;
	}
}
