/** What ships and what loads when: bundles, VSIX, and the activation of the production build in plain Node. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { checkBundle, LIMITS } from '../checks/bundleFaults.mjs';
import { packStage, stageExtension } from '../workbench/extensionPackage.mjs';
import { compare, median } from './report.ts';

const RUNS = 15;

/** Gives `vscode` to the bundle: an object whose every property can be called, read and constructed. */
const fakeEditor = `
import { register } from 'node:module';
register('data:text/javascript,' + encodeURIComponent(\`
export async function resolve(name, context, next) {
	return name === 'vscode' ? { url: 'data:text/javascript,' + encodeURIComponent(source), shortCircuit: true } : next(name, context);
}
const source = 'const any = new Proxy(function () {}, { get: (_, key) => key === Symbol.toPrimitive ? () => "" : any, apply: () => any, construct: () => any });'
	+ ['window', 'workspace', 'commands', 'l10n', 'env', 'Uri', 'EventEmitter', 'Disposable', 'ExtensionMode'].map(name => 'export const ' + name + ' = any;').join('');
\`));
const start = performance.now();
const extension = await import(process.argv[1]);
const loaded = performance.now();
extension.activate({ subscriptions: [], secrets: { onDidChange: () => ({ dispose() {} }) }, extensionUri: {}, extensionMode: 1 });
console.log(JSON.stringify({ load: loaded - start, activate: performance.now() - loaded }));
`;
const timesSchema = z.object({ load: z.number(), activate: z.number() });

mkdirSync('out', { recursive: true });
const folder = mkdtempSync(join('out', 'bench-'));
try {
	const stage = join(folder, 'extension');
	const metafiles = await stageExtension({ folder: stage, production: true });
	for (const name of ['desktop', 'page'] as const) {
		const metafile = metafiles[name];
		if (metafile !== undefined) {
			const { bytes } = checkBundle(name, metafile, LIMITS[name]);
			const what = name === 'desktop' ? 'host code that loads at activation' : 'page at first paint';
			compare(what, { value: bytes / 1000, unit: 'kB' }, { name: 'limit', value: LIMITS[name].bytes / 1000 }, 1);
		}
	}
	const vsix = join(folder, 'extension.vsix');
	await packStage(stage, vsix);
	compare('VSIX', { value: statSync(vsix).size / 1000, unit: 'kB' }, { name: 'limit', value: 1500 }, 1);
	const entry = pathToFileURL(resolve(stage, 'dist/desktop/extension.mjs')).href;
	const times = Array.from({ length: RUNS }, () => activationTimes(entry));
	const limit = { name: 'limit', value: 20 };
	compare(
		'loading and activating, fake editor',
		{ value: median(times.map(({ load, activate }) => load + activate)), unit: 'ms' },
		limit,
		1,
	);
	compare('activate() alone', { value: median(times.map(({ activate }) => activate)), unit: 'ms' }, limit, 1);
} finally {
	rmSync(folder, { recursive: true, force: true });
}

function activationTimes(entry: string) {
	const run = spawnSync(process.execPath, ['--input-type=module', '--eval', fakeEditor, entry], { encoding: 'utf8' });
	if (run.status !== 0) {
		throw new Error(run.stderr);
	}
	return timesSchema.parse(JSON.parse(run.stdout));
}
