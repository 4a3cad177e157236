import { delimit } from './delimit.ts';
import type { Attachment, SessionEvent } from './events.ts';
import type { AssistantMessage, Message, ReasoningDetail, ToolCall } from './model.ts';

const NO_RESULT = 'No result was recorded; check the effect before repeating this call.';
/** Many providers refuse an empty result, and a model takes it for a failure. */
const EMPTY_RESULT = '(no output)';
const CONTINUE = 'Continue.';

/** A response whose calls do not all have results yet. */
interface OpenGroup {
	readonly assistant: AssistantMessage;
	/** By call id. */
	readonly results: Map<string, string>;
}

/**
 * The conversation for the model, as a fold over the session's events. It is only ever appended to: what one request
 * sent is the beginning of what the next one sends, which keeps the provider's cache warm. So a response enters when
 * all its calls have their results, in the order of the calls, and a partial one never.
 */
export class Conversation {
	readonly #messages: Message[] = [];
	#model = '';
	#served: string | undefined;
	#text: string[] = [];
	#reasoning: string[] = [];
	#open: OpenGroup | undefined;
	/** Path by change, to name what the user took back. */
	readonly #changedPaths = new Map<string, string>();
	/** What happened outside of turns and the model does not know yet. */
	#notes: string[] = [];

	get messages(): readonly Message[] {
		return this.#messages;
	}

	apply(event: SessionEvent): void {
		switch (event.type) {
			case 'created':
				this.#messages.push({ role: 'system', text: event.system });
				return;
			case 'user':
			case 'steer':
				this.#close();
				this.#pushUser(event.text, event.attachments ?? []);
				return;
			case 'turnStart':
				this.#close();
				this.#model = event.model.id;
				return;
			case 'requestStart':
				this.#close();
				this.#makeAnswerable();
				this.#served = undefined;
				this.#text = [];
				this.#reasoning = [];
				return;
			case 'text':
				this.#text.push(event.delta);
				return;
			case 'reasoning':
				this.#reasoning.push(event.delta);
				return;
			case 'served':
				this.#served = event.model;
				return;
			case 'response':
				this.#close();
				this.#openGroup(event.toolCalls, event.reasoningDetails);
				return;
			case 'toolEnd':
				this.#takeResult(event.callId, event.result.text);
				return;
			case 'change':
				this.#changedPaths.set(event.changeId, event.path);
				return;
			case 'undone':
				this.#noteUndone(event.changeId, event.conflicts);
				return;
			case 'turnEnd':
				this.#close();
				return;
			case 'retry':
			case 'modelSwitched':
			case 'leftOut':
			case 'trimmed':
			case 'compacted':
			case 'billed':
			case 'budgetSet':
			case 'requestFailed':
			case 'approvalAsked':
			case 'approvalAnswered':
			case 'toolStart':
			case 'titled':
			case 'queued':
			case 'unqueued':
			case 'kept':
				return;
			default:
				event satisfies never;
		}
	}

	#openGroup(toolCalls: readonly ToolCall[], details: readonly ReasoningDetail[] | undefined): void {
		const text = this.#text.join('');
		const reasoning = this.#reasoning.join('');
		this.#text = [];
		this.#reasoning = [];
		if (text === '' && toolCalls.length === 0) {
			// Providers refuse an assistant message with nothing in it.
			return;
		}
		const assistant: AssistantMessage = {
			role: 'assistant',
			text,
			toolCalls,
			model: this.#served ?? this.#model,
			...(details === undefined ? reasoning !== '' && { reasoning } : { reasoningDetails: details }),
		};
		this.#open = { assistant, results: new Map() };
		if (toolCalls.length === 0) {
			this.#close();
		}
	}

	/** The first result counts: a second one can only come from a recovery that did not see the first. */
	#takeResult(callId: string, text: string): void {
		const open = this.#open;
		if (open === undefined || open.results.has(callId)) {
			return;
		}
		if (!open.assistant.toolCalls.some(({ id }) => id === callId)) {
			return;
		}
		open.results.set(callId, text === '' ? EMPTY_RESULT : text);
		if (open.results.size === open.assistant.toolCalls.length) {
			this.#close();
		}
	}

	/** Brings the open response in; calls that have no result get one, for providers refuse a call without. */
	#close(): void {
		const open = this.#open;
		if (open === undefined) {
			return;
		}
		this.#open = undefined;
		this.#messages.push(open.assistant);
		for (const { id } of open.assistant.toolCalls) {
			this.#messages.push({ role: 'tool', callId: id, text: open.results.get(id) ?? NO_RESULT });
		}
	}

	#pushUser(text: string, attachments: readonly Attachment[]): void {
		const parts = attachments.map(({ label, text: content }) => delimit(`Attached by the user: ${label}`, content));
		this.#messages.push({ role: 'user', text: [text, ...parts, ...this.#takeNotes()].join('\n\n') });
	}

	/** A request must end with something to answer: models take an assistant message at the end for a beginning. */
	#makeAnswerable(): void {
		const notes = this.#takeNotes();
		if (this.#messages.at(-1)?.role === 'assistant') {
			this.#messages.push({ role: 'user', text: [CONTINUE, ...notes].join('\n\n') });
		} else if (notes.length > 0) {
			this.#messages.push({ role: 'user', text: notes.join('\n\n') });
		}
	}

	#noteUndone(changeId: string, conflicts: number): void {
		const path = this.#changedPaths.get(changeId);
		if (path !== undefined && conflicts === 0) {
			this.#notes.push(`[The user took back your change to ${path}. Read it again before you edit it.]`);
		}
	}

	#takeNotes(): string[] {
		// Several changes to one file make one note.
		const notes = [...new Set(this.#notes)];
		this.#notes = [];
		return notes;
	}
}
