import assert from 'node:assert/strict';
import type { SessionEvent } from '../../../src/agent/events.ts';
import type { StoredEvent } from '../../../src/agent/session/log.ts';
import { SessionTranscript } from '../../../src/host/chat/sessionTranscript.ts';
import { TranscriptView } from '../../../src/host/chat/transcriptView.ts';
import { translate } from '../../fakes/translate.ts';

describe('The transcript of a session that went back', () => {
	it('shows what is left and says what was set aside', () => {
		const log = new Log();
		log.add(...turn('first'), ...turn('second'), ...turn('third'));
		const second = log.find('second');
		const transcript = log.transcript();
		assert.deepEqual(users(transcript), ['first', 'second', 'third']);
		assert.equal(log.tell(transcript, { type: 'rewound', before: second }), undefined);
		assert.deepEqual(users(transcript), ['first']);
		assert.deepEqual(notices(transcript), ['Went back to before “second”. 2 messages are set aside.']);
		log.tellAll(transcript, turn('instead'));
		assert.deepEqual(users(transcript), ['first', 'instead']);
		assert.deepEqual(log.transcript().items, transcript.items);
	});

	it('shows all of it again when that is undone', () => {
		const log = new Log();
		log.add(...turn('first'), ...turn('second'));
		const transcript = log.transcript();
		const before = transcript.items.map(({ id }) => id);
		const rewind = log.length;
		log.tell(transcript, { type: 'rewound', before: log.find('second') });
		log.tell(transcript, { type: 'rewound', before: rewind });
		assert.deepEqual(
			transcript.items.map(({ id }) => id),
			before,
		);
		assert.deepEqual(notices(transcript), []);
	});

	it('tells of files that were restored with the conversation, and undoes both from before the first', () => {
		const log = new Log();
		log.add(...turn('first'), ...turn('second'));
		const transcript = log.transcript();
		const start = log.length;
		log.tell(transcript, restored('a.ts'));
		log.tell(transcript, restored('b.ts'));
		assert.deepEqual(notices(transcript), ['2 files were restored.']);
		log.tell(transcript, { type: 'rewound', before: log.find('second') });
		assert.deepEqual(notices(transcript), [
			'Went back to before “second”. 1 message is set aside. 2 files were restored.',
		]);
		const notice = transcript.items.find(({ kind }) => kind === 'notice');
		assert.deepEqual(notice?.kind === 'notice' && notice.actions, [
			{ action: 'undoRestore', label: 'Undo', argument: String(start) },
		]);
	});

	it('leaves the conversation alone where only files were restored', () => {
		const log = new Log();
		log.add(...turn('first'));
		const transcript = log.transcript();
		const start = log.length;
		const deltas = log.tell(transcript, restored('a.ts'));
		assert.equal(deltas?.length, 1);
		const notice = transcript.items.at(-1);
		assert.deepEqual(notice?.kind === 'notice' && [notice.text, notice.actions], [
			'1 file was restored.',
			[{ action: 'undoRestore', label: 'Undo', argument: `${start}:files` }],
		]);
	});
});

class Log {
	readonly #events: StoredEvent[] = [];

	get length(): number {
		return this.#events.length;
	}

	add(...events: readonly SessionEvent[]): void {
		for (const event of events) {
			this.#store(event);
		}
	}

	find(text: string): number {
		return this.#events.findIndex(({ event }) => event.type === 'user' && event.text === text);
	}

	transcript(): SessionTranscript {
		return new SessionTranscript(() => new TranscriptView(translate), this.#events);
	}

	tell(transcript: SessionTranscript, event: SessionEvent): ReturnType<SessionTranscript['add']> {
		return transcript.add(this.#store(event));
	}

	tellAll(transcript: SessionTranscript, events: readonly SessionEvent[]): void {
		for (const event of events) {
			this.tell(transcript, event);
		}
	}

	#store(event: SessionEvent): StoredEvent {
		const stored = { sequence: this.#events.length, generation: 1, at: 1000, event };
		this.#events.push(stored);
		return stored;
	}
}

function turn(text: string): readonly SessionEvent[] {
	return [
		{ type: 'user', messageId: text, text, attachments: [] },
		{ type: 'turnStart', turnId: text, model: { id: 'm', name: 'M', isBuiltIn: false } },
		{ type: 'turnEnd', reason: 'done' },
	];
}

function restored(path: string): SessionEvent {
	return { type: 'change', changeId: path, callId: 'r1', path, uri: `file:///${path}`, origin: 'restore' };
}

function users({ items }: SessionTranscript): readonly string[] {
	return items.flatMap(item => (item.kind === 'user' ? [item.text] : []));
}

function notices({ items }: SessionTranscript): readonly string[] {
	return items.flatMap(item => (item.kind === 'notice' ? [item.text] : []));
}
