import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Session } from '../../../../src/agent/session/session.ts';
import { pendingHunks } from '../../../../src/editing/pendingEdit.ts';
import { SessionOracle, type Slots, slotsByLine, textOf } from './reviewOracle.ts';
import { type ReviewWorld, reviewWorld } from './reviewWorld.ts';

const SLOTS = 5;
const URI = 'memory:/project/a.ts';

const slot = fc.nat({ max: SLOTS - 1 });
const who = fc.nat({ max: 1 });
/** How the process of the session dies while it works, where it does. */
const death = fc.option(fc.constantFrom('before' as const, 'after' as const), { freq: 6, nil: undefined });
const lineCount = fc.nat({ max: 3 });

const step = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.record({
			kind: fc.constant('edit' as const),
			who,
			parts: fc.uniqueArray(fc.tuple(slot, lineCount), { selector: ([at]) => at, minLength: 1, maxLength: 3 }),
			death,
		}),
	},
	{ weight: 4, arbitrary: fc.record({ kind: fc.constant('type' as const), slot, lines: lineCount }) },
	/** The user's undo or redo, as far as it goes. */
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('putBack' as const), who, slot, side: fc.nat({ max: 1 }) }) },
	{
		weight: 4,
		arbitrary: fc.record({
			kind: fc.constant('decide' as const),
			who,
			decision: fc.constantFrom('accept' as const, 'reject' as const, 'reject' as const, 'restore' as const),
			slots: fc.option(fc.uniqueArray(slot, { minLength: 1, maxLength: 3 }), { nil: undefined }),
			death,
		}),
	},
	{
		weight: 2,
		arbitrary: fc.record({
			kind: fc.constant('restore' as const),
			who,
			point: fc.nat({ max: 5 }),
			conversation: fc.boolean(),
			death,
		}),
	},
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('reload' as const), who }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

interface Agent {
	session: Session;
	readonly oracle: SessionOracle;
	/** Sequence numbers of its points. */
	readonly points: number[];
}

/** Plays a script on the product and on the oracle, and compares them after each step. */
class Play {
	readonly #world: ReviewWorld;
	readonly #agents: readonly Agent[];
	#now: Slots;
	#lines = 0;
	/** Slots that an agent emptied last: who types there types beside what was there, not instead. */
	readonly #holes = new Set<number>();

	private constructor(world: ReviewWorld, agents: readonly Agent[], now: Slots) {
		this.#world = world;
		this.#agents = agents;
		this.#now = now;
	}

	static async begin(agentCount: number): Promise<Play> {
		const now = Array.from({ length: SLOTS }, (_, at) => [`original ${at}\n`]);
		const world = reviewWorld({ 'a.ts': textOf(now) });
		const agents: Agent[] = [];
		for (let at = 0; at < agentCount; at++) {
			agents.push({ session: await world.create(), oracle: new SessionOracle(), points: [] });
		}
		return new Play(world, agents, now);
	}

