import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SpendLedger, type SpendLedgerOptions } from '../../../../src/agent/ledger/ledger.ts';
import { parseLedgerLine } from '../../../../src/agent/ledger/ledgerRecords.ts';
import { LedgerState } from '../../../../src/agent/ledger/ledgerState.ts';
import { toParts } from '../../../../src/agent/ledger/money.ts';
import { taskLimits } from '../../../../src/agent/ledger/spendBudget.ts';
import { ModelError, type Usage } from '../../../../src/agent/model.ts';
import { manualClock } from '../../../fakes/manualClock.ts';
import { type MemoryLedger, memoryLedger } from '../../../fakes/memoryLedger.ts';

const NOON = new Date(2026, 10, 21, 12).getTime();
const need = { sessionId: 's', purpose: 'turn', model: 'm/x', amount: 0.5 } as const;
const never = new AbortController().signal;

function used(cost?: number): Usage {
	return {
		promptTokens: 1_000,
		completionTokens: 10,
		cachedTokens: 0,
		cacheWriteTokens: 0,
		reasoningTokens: 0,
		...(cost !== undefined && { cost }),
	};
}

let ids = 0;

function openLedger(kept: MemoryLedger = memoryLedger(), options: Partial<SpendLedgerOptions> = {}) {
	const failures: unknown[] = [];
	const ledger = new SpendLedger({
		store: kept.open(),
		owner: 'me',
		isOwnerAlive: () => true,
		clock: manualClock(NOON),
		newId: () => `id-${++ids}`,
		priceOf: () => undefined,
		onFailure: error => failures.push(error),
		...options,
	});
	return { kept, ledger, failures };
}

/** The budget error of a reservation that is refused. */
async function refusal(reservation: Promise<unknown>): Promise<ModelError> {
	const error = await reservation.then(
		() => assert.fail('It was not refused.'),
		(reason: unknown) => reason,
	);
	assert.ok(error instanceof ModelError && error.kind === 'budget', String(error));
	return error;
}

