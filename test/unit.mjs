// The unit tests: `node test/unit.mjs [part of a path …] [--grep <part of a test's name>]`.
import { runFolder } from './mocha.mjs';

const isChosen = process.argv.length > 2;

await runFolder('test/unit', { reporter: isChosen ? 'spec' : 'dot' });
