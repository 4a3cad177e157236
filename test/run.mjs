// `npm test`: everything. `npm test -- unit|host|ui|check [part of a path …] [--grep <part of a test's name>]`: one suite.
// Ends in one line, "N passed, N failed, N skipped", with the sum of all suites.
import { fork } from 'node:child_process';
import { countsLine, isGood, sum } from './counts.mjs';
import { setUp, setUpPackages } from './workbench/setup.mjs';
import { paint, seconds } from './workbench/steps.mjs';

/** @typedef {import('./counts.mjs').Counts} Counts */

/** In the order of what they take. Those that say so need the editor and the browser too. */
const SUITES = {
	// The times end what hangs: they are many times what a busy machine takes.
	check: { script: 'test/check.mjs', args: ['--no-unit'], needsEditor: false, timeoutMs: 10 * 60_000 },
	unit: { script: 'test/unit.mjs', args: [], needsEditor: false, timeoutMs: 20 * 60_000 },
	host: { script: 'test/host.mjs', args: [], needsEditor: true, timeoutMs: 20 * 60_000 },
	ui: { script: 'test/ui.mjs', args: [], needsEditor: true, timeoutMs: 40 * 60_000 },
};
/** What a suite gets to end its own processes, before it is killed. */
const END_MS = 10_000;

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
	process.once(signal, () => process.exit(1));
}

const [chosen, ...args] = process.argv.slice(2);
if (chosen !== undefined && !(chosen in SUITES)) {
	console.error(`There is no suite "${chosen}", but ${Object.keys(SUITES).join(', ')}.`);
	process.exit(2);
}
const names = /** @type {(keyof typeof SUITES)[]} */ (chosen ? [chosen] : Object.keys(SUITES));
const needsEditor = names.some(name => SUITES[name].needsEditor);
await (needsEditor && process.env['VSCODE_TEST_HOST'] !== 'desktop' ? setUp() : setUpPackages());

const results = [];
for (const name of names) {
	console.log(`\n== ${name}`);
	const begin = performance.now();
	const counts = await runSuite(SUITES[name]);
	const colour = isGood(counts) ? 'green' : 'red';
	console.log(paint(`== ${name}: ${countsLine(counts)} (${seconds(begin)})`, colour));
	results.push({ name, counts });
}
const bad = results.filter(({ counts }) => !isGood(counts)).map(({ name }) => name);
if (bad.length > 0) {
	console.log(`\nFailed: ${bad.join(', ')}`);
}
console.log(`\n${countsLine(sum(results.map(({ counts }) => counts)))}`);
process.exitCode = bad.length > 0 ? 1 : 0;

/**
 * Runs a suite in a process of its own, so that nothing it does can keep us from counting.
 *
 * @param {{ script: string, args: readonly string[], timeoutMs: number }} suite
 * @returns {Promise<Counts>}
 */
function runSuite(suite) {
	const child = fork(suite.script, [...suite.args, ...args]);
	const stop = () => child.kill('SIGTERM');
	process.once('exit', stop);
	/** @type {Counts | undefined} */
	let counts;
	child.on('message', message => {
		counts = /** @type {Counts} */ (message);
	});
	// SIGTERM first: only the suite knows the process groups it started.
	const timer = setTimeout(() => {
		console.error(`${suite.script} took longer than ${suite.timeoutMs / 1000} s.`);
		child.kill('SIGTERM');
		setTimeout(() => child.kill('SIGKILL'), END_MS).unref();
	}, suite.timeoutMs);
	return new Promise(resolve => {
		child.once('error', error => console.error(error.message));
		child.once('close', code => {
			clearTimeout(timer);
			process.removeListener('exit', stop);
			resolve(outcome(counts, code));
		});
	});
}

/**
 * A suite that counted no failure and still ended badly, or counted nothing, has one failure more than it told.
 *
 * @param {Counts | undefined} counts
 * @param {number | null} code
 * @returns {Counts}
 */
function outcome(counts = { passed: 0, failed: 0, skipped: 0 }, code) {
	const isUntold = counts.failed === 0 && (code !== 0 || counts.passed === 0);
	return isUntold ? { ...counts, failed: 1 } : counts;
}
