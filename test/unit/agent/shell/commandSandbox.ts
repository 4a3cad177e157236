import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { CommandContext } from '../../../../src/agent/shell/commandDecision.ts';
import { commandPlaces, type FindPlace } from '../../../../src/agent/shell/commandPlace.ts';
import { readOnlyEnvironment } from '../../../../src/agent/shell/readOnlyEnvironment.ts';
import { openFileWorkspace } from '../../../../src/node/fileWorkspace.ts';
import { createPlaceFacts } from '../../../../src/node/shell/placeFacts.ts';

/** Stands in every file that must not be read without asking. */
export const SECRET = 'SECRET-CANARY';

const { signal } = new AbortController();

export interface SandboxRun {
	readonly output: string;
	/** Whether a process of the command's group outlived it. */
	readonly hasSurvivor: boolean;
}

/**
 * A repository in a scratch folder with everything that a reading command must not touch: files named like flags,
 * programs, links out, secrets inside and beside it, a hook that runs when git writes its index.
 */
export class CommandSandbox {
	readonly #root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'commands-')));
	readonly #workspace = join(this.#root, 'ws');
	readonly #environment: NodeJS.ProcessEnv;
	readonly #findPlace: FindPlace;

	constructor() {
		const environment = { PATH: process.env['PATH'], HOME: join(this.#root, 'home'), LC_ALL: 'C.UTF-8' };
		this.#environment = environment;
		const facts = createPlaceFacts({
			...{ environment, allowedVariables: [] },
			workspaceFolders: () => [this.#workspace],
		});
		this.#findPlace = commandPlaces({ facts, ownFolders: [] });
		const files = {
			'home/.profile': `${SECRET}\n`,
			'outside.txt': `${SECRET}\n`,
			'other/notes.txt': `${SECRET}\n`,
			'ws/.env': `KEY=${SECRET}\n`,
			'ws/.gitignore': '.env\nprivate\n',
			'ws/private/server.pem': `${SECRET}\n`,
			'ws/src/app.ts': 'export const foo = 1;\nexport const bar = foo;\n',
			'ws/src/other.ts': "import { foo } from './app.ts';\n",
			'ws/src/x.sh': '#!/bin/sh\ntouch PWNED\n',
			'ws/a.ts': 'foo\nbar\n',
			'ws/b.ts': 'bar\nfoo\n',
			'ws/data.csv': 'b,2\na,1\n',
			'ws/My Notes.md': 'foo bar\n',
			'ws/-oPWNED.ts': 'x\n',
			'ws/--pre=x.sh': 'x\n',
			'ws/--output=PWNED.ts': 'x\n',
			'ws/-delete': 'x\n',
			'ws/-n': 'x\n',
			'ws/PWNED.list': '/etc/hostname\n',
		};
		for (const [path, text] of Object.entries(files)) {
			fs.mkdirSync(dirname(join(this.#root, path)), { recursive: true });
			fs.writeFileSync(join(this.#root, path), text, { mode: path.endsWith('.sh') ? 0o755 : 0o644 });
		}
		fs.symlinkSync('../outside.txt', join(this.#workspace, 'linkOut'));
		fs.symlinkSync('../other', join(this.#workspace, 'linkFolder'));
		this.#commitAll();
	}

	/** What the product finds out about the line in the scratch workspace. */
	async context(line: string): Promise<CommandContext> {
		const folder = this.#workspace;
		const workspace = openFileWorkspace({ folder, platform: process.platform });
		const place = await this.#findPlace(line, { cwd: folder, language: 'bash' }, { workspace, signal });
		return { ...place, rules: [], isHeld: false };
	}

	async run(line: string, environment = readOnlyEnvironment): Promise<SandboxRun> {
		const child = spawn('bash', ['--noprofile', '--norc', '-c', line], {
			cwd: this.#workspace,
			env: { ...this.#environment, ...environment },
			stdio: ['ignore', 'pipe', 'pipe'],
			detached: true,
		});
		let output = '';
		child.stdout.on('data', chunk => {
			output += chunk;
		});
		child.stderr.on('data', chunk => {
			output += chunk;
		});
		await once(child, 'close');
		return { output, hasSurvivor: endGroup(child) };
	}

	/** Every file of the scratch folder with its kind, size, times and content. */
	snapshot(folder = this.#root): readonly string[] {
		return fs.readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
			const path = join(folder, entry.name);
			const { mode, size, mtimeMs } = fs.lstatSync(path);
			const facts = `${relative(this.#root, path)} ${mode.toString(8)} ${mtimeMs}`;
			if (entry.isDirectory()) {
				return [facts, ...this.snapshot(path)];
			}
			return [`${facts} ${size} ${entry.isFile() ? fs.readFileSync(path, 'latin1') : ''}`];
		});
	}

	dispose(): void {
		fs.rmSync(this.#root, { recursive: true, force: true });
	}

	#commitAll(): void {
		const git = (...words: string[]) =>
			execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...words], {
				cwd: this.#workspace,
				env: this.#environment,
				stdio: 'pipe',
			});
		git('init', '--quiet', '--initial-branch=main');
		git('add', '--all');
		git('commit', '--quiet', '--message=first');
		git('tag', 'v1');
		fs.appendFileSync(join(this.#workspace, 'a.ts'), 'baz\n');
		// The index holds another time for it: git would write that down.
		fs.utimesSync(join(this.#workspace, 'b.ts'), 1_000, 1_000);
		const hook = join(this.#workspace, '.git/hooks/post-index-change');
		fs.mkdirSync(dirname(hook), { recursive: true });
		fs.writeFileSync(hook, '#!/bin/sh\ntouch PWNED\n', { mode: 0o755 });
	}
}

/** @returns whether there was still somebody to end. */
function endGroup({ pid }: ChildProcess): boolean {
	if (pid === undefined) {
		throw new Error('bash did not start.');
	}
	try {
		return process.kill(-pid, 'SIGKILL');
	} catch {
		// ESRCH: nobody is left to be signalled.
		return false;
	}
}
