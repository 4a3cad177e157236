/**
 * What checkpoints cost: time that each turn takes longer because the changes of commands can be taken back, in a tree of
 * 100,000 files; the disk that 200 edits take; and whether all files come back as they were, to the byte.
 */
import {
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	realpathSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CommandFiles } from '../../src/agent/checkpoint/commandFiles.ts';
import { ownFileNews } from '../../src/agent/checkpoint/fileNews.ts';
import { systemClock } from '../../src/agent/clock.ts';
import { Conversation } from '../../src/agent/context/conversation.ts';
import type { ToolCall } from '../../src/agent/model.ts';
import { Session } from '../../src/agent/session/session.ts';
import type { SessionOptions } from '../../src/agent/session/sessionOptions.ts';
import type { Shell } from '../../src/agent/shellPort.ts';
import type { Tool } from '../../src/agent/tool.ts';
import { runTurn } from '../../src/agent/turn/runTurn.ts';
import type { Workspace } from '../../src/agent/workspace.ts';
import { createDiskVersions } from '../../src/node/diskVersions.ts';
import { openFileWorkspace } from '../../src/node/fileWorkspace.ts';
import { openJournalStore } from '../../src/node/journal.ts';
import { openNodeShell } from '../../src/node/shell/nodeShell.ts';
import { createTools, toolDefinition } from '../../src/tools/index.ts';
import { memoryShell } from '../fakes/memoryShell.ts';
import { type Answer, call, calls, says, scriptedModel } from '../fakes/scriptedModel.ts';
import { plainRights } from '../fakes/sessionParts.ts';
import { allowing, resolvedModel, turnOptions } from '../fakes/turnHarness.ts';
import { median, report, timed } from './row.ts';

const FOLDERS = 1000;
const FILES_PER_FOLDER = 100;
const TOUCHED = 40;
const TURNS = 80;
const WARM_TURNS = 10;
const LIMIT_MS = 5;
const LABELS = ['without checkpoints', 'with them'];

const EDITS = 200;
const EDITED_FILES = 40;
/** Each so many edits a command changes a file of its own. */
const EDITS_PER_COMMAND = 10;
const BYTE_ORDER_MARK = '\uFEFF';

const onBug = (error: unknown) => {
	throw error;
};
const top = realpathSync(mkdtempSync(join(tmpdir(), 'openrouter-agent-bench-')));
try {
	await measureTurns();
	await measureSession();
} finally {
	rmSync(top, { recursive: true, force: true });
}

async function measureTurns(): Promise<void> {
	const folder = join(top, 'large');
	for (let at = 0; at < FOLDERS; at++) {
		const path = join(folder, `group${at % 10}/module${at}`);
		mkdirSync(path, { recursive: true });
		for (let file = 0; file < FILES_PER_FOLDER; file++) {
			writeFileSync(join(path, `file${file}.ts`), `export const value${at} = ${file};\n`.repeat(20));
		}
	}
	const workspace = openFileWorkspace({ folder, platform: process.platform });
	const [plain, followed] = [agentTools(folder, workspace, false), agentTools(folder, workspace, true)];
	const touched = Array.from({ length: TOUCHED }, (_, at) => pathOf(at * 7, at));
	for (const tools of [plain, followed]) {
		await takeTurn(
			tools,
			workspace,
			touched.map((path, at) => call(`r${at}`, 'read', { path })),
		);
	}
	const named = ['npm run check', `npx eslint --fix ${pathOf(3, 1)} ${pathOf(5, 2)}`];
	const inFolders = ['npm run check', `npx prettier --write ${dirname(pathOf(3, 0))} ${dirname(pathOf(4, 0))}`];
	await measureAdded('files', named, [plain, followed], workspace);
	await measureAdded('two folders of 100 files', inFolders, [plain, followed], workspace);
}

async function measureAdded(
	what: string,
	commands: readonly string[],
	tools: readonly (readonly Tool[])[],
	workspace: Workspace,
): Promise<void> {
	const times: number[][] = tools.map(() => []);
	for (let turn = 0; turn < TURNS + WARM_TURNS; turn++) {
		for (const [index, set] of tools.entries()) {
			const ms = await timed(() => takeTurn(set, workspace, callsOf(turn, commands, index)));
			if (turn >= WARM_TURNS) {
				times[index]?.push(ms);
			}
		}
	}
	// Other work of the machine only ever adds time: the quickest tenth tells what the turn itself takes.
	const [without = 0, withThem = 0] = times.map(quickest);
	const shown = times.map(
		(all, at) => `${quickest(all).toFixed(1)} ms (median ${median(all).toFixed(1)}) ${LABELS[at]}`,
	);
	console.log(`   a turn takes ${shown.join(', ')}`);
	report({
		name: `checkpoints, added by a turn of 10 calls, commands naming ${what}, 100,000 files`,
		measured: Math.max(0, withThem - without),
		against: LIMIT_MS,
		peer: 'limit',
		unit: 'ms',
		reach: 1,
	});
}

