/** A repository in a scratch folder, and the real shell, tool and policy over it. */
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { commandPlaces } from '../../../src/agent/shell/commandPlace.ts';
import { readOnlyCommands } from '../../../src/agent/shell/commandTable.ts';
import type { CommandReport, Shell } from '../../../src/agent/shellPort.ts';
import type { Tool } from '../../../src/agent/tool.ts';
import { openNodeShell } from '../../../src/node/shell/nodeShell.ts';
import { createPlaceFacts } from '../../../src/node/shell/placeFacts.ts';
import { createBashTool } from '../../../src/tools/bash.ts';
import { ripgrepStandIn } from '../../fakes/ripgrepStandIn.ts';
import { openScene, type Scene } from './attackHarness.ts';

export interface CommandScene extends Scene {
	readonly shell: Shell;
	/** Commands run in the real shell. */
	readonly bash: Tool;
	/** Commands are decided for the real shell, and only noted. */
	readonly notedBash: Tool;
	readonly noted: readonly string[];
	git(...words: readonly string[]): void;
}

/** @param variables of the user's environment, beside those that the machine needs. */
export async function openCommandScene(variables: Readonly<Record<string, string>> = {}): Promise<CommandScene> {
	const scene = await openScene();
	const tools = await mkdtemp(join(tmpdir(), 'attack-tools-'));
	const environment = {
		...{ HOME: scene.outside, LC_ALL: 'C.UTF-8', LANG: 'C.UTF-8', GIT_CONFIG_NOSYSTEM: '1' },
		...variables,
		PATH: [variables['PATH'], process.env['PATH'], await standIns(tools)].filter(Boolean).join(delimiter),
	};
	const git = (...words: readonly string[]) => {
		const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'advice.addEmbeddedRepo=false'];
		execFileSync('git', [...who, ...words], { cwd: scene.folder, env: environment, stdio: 'pipe' });
	};
	await fill(scene);
	git('init', '--quiet', '--initial-branch=main', '--template=');
	git('add', '--all');
	git('commit', '--quiet', '--message=first');
	const workspaceFolders = () => [scene.folder];
	const allowedVariables: readonly string[] = [];
	const shell = await openNodeShell({
		...{ cwd: scene.folder, folder: join(tools, 'store'), workspaceFolders, environment, allowedVariables },
		killAfterMs: 0,
	});
	const place = commandPlaces({
		facts: createPlaceFacts({ workspaceFolders, environment, allowedVariables }),
		ownFolders: [],
	});
	const noted: string[] = [];
	const note = async (command: string): Promise<CommandReport> => {
		noted.push(command);
		const output = { head: '', tail: '', end: 0, openLine: '' };
		const { cwd } = shell;
		return {
			...{ id: 'noted', command, state: { kind: 'exited', code: 0 }, leftRunning: 0, output, durationMs: 0 },
			...{ cwd, startedIn: cwd },
		};
	};
	const noting: Shell = new Proxy(shell, {
		get: (target, name) => (name === 'run' || name === 'start' ? note : Reflect.get(target, name, target)),
	});
	return {
		...scene,
		...{ shell, noted, git },
		bash: createBashTool({ shell, place }),
		notedBash: createBashTool({ shell: noting, place }),
		async dispose() {
			await shell.dispose();
			await scene.dispose();
			await rm(tools, { recursive: true, force: true });
		},
	};
}

async function fill(scene: Scene): Promise<void> {
	const files = {
		'src/app.ts': 'export const foo = 1;\n',
		'src/main.ts': "import { foo } from './app.ts';\n",
		'src/x.sh': '#!/bin/sh\ntouch PWNED\n',
		'test/app.test.ts': 'foo\n',
		'docs/My Notes.md': 'foo bar\n',
		'private/server.pem': 'SECRET-CANARY\n',
		'a.ts': 'foo\nbar\n',
		'README.md': 'Read me.\n',
		'package.json': '{"scripts":{"test":"touch PWNED"}}\n',
		'.gitignore': 'node_modules\n.env\n',
		'.env': 'KEY=SECRET-CANARY\n',
	};
	for (const [path, text] of Object.entries(files)) {
		await scene.put(path, text);
	}
	await chmod(join(scene.folder, 'src/x.sh'), 0o755);
	await writeFile(join(scene.outside, 'secret.txt'), 'SECRET-CANARY\n');
	await symlink('../outside/secret.txt', join(scene.folder, 'linkOut'));
	await symlink('../outside', join(scene.folder, 'linkFolder'));
}

/** A folder, to be the last of PATH, with programs for what this machine may lack. But for ripgrep they do nothing. */
async function standIns(folder: string): Promise<string> {
	const bin = join(folder, 'bin');
	await mkdir(bin);
	for (const [name, { isBuiltin }] of readOnlyCommands) {
		if (!isBuiltin) {
			await writeFile(join(bin, name), name === 'rg' ? ripgrepStandIn : '#!/bin/sh\n', { mode: 0o755 });
		}
	}
	return bin;
}
