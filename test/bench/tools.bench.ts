/**
 * What many calls leave behind: memory of the host over 1,000 calls of the tools for files and commands, and processes
 * after 200 commands that were cancelled in the middle.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Conversation } from '../../src/agent/context/conversation.ts';
import type { ToolCall } from '../../src/agent/model.ts';
import { commandPlaces } from '../../src/agent/shell/commandPlace.ts';
import type { Shell } from '../../src/agent/shellPort.ts';
import type { Tool } from '../../src/agent/tool.ts';
import { runTurn } from '../../src/agent/turn/runTurn.ts';
import { openFileWorkspace } from '../../src/node/fileWorkspace.ts';
import { openNodeShell } from '../../src/node/shell/nodeShell.ts';
import { createPlaceFacts } from '../../src/node/shell/placeFacts.ts';
import { createTools } from '../../src/tools/index.ts';
import { call, calls, says, scriptedModel } from '../fakes/scriptedModel.ts';
import { allowing, turnOptions } from '../fakes/turnHarness.ts';
import { report, timed } from './row.ts';

const CALLS = 1000;
const CALLS_PER_TURN = 50;
/** Calls after which caches are full and code is compiled. */
const WARM_CALLS = 200;
const CANCELLED = 200;
const MEGABYTE = 1024 * 1024;
const SURROUNDINGS = { environment: process.env, allowedVariables: [] };

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const top = realpathSync(mkdtempSync(join(tmpdir(), 'openrouter-agent-bench-')));
const folder = join(top, 'workspace');
try {
	mkdirSync(folder);
	for (let at = 0; at < 50; at++) {
		writeFileSync(join(folder, `f${at}.ts`), `export const value${at} = ${at};\n`.repeat(400));
	}
	await measureMemory();
	await measureOrphans();
} finally {
	rmSync(top, { recursive: true, force: true });
}

async function measureMemory(): Promise<void> {
	const shell = await openShell();
	const facts = createPlaceFacts({ ...SURROUNDINGS, workspaceFolders: () => [folder] });
	const place = commandPlaces({ facts, ownFolders: [] });
	const onBug = (error: unknown) => {
		throw error;
	};
	const tools = createTools({ shell: { shell, place }, onBug }, { isDelegate: false, isReadOnly: false });
	const workspace = openFileWorkspace({ folder, platform: process.platform });
	const heaps = new Map<number, number>();
	try {
		for (let done = 0; done < CALLS + WARM_CALLS; done += CALLS_PER_TURN) {
			if (done === WARM_CALLS) {
				heaps.set(done, await heap());
			}
			await takeTurn(tools, workspace, done);
		}
		heaps.set(CALLS + WARM_CALLS, await heap());
	} finally {
		await shell.dispose();
	}
	const [before = 0, after = 0] = heaps.values();
	report({
		name: `heap after ${CALLS} more tool calls`,
		measured: after / 1000,
		against: before / 1000,
		peer: 'before them',
		unit: 'kB',
		reach: 1.05,
		must: 1.2,
	});
}

/** Reads, searches, edits and commands in turns of their own, whose conversations are thrown away. */
async function takeTurn(
	tools: readonly Tool[],
	workspace: ReturnType<typeof openFileWorkspace>,
	done: number,
): Promise<void> {
	const made = Array.from({ length: CALLS_PER_TURN }, (_, at) => callOf(done + at));
	const conversation = new Conversation();
	const events = runTurn({
		...turnOptions(scriptedModel(calls(...made), says('ok')), conversation),
		tools,
		workspace,
		permissions: async () => allowing({ level: 'everything' }),
	});
	for await (const event of events) {
		if (event.type === 'toolEnd' && event.result.outcome !== 'ok') {
			throw new Error(`A call failed: ${event.result.text}`);
		}
		conversation.apply(event);
	}
}

function callOf(at: number): ToolCall {
	const path = `f${at % 50}.ts`;
	const id = `c${at}`;
	switch (at % 5) {
		case 0:
			return call(id, 'read', { path });
		case 1:
			return call(id, 'grep', { pattern: `value${at % 50} `, path: '.' });
		case 2:
			return call(id, 'glob', { pattern: '*.ts' });
		case 3:
			return call(id, 'write', { path: 'new.txt', content: `text ${at}\n` });
		default:
			return call(id, 'bash', { command: `echo ${at}; seq 2000` });
	}
}

async function measureOrphans(): Promise<void> {
	const shell = await openShell();
	let left = 0;
	const took = await timed(async () => {
		for (let at = 0; at < CANCELLED; at++) {
			const mark = `600.${process.pid}${at}`;
			await cancelled(shell, `(setsid sleep ${mark} &) ; sleep ${mark} & echo on; sleep ${mark}`);
			left += processesWith(mark);
		}
	});
	await shell.dispose();
	console.log(`   ${CANCELLED} commands cancelled in ${Math.round(took)} ms`);
	// One is added to both: nothing cannot be divided.
	report({
		name: `processes left by ${CANCELLED} cancelled commands, plus one`,
		measured: left + 1,
		against: 1,
		peer: 'limit',
		unit: 'processes',
		reach: 1,
	});
}

/** Cancels the command once it has begun. */
async function cancelled(shell: Shell, command: string): Promise<void> {
	const stop = new AbortController();
	await shell.run(command, { signal: stop.signal, onOutput: () => stop.abort() });
}

function openShell(): Promise<Shell> {
	return openNodeShell({
		folder: join(top, 'shell'),
		cwd: folder,
		workspaceFolders: () => [folder],
		...SURROUNDINGS,
	});
}

async function heap(): Promise<number> {
	for (let round = 0; round < 3; round++) {
		await turn();
		collect();
	}
	const { heapUsed, external } = process.memoryUsage();
	console.log(`   heap ${((heapUsed + external) / MEGABYTE).toFixed(1)} MB`);
	return heapUsed + external;
}

/** Living processes whose command line has the mark. */
function processesWith(mark: string): number {
	return readdirSync('/proc').filter(name => {
		try {
			return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(mark);
		} catch {
			// It has just ended.
			return false;
		}
	}).length;
}
