/**
 * What our client adds to a turn: from the end of the model's stream, at the server, to the arrival of the next request
 * there. The session is whole: client, loop, tools, journal on disk; the command adds files on disk, the ledger and what
 * it prints. Beside them a floor client, which sends the next request as soon as it has read the answer, and runs and
 * stores nothing: in this process for the session, in one that is as new as the command's for the command. The server has
 * a process of its own.
 */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { systemClock } from '../../src/agent/clock.ts';
import { buildSystemPrompt } from '../../src/agent/prompt.ts';
import { Session } from '../../src/agent/session/session.ts';
import { openJournalStore } from '../../src/node/journal.ts';
import { createOpenRouterClient } from '../../src/openrouter/openRouterClient.ts';
import { toolDefinition } from '../../src/tools/index.ts';
import { MemoryWorkspace } from '../fakes/memoryWorkspace.ts';
import { plainRights } from '../fakes/sessionParts.ts';
import { everyTool as tools } from '../fakes/toolSets.ts';
import { startOpenRouterServer } from '../openrouter-server/openRouterServer.ts';
import { median, report } from './row.ts';

const MODEL = 'anthropic/claude-sonnet-5';
const TURNS = 40;
/** Runs of each client, in turns. The first of each warms up and does not count. */
const RUNS = 4;
const FILE_LINES = 40;

interface Started {
	readonly url: string;
	readonly key: string;
}

const [, , mode, url = '', key = ''] = process.argv;
if (mode === '--server') {
	await serve();
} else if (mode === '--floor') {
	await runFloor({ url, key });
} else {
	await compare();
}

/** Runs as the child: answers each request with a call, and the last with text; then tells the gaps in between. */
async function serve(): Promise<void> {
	const server = await startOpenRouterServer();
	for (let turn = 0; turn < TURNS; turn++) {
		const toolCalls = [{ name: 'read', arguments: { path: pathOf(turn) } }];
		server.script({ text: 'I look at the next file.', toolCalls, pieces: 'event' });
	}
	server.script({ text: 'Done.' });
	process.send?.({ url: server.url, key: server.key } satisfies Started);
	const gaps: number[] = [];
	for (let number = 1; number <= TURNS; number++) {
		const chat = await server.chat(number);
		const [ended, arrived] = await Promise.all([
			chat.ended.then(() => performance.now()),
			server.chat(number + 1).then(() => performance.now()),
		]);
		gaps.push(arrived - ended);
	}
	await (await server.chat(TURNS + 1)).ended;
	process.send?.(gaps);
	await server.close();
	process.disconnect();
}

async function compare(): Promise<void> {
	await comparePair(`end of stream to next request, ${TURNS} reads`, runSession, runFloor);
	await comparePair('the same by the command line, in a new process', runCommand, runNewFloor);
}

type Client = (server: Started) => Promise<void>;

/** Runs in turns, so that a change of the machine's load meets both. */
async function comparePair(name: string, client: Client, floor: Client): Promise<void> {
	const ours: number[] = [];
	const theirs: number[] = [];
	for (let run = 0; run < RUNS; run++) {
		const [own, other] = [await gapsOf(client), await gapsOf(floor)];
		if (run > 0) {
			ours.push(...own);
			theirs.push(...other);
		}
	}
	const measured = median(ours);
	report({ name, measured, against: median(theirs), peer: 'floor client', unit: 'ms', reach: 2, must: 4 });
}

/** Milliseconds of each gap that the server saw. */
async function gapsOf(client: Client): Promise<readonly number[]> {
	const child = fork(fileURLToPath(import.meta.url), ['--server']);
	const server: Started = await messageOf(child);
	const gaps = messageOf<readonly number[]>(child);
	await client(server);
	return gaps;
}

async function messageOf<Message>(child: ChildProcess): Promise<Message> {
	// The child is this file: it sends what the caller waits for.
	const [message] = (await once(child, 'message')) as [Message];
	return message;
}