	async play(script: readonly Step[]): Promise<void> {
		for (const one of script) {
			await this.#step(one);
			await this.#compare(JSON.stringify(one));
		}
		for (const { session, oracle } of this.#agents) {
			await session.review.decideAll('reject');
			this.#now = oracle.decide(this.#now, 'reject', undefined, true);
			await this.#compare('the last rejection');
			await session.review.decideAll('accept');
			oracle.decide(this.#now, 'accept', undefined, true);
			await this.#compare('the last decision');
			assert.deepEqual(session.review.files, []);
			assert.ok(oracle.isEmpty);
		}
		assert.deepEqual(this.#world.bugs, []);
	}

	async #step(one: Step): Promise<void> {
		switch (one.kind) {
			case 'edit':
				return this.#edit(one);
			case 'type':
				return this.#hole(one.slot) ? undefined : this.#put(one.slot, this.#newLines(one.lines, 'typed'));
			case 'putBack': {
				const sides = this.#agentOf(one).oracle.sidesOf(one.slot);
				const lines = sides[one.side];
				return lines === undefined || this.#hole(one.slot) ? undefined : this.#put(one.slot, lines);
			}
			case 'decide':
				return this.#decide(one);
			case 'restore':
				return this.#restore(one);
			case 'reload': {
				const agent = this.#agentOf(one);
				await agent.session.dispose();
				agent.session = await this.#world.open(agent.session.id);
				return;
			}
			default:
				one satisfies never;
		}
	}

	async #edit({ parts, death, ...one }: Extract<Step, { kind: 'edit' }>): Promise<void> {
		const agent = this.#agentOf(one);
		const after = [...this.#now];
		for (const [at, count] of parts) {
			after[at] = this.#newLines(count, 'agent');
		}
		this.#mark(agent);
		const edit = { before: this.#now, after };
		const died = await this.#dying(agent, death, () => this.#world.edit(agent.session, { 'a.ts': textOf(after) }));
		if (died !== 'before' && textOf(after) !== textOf(this.#now)) {
			agent.oracle.edit(edit);
			this.#become(after, true);
		}
	}

	async #decide({ decision, slots, death, ...one }: Extract<Step, { kind: 'decide' }>): Promise<void> {
		const agent = this.#agentOf(one);
		const file = agent.session.review.files[0];
		if (file === undefined) {
			assert.ok(agent.oracle.isEmpty);
			return;
		}
		const bySlot = slotsByLine(file.pending.base ?? '');
		const hunks = pendingHunks(file.pending, textOf(this.#now))
			.map(({ base }) => base.start)
			.filter(start => slots?.includes(slotAt(bySlot, start)));
		const request = { uri: URI, decision, ...(slots && { hunks, revision: file.revision }) };
		const died = await this.#dying(agent, this.#deathOf(death), () => agent.session.review.decide(request));
		if (died !== 'before') {
			// Nothing is recorded where there was nothing to decide.
			this.#become(agent.oracle.decide(this.#now, decision, slots, died === undefined), false);
		}
	}

	async #restore({ point, conversation, death, ...one }: Extract<Step, { kind: 'restore' }>): Promise<void> {
		const agent = this.#agentOf(one);
		const before = agent.points[point];
		if (before === undefined || before > (agent.session.events.at(-1)?.sequence ?? -1)) {
			return;
		}
		if (agent.oracle.wouldShare(this.#now, point)) {
			return;
		}
		this.#mark(agent);
		const request = { before, files: true, conversation };
		const died = await this.#dying(agent, this.#deathOf(death), () => agent.session.restore(request));
		if (died !== 'before') {
			this.#become(agent.oracle.restore(this.#now, point, died === undefined), true);
		}
	}

	/** @returns when the process died; undefined when it lived, also because nothing was written. */
	async #dying(
		agent: Agent,
		death: 'before' | 'after' | undefined,
		work: () => Promise<unknown>,
	): Promise<'before' | 'after' | undefined> {
		const { workspace, store } = this.#world;
		const { write } = workspace;
		let died = false;
		let die: () => void = () => undefined;
		const dying = new Promise<void>(resolve => {
			die = resolve;
		});
		if (death !== undefined) {
			workspace.write = async (...args) => {
				if (death === 'after') {
					await write.apply(workspace, args);
				}
				died = true;
				store.crash(agent.session.id);
				die();
				return new Promise(() => undefined);
			};
		}
		await Promise.race([work(), dying]);
		workspace.write = write;
		if (!died) {
			return undefined;
		}
		agent.session = await this.#world.open(agent.session.id);
		return death;
	}

	async #compare(when: string): Promise<void> {
		assert.equal(this.#world.text('a.ts'), textOf(this.#now), when);
		for (const { session, oracle } of this.#agents) {
			await session.review.whenReady();
			const [file] = session.review.files;
			const bySlot = slotsByLine(file?.pending.base ?? '');
			const hunks = file === undefined ? [] : pendingHunks(file.pending, textOf(this.#now));
			assert.deepEqual(
				hunks.map(({ base }) => slotAt(bySlot, base.start)),
				oracle.visible(this.#now),
				when,
			);
		}
	}

	#agentOf({ who: at }: { readonly who: number }): Agent {
		return this.#agents[at % this.#agents.length] ?? assert.fail();
	}

	#mark(agent: Agent): void {
		agent.points.push((agent.session.events.at(-1)?.sequence ?? 0) + 1);
		agent.oracle.mark();
	}

	#put(at: number, lines: readonly string[]): void {
		this.#now = this.#now.with(at, lines);
		this.#world.type('a.ts', textOf(this.#now));
	}

	/** Where several agents work nobody empties a slot: to each the others are users. */
	#newLines(count: number, name: string): readonly string[] {
		const least = this.#agents.length > 1 ? 1 : 0;
		return Array.from({ length: Math.max(count, least) }, () => `${name} ${++this.#lines}\n`);
	}

	#become(now: Slots, isOfAgent: boolean): void {
		for (const [at, lines] of now.entries()) {
			const isChanged = isOfAgent && lines !== this.#now[at];
			if (isChanged && lines.length > 0) {
				this.#holes.delete(at);
			} else if (isChanged) {
				this.#holes.add(at);
			}
		}
		this.#now = now;
	}

	/** What was put where lines were removed is the user's when the process dies before it is recorded as anything else. */
	#deathOf(death: 'before' | 'after' | undefined): 'before' | 'after' | undefined {
		return death === 'after' && this.#holes.size > 0 ? undefined : death;
	}

