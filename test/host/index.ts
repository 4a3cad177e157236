/**
 * Runs in the extension host: loads the test files named in the environment and runs them with mocha. The report goes
 * to a file, because the editor's own log shares the console.
 */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

const TIMEOUT_MS = 30_000;

/** Called by the editor, which ends with code 1 when it rejects. */
export async function run(): Promise<void> {
	const folder = required('OPENROUTER_AGENT_TEST_OUT');
	const files: string[] = JSON.parse(required('OPENROUTER_AGENT_TEST_FILES'));
	const grep = process.env['OPENROUTER_AGENT_TEST_GREP'];
	Mocha.reporters.Base.consoleLog = (format: unknown, ...values: unknown[]) => {
		appendFileSync(join(folder, 'report.txt'), `${formatted(format, values)}\n`);
	};
	const mocha = new Mocha({ reporter: 'spec', color: false, timeout: TIMEOUT_MS, ...(grep && { grep }) });
	for (const file of files.toSorted((one, other) => rankOf(one) - rankOf(other))) {
		mocha.addFile(file);
	}
	await mocha.loadFilesAsync();
	const failures = await new Promise<number>(resolve => {
		const runner = mocha.run(resolve);
		runner.once('end', () => {
			const { passes: passed = 0, failures: failed = 0, pending: skipped = 0 } = runner.stats ?? {};
			writeFileSync(join(folder, 'counts.json'), JSON.stringify({ passed, failed, skipped }));
		});
	});
	if (failures > 0) {
		throw new Error(`${failures} tests failed`);
	}
}

/**
 * The activation comes first, before anything has used the extension; late what starts servers, which keep the editor
 * busy for the others; and last what ends the extension.
 */
function rankOf(file: string): number {
	return file.includes('activation') ? 0 : file.includes('closing') ? 3 : /language|lmTools/.test(file) ? 2 : 1;
}

/** Mocha's reporters write with `%s` and `%d`. */
function formatted(format: unknown, values: unknown[]): string {
	const rest = [...values];
	const text = String(format ?? '').replace(/%[sd]/g, () => String(rest.shift()));
	return [text, ...rest].join(' ');
}

function required(name: string): string {
	const value = process.env[name];
	if (value === undefined) {
		throw new Error(`${name} is not set: start the host tests with test/host.mjs.`);
	}
	return value;
}
