/** Real commands over a real disk. */
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandFiles } from '../../../src/agent/checkpoint/commandFiles.ts';
import { ownFileNews } from '../../../src/agent/checkpoint/fileNews.ts';
import { systemClock } from '../../../src/agent/clock.ts';
import type { Shell } from '../../../src/agent/shellPort.ts';
import type { MadeChange, Tool } from '../../../src/agent/tool.ts';
import type { Workspace } from '../../../src/agent/workspace.ts';
import { createDiskVersions } from '../../../src/node/diskVersions.ts';
import { openFileWorkspace } from '../../../src/node/fileWorkspace.ts';
import { openNodeShell } from '../../../src/node/shell/nodeShell.ts';
import { createTools } from '../../../src/tools/index.ts';
import { toolContext } from '../../fakes/toolContext.ts';

describe('The tools, of files that commands change on a real disk', function () {
	if (process.platform === 'win32') {
		return;
	}
	this.timeout(30_000);
	let top: string;
	let folder: string;
	let shell: Shell;
	let workspace: Workspace;
	let tools: ReadonlyMap<string, Tool>;
	let recorded: MadeChange[];

	const call = async (name: string, input: unknown, signal = new AbortController().signal) => {
		const recordMade = async (change: MadeChange) => {
			recorded.push(change);
		};
		const tool = tools.get(name) ?? assert.fail(name);
		return tool.run(input, toolContext({ workspace, signal, recordMade, callId: name, allowed: { why: 'user' } }));
	};
	const changes = () => recorded.map(({ location, before, after }) => [location.path, before, after]);

	beforeEach(async () => {
		top = await realpath(await mkdtemp(join(tmpdir(), 'command-files-')));
		folder = join(top, 'workspace');
		await mkdir(join(folder, 'src'), { recursive: true });
		await writeFile(join(folder, 'src/a.ts'), 'one\n');
		await writeFile(join(folder, 'src/b.ts'), 'two\n');
		await writeFile(join(top, 'outside.txt'), 'not yours\n');
		recorded = [];
		shell = await openNodeShell({
			...{ folder: join(top, 'shell'), cwd: folder, workspaceFolders: () => [folder] },
			...{ environment: process.env, allowedVariables: [] },
		});
		workspace = openFileWorkspace({ folder, platform: process.platform });
		const files = new CommandFiles({
			...{ workspace, news: ownFileNews(), versions: createDiskVersions(), clock: systemClock, onBug: assert.fail },
			stillRuns: async () => (await shell.running()).length > 0,
		});
		const place = async () => assert.fail('Nobody decides here.');
		const made = createTools(
			{ shell: { shell, place, files }, onBug: assert.fail },
			{ isDelegate: false, isReadOnly: false },
		);
		tools = new Map(made.map(tool => [tool.name, tool]));
	});
	afterEach(async () => {
		await shell.dispose();
		await rm(top, { recursive: true, force: true });
	});

	it('tells the model and records what a command changed', async () => {
		await call('read', { path: 'src/b.ts' });
		const { text } = await call('bash', { command: 'sed -i.bak s/one/1/ src/a.ts; rm src/b.ts' });
		assert.match(text, /\n\[changed 3 files: src\/a\.ts, src\/a\.ts\.bak \(created\), src\/b\.ts \(deleted\)\]$/);
		assert.deepEqual(changes(), [
			['src/a.ts', 'one\n', '1\n'],
			['src/a.ts.bak', undefined, 'one\n'],
			['src/b.ts', 'two\n', undefined],
		]);
	});

	it('says nothing of a command that changed nothing', async () => {
		assert.doesNotMatch((await call('bash', { command: 'cat src/a.ts && touch src/b.ts' })).text, /changed/);
		assert.deepEqual(changes(), []);
	});

	it('follows no link out of the workspace, also not one that a command makes in the place of a file', async () => {
		await symlink(join(top, 'outside.txt'), join(folder, 'out.txt'));
		await symlink(top, join(folder, 'up'));
		await symlink('src/a.ts', join(folder, 'in.ts'));
		await call('read', { path: 'src/b.ts' });
		const { text } = await call('bash', {
			command: 'echo x >> out.txt; echo y >> up/outside.txt; echo z >> in.ts; ln -sf ../../outside.txt src/b.ts',
		});
		assert.deepEqual(changes(), [['src/a.ts', 'one\n', 'one\nz\n']]);
		assert.match(text, /\n\[changed 2 files: src\/a\.ts, src\/b\.ts\]$/);
	});

	it('runs beside files that nobody may read', async function () {
		if (process.getuid?.() === 0) {
			this.skip();
		}
		await chmod(join(folder, 'src/b.ts'), 0);
		await call('bash', { command: 'echo more >> src/a.ts; echo src/b.ts' });
		assert.deepEqual(changes(), [['src/a.ts', 'one\n', 'one\nmore\n']]);
	});

	it('records what a command had changed when it was stopped', async () => {
		const stop = new AbortController();
		await writeFile(join(folder, 'go.sh'), 'echo changed > src/a.ts; echo on; exec sleep 600');
		const tool = tools.get('bash') ?? assert.fail();
		const context = toolContext({
			...{ workspace, signal: stop.signal, callId: 'c', allowed: { why: 'user' } },
			recordMade: async change => {
				recorded.push(change);
			},
			onOutput: () => stop.abort(),
		});
		const { text } = await tool.run({ command: 'sh go.sh src/a.ts' }, context);
		assert.match(text, /^stopped by the user/);
		assert.deepEqual(changes(), [['src/a.ts', 'one\n', 'changed\n']]);
	});

	it('tells with the next call what a command in the background changed, apart from what the agent wrote', async () => {
		await call('read', { path: 'src/a.ts' });
		await call('read', { path: 'src/b.ts' });
		const { text } = await call('bash', {
			command: 'echo ready; until [ -f go ]; do sleep 0.01; done; echo late > src/a.ts; echo done; sleep 600',
			background: true,
		});
		const id = /id="([^"]+)"/.exec(text)?.[1] ?? assert.fail(text);
		await call('write', { path: 'src/b.ts', content: 'by the agent\n' });
		await writeFile(join(folder, 'go'), '');
		for (let output = ''; !output.includes('done'); ) {
			({ text: output } = await call('bash', { id, timeout: 60, offset: 0 }));
		}
		assert.deepEqual(changes().slice(-1), [['src/a.ts', 'one\n', 'late\n']]);
		assert.ok(changes().every(([path]) => path !== 'src/b.ts'));
		await call('bash', { id, stop: true });
	});
});
