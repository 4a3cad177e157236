#!/usr/bin/env node
// Stands in for the desktop program `code` where @vscode/test-electron starts one: takes its flags, and runs the
// extension tests in the VS Code server and a headless browser. Ends with the code the tests end with.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { findBrowser } from './browser.mjs';
import { editorHost } from './editorHost.mjs';
import { BROWSER_ARGS, startServer } from './server.mjs';

const TIMEOUT_MS = 15 * 60_000;
const SCREENSHOT = 'out/screenshots/host-timeout.png';

const { values, positionals } = parseArgs({
	strict: false,
	allowPositionals: true,
	options: {
		extensionDevelopmentPath: { type: 'string', multiple: true },
		extensionTestsPath: { type: 'string' },
	},
});
const [workspace = ''] = positionals;
const data = mkdtempSync(join(tmpdir(), 'openrouter-agent-host-'));
process.once('exit', () => rmSync(data, { recursive: true, force: true }));
// Whoever started us is gone, and so is the interest in the result.
process.stdin.once('end', () => process.exit(1)).resume();

const server = await startServer({
	host: await editorHost(console.error),
	dataFolder: join(data, 'data'),
	extensionsFolder: join(data, 'extensions'),
	isTest: true,
});
const browser = await chromium.launch({ executablePath: await findBrowser(console.error), args: BROWSER_ARGS });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
/** @type {Promise<number>} */
const exit = new Promise(resolve => {
	void page.exposeFunction('codeAutomationExit', resolve);
	const timer = setTimeout(() => resolve(-1), TIMEOUT_MS);
	timer.unref();
});
/** @type {string[]} */
const log = [];
await page.exposeFunction('codeAutomationLog', (/** @type {string} */ type, /** @type {unknown[]} */ values) => {
	log.push(`${type} ${values.join(' ')}`);
});
await page.goto(`${server.url}/?${address()}`, { waitUntil: 'commit' });
const code = await exit;
if (code === -1) {
	mkdirSync('out/screenshots', { recursive: true });
	await page.screenshot({ path: SCREENSHOT });
	console.error(`The tests did not end in ${TIMEOUT_MS / 1000} s; the picture is ${SCREENSHOT}.`);
}
// A failed test is in the report. Where there are no counts, the tests never ran or never ended.
if (!existsSync(join(process.env['OPENROUTER_AGENT_TEST_OUT'] ?? '', 'counts.json'))) {
	console.error([...log.slice(-40), server.output().slice(-4000)].join('\n'));
}
await browser.close();
server.stop();
process.exit(code === 0 ? 0 : 1);

/** What the workbench reads from its address; see the `payload` of its web entry. */
function address() {
	const remote = /** @param {string} path */ path => `vscode-remote://${server.authority}${path}`;
	const environment = Object.entries(process.env).filter(([name]) => name.startsWith('OPENROUTER_AGENT_TEST_'));
	const payload = [
		...[values.extensionDevelopmentPath ?? []].flat().map(path => ['extensionDevelopmentPath', remote(String(path))]),
		['extensionTestsPath', remote(String(values.extensionTestsPath))],
		['extensionEnvironment', JSON.stringify(Object.fromEntries(environment))],
		['skipWelcome', 'true'],
		['skipReleaseNotes', 'true'],
	];
	return new URLSearchParams({ folder: workspace, payload: JSON.stringify(payload) });
}
