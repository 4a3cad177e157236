import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import fc from 'fast-check';
import { systemClock } from '../../../src/agent/clock.ts';
import { SpendLedger } from '../../../src/agent/ledger/ledger.ts';
import { sumDollars } from '../../../src/agent/ledger/money.ts';
import { openLedgerFolder } from '../../../src/node/ledgerFile.ts';

const LIMIT = 4;
const LARGEST = 0.05;

/** A process of its own that spends as fast as it can until the budget is used up. It starts when told to. */
const SPENDER = `
import { SpendLedger } from ${JSON.stringify(resolve('src/agent/ledger/ledger.ts'))};
import { systemClock } from ${JSON.stringify(resolve('src/agent/clock.ts'))};
import { openLedgerFolder } from ${JSON.stringify(resolve('src/node/ledgerFile.ts'))};
const [folder, seed] = process.argv.slice(2);
const ledger = new SpendLedger({
	...openLedgerFolder(folder),
	clock: systemClock,
	newId: () => crypto.randomUUID(),
	priceOf: () => undefined,
	onFailure: error => { throw error; },
});
let state = Number(seed);
const random = limit => (state = (state * 48271) % 2147483647) % limit;
process.stdout.write('ready\\n');
await new Promise(resolve => process.stdin.once('data', resolve));
const usage = { promptTokens: 1, completionTokens: 1, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };
for (let count = 0; ; count++) {
	const need = { sessionId: 's', purpose: 'turn', model: 'm/x', amount: (1 + random(${LARGEST * 1000})) / 1000 };
	let reservation;
	try {
		reservation = await ledger.reserve(need, { session: ${LIMIT} });
	} catch (error) {
		if (error.kind === 'budget') process.exit(0);
		throw error;
	}
	process.stdout.write(reservation.amount + '\\n');
	const generationId = 'gen-' + seed + '-' + count;
	if (random(2) === 0) await reservation.answering(generationId);
	await reservation.settle({ ...usage, cost: reservation.amount });
}
`;

describe('The ledger of several processes', () => {
	let folder: string;
	let spender: string;

	before(async () => {
		folder = await mkdtemp(join(tmpdir(), 'ledger-'));
		spender = join(folder, 'spender.mjs');
		await build({
			stdin: { contents: SPENDER, resolveDir: process.cwd() },
			outfile: spender,
			bundle: true,
			platform: 'node',
			format: 'esm',
		});
	});
	after(() => rm(folder, { recursive: true, force: true }));

	/** Runs a spender for each entry of `kills` at the same time, and kills it after so many grants. */
	async function spend(path: string, firstSeed: number, kills: readonly number[]): Promise<readonly number[][]> {
		const children = kills.map((_, index) =>
			spawn(process.execPath, [spender, path, `${firstSeed + index}`], { stdio: ['pipe', 'pipe', 'inherit'] }),
		);
		let waiting = children.length;
		const start = () => {
			for (const { stdin } of children) {
				stdin.end('start');
			}
		};
		return Promise.all(
			children.map(async (child, index) => {
				const ended = once(child, 'exit');
				const granted: number[] = [];
				for await (const line of createInterface({ input: child.stdout })) {
					if (line === 'ready') {
						waiting--;
						if (waiting === 0) {
							start();
						}
						continue;
					}
					granted.push(Number(line));
					if (granted.length === kills[index]) {
						child.kill('SIGKILL');
					}
				}
				await ended;
				assert.ok(child.exitCode === 0 || child.signalCode === 'SIGKILL', `${child.exitCode} ${child.signalCode}`);
				return granted;
			}),
		);
	}

	it('holds a budget to the last cent, though some are killed', async function () {
		this.timeout(30_000);
		const [rounds = []] = fc.sample(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 4, maxLength: 4 }), {
			seed: 20_261_121,
			numRuns: 1,
		});
		for (const [round, killAfter] of rounds.entries()) {
			const path = join(folder, `round-${round}`);
			const kills = [killAfter, killAfter + 1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
			const granted = await spend(path, 1 + round * kills.length, kills);
			assert.ok(granted.filter(({ length }) => length > 0).length > 1, 'they spent at the same time');
			const total = sumDollars(granted.flat());
			assert.ok(total <= LIMIT, `${total} was granted`);

			const home = openLedgerFolder(path);
			const ledger = new SpendLedger({
				...home,
				clock: systemClock,
				newId: () => crypto.randomUUID(),
				priceOf: () => undefined,
				onFailure: error => assert.fail(String(error)),
			});
			await ledger.refresh();
			const before = ledger.totals('s').session;
			const used = sumDollars([before.known, before.reserved]);
			assert.ok(used <= LIMIT && used > LIMIT - LARGEST, `${used} is used`);
			assert.ok(home.store.damagedLines <= 2, `${home.store.damagedLines} damaged lines`);

			const asked: string[] = [];
			const bill = async (generationId: string) => void asked.push(generationId);
			await ledger.settleOrphans({ bill }, new AbortController().signal);
			const after = ledger.totals('s').session;
			assert.deepEqual(after, { known: before.known, unknownRequests: asked.length, reserved: 0 });
			assert.ok(asked.length <= 2, 'at most what the killed had open');
		}
	});
});
