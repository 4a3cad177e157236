// The unit tests: `node test/unit.mjs [part of a path …] [--grep <part of a test's name>]`.
import { runFolder } from './mocha.mjs';

const isChosen = process.argv.length > 2;

/** Catches what hangs, no more: the longest property tests take seconds where other work runs beside them. */
const TIMEOUT_MS = 60_000;

await runFolder('test/unit', { reporter: isChosen ? 'spec' : 'dot', timeout: TIMEOUT_MS });