describe('The ledger of costs', () => {
	it('reserves, settles and tells the totals of session, day and month', async () => {
		const { ledger } = openLedger();
		let changes = 0;
		const stop = ledger.onDidChange(() => changes++);
		const first = await ledger.reserve(need, {});
		const second = await ledger.reserve({ ...need, sessionId: 't' }, {});
		await ledger.whenWritten();
		assert.deepEqual(ledger.totals('s').session, { known: 0, unknownRequests: 0, reserved: 0.5 });
		await first.settle(used(0.1), { model: 'm/x-2026', provider: 'P' });
		await second.settle(undefined);
		const nothing = { known: 0, unknownRequests: 0, reserved: 0 };
		assert.deepEqual(ledger.totals('s'), {
			session: { ...nothing, known: 0.1 },
			day: { known: 0.1, unknownRequests: 1, reserved: 0 },
			month: { known: 0.1, unknownRequests: 1, reserved: 0 },
		});
		assert.deepEqual(ledger.totals().session, nothing);
		assert.equal(changes, 4);
		stop();
		await (await ledger.reserve(need, {})).release();
		assert.equal(changes, 4);
		const [entry] = ledger.entries();
		assert.deepEqual([entry?.servedModel, entry?.provider, entry?.cost], ['m/x-2026', 'P', 0.1]);
	});

	it('counts a new day and a new month from 0', async () => {
		const clock = manualClock(new Date(2026, 10, 30, 23, 59).getTime());
		const { ledger } = openLedger(memoryLedger(), { clock });
		await (await ledger.reserve(need, {})).settle(used(0.25));
		clock.advance(120_000);
		const { session, day, month } = ledger.totals('s');
		assert.deepEqual([session.known, day.known, month.known], [0.25, 0, 0]);
		await ledger.reserve({ ...need, amount: 1 }, { day: 1, month: 1 });
	});

	it('refuses what passes a budget, and says which and by how much', async () => {
		const { ledger } = openLedger();
		await ledger.reserve(need, { session: 0.75 });
		const error = await refusal(ledger.reserve(need, { session: 0.75, day: 5 }));
		assert.deepEqual(error.fields.budget, { scope: 'session', limit: 0.75, spent: 0.5, needed: 0.5 });
		assert.equal(error.message, 'The budget of this session does not cover the request.');
		assert.equal(ledger.totals('s').session.reserved, 0.5);
	});

	it('counts what a task spends in the budget of its session, and in its own share of that', async () => {
		const { ledger } = openLedger();
		const ofTask = { ...need, sessionId: 'child', account: 's', purpose: 'task' } as const;
		const limits = { session: 2, task: 1 };
		await ledger.reserve(ofTask, limits);
		await (await ledger.reserve(ofTask, limits)).settle(used(0.25));
		assert.deepEqual(ledger.totals('s').session, { known: 0.25, unknownRequests: 0, reserved: 0.5 });
		const share = await refusal(ledger.reserve(ofTask, limits));
		assert.deepEqual(share.fields.budget, { scope: 'task', limit: 1, spent: 0.75, needed: 0.5 });
		assert.equal(share.message, 'The budget of one task does not cover the request.');
		await ledger.reserve({ ...ofTask, sessionId: 'sister' }, limits);
		await ledger.reserve(need, { session: 2 });
		const whole = await refusal(ledger.reserve({ ...ofTask, sessionId: 'third' }, limits));
		assert.deepEqual(whole.fields.budget, { scope: 'session', limit: 2, spent: 1.75, needed: 0.5 });
	});

	it('counts what other windows spend', async () => {
		const { kept, ledger } = openLedger();
		const other = openLedger(kept, { owner: 'other' }).ledger;
		await (await other.reserve(need, {})).settle(used(0.4));
		assert.equal(ledger.totals('s').day.known, 0, 'not read yet');
		await ledger.refresh();
		assert.equal(ledger.totals('s').day.known, 0.4);
		await other.reserve(need, {});
		await refusal(ledger.reserve(need, { day: 1 }));
	});

	it('refuses no small request for a large one that is refused at the same moment', async () => {
		const { kept, ledger } = openLedger();
		const other = openLedger(kept, { owner: 'other' }).ledger;
		const limits = { day: 1 };
		const [large, small, farSmall] = await Promise.allSettled([
			ledger.reserve({ ...need, amount: 5 }, limits),
			ledger.reserve(need, limits),
			other.reserve(need, limits),
		]);
		assert.deepEqual([large?.status, small?.status, farSmall?.status], ['rejected', 'fulfilled', 'fulfilled']);
	});

	it('estimates a cost that is not told, where the price is known', async () => {
		const { ledger } = openLedger(memoryLedger(), { priceOf: () => ({ prompt: 1e-6, completion: 1e-5 }) });
		await (await ledger.reserve(need, {})).settle(used());
		const [entry] = ledger.entries();
		assert.deepEqual([entry?.cost, entry?.isEstimated], [0.0011, true]);
		const { ledger: unpriced } = openLedger();
		await (await unpriced.reserve(need, {})).settle(used());
		assert.deepEqual(unpriced.totals('s').session, { known: 0, unknownRequests: 1, reserved: 0 });
	});

	it('books the bill of a stopped answer when it comes', async () => {
		const { ledger } = openLedger();
		const reservation = await ledger.reserve(need, {});
		await reservation.answering('gen-1');
		reservation.leave();
		assert.equal(ledger.totals('s').session.reserved, 0.5);
		await ledger.settleBill('gen-1', used(0.05));
		await ledger.settleBill('gen-of-nobody', used(1));
		assert.deepEqual(ledger.totals('s').session, { known: 0.05, unknownRequests: 0, reserved: 0 });
	});
});

