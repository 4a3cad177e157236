import { readdirSync, readFileSync } from 'node:fs';
import type { Attachment, SessionEvent } from '../../../src/agent/events.ts';
import type { ApprovalAnswer, ApprovalRequest } from '../../../src/agent/tool.ts';
import { createBuiltInAssistant } from '../../../src/offline/builtInAssistant.ts';
import { toolDefinition } from '../../../src/tools/toolDefinition.ts';
import type { MemoryWorkspace } from '../../fakes/memoryWorkspace.ts';
import { fileTools as tools } from '../../fakes/toolSets.ts';
import { resolvedModel, runToEnd, type TurnSetup } from '../../fakes/turnHarness.ts';

export interface Reply {
	/** The text after the last call. */
	readonly answer: string;
	/** All text, what was said before calls included. */
	readonly said: string;
	/** `name arguments` of each call, in order. */
	readonly calls: readonly string[];
	/** Paths the user was asked about. */
	readonly asked: readonly string[];
	readonly results: Readonly<Record<string, string>>;
	readonly end: string;
}

export interface Said {
	readonly attachments?: readonly Attachment[];
	readonly ask?: (request: ApprovalRequest) => ApprovalAnswer;
	readonly setup?: Partial<TurnSetup>;
}

/** A conversation with the built-in assistant through the real loop and the real tools. */
export function builtInChat(workspace: MemoryWorkspace) {
	const history: SessionEvent[] = [{ type: 'created', sessionId: 's', workspace: [], system: 'Be good.' }];
	let messages = 0;
	return async (text: string, { attachments = [], ask, setup }: Said = {}): Promise<Reply> => {
		history.push({ type: 'user', messageId: `m${++messages}`, text, attachments });
		const client = createBuiltInAssistant();
		const model = { id: 'built-in', name: 'Built-in assistant', isBuiltIn: true };
		const run = await runToEnd({
			client,
			resolved: resolvedModel(client, { model }),
			tools,
			definitions: tools.map(toolDefinition),
			workspace,
			history: [...history],
			...(ask && { ask }),
			...setup,
		});
		history.push(...run.events);
		if (run.bugs.length > 0) {
			throw run.bugs[0];
		}
		const lastResult = run.events.findLastIndex(({ type }) => type === 'toolEnd');
		const textOf = (events: typeof run.events) =>
			events.map(event => (event.type === 'text' ? event.delta : '')).join('');
		return {
			answer: textOf(run.events.slice(lastResult + 1)),
			said: textOf(run.events),
			calls: run.events.flatMap(event =>
				event.type === 'response' ? event.toolCalls.map(call => `${call.name} ${call.arguments}`) : [],
			),
			asked: run.asked.map(({ subject }) => subject),
			results: run.results,
			end: run.end.reason,
		};
	};
}

/** The files of a fixture project, by path. */
export function projectFiles(name: string): Record<string, string> {
	const root = `test/fixtures/projects/${name}`;
	const entries = readdirSync(root, { recursive: true, withFileTypes: true });
	return Object.fromEntries(
		entries
			.filter(entry => entry.isFile())
			.map(entry => `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/'))
			.map(path => [path.slice(root.length + 1), readFileSync(path, 'utf8')]),
	);
}
