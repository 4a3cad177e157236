import * as z from 'zod';
import type { ApprovalRule, RuleScope } from '../../src/agent/approval/approvalRules.ts';
import type { Permissions } from '../../src/agent/approval/policy.ts';
import { ContextMeter } from '../../src/agent/context/contextUse.ts';
import { Conversation } from '../../src/agent/context/conversation.ts';
import type { Attachment, SessionEvent, TurnEvent } from '../../src/agent/events.ts';
import type { ModelClient } from '../../src/agent/model.ts';
import { SessionState } from '../../src/agent/session/sessionState.ts';
import {
	type ApprovalAnswer,
	type ApprovalRequest,
	defineTool,
	type Effect,
	type Tool,
	type ToolContext,
	type ToolOutput,
	type ToolView,
} from '../../src/agent/tool.ts';
import type { ResolvedModel } from '../../src/agent/turn/resolvedModel.ts';
import { DEFAULT_RETRY } from '../../src/agent/turn/retryPolicy.ts';
import { RetryWait } from '../../src/agent/turn/retryWait.ts';
import { runTurn } from '../../src/agent/turn/runTurn.ts';
import type { QueuedMessage, TurnOptions } from '../../src/agent/turn/turnOptions.ts';
import type { Location, Workspace } from '../../src/agent/workspace.ts';
import { hurriedClock } from './hurriedClock.ts';
import { manualClock } from './manualClock.ts';

export interface FakeToolOptions {
	readonly effect?: Effect;
	readonly preview?: (path: string) => Promise<ToolView>;
	readonly run?: (path: string, context: ToolContext) => Promise<ToolOutput> | ToolOutput;
}

/** A tool on one path. Without `run` it answers with its name and the path. */
export function fakeTool(name: string, { effect = 'read', preview, run }: FakeToolOptions = {}): Tool {
	return defineTool({
		name,
		description: `The ${name} tool.`,
		effect,
		input: z.object({ path: z.string() }),
		paths: ({ path }) => [path],
		subject: ({ path }) => path,
		...(preview && { preview: ({ path }: { path: string }) => preview(path) }),
		run: async ({ path }, context) => (run === undefined ? { text: `${name} ${path}` } : run(path, context)),
	});
}

/** Only resolves paths: what begins with `/` is outside. Every other method throws. */
const pathsOnly: Workspace = new Proxy(
	{ roots: [{ name: 'root', uri: 'file:///root' }], locate: async (path: string) => locationOf(path) },
	{
		get(target, name) {
			if (name in target) {
				return Reflect.get(target, name);
			}
			throw new Error(`This workspace has no ${String(name)}.`);
		},
	},
	// Safe: the missing methods throw by name above.
) as unknown as Workspace;

function locationOf(path: string): Location {
	const isOutside = path.startsWith('/');
	return { path, uri: `file://${isOutside ? path : `/root/${path}`}`, isOutside };
}

export interface TurnRun {
	/** What the turn yielded, in order. */
	readonly events: readonly TurnEvent[];
	readonly bugs: readonly unknown[];
	readonly asked: readonly ApprovalRequest[];
	/** Rules that the user gave with their answers. */
	readonly remembered: readonly { readonly rule: ApprovalRule; readonly scope: RuleScope }[];
	readonly conversation: Conversation;
	readonly state: SessionState;
	/** Results in the order of their events. */
	readonly results: Readonly<Record<string, string>>;
	readonly end: Extract<TurnEvent, { type: 'turnEnd' }>;
}

/** A model as a session gets it: nothing is known or wished of it but what is given. */
export function resolvedModel(client: ModelClient, rest: Partial<ResolvedModel> = {}): ResolvedModel {
	const model = { id: 'vendor/model', name: 'Model', isBuiltIn: false };
	return { client, model, facts: {}, settings: {}, leftOut: [], ...rest };
}

export function allowing(more: Partial<Permissions> = {}): Permissions {
	return { mode: 'agent', level: 'ask', isTrusted: true, isHeld: false, rules: [], ownFolders: [], ...more };
}