describe('The budgets, whoever spends', () => {
	const LIMITS = { request: 0.9, session: 2, day: 3, month: 4 };
	const step = fc.record({
		window: fc.nat(2),
		sessionId: fc.constantFrom('s', 't'),
		amount: fc.integer({ min: 1, max: 1_200 }).map(thousandths => thousandths / 1e3),
		share: fc.constantFrom(0, 0.3, 1),
		least: fc.constantFrom(0.1, 1),
		end: fc.constantFrom('settle', 'release', 'unknown', 'leave'),
	});

	it('are never passed, in any order of steps', async () => {
		let granted = 0;
		let refused = 0;
		await fc.assert(
			fc.asyncProperty(fc.scheduler(), fc.array(step, { minLength: 4, maxLength: 14 }), async (scheduler, steps) => {
				const kept = memoryLedger(() => scheduler.schedule(Promise.resolve()));
				const windows = [0, 1, 2].map(index => openLedger(kept, { owner: `w${index}` }).ledger);
				// What is held or spent at the moment, counted by the test alone.
				const held = new Map<string, number>();
				const add = (sessionId: string, parts: number) => {
					held.set(sessionId, (held.get(sessionId) ?? 0) + parts);
					assert.ok((held.get('s') ?? 0) <= toParts(LIMITS.session));
					assert.ok((held.get('t') ?? 0) <= toParts(LIMITS.session));
					assert.ok((held.get('s') ?? 0) + (held.get('t') ?? 0) <= toParts(LIMITS.day));
				};
				const run = async ({ window, sessionId, amount, share, least, end }: (typeof steps)[number]) => {
					const ledger = windows[window];
					assert.ok(ledger);
					const reservation = await ledger
						.reserve({ ...need, sessionId, amount, least: amount * least }, LIMITS)
						.catch((error: unknown) => {
							assert.ok(error instanceof ModelError && error.kind === 'budget', String(error));
							refused++;
						});
					if (reservation === undefined) {
						return;
					}
					granted++;
					const parts = toParts(reservation.amount);
					assert.ok(reservation.amount <= amount && reservation.amount <= LIMITS.request);
					add(sessionId, parts);
					const cost = Math.floor(parts * share) / 1e12;
					switch (end) {
						case 'settle':
							add(sessionId, toParts(cost) - parts);
							return reservation.settle(used(cost));
						case 'release':
							add(sessionId, -parts);
							return reservation.release();
						case 'unknown':
							return reservation.settle(undefined);
						case 'leave':
							return reservation.leave();
					}
				};
				await scheduler.waitFor(Promise.all(steps.map(run)));
				// And every reader, also one that comes later, has the same verdicts and sums.
				const late = new LedgerState();
				for (const line of kept.lines) {
					const record = parseLedgerLine(line);
					assert.ok(record);
					late.apply(record);
				}
				for (const window of windows) {
					await scheduler.waitFor(window.refresh());
					assert.deepEqual([...window.entries()], [...late.entries()]);
				}
			}),
			{ numRuns: 150 },
		);
		assert.ok(granted > 100 && refused > 100, `${granted} granted, ${refused} refused`);
	});
});

