// Bundles the benchmarks and runs them one after the other: `node test/bench/run.mjs [part of a name …]`.
// Each prints ratios beside the limits it must keep, and ends with a code other than 0 when one is broken.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

const OUT = 'out/bench';

const filters = process.argv.slice(2);
const names = readdirSync('test/bench')
	.filter(name => name.endsWith('.bench.ts'))
	.filter(name => filters.length === 0 || filters.some(part => name.includes(part)));
if (names.length === 0) {
	console.error(`No benchmark matches ${filters.join(' ')}.`);
	process.exit(1);
}
rmSync(OUT, { recursive: true, force: true });
await build({
	entryPoints: names.map(name => `test/bench/${name}`),
	outdir: OUT,
	bundle: true,
	format: 'esm',
	platform: 'node',
	target: 'node20',
	packages: 'external',
	outExtension: { '.js': '.mjs' },
	logLevel: 'warning',
});
const failed = names.filter(name => {
	console.log(`\n${name}`);
	return spawnSync(process.execPath, [`${OUT}/${name.replace(/\.ts$/, '.mjs')}`], { stdio: 'inherit' }).status !== 0;
});
process.exit(failed.length > 0 ? 1 : 0);
