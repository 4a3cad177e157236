/** What keeping a session costs: each event, and opening a long one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SessionEvent } from '../../src/agent/events.ts';
import { TranscriptView } from '../../src/host/chat/transcriptView.ts';
import { openJournalStore } from '../../src/node/journal.ts';
import { compare, median } from './report.ts';

const EVENTS = 10_000;
const SAMPLES = 500;

const folder = mkdtempSync(join(tmpdir(), 'openrouter-agent-journal-'));
try {
	const store = openJournalStore(folder);
	const log = await store.create('session');
	const event: SessionEvent = { type: 'text', delta: 'A piece of an answer, as it comes in a frame. '.repeat(2) };
	const raw = await open(join(folder, 'raw'), 'a');
	for (const durability of ['buffered', 'durable'] as const) {
		const [own, least]: [number[], number[]] = [[], []];
		for (let at = 0; at < SAMPLES; at++) {
			const start = performance.now();
			await log.append([event], durability);
			const between = performance.now();
			await raw.write(`${JSON.stringify(event)}\n`);
			if (durability === 'durable') {
				await raw.datasync();
			}
			own.push(between - start);
			least.push(performance.now() - between);
		}
		const added = median(own) - median(least);
		compare(`added by the journal, ${durability}`, { value: added, unit: 'ms' }, { name: 'limit', value: 1 }, 1);
	}
	await raw.close();
	await log.append([{ type: 'created', sessionId: 'session', workspace: [], system: '' }], 'buffered');
	await log.append(
		Array.from({ length: EVENTS }, (_, at) => message(at)),
		'durable',
	);
	await log.close();
	const start = performance.now();
	const { events } = await openJournalStore(folder).open('session');
	const view = new TranscriptView(text => text);
	for (const stored of events) {
		view.add(stored);
	}
	const opened = { value: performance.now() - start, unit: 'ms' };
	compare(`opening a session of ${EVENTS} messages, transcript included`, opened, { name: 'limit', value: 300 }, 1);
} finally {
	rmSync(folder, { recursive: true, force: true });
}

function message(at: number): SessionEvent {
	return { type: 'user', messageId: String(at), text: `Message ${at}, of an ordinary length.`, attachments: [] };
}
