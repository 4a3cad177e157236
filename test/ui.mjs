// The UI tests: a real browser drives the chat page, and a real VS Code with the packed extension installed.
// `node test/ui.mjs [part of a path …] [--grep <part of a test's name>]`
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runFolder } from './mocha.mjs';
import { packExtension } from './workbench/extensionPackage.mjs';
import { step } from './workbench/steps.mjs';

const TIMEOUT_MS = 60_000;

mkdirSync('out', { recursive: true });
const folder = mkdtempSync(resolve('out', 'ui-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const vsix = join(folder, 'openrouter-agent.vsix');
await step('package', () => packExtension(vsix));
// Read by the tests' Workbench.
process.env['OPENROUTER_AGENT_VSIX'] = vsix;

await runFolder('test/ui', { reporter: 'spec', timeout: TIMEOUT_MS });