describe('The budgets of a session and its tasks', () => {
	const SESSION = 2;
	const SHARE = taskLimits({ session: SESSION }).task ?? 0;
	const step = fc.record({
		window: fc.nat(1),
		task: fc.constantFrom(undefined, 'a', 'b', 'c'),
		amount: fc.integer({ min: 1, max: 900 }).map(thousandths => thousandths / 1e3),
		share: fc.constantFrom(0, 0.3, 1),
		least: fc.constantFrom(0.1, 1),
		end: fc.constantFrom('settle', 'release', 'unknown', 'leave'),
	});

	it('are never passed, however many tasks spend at the same time', async () => {
		const refusedBy = new Map<string, number>();
		await fc.assert(
			fc.asyncProperty(fc.scheduler(), fc.array(step, { minLength: 4, maxLength: 12 }), async (scheduler, steps) => {
				const kept = memoryLedger(() => scheduler.schedule(Promise.resolve()));
				const windows = [0, 1].map(index => openLedger(kept, { owner: `w${index}` }).ledger);
				// What is held or spent at the moment, counted by the test alone.
				let held = 0;
				const heldBy = new Map<string, number>();
				const add = (task: string | undefined, parts: number) => {
					held += parts;
					assert.ok(held <= toParts(SESSION));
					if (task !== undefined) {
						const own = (heldBy.get(task) ?? 0) + parts;
						heldBy.set(task, own);
						assert.ok(own <= toParts(SHARE));
					}
				};
				const run = async ({ window, task, amount, share, least, end }: (typeof steps)[number]) => {
					const ledger = windows[window];
					assert.ok(ledger);
					const who = task === undefined ? {} : { sessionId: task, account: 's', purpose: 'task' as const };
					const limits = task === undefined ? { session: SESSION } : taskLimits({ session: SESSION });
					const reservation = await ledger
						.reserve({ ...need, ...who, amount, least: amount * least }, limits)
						.catch((error: unknown) => {
							assert.ok(error instanceof ModelError && error.kind === 'budget', String(error));
							const scope = error.fields.budget?.scope ?? 'none';
							refusedBy.set(scope, (refusedBy.get(scope) ?? 0) + 1);
						});
					if (reservation === undefined) {
						return;
					}
					const parts = toParts(reservation.amount);
					add(task, parts);
					const cost = Math.floor(parts * share) / 1e12;
					switch (end) {
						case 'settle':
							add(task, toParts(cost) - parts);
							return reservation.settle(used(cost));
						case 'release':
							add(task, -parts);
							return reservation.release();
						case 'unknown':
							return reservation.settle(undefined);
						case 'leave':
							return reservation.leave();
					}
				};
				await scheduler.waitFor(Promise.all(steps.map(run)));
				// What the test counted is what the ledger says.
				for (const window of windows) {
					await scheduler.waitFor(window.refresh());
				}
				const [first, second] = windows.map(window => window.totals('s').session);
				assert.deepEqual(first, second);
			}),
			{ numRuns: 1_000 },
		);
		assert.deepEqual([...refusedBy.keys()].sort(), ['session', 'task']);
		assert.ok(
			[...refusedBy.values()].every(count => count > 100),
			JSON.stringify([...refusedBy]),
		);
	}).timeout(60_000);
});

describe('The ledger, on a disk that refuses', () => {
	it('goes on without budgets, tells it once, and writes all when it can again', async () => {
		const { kept, ledger, failures } = openLedger();
		kept.failure = new Error('no space left');
		const first = await ledger.reserve(need, {});
		await first.answering('gen-1');
		await first.settle(used(0.2));
		await ledger.reserve(need, { request: 1 });
		assert.deepEqual(failures, [kept.failure]);
		assert.deepEqual(ledger.totals('s').session, { known: 0.2, unknownRequests: 0, reserved: 0.5 });
		assert.equal(kept.lines.length, 0);
		kept.failure = undefined;
		await ledger.refresh();
		assert.deepEqual(ledger.totals('s').session, { known: 0.2, unknownRequests: 0, reserved: 0.5 });
		const late = openLedger(kept).ledger;
		await late.refresh();
		assert.deepEqual(late.totals('s'), ledger.totals('s'));
		kept.failure = new Error('again');
		await ledger.reserve(need, {});
		await ledger.whenWritten();
		assert.equal(failures.length, 2);
	});

	it('makes no request under a budget that cannot be kept, and says why', async () => {
		const { kept, ledger } = openLedger();
		kept.failure = new Error('no space left');
		const error = await refusal(ledger.reserve(need, { month: 10 }));
		assert.equal(error.message, 'Costs cannot be recorded, so no budget can be kept: no space left');
		await refusal(ledger.reserve({ ...need, amount: 2 }, { request: 1 }));
		kept.failure = undefined;
		await ledger.reserve(need, { month: 0.5 });
	});

	it('holds nothing for a refused request that was written in spite of the failure', async () => {
		const kept = memoryLedger();
		let isBroken = true;
		const inner = kept.open();
		const { ledger } = openLedger(kept, {
			store: {
				damagedLines: 0,
				async exchange(records) {
					if (isBroken) {
						kept.lines.push(...records.map(record => JSON.stringify(record)));
						throw new Error('lost the disk while reading');
					}
					return inner.exchange(records);
				},
			},
		});
		await refusal(ledger.reserve(need, { day: 0.5 }));
		isBroken = false;
		await ledger.refresh();
		assert.equal(ledger.totals('s').day.reserved, 0);
		await ledger.reserve(need, { day: 0.5 });
	});
});