async function runSession({ url, key }: Started): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'openrouter-agent-bench-'));
	try {
		const session = await Session.create(
			{
				store: openJournalStore(folder),
				workspace: new MemoryWorkspace({ files: files() }),
				...plainRights(tools),
				resolveModel: async () => ({
					client: createOpenRouterClient({ baseUrl: url, getKey: async () => key }),
					model: { id: MODEL, name: 'Model', isBuiltIn: false },
					facts: {},
					settings: {},
					leftOut: [],
				}),
				currentRules: async () => '',
				isTrusted: () => true,
				maxRequests: () => TURNS + 1,
				clock: systemClock,
				newId: () => crypto.randomUUID(),
				onBug: error => {
					throw error;
				},
			},
			{ system: systemPrompt(), workspace: ['memory:/project'] },
		);
		await session.send('Read the files.');
		await session.whenIdle();
		const end = session.state.lastEnd?.reason;
		await session.dispose();
		if (end !== 'done') {
			throw new Error(`The turn ended with "${end}".`);
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** The built command in a process of its own, on files. */
async function runCommand({ url, key }: Started): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'openrouter-agent-bench-'));
	try {
		for (const [path, text] of Object.entries(files())) {
			mkdirSync(dirname(join(folder, path)), { recursive: true });
			writeFileSync(join(folder, path), text);
		}
		const command = process.env['OPENROUTER_AGENT_COMMAND'] ?? 'dist/desktop/cli.mjs';
		const args = [command, '--model', MODEL, '--max-requests', String(TURNS + 1), '--cwd', folder, 'Read the files.'];
		const env = {
			PATH: process.env['PATH'],
			OPENROUTER_API_KEY: key,
			OPENROUTER_BASE_URL: url,
			OPENROUTER_AGENT_HOME: join(folder, '.home'),
		};
		await promisify(execFile)(process.execPath, args, { env });
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function runNewFloor({ url, key }: Started): Promise<void> {
	await once(fork(fileURLToPath(import.meta.url), ['--floor', url, key]), 'close');
}

/** Sends the same conversation with nothing but `fetch`, and a split of the stream at blank lines. */
async function runFloor({ url, key }: Started): Promise<void> {
	const definitions = tools.map(toolDefinition).map(definition => ({ type: 'function', function: definition }));
	const messages: object[] = [
		{ role: 'system', content: systemPrompt() },
		{ role: 'user', content: 'Read the files.' },
	];
	for (let turn = 0; turn <= TURNS; turn++) {
		const response = await fetch(`${url}/chat/completions`, {
			method: 'POST',
			headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
			body: JSON.stringify({ model: MODEL, stream: true, max_tokens: 32_000, tools: definitions, messages }),
		});
		const call = await readCall(response);
		if (call === undefined) {
			return;
		}
		messages.push(
			{ role: 'assistant', content: 'I look at the next file.', tool_calls: [call] },
			{ role: 'tool', tool_call_id: call.id, content: textOf(turn) },
		);
	}
	throw new Error('The model never came to an end.');
}

interface Call {
	readonly id: string;
	readonly type: 'function';
	readonly function: { readonly name: string; readonly arguments: string };
}

interface Fragment {
	readonly id?: string;
	readonly function?: { readonly name?: string; readonly arguments?: string };
}

/** The one call of an answer, or undefined when it has none. Reads the stream to its end. */
async function readCall(response: Response): Promise<Call | undefined> {
	let id = '';
	let name = '';
	let args = '';
	let rest = '';
	const decoder = new TextDecoder();
	for await (const bytes of response.body ?? []) {
		const events = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
		rest = events.pop() ?? '';
		for (const event of events.filter(text => text.startsWith('data: {'))) {
			// Only this server is read, whose chunks have this form.
			const chunk = JSON.parse(event.slice('data: '.length)) as {
				readonly choices: readonly { readonly delta: { readonly tool_calls?: readonly Fragment[] } }[];
			};
			for (const fragment of chunk.choices[0]?.delta.tool_calls ?? []) {
				id ||= fragment.id ?? '';
				name ||= fragment.function?.name ?? '';
				args += fragment.function?.arguments ?? '';
			}
		}
	}
	return id === '' ? undefined : { id, type: 'function', function: { name, arguments: args } };
}

function systemPrompt(): string {
	return buildSystemPrompt({ operatingSystem: 'linux', roots: ['project'], date: '2026-01-01', isTrusted: true }, []);
}

function files(): Record<string, string> {
	return Object.fromEntries(Array.from({ length: TURNS }, (_, turn) => [pathOf(turn), textOf(turn)]));
}

function pathOf(turn: number): string {
	return `src/file${turn}.ts`;
}

function textOf(turn: number): string {
	return `export const value${turn} = compute(${turn}, 'text'); // as before\n`.repeat(FILE_LINES);
}
