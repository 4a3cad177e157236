// `npm run check`: everything that can be said about the code without an editor, in seconds.
// `node test/check.mjs [part of a step's name …] [--no-unit]`
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { STEPS, UNIT_STEP } from './checks/steps.mjs';
import { reportCounts } from './counts.mjs';
import { paint, seconds } from './workbench/steps.mjs';

const { positionals: filters, values } = parseArgs({
	allowPositionals: true,
	allowNegative: true,
	options: { unit: { type: 'boolean', default: true } },
});
// First the unit tests: they take longest.
const steps = [...(values.unit ? [UNIT_STEP] : []), ...STEPS].filter(
	({ name }) => filters.length === 0 || filters.some(part => name.includes(part)),
);
const waiting = [...steps];
let failed = 0;

await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
reportCounts({ passed: steps.length - failed, failed, skipped: 0 });

/** Takes one step after the other, until none is left. */
async function work() {
	for (let step = waiting.shift(); step; step = waiting.shift()) {
		const begin = performance.now();
		const { fault, note } = await step.run().catch(error => ({ fault: error.stack ?? String(error), note: '' }));
		const line = `${step.name} (${seconds(begin)})${note ? `: ${note}` : ''}`;
		if (fault) {
			failed++;
			console.log(`${paint('FAILED', 'red')} ${line}\n${fault.trimEnd()}\n`);
		} else {
			console.log(`${paint('ok', 'green')}     ${line}`);
		}
	}
}
