// Bundles tests written in TypeScript and runs them with mocha in this Node.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import * as fc from 'fast-check';
import Mocha from 'mocha';
import { reportCounts } from './counts.mjs';

/**
 * Where property tests begin to search: at one place, so that a run says something about the change that is tested.
 * PROPERTY_SEED=random, or a number, searches elsewhere.
 */
const PROPERTY_SEED = process.env['PROPERTY_SEED'] ?? '20261';

/** How long after the last test the process may take to end by itself. */
const END_TIMEOUT_MS = 5000;

/**
 * The test files of a folder whose path contains one of the filters.
 *
 * @param {string} folder
 * @param {readonly string[]} filters all files if empty
 */
export function findTests(folder, filters) {
	const tests = readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.map(name => `${folder}/${name.replaceAll('\\', '/')}`)
		.filter(name => /\.test\.tsx?$/.test(name) && (filters.length === 0 || filters.some(part => name.includes(part))))
		.sort();
	if (tests.length === 0) {
		throw new Error(`No test in ${folder} matches "${filters.join(' ')}".`);
	}
	return tests;
}

/**
 * Runs the tests of a folder that the command line names, and reports their counts:
 * `<script> [part of a path …] [--grep <part of a test's name>]`.
 *
 * @param {string} folder
 * @param {Mocha.MochaOptions} options
 */
export async function runFolder(folder, options) {
	const { positionals: filters, values } = parseArgs({ allowPositionals: true, options: { grep: { type: 'string' } } });
	const tests = findTests(folder, filters);
	mkdirSync('out', { recursive: true });
	// A folder of its own, so that two runs at once do not disturb each other. Inside the project, to find packages.
	const outdir = mkdtempSync(join('out', 'tests-'));
	process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
	await bundleTests(tests, outdir, folder);
	process.setSourceMapsEnabled(true);
	if (PROPERTY_SEED !== 'random') {
		fc.configureGlobal({ seed: Number(PROPERTY_SEED) });
	}
	const mocha = new Mocha({
		...options,
		forbidOnly: process.env['CI'] === 'true',
		...(values.grep && { grep: values.grep }),
	});
	for (const test of tests) {
		mocha.addFile(resolve(outdir, test.slice(folder.length + 1).replace(/\.tsx?$/, '.mjs')));
	}
	await mocha.loadFilesAsync();
	const stats = await runToEnd(mocha);
	reportCounts({ passed: stats.passes, failed: stats.failures, skipped: stats.pending });
	setTimeout(() => {
		console.error(`The tests left something running: ${process.getActiveResourcesInfo().join(', ')}`);
		process.exit(1);
	}, END_TIMEOUT_MS).unref();
}

/**
 * @param {readonly string[]} tests
 * @param {string} outdir
 * @param {string} outbase
 */
export async function bundleTests(tests, outdir, outbase) {
	await build({
		entryPoints: [...tests],
		outdir,
		outbase,
		bundle: true,
		splitting: true,
		format: 'esm',
		platform: 'node',
		target: 'node20',
		packages: 'external',
		sourcemap: 'linked',
		outExtension: { '.js': '.mjs' },
		jsx: 'automatic',
		jsxImportSource: 'preact',
		logLevel: 'warning',
	});
}

/**
 * @param {Mocha} mocha
 * @returns {Promise<Mocha.Stats>}
 */
function runToEnd(mocha) {
	return new Promise((done, failed) => {
		const runner = mocha.run(() => (runner.stats ? done(runner.stats) : failed(new Error('mocha counted nothing'))));
	});
}
