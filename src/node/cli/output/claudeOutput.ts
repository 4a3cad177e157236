/**
 * The lines that `claude --print --output-format stream-json --verbose` writes, for programs made for those. Source: the
 * message types of the Claude Agent SDK for TypeScript, and recordings of version 2.1.
 */
import { randomUUID } from 'node:crypto';
import type { FailureRecord, SessionEvent, TurnEndReason } from '../../../agent/events.ts';
import type { Usage } from '../../../agent/model.ts';
import type { StoredEvent } from '../../../agent/session/log.ts';
import type { Terminal } from '../terminal.ts';
import type { DirectResult, RunEnd, RunOutput, RunStart } from './runOutput.ts';
import type { DeniedCall, RunTally, TokenUsage } from './runTally.ts';

const PERMISSION_MODES = { none: 'default', edits: 'acceptEdits', all: 'bypassPermissions' } as const;

export interface ClaudeOutputOptions {
	/** Only the result, as `--output-format json` gives it. */
	readonly isResultOnly: boolean;
}

export class ClaudeOutput implements RunOutput {
	readonly #terminal: Terminal;
	readonly #isResultOnly: boolean;
	#start: RunStart | undefined;
	/** Of the newest answer of each agent, by the call that it works for. */
	readonly #messageIds = new Map<string | null, string>();
	/** What tools said that ran without a model. */
	readonly #direct: string[] = [];

	constructor(terminal: Terminal, { isResultOnly }: ClaudeOutputOptions) {
		this.#terminal = terminal;
		this.#isResultOnly = isResultOnly;
	}

	/** The form knows no tools without a model: where one is asked, it gets the results, else they are the answer. */
	direct({ text }: DirectResult): void {
		this.#direct.push(text);
	}

	start(start: RunStart): void {
		this.#start = start;
		this.#line({
			type: 'system',
			subtype: 'init',
			cwd: start.folder,
			tools: start.tools,
			mcp_servers: [],
			model: start.model.id,
			permissionMode: start.mode === 'ask' ? 'plan' : PERMISSION_MODES[start.approve],
			slash_commands: [],
			apiKeySource: start.keySource ?? 'none',
			output_style: 'default',
			agents: [],
			skills: [],
			plugins: [],
		});
	}

	event({ event }: StoredEvent, tally: RunTally): void {
		this.#tell(event, tally, null);
	}

	/** As there: told among the others, under the id of the call. */
	delegateEvent({ event }: StoredEvent, tally: RunTally, callId: string): void {
		this.#tell(event, tally, callId);
	}

	#tell(event: SessionEvent, tally: RunTally, parent: string | null): void {
		if (event.type === 'requestStart') {
			this.#messageIds.set(parent, `msg_${event.requestId}`);
		} else if (event.type === 'response' && !tally.isSideRequest) {
			const calls = event.toolCalls.map(({ id, name, arguments: text }) => ({
				type: 'tool_use',
				id,
				name,
				input: inputOf(text),
			}));
			const blocks = [
				...(tally.reasoning === '' ? [] : [{ type: 'thinking', thinking: tally.reasoning, signature: '' }]),
				...(tally.text === '' ? [] : [{ type: 'text', text: tally.text }]),
				...calls,
			];
			for (const block of blocks) {
				const message = assistant(this.#messageIds.get(parent) ?? '', tally.model?.id ?? '', block, event.usage);
				this.#line({ type: 'assistant', message, parent_tool_use_id: parent });
			}
		} else if (event.type === 'toolEnd' && event.parentId === undefined) {
			// The result of a call holds those of the calls inside it, which the form does not know.
			const { callId, result } = event;
			const isError = result.outcome === 'ok' ? {} : { is_error: true };
			const block = { tool_use_id: callId, type: 'tool_result', content: result.text, ...isError };
			this.#line({ type: 'user', message: { role: 'user', content: [block] }, parent_tool_use_id: parent });
		}
	}

	end({ durationMs, problem }: RunEnd, tally: RunTally, start: RunStart | undefined): void {
		this.#start = start;
		const subtype = subtypeOf(tally.end?.reason, tally.end?.failure, problem !== undefined);
		const { known, unknownRequests } = tally.cost;
		const result = {
			type: 'result',
			subtype,
			is_error: subtype !== 'success',
			duration_ms: Math.round(durationMs),
			duration_api_ms: Math.round(tally.apiMs),
			num_turns: tally.requests,
			...(subtype === 'success'
				? { result: start === undefined ? this.#direct.join('\n\n') : tally.text }
				: { errors: [problem?.message ?? 'The turn did not come to an end.'] }),
			stop_reason: tally.end?.reason === 'done' ? 'end_turn' : tally.end?.reason === 'length' ? 'max_tokens' : null,
			// The form has a number only; what nobody told is said beside it.
			total_cost_usd: known,
			...(unknownRequests > 0 && { requests_of_unknown_cost: unknownRequests }),
			usage: usageOf(tally.usage),
			modelUsage: Object.fromEntries([...tally.usageOf].map(([model, usage]) => [model, modelUsageOf(usage)])),
			permission_denials: tally.denied.map(denialOf),
		};
		this.#write(result);
		if (problem !== undefined) {
			this.#terminal.note(problem.message);
		}
	}

	#line(value: object): void {
		if (!this.#isResultOnly) {
			this.#write(value);
		}
	}

	#write(value: object): void {
		this.#terminal.write(
			`${JSON.stringify({ ...value, session_id: this.#start?.sessionId ?? '', uuid: randomUUID() })}\n`,
		);
	}
}

/** One content block a line, as there; the lines of one answer share its id and usage. */
function assistant(id: string, model: string, block: object, usage: Usage | undefined): object {
	return {
		id,
		type: 'message',
		role: 'assistant',
		model,
		content: [block],
		stop_reason: null,
		stop_sequence: null,
		usage: usageOf(usage),
	};
}

function subtypeOf(reason: TurnEndReason | undefined, failure: FailureRecord | undefined, hasProblem: boolean): string {
	if (reason === 'limit') {
		return 'error_max_turns';
	}
	if (failure?.kind === 'budget') {
		return 'error_max_budget_usd';
	}
	return hasProblem && reason !== 'length' ? 'error_during_execution' : 'success';
}

function usageOf(usage: TokenUsage | undefined): object {
	return {
		input_tokens: Math.max(0, (usage?.promptTokens ?? 0) - (usage?.cachedTokens ?? 0) - (usage?.cacheWriteTokens ?? 0)),
		cache_creation_input_tokens: usage?.cacheWriteTokens ?? 0,
		cache_read_input_tokens: usage?.cachedTokens ?? 0,
		output_tokens: usage?.completionTokens ?? 0,
		server_tool_use: { web_search_requests: 0 },
	};
}

function modelUsageOf(usage: Usage): object {
	return {
		inputTokens: Math.max(0, usage.promptTokens - usage.cachedTokens - usage.cacheWriteTokens),
		outputTokens: usage.completionTokens,
		cacheReadInputTokens: usage.cachedTokens,
		cacheCreationInputTokens: usage.cacheWriteTokens,
		webSearchRequests: 0,
		costUSD: usage.cost ?? 0,
	};
}

function denialOf({ callId, name, arguments: text }: DeniedCall): object {
	return { tool_name: name, tool_use_id: callId, tool_input: inputOf(text) };
}

/** What the model sent as arguments; empty where it was no object, which it was told. */
function inputOf(text: string): object {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
	} catch {
		return {};
	}
}