export interface TurnSetup extends Partial<Omit<TurnOptions, 'ask' | 'conversation'>> {
	readonly client: ModelClient;
	/** The user's answer; without one every approval is given once. */
	readonly ask?: (request: ApprovalRequest, signal: AbortSignal) => Promise<ApprovalAnswer> | ApprovalAnswer;
	readonly history?: readonly SessionEvent[];
	readonly queue?: QueuedMessage[];
	/** What the user allows beforehand; in a trusted workspace nothing but what needs no question. */
	readonly allowed?: Partial<Permissions>;
	/** Sees each event before it is folded and the next one is asked for. */
	readonly onEvent?: (event: TurnEvent) => Promise<void> | void;
}

const attachments: readonly Attachment[] = [];
const defaultHistory: readonly SessionEvent[] = [
	{ type: 'created', sessionId: 's', workspace: [], system: 'Be good.' },
	{ type: 'user', messageId: 'm', text: 'Do it.', attachments },
];

/** Everything a turn needs, with ids that count up: `id1`, `id2`, … */
export function turnOptions(client: ModelClient, conversation: Conversation, state = new SessionState()): TurnOptions {
	let ids = 0;
	return {
		turnId: 'turn',
		sessionId: 'session',
		resolved: resolvedModel(client),
		tools: [],
		definitions: [],
		workspace: pathsOnly,
		signal: new AbortController().signal,
		clock: manualClock(),
		retry: DEFAULT_RETRY,
		retryWait: new RetryWait(hurriedClock()),
		random: () => 0.5,
		conversation,
		meter: new ContextMeter(),
		resolveModel: async id => resolvedModel(client, { model: { id, name: id, isBuiltIn: false } }),
		pinnedProvider: () => undefined,
		loadImage: async () => undefined,
		sessionBudget: () => state.budget,
		isLeftOutTold: model => state.isLeftOutTold(model),
		currentRules: async () => '',
		maxRequests: 50,
		account: 'session',
		permissions: async () => allowing(),
		remember: async () => undefined,
		seesImages: false,
		onOutput: () => undefined,
		isCallIdTaken: id => state.hasCall(id),
		ask: async () => ({ allow: 'once' }),
		takeQueued: () => [],
		putBlob: async text => `hash of ${text}`,
		newId: () => `id${++ids}`,
		onBug(error) {
			throw error;
		},
	};
}

/** Runs a turn as a session does: folds each event, then asks for the next. Ids count up: `id1`, `id2`, … */
export async function runToEnd({
	client,
	ask,
	history,
	queue,
	onEvent,
	allowed,
	...rest
}: TurnSetup): Promise<TurnRun> {
	const conversation = new Conversation();
	const state = new SessionState();
	const fold = (event: SessionEvent) => {
		conversation.apply(event);
		state.apply(event);
	};
	for (const event of history ?? defaultHistory) {
		fold(event);
	}
	const rules: ApprovalRule[] = [];
	let isHeld = false;
	const events: TurnEvent[] = [];
	const bugs: unknown[] = [];
	const asked: ApprovalRequest[] = [];
	const remembered: { rule: ApprovalRule; scope: RuleScope }[] = [];
	const turn = runTurn({
		...turnOptions(client, conversation, state),
		...(rest.clock && { retryWait: new RetryWait(rest.clock) }),
		ask: async (request, signal) => {
			asked.push(request);
			return ask === undefined ? { allow: 'once' } : ask(request, signal);
		},
		permissions: async () => {
			const given = allowing(allowed);
			return { ...given, isHeld: given.isHeld || isHeld, rules: [...given.rules, ...rules] };
		},
		remember: async (rule, scope) => {
			rules.push(rule);
			remembered.push({ rule, scope });
		},
		takeQueued: () => queue?.splice(0) ?? [],
		onBug: error => bugs.push(error),
		...rest,
	});
	for await (const event of turn) {
		await onEvent?.(event);
		fold(event);
		if (event.type === 'toolEnd') {
			isHeld ||= event.result.isFromOutside === true;
		} else if (event.type === 'steer') {
			isHeld = false;
		}
		events.push(event);
	}
	const results = Object.fromEntries(
		events.flatMap(event => (event.type === 'toolEnd' ? [[event.callId, event.result.text]] : [])),
	);
	const end = events.at(-1);
	if (end?.type !== 'turnEnd') {
		throw new Error('The turn did not end with turnEnd.');
	}
	return { events, bugs, asked, remembered, conversation, state, results, end };
}
