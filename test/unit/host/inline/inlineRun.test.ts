import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Attachment, SessionEvent, TurnEvent } from '../../../../src/agent/events.ts';
import type { StoredEvent } from '../../../../src/agent/session/log.ts';
import type { EditRecord } from '../../../../src/agent/session/sessionOptions.ts';
import { InlineRun, type RunRegion, type RunSession } from '../../../../src/host/inline/inlineRun.ts';
import type { WriteEnd } from '../../../../src/host/inline/regionWriter.ts';

const REQUEST: TurnEvent = { type: 'requestStart', requestId: 'r' };
const DONE: TurnEvent = { type: 'turnEnd', reason: 'done' };

/** A document of lines, of which some are edited, and that notes what happens to it. */
class Region implements RunRegion {
	above: readonly string[];
	lines: readonly string[];
	below: readonly string[];
	isTouched = false;
	readonly states: (readonly string[])[] = [];
	/** In the place of the next writes. */
	answers: WriteEnd[] = [];
	/** Before each write. */
	onWrite: () => void = () => undefined;

	constructor(lines: readonly string[], around: readonly string[] = []) {
		this.above = around;
		this.lines = lines;
		this.below = around;
	}

	text(): string {
		return this.textWith(this.lines);
	}

	textWith(lines: readonly string[]): string {
		return [...this.above, ...lines, ...this.below].join('\n');
	}

	begin(): void {
		this.isTouched = false;
	}

	async write(lines: readonly string[]): Promise<WriteEnd> {
		await Promise.resolve();
		this.onWrite();
		const answer = this.isTouched ? 'touched' : (this.answers.shift() ?? 'done');
		if (answer === 'done') {
			this.lines = lines;
			this.states.push(lines);
		}
		return answer;
	}
}

/** Answers by a list of events, and notes what is recorded. */
class Script implements RunSession {
	readonly recorded: EditRecord[] = [];
	readonly sent: string[] = [];
	isStopped = false;
	readonly #events: readonly SessionEvent[];
	readonly #listeners = new Set<(stored: StoredEvent) => void>();
	#running: Promise<void> = Promise.resolve();

	constructor(events: readonly SessionEvent[]) {
		this.#events = events;
	}

	onEvent(listener: (stored: StoredEvent) => void) {
		this.#listeners.add(listener);
		return { dispose: () => this.#listeners.delete(listener) };
	}

	async send(text: string, _attachments: readonly Attachment[]): Promise<void> {
		this.sent.push(text);
		this.#running = this.#run();
	}

	async continue(): Promise<void> {
		this.#running = this.#run();
	}

	stop(): void {
		this.isStopped = true;
	}

	whenIdle(): Promise<void> {
		return this.#running;
	}

	async recordEdit(edit: EditRecord): Promise<void> {
		await Promise.resolve();
		this.recorded.push(edit);
	}

	async #run(): Promise<void> {
		for (const event of this.#events) {
			await new Promise(setImmediate);
			this.#tell(this.isStopped ? { type: 'turnEnd', reason: 'stopped' } : event);
			if (this.isStopped) {
				return;
			}
		}
	}

	#tell(event: SessionEvent): void {
		for (const listener of this.#listeners) {
			listener({ sequence: 0, generation: 0, at: 0, event });
		}
	}
}

function texts(...deltas: readonly string[]): TurnEvent[] {
	return deltas.map(delta => ({ type: 'text', delta }));
}

const OLD = ['one();', 'two();', 'three();'];

function runOf(session: RunSession, region: RunRegion): InlineRun {
	let ids = 0;
	return new InlineRun({
		session,
		region,
		place: { file: { before: [], region: region.lines, after: [] }, language: 'typescript', unit: '\t', indent: '' },
		location: { path: 'a.ts', uri: 'file:///a.ts' },
		newId: () => `${++ids}`,
	});
}

const MESSAGE = { text: 'Do it.', attachments: [] };