describe('What a crash leaves in the ledger', () => {
	it('is billed where an answer had begun, and released where none had', async () => {
		const { kept, ledger: dead } = openLedger(memoryLedger(), { owner: 'dead' });
		await dead.reserve(need, {});
		for (const generation of ['gen-1', 'gen-none']) {
			await (await dead.reserve(need, {})).answering(generation);
		}
		await (await openLedger(kept, { owner: 'alive' }).ledger.reserve(need, {})).answering('gen-alive');
		const { ledger } = openLedger(kept, { isOwnerAlive: owner => owner !== 'dead' });
		const asked: string[] = [];
		await ledger.settleOrphans(
			{
				async bill(generationId) {
					asked.push(generationId);
					return generationId === 'gen-1' ? used(0.3) : undefined;
				},
			},
			never,
		);
		assert.deepEqual(asked, ['gen-1', 'gen-none']);
		assert.deepEqual(ledger.totals('s').session, { known: 0.3, unknownRequests: 1, reserved: 0.5 });
	});

	it('asks for what was stopped here, never for what is under way here', async () => {
		const { ledger } = openLedger();
		const running = await ledger.reserve(need, {});
		await running.answering('gen-running');
		const stopped = await ledger.reserve(need, {});
		await stopped.answering('gen-stopped');
		stopped.leave();
		const starting = ledger.reserve(need, {});
		const asked: string[] = [];
		const bill = async (generationId: string) => {
			asked.push(generationId);
			return used(0.1);
		};
		await ledger.settleOrphans({ bill }, never);
		await starting;
		assert.deepEqual(asked, ['gen-stopped']);
		assert.deepEqual(ledger.totals('s').session, { known: 0.1, unknownRequests: 0, reserved: 1 });
	});

	it('stays open while it cannot be asked for, and keeps no other from being asked', async () => {
		const { kept, ledger: dead } = openLedger(memoryLedger(), { owner: 'dead' });
		for (const generation of ['gen-1', 'gen-2']) {
			await (await dead.reserve(need, {})).answering(generation);
		}
		const { ledger } = openLedger(kept, { isOwnerAlive: () => false });
		const refused = new ModelError('forbidden', 'Of another account.');
		const bill = async (generationId: string) => {
			if (generationId === 'gen-1') {
				throw refused;
			}
			return used(0.1);
		};
		await assert.rejects(ledger.settleOrphans({ bill }, never), refused);
		assert.deepEqual(ledger.totals('s').session, { known: 0.1, unknownRequests: 0, reserved: 0.5 });
		const stop = new AbortController();
		const stopped = ledger.settleOrphans(
			{
				async bill() {
					stop.abort(new Error('stopped'));
					throw refused;
				},
			},
			stop.signal,
		);
		await assert.rejects(stopped, /stopped/);
		await ledger.settleOrphans({}, never);
		assert.equal(ledger.totals('s').session.reserved, 0.5, 'there is no one to ask');
	});
});
