import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { type CommandDecision, decideCommand } from '../../../../src/agent/shell/commandDecision.ts';
import { commandContext } from './commandContext.ts';

const FOLDER = 'test/fixtures/commands';

/** Lines with the decision expected: `allow`, `deny`, or `ask:` and why. */
function readCorpus(name: string): [string, string][] {
	const lines: Record<string, string> = JSON.parse(readFileSync(`${FOLDER}/${name}.json`, 'utf8'));
	return Object.entries(lines);
}

function summary(decision: CommandDecision): string {
	return decision.kind === 'ask' ? `ask: ${decision.reasons.map(({ code }) => code).join(', ')}` : decision.kind;
}

describe('the corpus of command lines', () => {
	const names = readdirSync(FOLDER).map(file => file.replace(/\.json$/, ''));

	for (const name of names) {
		it(`is decided as written down: ${name}`, () => {
			const decided = readCorpus(name).map(([line]) => [line, summary(decideCommand(line, commandContext()))]);
			assert.deepEqual(Object.fromEntries(decided), Object.fromEntries(readCorpus(name)));
		});
	}

	it('lets at least 95 of 100 everyday reading lines run without asking', () => {
		const lines = readCorpus('everydayReading');
		const allowed = lines.filter(([, expected]) => expected === 'allow');
		assert.ok(lines.length >= 120);
		assert.ok(allowed.length / lines.length >= 0.95, `${allowed.length} of ${lines.length}`);
	});

	it('expects no line that changes, sends or hides something to run', () => {
		for (const name of ['attacks', 'destructive', 'everydayOther']) {
			assert.deepEqual(
				readCorpus(name).filter(([, expected]) => expected === 'allow'),
				[],
				name,
			);
		}
	});

	it('is large', () => {
		assert.ok(names.flatMap(readCorpus).length >= 300);
	});
});