describe('run of an inline edit', () => {
	it('records that it begins before the first byte, and how it ended', async () => {
		const region = new Region(OLD, ['around();']);
		const session = new Script([REQUEST, ...texts('```\none();\n', 'new();\n```'), DONE]);
		region.onWrite = () => assert.equal(session.recorded.length, 1);
		const before = region.text();
		const end = await runOf(session, region).run(MESSAGE);
		assert.deepEqual(end, { kind: 'done', added: 1, removed: 2 });
		assert.deepEqual(region.lines, ['one();', 'new();']);
		const edit = { callId: '1', path: 'a.ts', uri: 'file:///a.ts' };
		assert.deepEqual(session.recorded, [
			{ ...edit, changeId: '2', before, after: before, isOpen: true },
			{ ...edit, changeId: '3', before, after: region.text(), made: { added: 1, removed: 2 } },
		]);
	});

	it('has what the user typed elsewhere on both sides of the edit', async () => {
		const region = new Region(OLD, ['around();']);
		const session = new Script([REQUEST, ...texts('```\nnew();\n', '```'), DONE]);
		region.onWrite = () => {
			region.above = ['typed();'];
		};
		await runOf(session, region).run(MESSAGE);
		const last = session.recorded.at(-1);
		assert.equal(last?.before, ['typed();', ...OLD, 'around();'].join('\n'));
		assert.equal(last?.after, 'typed();\nnew();\naround();');
	});

	it('touches and records nothing for an answer in words', async () => {
		const region = new Region(OLD);
		const session = new Script([REQUEST, ...texts('No ', 'need.'), DONE]);
		const end = await runOf(session, region).run(MESSAGE);
		assert.deepEqual(end, { kind: 'refused', why: 'prose', prose: 'No need.' });
		assert.deepEqual([region.states, session.recorded], [[], []]);
	});

	it('is no edit when the answer is what is there', async () => {
		const region = new Region(OLD);
		const session = new Script([REQUEST, ...texts(`\`\`\`\n${OLD.join('\n')}\n\`\`\``), DONE]);
		assert.deepEqual(await runOf(session, region).run(MESSAGE), { kind: 'unchanged' });
		assert.deepEqual(session.recorded, []);
	});

	it('begins anew with each request, when the one before failed', async () => {
		const region = new Region(OLD);
		const failure = { kind: 'cut' as const, message: 'Cut.', fields: {} };
		const session = new Script([
			REQUEST,
			...texts('```\nwrong();\n'),
			{ type: 'requestFailed', requestId: 'r', failure },
			REQUEST,
			...texts('```\nright();\n```'),
			DONE,
		]);
		assert.equal((await runOf(session, region).run(MESSAGE)).kind, 'done');
		assert.deepEqual(region.lines, ['right();']);
		assert.ok(region.states.some(lines => lines[0] === 'wrong();'));
	});

	it('puts back what came when the turn fails, and says why', async () => {
		const region = new Region(OLD);
		const failure = { kind: 'credits' as const, message: 'No credit.', fields: {} };
		const session = new Script([REQUEST, ...texts('```\nnew();\n'), { type: 'turnEnd', reason: 'failed', failure }]);
		const before = region.text();
		assert.deepEqual(await runOf(session, region).run(MESSAGE), { kind: 'failed', failure });
		assert.deepEqual(region.lines, OLD);
		const last = session.recorded.at(-1);
		assert.deepEqual([last?.before, last?.after, last?.isOpen], [before, before, undefined]);
	});

	it('puts back what came when the answer is cut at its limit', async () => {
		const region = new Region(OLD);
		const session = new Script([REQUEST, ...texts('```\nnew();\n'), { type: 'turnEnd', reason: 'length' }]);
		assert.deepEqual(await runOf(session, region).run(MESSAGE), { kind: 'refused', why: 'cut', prose: '' });
		assert.deepEqual(region.lines, OLD);
	});

	it('stops at a placeholder, and puts back what came', async () => {
		const region = new Region(OLD);
		const session = new Script([
			REQUEST,
			...texts('```\nnew();\n', '// ... existing code ...\n', 'more();\n', '```'),
			DONE,
		]);
		const end = await runOf(session, region).run(MESSAGE);
		assert.deepEqual(end, { kind: 'refused', why: 'elision', prose: '' });
		assert.equal(session.isStopped, true);
		assert.deepEqual(region.lines, OLD);
	});

	it('puts back what came when it is cancelled', async () => {
		const region = new Region(OLD);
		const session = new Script([REQUEST, ...texts('```\nnew();\n', 'more();\n', '```'), DONE]);
		const run = runOf(session, region);
		region.onWrite = () => run.cancel();
		assert.deepEqual(await run.run(MESSAGE), { kind: 'cancelled' });
		assert.deepEqual(region.lines, OLD);
	});

	it('stops when the user typed within the lines, and leaves them alone', async () => {
		const region = new Region(OLD);
		const session = new Script([REQUEST, ...texts('```\nnew();\n', 'more();\n', '```'), DONE]);
		let writes = 0;
		region.onWrite = () => {
			if (++writes === 2) {
				region.lines = ['mine();', ...region.lines];
				region.isTouched = true;
			}
		};
		assert.deepEqual(await runOf(session, region).run(MESSAGE), { kind: 'touched' });
		assert.deepEqual(region.lines, ['mine();', 'new();', ...OLD]);
		assert.equal(session.isStopped, true);
		const last = session.recorded.at(-1);
		assert.deepEqual([last?.before, last?.after], [OLD.join('\n'), ['new();', ...OLD].join('\n')]);
	});

	it('says so when the editor takes no edits', async () => {
		const region = new Region(OLD);
		region.answers = ['refused'];
		const session = new Script([REQUEST, ...texts('```\nnew();\n', '```'), DONE]);
		assert.deepEqual(await runOf(session, region).run(MESSAGE), { kind: 'readOnly' });
		assert.deepEqual(region.lines, OLD);
	});

	it('touches nothing when the edit cannot be recorded', async () => {
		const region = new Region(OLD);
		const session = new Script([REQUEST, ...texts('```\nnew();\n', '```'), DONE]);
		session.recordEdit = () => Promise.reject(new Error('The disk is full.'));
		await assert.rejects(runOf(session, region).run(MESSAGE), /disk is full/);
		assert.deepEqual(region.states, []);
	});

	it('ends with the whole answer however it comes', async () => {
		const line = fc.constantFrom<string[]>('one();', 'two();', 'x();', '}', '');
		const cuts = fc.array(fc.nat(60), { maxLength: 8 });
		await fc.assert(
			fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 8 }), cuts, async (next, places) => {
				const text = `Here:\n\`\`\`\n${next.join('\n')}\n\`\`\`\nDone.`;
				const ordered = [0, ...places.sort((a, b) => a - b), text.length];
				const pieces = ordered.slice(1).map((end, index) => text.slice(ordered[index], end));
				const region = new Region(OLD);
				const end = await runOf(new Script([REQUEST, ...texts(...pieces), DONE]), region).run(MESSAGE);
				assert.ok(end.kind === 'done' || end.kind === 'unchanged', end.kind);
				assert.deepEqual(region.lines, next);
			}),
			{ numRuns: 100 },
		);
	});
});
