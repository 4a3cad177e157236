/** The built command as a process, as a user's shell starts it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { bundles } from '../../../esbuild.mjs';
import type { Cli, CliCall } from './cliHarness.ts';

export interface ProcessResult {
	/** Null where a signal ended it. */
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

export interface RunningCli {
	readonly child: ChildProcess;
	/** Resolves when standard output holds the text. Rejects when the process ends before. */
	printed(text: string): Promise<void>;
	readonly done: Promise<ProcessResult>;
}

/** The desktop bundle as it ships, extension and command, in a folder of its own. */
export class CliBuild {
	readonly #folder: string;

	private constructor(folder: string) {
		this.#folder = folder;
	}

	static async make(): Promise<CliBuild> {
		mkdirSync('out', { recursive: true });
		const folder = resolve(mkdtempSync(join('out', 'cli-')));
		const { desktop } = bundles({ outdir: join(folder, 'dist'), production: true });
		await build(desktop);
		cpSync('media/models.json', join(folder, 'media/models.json'));
		return new CliBuild(folder);
	}

	async start(cli: Cli, args: readonly string[], call: CliCall = {}): Promise<RunningCli> {
		await mkdir(cli.folder, { recursive: true });
		const child = spawn(process.execPath, [join(this.#folder, 'dist/desktop/cli.mjs'), ...args], {
			cwd: cli.folder,
			stdio: ['pipe', 'pipe', 'pipe'],
			env: { PATH: process.env['PATH'], ...cli.environment(call) },
		});
		let stdout = '';
		let stderr = '';
		child.stderr.on('data', (chunk: Buffer) => {
			stderr += chunk.toString();
		});
		child.stdout.on('data', (chunk: Buffer) => {
			stdout += chunk.toString();
		});
		// It may end before it has read all.
		child.stdin.on('error', () => undefined);
		child.stdin.end(call.input ?? '');
		const done = new Promise<ProcessResult>((ended, reject) => {
			child.once('error', reject);
			child.once('close', code => ended({ code, stdout, stderr }));
		});
		const printed = (text: string) =>
			new Promise<void>((found, reject) => {
				const look = () => stdout.includes(text) && found();
				child.stdout.on('data', look);
				child.once('close', () => reject(new Error(`It ended without "${text}": ${stdout}${stderr}`)));
				look();
			});
		return { child, done, printed };
	}

	remove(): void {
		rmSync(this.#folder, { recursive: true, force: true });
	}
}
