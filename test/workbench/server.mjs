// A VS Code server on a loopback port, and the browser that opens its workbench.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { killGroup, run, start } from './processes.mjs';

const START_TIMEOUT_MS = 60_000;

/** What makes an editor quiet enough to work in and to be photographed. */
const QUIET_SETTINGS = {
	'workbench.startupEditor': 'none',
	'workbench.enableExperiments': false,
	'workbench.tips.enabled': false,
	'workbench.secondarySideBar.defaultVisibility': 'hidden',
	'telemetry.telemetryLevel': 'off',
	'extensions.autoUpdate': false,
	'extensions.ignoreRecommendations': true,
};

/**
 * @typedef {object} ServerOptions
 * @property {import('./editorHost.mjs').EditorHost} host
 * @property {string} dataFolder user data of the editor; reused, it keeps state
 * @property {string} extensionsFolder where extensions are installed
 * @property {Readonly<Record<string, unknown>>} [settings] settings of ours, and user settings for a new data folder
 * @property {number} [port] 0 takes a free one
 * @property {NodeJS.ProcessEnv} [env] for the server and its extension host
 * @property {boolean} [isRestricted] no folder is trusted until the user says so; without it all are
 * @property {boolean} [isTest] runs extension tests named in the address; notifications are not drawn then
 */

/**
 * @typedef {object} Server
 * @property {string} url `http://127.0.0.1:<port>`
 * @property {string} authority `127.0.0.1:<port>`, as `vscode-remote` addresses have it
 * @property {number} pid of the process that all others of the server descend from
 * @property {() => string} output what it printed so far
 * @property {Promise<void>} ended when the process ends, however
 * @property {() => void} stop kills it with its extension hosts, language servers and terminals
 */

/**
 * Starts code-server's front process, because it alone keeps secrets over a reload of the page. It listens on
 * 127.0.0.1 without a password.
 *
 * @param {ServerOptions} options
 * @returns {Promise<Server>}
 * @throws Error with the server's output when it does not listen within a minute.
 */
export async function startServer(options) {
	const { host, dataFolder, extensionsFolder, settings, port = 0, env, isRestricted = false, isTest = false } = options;
	writeSettings(dataFolder, settings);
	const config = join(dataFolder, 'code-server.yaml');
	writeFileSync(config, '');
	const child = start(
		host.node,
		[
			host.front,
			'--auth=none',
			`--bind-addr=127.0.0.1:${port}`,
			`--config=${config}`,
			`--user-data-dir=${dataFolder}`,
			`--extensions-dir=${extensionsFolder}`,
			'--disable-telemetry',
			'--disable-update-check',
			...(isRestricted ? [] : ['--disable-workspace-trust']),
			'--disable-getting-started-override',
			'--ignore-last-opened',
			...(isTest ? ['--vscode-option=enable-smoke-test-driver'] : []),
		],
		{ stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env, EXTENSIONS_GALLERY: '{}' } },
	);
	let output = '';
	/** @type {Promise<void>} */
	const ended = new Promise(resolve => {
		child.once('error', error => {
			output += `${error.message}\n`;
			resolve();
		});
		child.once('exit', () => resolve());
	});
	const listening = new Promise(resolve => {
		for (const stream of [child.stdout, child.stderr]) {
			stream?.setEncoding('utf8').on('data', text => {
				output += text;
				const found = output.match(/HTTP server listening on http:\/\/(127\.0\.0\.1:\d+)/);
				if (found) {
					resolve(found[1]);
				}
			});
		}
	});
	const timeout = new AbortController();
	const authority = await Promise.race([listening, ended, after(START_TIMEOUT_MS, timeout.signal)]);
	timeout.abort();
	if (typeof authority !== 'string' || child.pid === undefined) {
		killGroup(child);
		throw new Error(`The editor server did not start:\n${output}`);
	}
	return {
		url: `http://${authority}`,
		authority,
		pid: child.pid,
		output: () => output,
		ended,
		stop: () => killGroup(child),
	};
}

/**
 * Installs a packed extension, as a user would.
 *
 * @param {{ host: import('./editorHost.mjs').EditorHost, dataFolder: string, extensionsFolder: string, vsix: string }} options
 */
export async function installExtension({ host, dataFolder, extensionsFolder, vsix }) {
	await run(
		host.node,
		[
			join(host.vscode, 'out/server-main.js'),
			'--accept-server-license-terms',
			`--server-data-dir=${dataFolder}`,
			`--extensions-dir=${extensionsFolder}`,
			'--force',
			`--install-extension=${vsix}`,
		],
		{ timeoutMs: 120_000 },
	);
}

/**
 * Writes the settings that the editor reads at its start. What the user changed since stays.
 *
 * @param {string} dataFolder
 * @param {Readonly<Record<string, unknown>>} [settings]
 */
export function writeSettings(dataFolder, settings = {}) {
	const userFile = join(dataFolder, 'User/settings.json');
	if (!existsSync(userFile)) {
		writeJson(userFile, { ...QUIET_SETTINGS, ...settings });
	}
	// An editor with a server takes settings of machine scope from this file alone.
	const ours = Object.entries(settings).filter(([name]) => name.startsWith('openrouterAgent.'));
	writeJson(join(dataFolder, 'Machine/settings.json'), Object.fromEntries(ours));
}

/**
 * @param {string} file
 * @param {unknown} value
 */
function writeJson(file, value) {
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, `${JSON.stringify(value, undefined, '\t')}\n`);
}

/**
 * The flags a browser needs here: root may not have a sandbox, `/dev/shm` may be small, and nothing but this machine
 * is to be reached.
 */
export const BROWSER_ARGS = [
	'--no-sandbox',
	'--disable-dev-shm-usage',
	'--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

/**
 * @param {number} milliseconds
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function after(milliseconds, signal) {
	return new Promise(resolve => {
		const timer = setTimeout(resolve, milliseconds);
		signal.addEventListener('abort', () => clearTimeout(timer));
	});
}
