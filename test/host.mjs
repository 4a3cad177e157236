// The host tests: mocha inside the extension host of a real VS Code.
// `node test/host.mjs [part of a path …] [--grep <part of a test's name>]`
// VSCODE_TEST_HOST=server (default, the VS Code server in a browser) or desktop (downloaded by @vscode/test-electron).
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runTests } from '@vscode/test-electron';
import { reportCounts } from './counts.mjs';
import { bundleTests, findTests } from './mocha.mjs';
import { stageExtension } from './workbench/extensionPackage.mjs';
import { step } from './workbench/steps.mjs';

const WORKSPACE = 'test/fixtures/workspace';

const { positionals: filters, values } = parseArgs({ allowPositionals: true, options: { grep: { type: 'string' } } });
const isDesktop = process.env['VSCODE_TEST_HOST'] === 'desktop';
const tests = findTests('test/host', filters);
mkdirSync('out', { recursive: true });
// Inside the project, so that the tests find its packages.
const out = mkdtempSync(resolve('out', 'host-'));
// Outside, so that nothing above it looks like a part of the workspace.
const workspace = mkdtempSync(join(tmpdir(), 'openrouter-agent-'));
process.once('exit', () => {
	rmSync(out, { recursive: true, force: true });
	rmSync(workspace, { recursive: true, force: true });
});

await step('build', async () => {
	await stageExtension({ folder: join(out, 'extension'), production: false });
	await bundleTests(['test/host/index.ts', ...tests], join(out, 'tests'), 'test/host');
	cpSync(WORKSPACE, workspace, { recursive: true });
});

const built = /** @param {string} test */ test =>
	join(out, 'tests', `${test.slice('test/host/'.length, -'.ts'.length)}.mjs`);
const failure = await runTests({
	...(!isDesktop && { vscodeExecutablePath: resolve('test/workbench/serverEditor.mjs'), reuseMachineInstall: true }),
	extensionDevelopmentPath: join(out, 'extension'),
	extensionTestsPath: built('test/host/index.ts'),
	launchArgs: [workspace],
	extensionTestsEnv: {
		OPENROUTER_AGENT_TEST_OUT: out,
		OPENROUTER_AGENT_TEST_FILES: JSON.stringify(tests.map(built)),
		...(values.grep && { OPENROUTER_AGENT_TEST_GREP: values.grep }),
	},
}).then(
	() => undefined,
	error => /** @type {Error} */ (error),
);

const report = join(out, 'report.txt');
const counts = join(out, 'counts.json');
console.log(existsSync(report) ? readFileSync(report, 'utf8') : '');
if (failure) {
	console.error(failure.message);
}
// Without counts the editor ended before the tests did.
reportCounts(existsSync(counts) ? JSON.parse(readFileSync(counts, 'utf8')) : { passed: 0, failed: 1, skipped: 0 });
