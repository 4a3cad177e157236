// The benchmarks: `npm run bench [-- part of a name …] [--json file]`. One table at the end: what was measured, beside a
// limit or a peer of the same run. Ends with code 0 also where a number is short, with 1 where a benchmark broke.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { bundles } from '../../esbuild.mjs';
import { measurePackage } from './packageSizes.mjs';
import { describe, table, verdict } from './table.mjs';

/** @typedef {import('./row.ts').Row} Row */

const SUFFIX = '.bench.ts';
const PACKAGE = 'package';

const { positionals: filters, values } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } });
const names = [
	PACKAGE,
	...readdirSync('test/bench').flatMap(name => name.match(/^(.*)\.bench\.ts$/)?.[1] ?? []),
].filter(name => filters.length === 0 || filters.some(part => name.includes(part)));
if (names.length === 0) {
	console.error(`No benchmark matches ${filters.join(' ')}.`);
	process.exit(1);
}
mkdirSync('out', { recursive: true });
// Inside the project, so that the bundles find its packages.
const out = mkdtempSync(join('out', 'bench-'));
process.once('exit', () => rmSync(out, { recursive: true, force: true }));

/** @type {Promise<string> | undefined} */
let built;
const load = loadavg()[0] ?? 0;
/** @type {Row[]} */
const rows = [];
/** @type {string[]} */
const broken = [];
for (const name of names) {
	console.log(`\n== ${name}`);
	try {
		await (name === PACKAGE ? measurePackage(join(out, PACKAGE), take) : runBundled(name));
	} catch (error) {
		console.error(error);
		broken.push(name);
	}
}
const machine = `${availableParallelism()} cores, Node ${process.versions.node}, load ${load.toFixed(1)} at the start`;
console.log(`\n${machine}\n\n${table(rows)}`);
if (values.json !== undefined) {
	const told = rows.map(row => ({ ...row, ratio: row.measured / row.against, verdict: verdict(row) }));
	writeFileSync(
		values.json,
		`${JSON.stringify({ date: new Date().toISOString(), machine, rows: told }, undefined, '\t')}\n`,
	);
}
if (broken.length > 0) {
	console.log(`\nBroken: ${broken.join(', ')}`);
	process.exitCode = 1;
}

/** @param {Row} row */
function take(row) {
	rows.push(row);
	console.log(`   ${describe(row)}`);
}

/** The command line as it ships, built at its first use: its path. */
function command() {
	built ??= build(bundles({ outdir: join(out, 'built'), production: true }).desktop).then(() =>
		resolve(out, 'built/desktop/cli.mjs'),
	);
	return built;
}

/**
 * Runs a benchmark in a process of its own, so that no other's heap or compiled code counts.
 *
 * @param {string} name
 */
async function runBundled(name) {
	const outfile = join(out, `${name}.mjs`);
	await build({
		entryPoints: [`test/bench/${name}${SUFFIX}`],
		outfile,
		bundle: true,
		format: 'esm',
		platform: 'node',
		target: 'node20',
		packages: 'external',
		logLevel: 'warning',
	});
	const child = fork(outfile, { env: { ...process.env, OPENROUTER_AGENT_COMMAND: await command() } });
	child.on('message', message => take(/** @type {Row} */ (message)));
	const [code] = await once(child, 'close');
	if (code !== 0) {
		throw new Error(`${name} ended with code ${code}.`);
	}
}
