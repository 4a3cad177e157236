import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { decideCommand } from '../../../../src/agent/shell/commandDecision.ts';
import { parseCommand } from '../../../../src/agent/shell/commandGrammar.ts';
import { commandContext } from './commandContext.ts';
import { commandLines, flagLines } from './commandLines.ts';
import { CommandSandbox, SECRET } from './commandSandbox.ts';
import { BashEar } from './heardWords.ts';

const CORPUS = 'test/fixtures/commands';

function isAllowed(line: string, context = commandContext()): boolean {
	return decideCommand(line, context).kind === 'allow';
}

/** The words of each command as the grammar reads them. */
function parsedWords(line: string): readonly (readonly string[])[] {
	const parsed = parseCommand(line);
	assert.ok(parsed.ok, line);
	return parsed.segments.map(({ words }) => words.map(({ value }) => value));
}

// On Windows every command is asked for.
if (process.platform !== 'win32') {
	describe('allowed commands, run by bash', () => {
		let sandbox: CommandSandbox;
		let before: readonly string[];

		beforeEach(() => {
			sandbox = new CommandSandbox();
			before = sandbox.snapshot();
		});
		afterEach(() => sandbox.dispose());

		async function assertReadsOnly(line: string): Promise<void> {
			const { output, hasSurvivor } = await sandbox.run(line);
			assert.deepEqual(sandbox.snapshot(), before, line);
			assert.equal(output.includes(SECRET), false, `${line}\n${output}`);
			assert.equal(hasSurvivor, false, line);
		}

		it('change nothing, show no secret and leave no process behind, whatever the grammar makes of them', async () => {
			await fc.assert(
				fc.asyncProperty(commandLines, async line => {
					fc.pre(isAllowed(line, await sandbox.context(line)));
					await assertReadsOnly(line);
				}),
				{ numRuns: 150 },
			);
		});

		it('change nothing with any flag of the tables', async () => {
			const lines: string[] = [];
			for (const line of flagLines) {
				if (isAllowed(line, await sandbox.context(line))) {
					lines.push(line);
				}
			}
			assert.ok(lines.length > flagLines.length / 4, `${lines.length} of ${flagLines.length}`);
			for (let at = 0; at < lines.length; at += 20) {
				await assertReadsOnly(lines.slice(at, at + 20).join('; '));
			}
		});

		it('would be caught if they did', async () => {
			await sandbox.run('sort -- -oPWNED.ts > /dev/null');
			assert.deepEqual(sandbox.snapshot(), before);
			await sandbox.run('git diff', {});
			assert.ok(sandbox.snapshot().some(file => file.startsWith('ws/PWNED ')));
			await sandbox.run('sort *.ts');
			assert.ok(sandbox.snapshot().some(file => file.startsWith('ws/PWNED.ts ')));
			assert.match((await sandbox.run('cat .env')).output, new RegExp(SECRET));
			assert.equal((await sandbox.run('sleep 60 >/dev/null 2>&1 &')).hasSurvivor, true);
		});
	});

	/**
	 * What bash runs is told by bash itself: every command it would start notes its words. If these are the commands and the
	 * words that the grammar read, then the decision was about what runs, whatever was typed; and the tables answer for each.
	 */
	describe('allowed commands, read by bash', () => {
		let ear: BashEar;

		beforeEach(() => {
			ear = new BashEar();
		});
		afterEach(() => ear.dispose());

		function assertHeardAsParsed(line: string): void {
			const parsed = parsedWords(line).map(words => JSON.stringify(words));
			// What follows `||` runs only after a failure.
			for (const status of line.includes('||') ? ([0, 1] as const) : ([0] as const)) {
				const { commands, files } = ear.hear(line, status);
				const heard = commands.map(words => JSON.stringify(words));
				assert.deepEqual(files, [], line);
				assert.deepEqual(
					heard.filter(words => !parsed.includes(words)),
					[],
					line,
				);
				assert.ok(heard.includes(parsed[0] ?? ''), line);
				if (!/&&|\|\|/.test(line)) {
					assert.deepEqual(heard.toSorted(), parsed.toSorted(), line);
				}
			}
		}

		const allowed = readdirSync(CORPUS)
			.flatMap(file => Object.keys(JSON.parse(readFileSync(`${CORPUS}/${file}`, 'utf8'))))
			.filter(line => isAllowed(line));

		it('are the words that the grammar read, for all of the corpus', () => {
			allowed.forEach(assertHeardAsParsed);
		});

		it('are so after any character was put in anywhere', () => {
			let heard = 0;
			const character = fc.constantFrom(
				...[...';|&<>$`(){}\\"\'!*?[]~#\n\r\t /-=,.:@%+^_019azAZ'],
				...[
					'\u00a0',
					'\u2028',
					'\u200b',
					'\u202e',
					'\u0455',
					'é',
					'—',
					'👍',
					'\0',
					'\x1b',
					'\\"',
					"'\\''",
					'$(',
					'&&',
					'2>',
				],
			);
			const changes = fc.array(fc.tuple(fc.nat({ max: 9_999 }), character), { minLength: 1, maxLength: 2 });
			fc.assert(
				fc.property(fc.constantFrom(...allowed), changes, (line, inserted) => {
					const changed = inserted.reduce((text, [place, added]) => {
						const at = place % (text.length + 1);
						return text.slice(0, at) + added + text.slice(at);
					}, line);
					if (isAllowed(changed)) {
						heard++;
						assertHeardAsParsed(changed);
					}
				}),
				{ numRuns: 1_500 },
			);
			assert.ok(heard > 20, `${heard} lines were still allowed`);
		});
	});
}
