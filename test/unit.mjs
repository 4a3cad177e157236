// Bundles the unit tests and runs them in this Node: `node test/unit.mjs [part of a path …] [-- mocha options]`.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const separator = process.argv.indexOf('--');
const filters = process.argv.slice(2, separator < 0 ? undefined : separator);
const mochaOptions = separator < 0 ? [] : process.argv.slice(separator + 1);

const tests = readdirSync('test/unit', { recursive: true })
	.map(name => `test/unit/${String(name).replaceAll('\\', '/')}`)
	.filter(name => /\.test\.tsx?$/.test(name) && (filters.length === 0 || filters.some(part => name.includes(part))));
if (tests.length === 0) {
	console.error(`No unit test matches ${filters.join(' ')}.`);
	process.exit(1);
}

// A folder of its own for a filtered run, so that two runs at once do not disturb each other.
const outdir = filters.length === 0 ? 'out/unit' : `out/unit-${process.pid}`;
rmSync(outdir, { recursive: true, force: true });
await build({
	entryPoints: tests,
	outdir,
	outbase: 'test/unit',
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
const run = spawnSync(
	process.execPath,
	['--enable-source-maps', 'node_modules/mocha/bin/mocha.js', '--recursive', '--extension', 'test.mjs', outdir, ...mochaOptions],
	{ stdio: 'inherit' },
);
if (filters.length > 0) {
	rmSync(outdir, { recursive: true, force: true });
}
process.exit(run.status ?? 1);