/** The time that a tenth of them do not pass. */
function quickest(times: readonly number[]): number {
	return times.toSorted((a, b) => a - b)[Math.floor(times.length / 10)] ?? Number.NaN;
}

/**
 * Six files read, two written, and two commands that change nothing.
 * @param mark of the agent: two that write into the same folders would be in each other's way.
 */
function callsOf(turn: number, commands: readonly string[], mark: number): readonly ToolCall[] {
	const reads = Array.from({ length: 6 }, (_, at) => call(`r${at}`, 'read', { path: pathOf(at * 7, at) }));
	const edits = [6, 7].map(at => {
		const path = `${dirname(pathOf(at * 7 + mark, at))}/of${mark}.ts`;
		return call(`e${at}`, 'write', { path, content: `turn ${turn}\n` });
	});
	const [first = '', second = ''] = commands;
	const [one, two] = [call('c1', 'bash', { command: first }), call('c2', 'bash', { command: second })];
	return [...reads.slice(0, 3), one, ...edits, ...reads.slice(3), two];
}

function pathOf(folder: number, file: number): string {
	return `group${folder % 10}/module${folder}/file${file}.ts`;
}

/** Of an agent whose commands are started by nobody: what a process costs says nothing here. */
function agentTools(folder: string, workspace: Workspace, isFollowed: boolean): readonly Tool[] {
	const shell = memoryShell({ clock: systemClock, folders: new Set([folder]) });
	return createTools(
		{ shell: { shell, place: allowAll(folder), ...(isFollowed && { files: filesOf(shell, workspace) }) }, onBug },
		{ isDelegate: false, isReadOnly: false },
	);
}

function allowAll(cwd: string) {
	return async () => ({
		...{ cwd, cwdIsInside: true, isGitPlain: true },
		...{ resolve: () => 'outside' as const, readPath: () => 'free' as const },
	});
}

function filesOf(shell: Shell, workspace: Workspace): CommandFiles {
	const stillRuns = async () => (await shell.running()).length > 0;
	return new CommandFiles({
		workspace,
		news: ownFileNews(),
		versions: createDiskVersions(),
		clock: systemClock,
		stillRuns,
		onBug,
	});
}

