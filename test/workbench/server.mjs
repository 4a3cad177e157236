// A VS Code server on a loopback port, and the browser that opens its workbench.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { killGroup, run, start } from './processes.mjs';

const START_TIMEOUT_MS = 60_000;

/** What makes an editor quiet enough to work in or to be photographed; a user's own settings win. */
const DEFAULT_SETTINGS = {
	'workbench.startupEditor': 'none',
	'workbench.enableExperiments': false,
	'workbench.tips.enabled': false,
	'telemetry.telemetryLevel': 'off',
	'extensions.autoUpdate': false,
	'extensions.ignoreRecommendations': true,
	'security.workspace.trust.enabled': false,
	'chat.disableAIFeatures': true,
};

/**
 * @typedef {object} ServerOptions
 * @property {import('./editorHost.mjs').EditorHost} host
 * @property {string} dataFolder user data of the editor; reused, it keeps state
 * @property {string} extensionsFolder where extensions are installed
 * @property {Record<string, unknown>} [settings] user settings
 * @property {number} [port] 0 takes a free one
 * @property {NodeJS.ProcessEnv} [env] for the server and its extension host
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
export async function startServer({ host, dataFolder, extensionsFolder, settings, port = 0, env, isTest = false }) {
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
			'--disable-workspace-trust',
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
 * The user settings file that the editor reads at its start.
 *
 * @param {string} dataFolder
 * @param {Record<string, unknown>} [settings]
 */
export function writeSettings(dataFolder, settings) {
	mkdirSync(join(dataFolder, 'User'), { recursive: true });
	const content = JSON.stringify({ ...DEFAULT_SETTINGS, ...settings }, undefined, '\t');
	writeFileSync(join(dataFolder, 'User/settings.json'), `${content}\n`);
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
