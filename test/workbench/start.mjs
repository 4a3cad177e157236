// `npm start [-- folder] [--demo] [--desktop|--server] [--port n]`: VS Code with this extension, on a folder (this project
// if none is named). With `code` and a desktop that is desktop VS Code, else a VS Code server for the browser.
// `--demo` brings a local OpenRouter with a scripted model, so that everything can be tried without an account.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from './cache.mjs';
import { editorHost } from './editorHost.mjs';
import { start } from './processes.mjs';
import { installExtension, startServer, writeSettings } from './server.mjs';
import { setUpPackages } from './setup.mjs';
import { step } from './steps.mjs';

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		demo: { type: 'boolean', default: false },
		desktop: { type: 'boolean', default: false },
		server: { type: 'boolean', default: false },
		port: { type: 'string' },
	},
});
// npm changes the folder; the user's own is in INIT_CWD.
const folder = resolve(process.env['INIT_CWD'] ?? '.', positionals[0] ?? process.cwd());
if (!existsSync(folder) || !statSync(folder).isDirectory()) {
	fail(`"${folder}" is not a folder.`);
}
await setUpPackages();
mkdirSync('out', { recursive: true });
const out = mkdtempSync(resolve('out', 'start-'));
process.once('exit', () => rmSync(out, { recursive: true, force: true }));

const demo = values.demo ? await step('demo', startDemo, ({ url }) => url) : undefined;
const settings = demo ? { 'openrouterAgent.baseUrl': demo.url } : {};
const wantsDesktop = values.desktop || (!values.server && hasDesktop() && findProgram('code') !== undefined);
await (wantsDesktop ? startDesktop() : startInBrowser());

/** The VS Code server, with the extension installed as a user would have it. Keeps its data between starts. */
async function startInBrowser() {
	const { packExtension } = await import('./extensionPackage.mjs');
	const host = await step('editor', editorHost, ({ vscode }) => vscode);
	const vsix = join(out, 'openrouter-agent.vsix');
	const base = dataOf('server');
	const common = { host, dataFolder: join(base, 'data'), extensionsFolder: join(base, 'extensions') };
	await step('extension', async () => {
		await packExtension(vsix);
		await installExtension({ ...common, vsix });
	});
	const server = await step('server', async () => {
		return startServer({ ...common, settings, port: await choosePort(join(base, 'port')) });
	});
	const address = `${server.url}/?folder=${encodeURIComponent(folder)}`;
	console.log(`\nVS Code with OpenRouter Agent: ${address}`);
	tellDemo();
	console.log('Ctrl-C ends it.');
	if (hasDesktop()) {
		openInBrowser(address);
	}
	await server.ended;
	fail(`The editor server ended:\n${server.output().slice(-4000)}`);
}

/** Desktop VS Code with a profile of its own, on a build with source maps. */
async function startDesktop() {
	const program = findProgram('code');
	if (program === undefined) {
		fail('There is no "code" on PATH. In VS Code: "Shell Command: Install \'code\' command in PATH".');
	}
	const { stageExtension } = await import('./extensionPackage.mjs');
	const extension = join(out, 'extension');
	await step('extension', () => stageExtension({ folder: extension, production: false }));
	const base = dataOf('desktop');
	if (demo) {
		// It names the server of the last start.
		rmSync(join(base, 'User/settings.json'), { force: true });
	}
	writeSettings(base, settings);
	console.log('\nVS Code opens with OpenRouter Agent; close its window to end.');
	tellDemo();
	const args = ['--new-window', '--wait', `--user-data-dir=${base}`, `--extensionDevelopmentPath=${extension}`, folder];
	const child = start(program, args, { stdio: 'inherit', shell: process.platform === 'win32' });
	child.once('exit', code => process.exit(code ?? 1));
}

function tellDemo() {
	if (demo) {
		console.log(`Demo: run "OpenRouter Agent: Set API Key" and paste ${demo.key}`);
	}
}

/**
 * The local OpenRouter, bundled and run in a process of its own.
 *
 * @returns {Promise<{ url: string, key: string }>}
 */
async function startDemo() {
	const { build } = await import('esbuild');
	const script = join(out, 'demo.mjs');
	await build({
		entryPoints: ['test/openrouter-server/main.ts'],
		outfile: script,
		bundle: true,
		format: 'esm',
		platform: 'node',
		packages: 'external',
		logLevel: 'warning',
	});
	const child = start(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
	return new Promise((resolve, reject) => {
		child.once('exit', code => reject(new Error(`The demo server ended with code ${code}.`)));
		let output = '';
		child.stdout?.setEncoding('utf8').on('data', text => {
			output += text;
			const [, url, key] = output.match(/^Local OpenRouter on (\S+), key (\S+)/m) ?? [];
			if (url !== undefined && key !== undefined) {
				resolve({ url, key });
			}
		});
	});
}

/**
 * Sessions and settings survive from start to start. Each clone has its own, and so has the demo.
 *
 * @param {'server' | 'desktop'} kind
 */
function dataOf(kind) {
	const clone = createHash('sha256').update(process.cwd()).digest('hex').slice(0, 8);
	const base = join(cacheFolder(), `start-${clone}`, values.demo ? `${kind}-demo` : kind);
	mkdirSync(base, { recursive: true });
	return base;
}

/**
 * The port of the last start, if it is free: the browser keeps the API key for an address with its port.
 *
 * @param {string} file remembers it
 */
async function choosePort(file) {
	if (values.port !== undefined) {
		return Number(values.port);
	}
	if (existsSync(file)) {
		// Taken, it most likely belongs to another start, which goes on.
		return (await freePort(Number(readFileSync(file, 'utf8')))) ?? 0;
	}
	const port = (await freePort(0)) ?? 0;
	writeFileSync(file, String(port));
	return port;
}

/**
 * @param {number} port 0 for any
 * @returns {Promise<number | undefined>} undefined when it is taken
 */
function freePort(port) {
	return new Promise(resolve => {
		const probe = createServer();
		probe.once('error', () => resolve(undefined));
		probe.listen(port, '127.0.0.1', () => {
			const address = probe.address();
			probe.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
		});
	});
}

/** @param {string} name */
function findProgram(name) {
	const names = process.platform === 'win32' ? [`${name}.cmd`, `${name}.exe`] : [name];
	const folders = (process.env['PATH'] ?? '').split(delimiter);
	return folders.flatMap(path => names.map(file => join(path, file))).find(file => existsSync(file));
}

function hasDesktop() {
	return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
}

/** @param {string} address */
function openInBrowser(address) {
	const opener = { darwin: 'open', linux: 'xdg-open' }[/** @type {string} */ (process.platform)];
	const program = opener && findProgram(opener);
	if (program) {
		start(program, [address], { stdio: 'ignore' });
	}
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
	console.error(message);
	process.exit(1);
}
