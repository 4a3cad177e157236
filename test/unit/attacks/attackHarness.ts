/**
 * Plays a hostile or mistaken model against the real executor, policy, tools and disk. Every case runs twice: the user
 * says no, and nothing may have happened; the user says yes, and exactly what was shown happens.
 */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Permissions } from '../../../src/agent/approval/policy.ts';
import type { ToolCall } from '../../../src/agent/model.ts';
import type { ApprovalRequest, Tool } from '../../../src/agent/tool.ts';
import { openFileWorkspace } from '../../../src/node/fileWorkspace.ts';
import { calls, says, scriptedModel } from '../../fakes/scriptedModel.ts';
import { runToEnd, type TurnRun } from '../../fakes/turnHarness.ts';

/** A workspace folder with its surroundings, on disk. */
export interface Scene {
	/** Absolute. */
	readonly folder: string;
	/** Beside the workspace folder, outside of it. */
	readonly outside: string;
	/** Makes a file in the workspace folder. */
	put(path: string, text: string): Promise<void>;
	/** All files of workspace and surroundings by path, with their texts; links as `-> target`. */
	snapshot(): Promise<Readonly<Record<string, string>>>;
	dispose(): Promise<void>;
}

export async function openScene(): Promise<Scene> {
	const top = await realpath(await mkdtemp(join(tmpdir(), 'attack-')));
	const folder = join(top, 'ws');
	const outside = join(top, 'outside');
	await mkdir(folder);
	await mkdir(outside);
	return {
		folder,
		outside,
		async put(path, text) {
			await mkdir(dirname(join(folder, path)), { recursive: true });
			await writeFile(join(folder, path), text);
		},
		snapshot: () => filesBelow(top, ''),
		dispose: () => rm(top, { recursive: true, force: true }),
	};
}

export interface Attack {
	readonly calls: readonly ToolCall[];
	readonly tools: readonly Tool[];
	/** What the user allowed beforehand; edits of unprotected files when absent. */
	readonly allowed?: Partial<Permissions>;
}

export interface AttackRun extends TurnRun {
	readonly before: Readonly<Record<string, string>>;
	readonly after: Readonly<Record<string, string>>;
}

/** Runs the calls as one answer of a model. @param answer to every question. */
export async function attack(
	scene: Scene,
	{ calls: toolCalls, tools, allowed = { level: 'edits' } }: Attack,
	answer: 'once' | 'no',
	onAsk?: (request: ApprovalRequest) => Promise<void> | void,
): Promise<AttackRun> {
	const before = await scene.snapshot();
	let asked: string | undefined;
	const run = await runToEnd({
		client: scriptedModel(calls(...toolCalls), says('ok')),
		tools,
		workspace: openFileWorkspace({ folder: scene.folder, platform: process.platform }),
		allowed,
		async ask(request) {
			asked ??= request.callId;
			if (answer === 'no' || request.callId === asked) {
				assert.deepEqual(await scene.snapshot(), before, 'something happened before the answer');
			}
			await onAsk?.(request);
			return { allow: answer };
		},
	});
	assert.deepEqual(run.bugs, []);
	return { ...run, before, after: await scene.snapshot() };
}

/** Reasons in the order asked, those of a list of calls one by one. */
export function reasonsOf({ asked }: TurnRun): readonly string[] {
	return asked.flatMap(({ reason, items }) => items?.map(item => item.reason) ?? [reason]);
}

async function filesBelow(top: string, below: string): Promise<Record<string, string>> {
	const found: Record<string, string> = {};
	for (const entry of await readdir(join(top, below), { withFileTypes: true })) {
		const path = below === '' ? entry.name : `${below}/${entry.name}`;
		if (entry.isDirectory()) {
			Object.assign(found, await filesBelow(top, path));
		} else if (entry.isSymbolicLink()) {
			found[path] = `-> ${await readlink(join(top, path))}`;
		} else {
			found[path] = entry.isFile() ? await readFile(join(top, path), 'utf8') : 'special';
		}
	}
	return found;
}
