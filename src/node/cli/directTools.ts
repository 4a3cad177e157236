/** Runs the tools that the caller names, in the way a model's calls run: checked, allowed or not, one result each. */
import { randomUUID } from 'node:crypto';
import type { AgentMode } from '../../agent/approval/policy.ts';
import { systemClock } from '../../agent/clock.ts';
import type { Attachment, TurnEvent } from '../../agent/events.ts';
import type { Tool } from '../../agent/tool.ts';
import { LoopGuard } from '../../agent/turn/loopGuard.ts';
import { CallRunner } from '../../agent/turn/runCalls.ts';
import type { Workspace } from '../../agent/workspace.ts';
import { ApprovalDesk, levelFor } from './approvals.ts';
import type { ApprovalMode } from './commands.ts';
import type { DirectCall } from './input.ts';
import type { DirectResult } from './output/runOutput.ts';

export interface DirectToolsOptions {
	readonly tools: readonly Tool[];
	readonly workspace: Workspace;
	/** See `ownFolders`. */
	readonly ownFolders: readonly string[];
	readonly approve: ApprovalMode;
	readonly mode: AgentMode;
	readonly signal: AbortSignal;
	/** Keeps the text of a file before it is changed, and after. */
	putBlob(text: string): Promise<string>;
	onBug(error: unknown): void;
	onEvent(event: TurnEvent): void;
}

/** @returns a result for each call, in their order. */
export async function runDirectTools(
	calls: readonly DirectCall[],
	options: DirectToolsOptions,
): Promise<readonly DirectResult[]> {
	const { tools, workspace, ownFolders, approve, mode, signal, putBlob, onBug, onEvent } = options;
	const desk = new ApprovalDesk(approve);
	const results = new Map<string, DirectResult>();
	const named = calls.map(({ name, params }, index) => ({
		id: `direct-${index}`,
		name,
		arguments: JSON.stringify(params),
	}));
	const runner = new CallRunner(
		{
			tools,
			workspace,
			permissions: async () => ({
				...{ mode, level: levelFor(approve), ownFolders, rules: [] },
				// Who starts the command in a folder works there.
				isTrusted: true,
				// Whatever the tools bring, the calls were chosen before.
				isHeld: false,
			}),
			ask: async request => desk.answer(request),
			remember: async () => undefined,
			seesImages: false,
			onOutput: () => undefined,
			clock: systemClock,
			putBlob,
			newId: () => randomUUID(),
			onBug,
		},
		async event => {
			onEvent(event);
			if (event.type === 'toolEnd' && event.parentId === undefined) {
				const { callId, result } = event;
				const name = named.find(({ id }) => id === callId)?.name ?? '';
				const outcome = result.outcome === 'interrupted' ? 'error' : result.outcome;
				results.set(callId, { name, outcome, text: result.text });
			}
		},
		signal,
		new LoopGuard(),
	);
	await runner.run(named);
	return named.flatMap(({ id }) => results.get(id) ?? []);
}

/** The results as context of a message. */
export function attachResults(calls: readonly DirectCall[], results: readonly DirectResult[]): readonly Attachment[] {
	return results.map(({ name, outcome, text }, index) => ({
		label: `${name} ${JSON.stringify(calls[index]?.params ?? {})}${outcome === 'ok' ? '' : ` (${outcome})`}`,
		text,
	}));
}
