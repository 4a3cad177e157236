import assert from 'node:assert/strict';
import * as z from 'zod';
import type { ModelClient } from '../../../../src/agent/model.ts';
import { Session } from '../../../../src/agent/session/session.ts';
import type { SessionOptions } from '../../../../src/agent/session/sessionOptions.ts';
import { defineTool, type ToolContext } from '../../../../src/agent/tool.ts';
import { hurriedClock } from '../../../fakes/hurriedClock.ts';
import { type MemorySessionStore, memorySessionStore } from '../../../fakes/memorySessionStore.ts';
import { MemoryWorkspace } from '../../../fakes/memoryWorkspace.ts';
import { type Answer, call, calls, type ScriptedModel, says, scriptedModel } from '../../../fakes/scriptedModel.ts';
import { plainRights } from '../../../fakes/sessionParts.ts';
import { resolvedModel } from '../../../fakes/turnHarness.ts';

/** Files, sessions on them, and a model that edits what it is told to. */
export interface ReviewWorld {
	readonly workspace: MemoryWorkspace;
	readonly store: MemorySessionStore;
	readonly bugs: unknown[];
	/** The newest session's. */
	readonly model: () => ScriptedModel;
	/** Called in the middle of an edit: recorded, and not made. */
	onRecorded: (() => Promise<void>) | undefined;
	create(): Promise<Session>;
	open(sessionId: string): Promise<Session>;
	/** Has the agent give files these texts in one turn; undefined removes one. */
	edit(session: Session, texts: Readonly<Record<string, string | undefined>>, message?: string): Promise<void>;
	/** What the model says next. */
	answer(session: Session, answer: Answer): void;
	text(path: string): string | undefined;
	/** The user's hand. */
	type(path: string, text: string): void;
}

export function reviewWorld(files: Readonly<Record<string, string>> = {}): ReviewWorld {
	const workspace = new MemoryWorkspace({ files });
	const store = memorySessionStore();
	const bugs: unknown[] = [];
	const answers = new WeakMap<Session, Answer[]>();
	let newest = scriptedModel();
	let ids = 0;
	let callIds = 0;
	/** Writes a whole file the way the real tools do: look, record, write. */
	const tool = defineTool({
		name: 'put',
		description: 'Give a file a text.',
		effect: 'write',
		input: z.object({ path: z.string(), text: z.string().optional() }),
		paths: ({ path }) => [path],
		subject: ({ path }) => path,
		async run({ path, text }, context) {
			await put(path, text, context);
			return { text: 'Done.' };
		},
	});
	async function put(path: string, text: string | undefined, { workspace, signal, recordChange }: ToolContext) {
		const location = await workspace.locate(path, signal);
		const isThere = (await workspace.stat(location, signal)) !== undefined;
		const current = isThere ? await workspace.readText(location, signal) : undefined;
		await recordChange({
			location,
			...(current && { before: current.text }),
			...(text !== undefined && { after: text }),
		});
		await world.onRecorded?.();
		if (text !== undefined) {
			await workspace.write(location, text, current?.stamp ?? 'absent', signal);
		} else if (current !== undefined) {
			await workspace.remove(location, current.stamp, signal);
		}
	}
	function optionsFor(client: ModelClient): SessionOptions {
		return {
			...plainRights([tool]),
			initialLevel: () => 'edits',
			store,
			workspace,
			resolveModel: async () => resolvedModel(client),
			currentRules: async () => '',
			isTrusted: () => true,
			maxRequests: () => 50,
			clock: hurriedClock(),
			newId: () => `id${++ids}`,
			onBug: error => bugs.push(error),
		};
	}
	async function begin(make: (options: SessionOptions) => Promise<Session>): Promise<Session> {
		const script: Answer[] = [];
		const asking: Answer = (request, signal) => {
			const answer = script.shift() ?? says('ok');
			return typeof answer === 'function' ? answer(request, signal) : answer;
		};
		newest = scriptedModel(...Array.from({ length: 200 }, () => asking));
		const session = await make(optionsFor(newest));
		answers.set(session, script);
		await session.review.whenReady();
		return session;
	}
	const world: ReviewWorld = {
		workspace,
		store,
		bugs,
		model: () => newest,
		onRecorded: undefined,
		create: () => begin(options => Session.create(options, { system: 'Be good.', workspace: ['memory:/project'] })),
		open: sessionId => begin(options => Session.open(options, sessionId)),
		async edit(session, texts, message = 'go') {
			const made = Object.entries(texts).map(([path, text]) => call(`call${++callIds}`, 'put', { path, text }));
			answers.get(session)?.push(calls(...made));
			await session.send(message);
			await session.whenIdle();
			await session.review.whenReady();
		},
		answer: (session, answer) => answers.get(session)?.push(answer),
		text: path => workspace.saved(path),
		type: (path, text) => workspace.put(path, text),
	};
	return world;
}

/** Lines with their ends. */
export function lines(...texts: readonly string[]): string {
	return texts.map(text => `${text}\n`).join('');
}

export function onlyFile(session: Session) {
	const [file, ...others] = session.review.files;
	assert.ok(file !== undefined && others.length === 0);
	return file;
}
