// The editor that tests and `npm start` use where no desktop VS Code is at hand: the server and web workbench of VS Code
// that the npm package code-server carries.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, installOnce } from './cache.mjs';
import { capture, npm, run } from './processes.mjs';

const CODE_SERVER = '4.139.1';
const NODE = '24.21.0';
/** Of the Nodes in the registry, those of version `NODE`. */
const NODE_PACKAGES = ['linux-x64', 'linux-arm64', 'win-x64'];
const INSTALL_TIMEOUT_MS = 15 * 60_000;

/**
 * @typedef {object} EditorHost
 * @property {string} node the Node that runs the server
 * @property {string} vscode the folder with `out/server-main.js`
 * @property {string} front code-server's own front process, which keeps secrets over a reload of the page
 */

/**
 * The editor host, installed on first use. `OPENROUTER_AGENT_EDITOR_HOST` names a folder to use instead, laid out the
 * same: an npm folder with `code-server` in it.
 *
 * @param {(text: string) => void} progress
 * @returns {Promise<EditorHost>}
 */
export async function editorHost(progress) {
	const override = process.env['OPENROUTER_AGENT_EDITOR_HOST'];
	if (override) {
		return locate(override);
	}
	if (process.platform === 'win32') {
		throw new Error('The server editor host does not run on Windows. Use a desktop VS Code: VSCODE_TEST_HOST=desktop.');
	}
	return locate(
		await installOnce(cacheFolder(), `editor-${CODE_SERVER}-node-${NODE}`, f => install(f, progress), progress),
	);
}

/** @param {string} folder */
function locate(folder) {
	const codeServer = join(folder, 'node_modules/code-server');
	const packaged = join(folder, 'node_modules', nodePackage() ?? '', 'bin/node');
	const host = {
		node: existsSync(packaged) ? packaged : process.execPath,
		vscode: join(codeServer, 'lib/vscode'),
		front: join(codeServer, 'out/node/entry.js'),
	};
	if (!existsSync(join(host.vscode, 'out/server-main.js'))) {
		throw new Error(`There is no code-server in "${folder}". Delete the folder to have it installed again.`);
	}
	return host;
}

function nodePackage() {
	const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
	return NODE_PACKAGES.includes(platform) ? `node-${platform}` : undefined;
}

/**
 * Installs without the packages' scripts: code-server's own compile for minutes what we do not use. Its VS Code and the
 * extensions in it are packages of their own.
 *
 * @param {string} folder
 * @param {(text: string) => void} progress
 */
async function install(folder, progress) {
	const node = nodePackage();
	if (node === undefined && Number.parseInt(process.versions.node, 10) < 24) {
		throw new Error(
			`The server editor host needs Node 24 or newer. The registry has none for ${process.platform}-${process.arch} ` +
				`and this is ${process.version}: start the command with Node 24, or use a desktop VS Code (VSCODE_TEST_HOST=desktop).`,
		);
	}
	progress(`installing code-server ${CODE_SERVER}: 600 MB, about a minute`);
	writeFileSync(
		join(folder, 'package.json'),
		JSON.stringify({ private: true, dependencies: { 'code-server': CODE_SERVER, ...(node && { [node]: NODE }) } }),
	);
	const vscode = join(folder, 'node_modules/code-server/lib/vscode');
	for (const [cwd, label] of /** @type {const} */ ([
		[folder, 'packages 1 of 3'],
		[vscode, 'packages 2 of 3: VS Code'],
		[join(vscode, 'extensions'), 'packages 3 of 3: its extensions'],
	])) {
		progress(label);
		const args = ['install', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error'];
		await run(npm.command, [...npm.args, ...args], { cwd, timeoutMs: INSTALL_TIMEOUT_MS });
	}
	await buildLogging(folder, vscode, progress);
}

/**
 * Builds the one native module that is missed: without it the server runs, but writes no log files. A machine without a
 * compiler does without.
 *
 * @param {string} folder
 * @param {string} vscode
 * @param {(text: string) => void} progress
 */
async function buildLogging(folder, vscode, progress) {
	const home = join(folder, 'node_modules', nodePackage() ?? '');
	const hasHeaders = nodePackage() !== undefined && readdirSync(home).includes('include');
	progress('building @vscode/spdlog');
	const env = { ...process.env, PATH: `${join(home, 'bin')}:${process.env['PATH'] ?? ''}` };
	const { code, timedOut, output } = await capture(npm.command, [...npm.args, 'rebuild', '@vscode/spdlog'], {
		cwd: vscode,
		env: hasHeaders ? { ...env, npm_config_nodedir: home } : process.env,
		timeoutMs: INSTALL_TIMEOUT_MS,
	});
	if (code !== 0 || timedOut) {
		const reason = output.match(/not found: make|No Xcode|g\+\+|compiler/i)
			? 'no C++ compiler'
			: output.trim().split('\n').at(-1);
		progress(`without log files: @vscode/spdlog could not be built (${reason})`);
	}
}