async function takeTurn(tools: readonly Tool[], workspace: Workspace, made: readonly ToolCall[]): Promise<void> {
	const conversation = new Conversation();
	const events = runTurn({
		...turnOptions(scriptedModel(calls(...made), says('ok')), conversation),
		clock: systemClock,
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

/** One long session of edits, and of commands that change files as well; then back to its beginning. */
async function measureSession(): Promise<void> {
	const folder = join(top, 'project');
	const stored = join(top, 'sessions');
	mkdirSync(folder);
	const before = new Map(Array.from({ length: EDITED_FILES }, (_, at) => [`file${at}.ts`, Buffer.from(textOf(at))]));
	for (const [path, bytes] of before) {
		writeFileSync(join(folder, path), bytes);
	}
	const workspace = openFileWorkspace({ folder, platform: process.platform });
	const shell = await openNodeShell({
		...{ folder: join(top, 'shell'), cwd: folder, workspaceFolders: () => [folder] },
		...{ environment: process.env, allowedVariables: [] },
	});
	try {
		const kind = { isDelegate: false, isReadOnly: false };
		const files = filesOf(shell, workspace);
		const tools = createTools({ shell: { shell, place: allowAll(folder), files }, onBug }, kind);
		let changedBytes = 0;
		const answers = scriptOf(bytes => {
			changedBytes += bytes;
		}, folder);
		const session = await Session.create(sessionOptions(stored, workspace, tools, answers), {
			system: '',
			workspace: [],
		});
		await session.setLevel('everything');
		await session.send('Edit the files.');
		await session.whenIdle();
		const failed = session.events.find(({ event }) => event.type === 'toolEnd' && event.result.outcome !== 'ok');
		if (session.state.lastEnd?.reason !== 'done' || failed !== undefined) {
			throw new Error(`The session did not come to its end: ${JSON.stringify(failed ?? session.state.lastEnd)}`);
		}
		const texts = bytesBelow(join(stored, 'blobs'));
		const allFiles = [...before.values()].reduce((sum, bytes) => sum + bytes.length, 0);
		const versions = readdirSync(join(stored, 'blobs')).length - 1;
		console.log(
			`   ${versions} versions of ${Math.round(allFiles / 1000)} kB of files, ${Math.round(texts / 1000)} kB on disk`,
		);
		report({
			name: `disk of ${EDITS} edits and ${EDITS / EDITS_PER_COMMAND} commands on ${EDITED_FILES} files`,
			measured: texts / 1000,
			against: (2 * changedBytes) / 1000,
			peer: '2 × bytes of changed files',
			unit: 'kB',
			reach: 1,
		});
		const first = session.restorePoints()[0];
		if (first === undefined) {
			throw new Error('There is nothing to go back to.');
		}
		const took = await timed(() => session.restore({ before: first.sequence, files: true, conversation: false }));
		const differing = [...before].filter(([path, bytes]) => !bytes.equals(readFileSync(join(folder, path)))).length;
		const added = readdirSync(folder).filter(name => !before.has(name)).length;
		console.log(`   restored in ${Math.round(took)} ms`);
		// One is added to both: nothing cannot be divided.
		report({
			name: `files that differ after a restore of ${EDITED_FILES}, plus one`,
			measured: differing + added + 1,
			against: 1,
			peer: 'limit',
			unit: 'files',
			reach: 1,
		});
		await session.dispose();
	} finally {
		await shell.dispose();
	}
}

/** @param onChange gets the bytes of each file that was changed, as it is after the change. */
function scriptOf(onChange: (bytes: number) => void, folder: string): readonly Answer[] {
	const answers: Answer[] = [];
	const measured =
		(path: string, answer: ToolCall): Answer =>
		() => {
			onChange(lastChanged === '' ? 0 : statSync(join(folder, lastChanged)).size);
			lastChanged = path;
			return calls(answer);
		};
	let lastChanged = '';
	for (let at = 0; at < EDITS; at++) {
		const path = `file${at % EDITED_FILES}.ts`;
		const line = `${Math.floor(at / EDITED_FILES)}`;
		const oldText = `const mark${line} = 'before';`;
		const edit = { path, edits: [{ oldText, newText: `const mark${line} = 'after ${at}';` }] };
		answers.push(measured(path, call(`e${at}`, 'edit', edit)));
		if (at % EDITS_PER_COMMAND === 0) {
			const other = `file${(at + 3) % EDITED_FILES}.ts`;
			answers.push(
				measured(other, call(`c${at}`, 'bash', { command: `echo '// ${at}' >> ${other}; touch new${at}.txt` })),
			);
		}
	}
	answers.push(() => {
		onChange(statSync(join(folder, lastChanged)).size);
		return says('done');
	});
	return answers;
}

/** Sizes from one to 100 kB; some with a byte-order mark, CRLF, no final line end, or letters of two and three bytes. */
function textOf(at: number): string {
	const marks = Array.from({ length: EDITS / EDITED_FILES }, (_, number) => `const mark${number} = 'before';`);
	const body = Array.from({ length: 20 + 60 * at }, (_, line) => {
		return `\tconst value${line} = compute(${(line * 7919 + at) % 1013}, 'tëxt €${(line * 31) % 97}'); // line ${line}`;
	});
	const end = at % 4 === 1 ? '\r\n' : '\n';
	const text = [...marks, ...body].join(end) + (at % 5 === 2 ? '' : end);
	return at % 6 === 3 ? BYTE_ORDER_MARK + text : text;
}

function sessionOptions(
	stored: string,
	workspace: Workspace,
	tools: readonly Tool[],
	answers: readonly Answer[],
): SessionOptions {
	return {
		...plainRights(tools),
		openTools: async () => ({ tools, definitions: tools.map(toolDefinition), dispose: async () => undefined }),
		store: openJournalStore(stored),
		workspace,
		resolveModel: async () => resolvedModel(scriptedModel(...answers)),
		isTrusted: () => true,
		maxRequests: () => answers.length + 1,
		currentRules: async () => '',
		clock: systemClock,
		newId: () => crypto.randomUUID(),
		onBug,
	};
}

function bytesBelow(folder: string): number {
	return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
		const path = join(folder, entry.name);
		return sum + (entry.isDirectory() ? bytesBelow(path) : statSync(path).size);
	}, 0);
}