	#hole(at: number): boolean {
		return this.#holes.has(at);
	}
}

function slotAt(bySlot: readonly (number | undefined)[], line: number): number {
	// An empty slot has no line: it is before the line that ends it.
	return bySlot[line] ?? bySlot.slice(0, line).filter(at => at === undefined).length - 1;
}

/** For a longer search: the number of scripts. */
const RUNS = process.env['REVIEW_SCRIPTS'];

function search(numRuns: number) {
	return { numRuns: RUNS === undefined ? numRuns : Number(RUNS) };
}

const edit = (...parts: [slot: number, lines: number][]): Step => ({ kind: 'edit', who: 0, parts, death: undefined });
const decide = (decision: 'accept' | 'reject'): Step => ({
	kind: 'decide',
	who: 0,
	decision,
	slots: undefined,
	death: undefined,
});
const restore = (point: number, death?: 'before'): Step => ({
	kind: 'restore',
	who: 0,
	point,
	conversation: false,
	death,
});

/** Found by longer searches. */
const EXAMPLES: [Step[]][] = [
	[[edit([0, 1]), edit([0, 0]), decide('reject'), restore(1)]],
	[[edit([0, 0]), edit([1, 0]), decide('accept'), restore(1), restore(0, 'before')]],
	[
		[
			edit([2, 0], [0, 0]),
			edit([2, 1]),
			{ kind: 'type', slot: 2, lines: 1 },
			edit([2, 0]),
			restore(1),
			decide('accept'),
		],
	],
	[
		[
			edit([2, 1]),
			{ kind: 'type', slot: 2, lines: 0 },
			edit([2, 1], [0, 0]),
			{ kind: 'edit', who: 0, parts: [[2, 0]], death: 'after' },
		],
	],
];

describe('Any script of edits, typing, decisions, restores, reloads and deaths', () => {
	const scripts = fc.array(step, { minLength: 1, maxLength: 14 });

	it('leaves the bytes and the hunks that line ownership says, for one session', async () => {
		await fc.assert(
			fc.asyncProperty(scripts, async script => {
				await (await Play.begin(1)).play(script);
			}),
			{ ...search(1_000), examples: EXAMPLES },
		);
	}).timeout(RUNS === undefined ? 600_000 : 0);

	it('and for two sessions on the file', async () => {
		await fc.assert(
			fc.asyncProperty(scripts, async script => {
				await (await Play.begin(2)).play(script);
			}),
			search(600),
		);
	}).timeout(RUNS === undefined ? 600_000 : 0);
});
