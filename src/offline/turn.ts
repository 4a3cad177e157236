/** The request's messages as the assistant needs them: what is asked now, what was done about it, what came before. */
import type { Message, ToolMessage } from '../agent/model.ts';
import type { Round } from './plans/plan.ts';

/** A file the user attached or that was spoken of. */
export interface CurrentFile {
	readonly path: string;
	/** The selected lines, 1-based and inclusive. */
	readonly selection?: { readonly from: number; readonly to: number };
}

/** A user message and what followed it. */
export interface Exchange {
	/** What the user typed, without what was attached. */
	readonly message: string;
	readonly attached?: CurrentFile;
	readonly rounds: readonly Round[];
	/** It ended in an answer, not in a call. */
	readonly isAnswered: boolean;
}

export interface Turn {
	readonly now: Exchange;
	/** Oldest first. */
	readonly earlier: readonly Exchange[];
}

export function readTurn(messages: readonly Message[]): Turn {
	const exchanges: Exchange[] = [];
	const starts = messages.flatMap(({ role }, index) => (role === 'user' ? [index] : []));
	for (const [place, start] of starts.entries()) {
		const user = messages[start];
		if (user?.role === 'user') {
			const exchange = readExchange(user.text, messages.slice(start + 1, starts[place + 1]));
			const before = exchanges.at(-1);
			if (before !== undefined && goesOn(before, exchange)) {
				exchanges[exchanges.length - 1] = {
					...exchange,
					...pickRequest(before),
					rounds: [...before.rounds, ...exchange.rounds],
				};
			} else {
				exchanges.push(exchange);
			}
		}
	}
	const now = exchanges.pop() ?? { message: '', rounds: [], isAnswered: false };
	return { now, earlier: exchanges };
}

/** The loop itself sent this message, to have an unfinished request taken up: the user pressed Continue. */
function goesOn(before: Exchange, { message, attached }: Exchange): boolean {
	return !before.isAnswered && attached === undefined && (message === '' || message === 'Continue.');
}

function pickRequest({ message, attached }: Exchange): Pick<Exchange, 'message' | 'attached'> {
	return { message, ...(attached && { attached }) };
}

/** The file that "this file" and "it" mean: the attached one, or else the one read or changed last. */
export function currentFile({ now, earlier }: Turn): CurrentFile | undefined {
	if (now.attached !== undefined) {
		return now.attached;
	}
	for (const exchange of earlier.toReversed()) {
		const path = exchange.attached === undefined ? lastFileCall(exchange) : undefined;
		const found = exchange.attached ?? (path === undefined ? undefined : { path });
		if (found !== undefined) {
			return found;
		}
	}
	return undefined;
}

function lastFileCall({ rounds }: Exchange): string | undefined {
	const calls = rounds.flatMap(round => round.calls).filter(({ name }) => name === 'read' || name === 'edit');
	return calls.map(call => parseCall(call.arguments)['path']).findLast(path => typeof path === 'string');
}

/** A call's arguments, whoever made the call: a model's broken call has none. */
export function parseCall(argumentText: string): Readonly<Record<string, unknown>> {
	try {
		const value: unknown = JSON.parse(argumentText);
		return typeof value === 'object' && value !== null ? { ...value } : {};
	} catch {
		return {};
	}
}

function readExchange(text: string, following: readonly Message[]): Exchange {
	const results = new Map(following.filter(isTool).map(message => [message.callId, message.text]));
	const rounds: Round[] = [];
	for (const message of following) {
		if (message.role === 'assistant' && message.toolCalls.length > 0) {
			rounds.push({ calls: message.toolCalls, results: message.toolCalls.map(({ id }) => results.get(id) ?? '') });
		}
	}
	const last = following.at(-1);
	const { message, attached } = splitAttachments(text);
	return {
		message,
		rounds,
		isAnswered: last?.role === 'assistant' && last.toolCalls.length === 0,
		...(attached && { attached }),
	};
}

function isTool(message: Message): message is ToolMessage {
	return message.role === 'tool';
}

/** Takes off what `agent/context/conversation.ts` sets behind the user's words: fenced attachments and notes. */
function splitAttachments(text: string): { readonly message: string; readonly attached?: CurrentFile } {
	const attachments: string[] = [];
	const message = text
		.replace(/\n\nAttached by the user: [^\n]*\n(`{3,})\n([\s\S]*?)\n\1(?=\n\n|$)/g, (_, __, content: string) => {
			attachments.push(content);
			return '';
		})
		.replace(/(?:^|\n\n)\[The user took back your change to [^\n]*\](?=\n\n|$)/g, '')
		.trim();
	const attached = attachments.map(readAttachment).find(file => file !== undefined);
	return attached === undefined ? { message } : { message, attached };
}

/** The words of `host/chat/editorContext.ts`. */
function readAttachment(text: string): CurrentFile | undefined {
	const selected = /^Selected in (.+), lines (\d+)-(\d+):/.exec(text);
	if (selected !== null) {
		return { path: selected[1] ?? '', selection: { from: Number(selected[2]), to: Number(selected[3]) } };
	}
	const path = /^Open in the editor: (.+), cursor in line \d+\.$/.exec(text)?.[1];
	return path === undefined ? undefined : { path };
}
