/**
 * Runs calls of a model in a process that the system really limits: in the size of the files it may write, which fails
 * a write in its middle as a full disk does, or in its rights. Needs a POSIX system.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import type { ToolCall } from '../../../src/agent/model.ts';

const SCRIPT = `
import { openFileWorkspace } from ${JSON.stringify(resolve('src/node/fileWorkspace.ts'))};
import { editTool } from ${JSON.stringify(resolve('src/tools/edit.ts'))};
import { writeTool } from ${JSON.stringify(resolve('src/tools/write.ts'))};
import { calls, says, scriptedModel } from ${JSON.stringify(resolve('test/fakes/scriptedModel.ts'))};
import { runToEnd } from ${JSON.stringify(resolve('test/fakes/turnHarness.ts'))};
const [folder, toolCalls] = process.argv.slice(2);
const run = await runToEnd({
	client: scriptedModel(calls(...JSON.parse(toolCalls)), says('ok')),
	tools: [editTool(), writeTool()],
	workspace: openFileWorkspace({ folder, platform: process.platform }),
	allowed: { level: 'edits' },
});
const outcomes = run.events.flatMap(event =>
	event.type === 'toolEnd' ? [{ outcome: event.result.outcome, text: event.result.text }] : [],
);
process.stdout.write(JSON.stringify({ outcomes, bugs: run.bugs.map(String) }));
`;

export interface LimitedRun {
	/** In the order of the calls. */
	readonly outcomes: readonly { readonly outcome: string; readonly text: string }[];
	readonly bugs: readonly string[];
}

export interface Limits {
	/** Largest file that can be written, in kB. */
	readonly fileKilobytes?: number;
	/** Without the rights of the superuser, who may write everything. */
	readonly isPlainUser?: boolean;
}

export interface LimitedProcess {
	run(folder: string, calls: readonly ToolCall[], limits: Limits): Promise<LimitedRun>;
	dispose(): Promise<void>;
}

/** Bundles the program once for all runs. */
export async function prepareLimitedProcess(): Promise<LimitedProcess> {
	const place = await mkdtemp(join(tmpdir(), 'limited-'));
	const program = join(place, 'program.mjs');
	await build({
		stdin: { contents: SCRIPT, resolveDir: process.cwd() },
		outfile: program,
		bundle: true,
		platform: 'node',
		format: 'esm',
		banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
		logLevel: 'silent',
	});
	// For whoever runs it.
	await chmod(place, 0o755);
	return {
		async run(folder, calls, { fileKilobytes, isPlainUser = false }) {
			const limit = `ulimit -f ${fileKilobytes ?? 'unlimited'}; exec "$@"`;
			const child = spawn('/bin/sh', ['-c', limit, 'sh', process.execPath, program, folder, JSON.stringify(calls)], {
				cwd: '/',
				stdio: ['ignore', 'pipe', 'pipe'],
				...(isPlainUser && process.getuid?.() === 0 && { uid: NOBODY, gid: NOBODY }),
			});
			const [out, complaints] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
			if (child.exitCode !== 0) {
				throw new Error(`The limited process ended with ${child.exitCode ?? child.signalCode}: ${complaints}`);
			}
			// It is what the script above wrote.
			return JSON.parse(out) as LimitedRun;
		},
		dispose: () => rm(place, { recursive: true, force: true }),
	};
}

const NOBODY = 65_534;
