/** What keeping a session costs: each event as it is added, and a long session when it is opened again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/agent/clock.ts';
import type { ModelRef, SessionEvent } from '../../src/agent/events.ts';
import { encodeRecord } from '../../src/agent/session/journalRecords.ts';
import type { Durability, SessionStore } from '../../src/agent/session/log.ts';
import { Session } from '../../src/agent/session/session.ts';
import type { SessionOptions } from '../../src/agent/session/sessionOptions.ts';
import { TranscriptView } from '../../src/host/chat/transcriptView.ts';
import { openJournalStore } from '../../src/node/journal.ts';
import { MemoryWorkspace } from '../fakes/memoryWorkspace.ts';
import { plainRights } from '../fakes/sessionParts.ts';
import { fileTools as tools } from '../fakes/toolSets.ts';
import { median, report, timed } from './row.ts';

const BUFFERED = 5000;
const DURABLE = 300;
const RUNS = 5;
const LONG = 10_000;
const OPEN_LIMIT_MS = 300;
const ADDED_LIMIT_MS = 1;

const model: ModelRef = { id: 'vendor/model', name: 'Model', isBuiltIn: false };
const fileText = "export const value = compute(1, 'text'); // as before\n".repeat(30);
/** What one step of a turn writes: an answer with a call, and the call's result. Two messages for the model. */
const EVENTS_PER_STEP = 7;
const MESSAGES_PER_STEP = 2;

const folder = mkdtempSync(join(tmpdir(), 'openrouter-agent-bench-'));
try {
	const store = openJournalStore(folder);
	await measureAppend(store, 'buffered', BUFFERED);
	await measureAppend(store, 'durable', DURABLE);
	await measureOpen(store, `${LONG} events`, Math.ceil(LONG / EVENTS_PER_STEP));
	await measureOpen(store, `${LONG} messages`, Math.ceil(LONG / MESSAGES_PER_STEP));
} finally {
	rmSync(folder, { recursive: true, force: true });
}

/** Time of the store for an event, less that of writing the same bytes with nothing around. */
async function measureAppend(store: SessionStore, durability: Durability, count: number): Promise<void> {
	const events = session(Math.ceil(count / EVENTS_PER_STEP)).slice(0, count);
	const [ours, bare]: [number[], number[]] = [[], []];
	for (let run = 0; run < RUNS; run++) {
		const log = await store.create(`${durability}-${run}`);
		ours.push(
			await timed(async () => {
				for (const event of events) {
					await log.append([event], durability);
				}
			}),
		);
		await log.close();
		bare.push(await writeBare(`${durability}-${run}.bare`, events, durability));
	}
	report({
		name: `journal, added by an event, ${durability}`,
		measured: Math.max(0, median(ours) - median(bare)) / count,
		against: ADDED_LIMIT_MS,
		peer: 'limit',
		unit: 'ms',
		reach: 1,
	});
}

async function writeBare(name: string, events: readonly SessionEvent[], durability: Durability): Promise<number> {
	const lines = events.map((event, sequence) => encodeRecord({ sequence, generation: 1, at: 0, event }));
	const file = await open(join(folder, name), 'a', 0o600);
	try {
		return await timed(async () => {
			for (const line of lines) {
				await file.appendFile(line);
				if (durability === 'durable') {
					await file.datasync();
				}
			}
		});
	} finally {
		await file.close();
	}
}

/** Reading, folding for the model, and folding for the panel, as when the user picks a session of the list. */
async function measureOpen(store: SessionStore, name: string, steps: number): Promise<void> {
	const events = session(steps);
	const times: number[] = [];
	for (let run = 0; run < RUNS; run++) {
		const id = `long-${steps}-${run}`;
		const log = await store.create(id);
		await log.append(events, 'durable');
		await log.close();
		let opened: Session | undefined;
		const transcript = new TranscriptView(text => text);
		times.push(
			await timed(async () => {
				opened = await Session.open(sessionOptions(store), id);
				for (const event of opened.events) {
					transcript.add(event);
				}
			}),
		);
		if (opened === undefined || opened.messages.length < steps || transcript.items.length < steps) {
			throw new Error('The session came back shorter than it was.');
		}
		await opened.dispose();
	}
	report({
		name: `opening a session of ${name}`,
		measured: median(times),
		against: OPEN_LIMIT_MS,
		peer: 'limit',
		unit: 'ms',
		reach: 1,
	});
}

function sessionOptions(store: SessionStore): SessionOptions {
	return {
		store,
		workspace: new MemoryWorkspace(),
		...plainRights(tools),
		resolveModel: () => Promise.reject(new Error('No turn runs here.')),
		isTrusted: () => true,
		maxRequests: () => 1,
		currentRules: async () => '',
		clock: systemClock,
		newId: () => crypto.randomUUID(),
		onBug: error => {
			throw error;
		},
	};
}

/** A session of one long turn: each step reads a file. */
function session(steps: number): readonly SessionEvent[] {
	return [
		{ type: 'created', sessionId: 'session', workspace: ['file:///project'], system: 'Be good.' },
		{ type: 'titled', title: 'Read the files' },
		{ type: 'user', messageId: 'message', text: 'Read the files.', attachments: [] },
		{ type: 'turnStart', turnId: 'turn', model },
		...Array.from({ length: steps }, (_, number) => step(number)).flat(),
		{ type: 'turnEnd', reason: 'done' },
	];
}

function step(number: number): readonly SessionEvent[] {
	const callId = `call_${number}`;
	const requestId = `request${number}`;
	const path = `src/file${number}.ts`;
	return [
		{ type: 'requestStart', requestId },
		{ type: 'served', model: model.id, provider: 'Local', generationId: `gen-${number}` },
		{ type: 'text', delta: 'I read the next file, ' },
		{ type: 'text', delta: `because [file${number}](${path}) names it.\n` },
		{
			type: 'response',
			requestId,
			finish: 'toolCalls',
			toolCalls: [{ id: callId, name: 'read', arguments: JSON.stringify({ path }) }],
			durationMs: 1200,
		},
		{ type: 'toolStart', callId, name: 'read', subject: path },
		{
			type: 'toolEnd',
			callId,
			result: { outcome: 'ok', text: fileText, view: { kind: 'note', note: '30 lines' }, durationMs: 3 },
		},
	];
}
